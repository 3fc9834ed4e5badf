"""Contacts, suggested changes and questions to contacts in Django admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.forms import CharField, HiddenInput, ModelForm, MultipleChoiceField, SelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.admin.base import GuardedAdmin, ReadOnlyAdmin
from orgs.living.fields import term_choices
from orgs.living.words import Words
from orgs.models import ChangeItem, ChangeRequest, Confirmation, Contact, Decision, Vocabulary
from orgs.services import contacts
from orgs.services.contacts import FIELDS, Given, mark_of


class ContactForm(ModelForm):  # type: ignore[type-arg]
    """A contact, with the mark of what it said when the form was made."""

    spoken = MultipleChoiceField(label=_("languages spoken"), required=False, widget=SelectMultiple)
    mark = CharField(widget=HiddenInput, required=False)

    class Meta:
        model = Contact
        fields = ("organisation", *FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = list(self.instance.spoken or [])
        if "spoken" in self.fields:
            self.fields["spoken"].choices = term_choices(Vocabulary.SPOKEN, chosen)  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["mark"].initial = mark_of(self.instance)

    def _post_clean(self) -> None:
        """Nothing is put into the row here: the service fills it in and checks it."""


@admin.register(Contact)
class ContactAdmin(GuardedAdmin):
    """Ways to reach organisations; ended, never deleted."""

    policy = access.CONTACTS
    form = ContactForm
    list_display = (
        "organisation", "name", "role", "channel", "is_emergency", "visibility", "proved_at", "failed_at", "ended_at",
    )  # fmt: skip
    list_filter = ("is_emergency", "channel", "visibility", "proved_how", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("organisation",)
    search_fields = ("name", "role", "phone", "email", "organisation__name_key")
    autocomplete_fields = ("organisation",)
    readonly_fields = ("proved_at", "proved_how", "failed_at", "created_at", "ended_at")
    fields = ("organisation", *FIELDS, "mark", *readonly_fields)
    ordering = ("organisation__name_key", "position", "id")
    actions = ("end", "resume")

    def rows(self) -> QuerySet[Any]:
        """Without the words that organisations are searched by."""
        rows: QuerySet[Any] = super().rows().defer("organisation__words", "organisation__names_key")
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A contact stays with its organisation."""
        return (*self.readonly_fields, "organisation") if obj is not None else self.readonly_fields

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The mark is for those who may write."""
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [name for name in self.fields if may or name != "mark"]

    def save_model(self, request: HttpRequest, obj: Contact, form: ContactForm, change: bool) -> None:
        """Through the services, which decide, check and audit."""
        given = Given(**{name: form.cleaned_data[name] for name in FIELDS})
        viewer = self.viewer(request)
        if change:
            contacts.change_contact(viewer=viewer, contact=obj, given=given, mark=form.cleaned_data["mark"])
            return
        made = contacts.add_contact(viewer=viewer, organisation=form.cleaned_data["organisation"], given=given)
        obj.pk, obj.organisation = made.pk, made.organisation

    @admin.action(description=_("End these contacts"), permissions=["change"])
    def end(self, request: HttpRequest, rows: QuerySet[Contact]) -> None:
        """Each by the service."""
        viewer = self.viewer(request)
        self.each(request, rows, lambda row: contacts.end_contact(viewer=viewer, contact=row), str(_("Ended")))

    @admin.action(description=_("Take back the end"), permissions=["change"])
    def resume(self, request: HttpRequest, rows: QuerySet[Contact]) -> None:
        """Each by the service."""
        viewer = self.viewer(request)
        self.each(request, rows, lambda row: contacts.resume_contact(viewer=viewer, contact=row), str(_("Taken back")))


class ChangeItemInline(admin.TabularInline):  # type: ignore[type-arg]
    """The changes of a request, in words."""

    model = ChangeItem
    extra = 0
    can_delete = False
    fields = ("fact", "was", "wanted", "decision", "decided_by", "decided_at", "reason")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeItem]:
        """With who decided."""
        rows: QuerySet[ChangeItem] = super().get_queryset(request).select_related("decided_by")
        return rows

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    @admin.display(description=_("fact"))
    def fact(self, item: ChangeItem) -> str:
        """The name of the fact."""
        from orgs.living.words import label_of

        return label_of(item.field)

    @admin.display(description=_("before"))
    def was(self, item: ChangeItem) -> str:
        """What was there."""
        return ", ".join(Words([(item.field, item.before)]).say(item.field, item.before))

    @admin.display(description=_("asked"))
    def wanted(self, item: ChangeItem) -> str:
        """What is asked for."""
        return ", ".join(Words([(item.field, item.asked)]).say(item.field, item.asked))


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ReadOnlyAdmin):
    """Suggested changes; they are decided on the pages of the directory."""

    policy = access.CHANGES
    list_display = ("organisation", "asked_at", "asked_by", "state", "waiting", "closed_at")
    list_filter = ("state", ("contact", admin.EmptyFieldListFilter))
    list_select_related = ("organisation", "asked_by")
    search_fields = ("organisation__name_key", "organisation__acronym")
    date_hierarchy = "asked_at"
    ordering = ("-asked_at", "-id")
    fields = ("organisation", "asked_by", "contact", "asked_at", "note", "source", "state", "closed_at")
    inlines = (ChangeItemInline,)

    def rows(self) -> QuerySet[Any]:
        """With the number of changes that wait."""
        waiting = Count("items", filter=Q(items__decision=Decision.PENDING))
        rows: QuerySet[Any] = super().rows().annotate(waiting_items=waiting)
        return rows.defer("organisation__words", "organisation__names_key")

    @admin.display(description=_("waiting"), ordering="waiting_items")
    def waiting(self, request: Any) -> int:
        """How many of its changes wait."""
        return int(request.waiting_items)


@admin.register(ChangeItem)
class ChangeItemAdmin(ReadOnlyAdmin):
    """Changes one by one, to look for a fact or a decision."""

    list_display = ("request", "organisation", "field", "decision", "decided_by", "decided_at")
    list_filter = ("decision", "field")
    list_select_related = ("request__organisation", "decided_by")
    search_fields = ("request__organisation__name_key",)
    ordering = ("-id",)
    fields = ("request", "field", "before", "asked", "replaced", "decision", "decided_by", "decided_at", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the requests that this viewer may see."""
        seen = access.CHANGES.rows(self.viewer(request)).order_by().values("pk")
        rows: QuerySet[Any] = self.rows().filter(request__in=seen)
        return rows.defer("request__organisation__words", "request__organisation__names_key")

    @admin.display(description=_("organisation"))
    def organisation(self, item: ChangeItem) -> str:
        """Of which entry."""
        return str(item.request.organisation)


@admin.register(Confirmation)
class ConfirmationAdmin(ReadOnlyAdmin):
    """Who was asked when, and what came back. Neither links nor codes are kept."""

    policy = access.CONFIRMATIONS
    list_display = ("organisation", "contact", "channel", "asked_at", "sent", "answer", "answered_at", "expires_at")
    list_filter = ("channel", "answer", "message__state")
    list_select_related = ("organisation", "contact", "message")
    search_fields = ("organisation__name_key", "organisation__acronym")
    date_hierarchy = "asked_at"
    ordering = ("-asked_at", "-id")
    fields = ("organisation", "contact", "channel", "asked_at", "sent", "expires_at", "answer", "answered_at")

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed."""
        rows: QuerySet[Any] = super().rows()
        return rows.defer("organisation__words", "organisation__names_key", "message__sealed")

    @admin.display(description=_("message"))
    def sent(self, confirmation: Confirmation) -> str:
        """What became of the message."""
        return str(confirmation.message.get_state_display()) if confirmation.message else ""
