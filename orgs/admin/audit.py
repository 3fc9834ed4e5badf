"""The audit log in Django admin, for oversight: who did what and who opened what, and whether the chain is whole."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import access, audit
from orgs.admin.base import ReadOnlyAdmin, words_of_facts
from orgs.models import AuditEntry

KINDS = {
    "report": gettext_lazy("report"),
    "incident": gettext_lazy("incident"),
    "alert": gettext_lazy("alert"),
    "delivery": gettext_lazy("delivery"),
    "user": gettext_lazy("person"),
    "membership": gettext_lazy("membership"),
    "invitation": gettext_lazy("invitation"),
    "organisation": gettext_lazy("organisation"),
    "apitoken": gettext_lazy("API token"),
}


class KindFilter(admin.SimpleListFilter):
    """By kind of object, from a list of ours: asking the log itself which kinds it holds would read all of it."""

    title = gettext_lazy("kind of object")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The kinds that are asked for most."""
        return list(KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The entries of one kind."""
        return queryset.filter(object_type=self.value()) if self.value() else queryset


class OpenedFilter(admin.SimpleListFilter):
    """Openings of identities, which oversight looks at first."""

    title = gettext_lazy("identities")
    parameter_name = "opened"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One choice."""
        return [("1", gettext_lazy("opened by somebody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Only openings."""
        return queryset.filter(verb="open_identity") if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The log."""

    policy = access.AUDIT
    list_display = ("at", "who", "verb", "what", "details", "is_sealed")
    list_filter = (OpenedFilter, KindFilter, "at")
    list_select_related = ("actor",)
    search_fields = ("=verb", "=object_id", "actor__name")
    search_help_text = gettext_lazy("The act or the object’s number in full, or a person’s name")
    date_hierarchy = "at"
    ordering = ("-id",)
    fields = ("at", "who", "verb", "object_type", "object_id", "details", "seal_number", "seal")
    change_list_template = "admin/audit_log.html"

    @admin.display(description=gettext_lazy("by"), ordering="actor__name")
    def who(self, entry: AuditEntry) -> str:
        """The person, or the number of one who is no more."""
        if entry.actor_id is None:
            return _("the product")
        return entry.actor.name if entry.actor is not None else f"#{entry.actor_id}"

    @admin.display(description=gettext_lazy("object"))
    def what(self, entry: AuditEntry) -> str:
        """Kind and number of what it was done to."""
        return f"{KINDS.get(entry.object_type, entry.object_type)} {entry.object_id[:8]}"

    @admin.display(description=gettext_lazy("facts"))
    def details(self, entry: AuditEntry) -> str:
        """Codes and numbers; what is sealed stays sealed."""
        return words_of_facts(entry.facts)

    @admin.display(description=gettext_lazy("sealed"), boolean=True)
    def is_sealed(self, entry: AuditEntry) -> bool:
        """Whether the chain holds it already."""
        return bool(entry.seal)

    # --- The chain ---------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """With the address that checks the chain."""
        check = path("chain/", self.admin_site.admin_view(self.check_chain), name="audit-chain")
        return [check, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With what of the log is sealed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        last = AuditEntry.objects.filter(seal_number__isnull=False).order_by("-seal_number").first()
        context = {"sealed": last.seal_number if last else 0, "waiting": AuditEntry.objects.filter(seal="").count()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def check_chain(self, request: HttpRequest) -> HttpResponse:
        """Follow the whole chain once and say whether it holds."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        broken = audit.first_broken_entry()
        if broken is None:
            messages.success(request, _("The chain is whole: nothing was changed or removed since it was sealed."))
        else:
            text = _("The chain is broken at entry %(entry)s: it, or one before it, was changed or removed.")
            messages.error(request, text % {"entry": broken.pk})
        return HttpResponseRedirect(reverse("admin:orgs_auditentry_changelist"))
