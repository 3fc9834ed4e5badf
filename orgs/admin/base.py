"""What every model in Django admin shares: rows by access policy, writes by services only, history, few queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from pghistory.core import event_models

from orgs import access, audit
from orgs.policy import Policy, Viewer
from orgs.services.errors import NotAllowed

LONGEST_HISTORY = 200
LONGEST_FACT = 60
"""Characters of a fact in words; codes are shorter, sealed texts longer."""


class GuardedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows the rows that the viewer may see and writes nothing by itself.

    A subclass names the ``policy`` of its model (``None``: administrators alone) and overrides ``save_model`` to call
    a service. What it does not override stays shut: there is no way round a service by accident.
    """

    policy: ClassVar[Policy[Any] | None] = None
    asks_again: ClassVar[bool] = False
    """Whether a change asks for the password again when the sign-in was a while ago."""

    list_per_page = 50
    show_full_result_count = False
    object_history_template = "admin/object_history.html"

    def viewer(self, request: HttpRequest) -> Viewer:
        """Who asks."""
        return access.viewer_of(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows this viewer may see, of those ``rows`` gives."""
        viewer = self.viewer(request)
        rows = self.rows()
        if self.policy is not None:
            return self.policy.rows(viewer, rows)
        return rows if access.may_keep_accounts(viewer) else rows.none()

    def rows(self) -> QuerySet[Any]:
        """All rows of the model in the order of the list; a subclass adds what the list shows besides."""
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows.order_by(*self.ordering) if self.ordering else rows

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without Django's own deletion of many rows, which passes by every service."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted in admin: posts end, accounts are closed, keys are revoked."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A subclass calls a service here."""
        raise PermissionDenied

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has written everything."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's form; what a service refuses becomes a message on it."""
        view: Any = super().changeform_view
        if self.asks_again:
            view = reauthentication_required(allow_get=True)(_request_first(view))
        try:
            answer: HttpResponse = view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(request.get_full_path())
        except NotAllowed:
            raise PermissionDenied from None
        return answer

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's list; its actions ask for the password again where changes do."""
        view: Any = super().changelist_view
        if self.asks_again:
            view = reauthentication_required(allow_get=True)(_request_first(view))
        answer: HttpResponse = view(request, extra_context)
        return answer

    def each(self, request: HttpRequest, rows: QuerySet[Any], service: Any, done: str) -> None:
        """Run a service on each chosen row and say how it went."""
        count = 0
        for row in rows:
            try:
                service(row)
            except (ValidationError, NotAllowed) as error:
                why = " ".join(error.messages) if isinstance(error, ValidationError) else _("This is not possible.")
                messages.error(request, f"{row}: {why}")
            else:
                count += 1
        if count:
            messages.success(request, f"{done} ({count})")

    # --- History -----------------------------------------------------------------------------------------------

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who did what with this row, from the audit log, and which named fields changed, from the history tables."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(row)s") % {"row": row},
            "opts": self.opts,
            "object": row,
            "moments": history_of(row),
            **(extra_context or {}),
        }
        return render(request, "admin/object_history.html", context)

    # Django's own log would keep names of people beside ours; the audit log has what was done.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the service audits."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the service audits."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing: the service audits."""


class ReadOnlyAdmin(GuardedAdmin):
    """Rows that are only looked at here; what is done with them is an action or a page of the product."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@dataclass(frozen=True)
class Change:
    """One moment of a row's history."""

    at: datetime
    by: str
    what: str
    facts: str


def history_of(row: Model) -> list[Change]:
    """The last acts on a row and the last changes of its tracked fields, newest first."""
    entries = audit.entries_of(row).select_related("actor").order_by("-id")[:LONGEST_HISTORY]
    moments = [
        Change(entry.at, str(entry.actor or _("the product")), entry.verb, words_of_facts(entry.facts))
        for entry in entries
    ]
    for event_model in event_models(tracks_model=type(row)):
        events = event_model._default_manager.filter(pgh_obj_id=row.pk).order_by("-pgh_id").values()
        for event in events[:LONGEST_HISTORY]:
            kept = {name: value for name, value in event.items() if not name.startswith("pgh_") and name != "id"}
            moments.append(Change(event["pgh_created_at"], "", event["pgh_label"], words_of_facts(kept)))
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def words_of_facts(facts: dict[str, Any]) -> str:
    """Facts of the audit log on one line; what is sealed (reasons that people gave) is not written out."""
    shown = {name: _short(value) for name, value in facts.items() if value not in (None, "")}
    return ", ".join(f"{name}: {value}" for name, value in shown.items())


def _short(value: Any) -> Any:
    return "…" if isinstance(value, str) and len(value) > LONGEST_FACT else value


def _request_first(view: Any) -> Any:
    def call(request: HttpRequest, *args: Any) -> HttpResponse:
        answer: HttpResponse = view(request, *args)
        return answer

    return call
