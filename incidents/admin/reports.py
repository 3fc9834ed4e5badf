"""Reports in Django admin. Who sent one is never here: only whether somebody is known, and it is opened on the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.access import REPORTS
from incidents.admin.base import DeskAdmin, named, without_shapes
from incidents.disclosure import REPORT
from incidents.models import Addition, Harm, Report, ReporterIdentity


@admin.register(Report)
class ReportAdmin(DeskAdmin):
    """What was said."""

    policy = REPORTS
    table = REPORT
    list_display = ("id", "received_at", "type", "cercle_name", "state", "incident", "has_identity")
    list_filter = ("state", "received_at", "door", "language", "how_known", "is_demo", "type")
    list_select_related = ("type", "region", "cercle", "incident")
    search_fields = ("place_text", "narrative")
    search_help_text = _("Words of the report or of its place")
    date_hierarchy = "received_at"
    ordering = ("-received_at", "-id")
    first = ("has_identity",)
    besides = ("harm", "decided_at", "decider", "is_demo")
    decider = named("decided_by", _("decided by"))
    cercle_name = named("cercle", _("cercle"))

    def rows(self) -> QuerySet[Any]:
        """With whether somebody is known, and without the shapes of areas."""
        known = ReporterIdentity.objects.filter(report=OuterRef("pk"))
        rows: QuerySet[Any] = without_shapes(super().rows()).annotate(identified=Exists(known))
        return rows

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """People harmed in words rather than as they are kept."""
        return [name for name in super().get_fields(request, obj) if name != "harmed"]

    @admin.display(description=_("people harmed, as said"))
    def harm(self, report: Report) -> str:
        """Kind and number."""
        kinds = dict(Harm.choices)
        return ", ".join(f"{kinds.get(kind, kind)} : {number}" for kind, number in report.harmed.items())

    @admin.display(description=_("reporter known"), boolean=True, ordering="identified")
    def has_identity(self, report: Any) -> bool:
        """Whether there is an identity to open, and no more."""
        return bool(report.identified)


@admin.register(Addition)
class AdditionAdmin(DeskAdmin):
    """What was added later."""

    policy = REPORTS
    path = "report"
    list_display = ("id", "report", "received_at", "beginning")
    list_filter = ("received_at",)
    list_select_related = ("report",)
    search_fields = ("text",)
    ordering = ("-received_at", "-id")
    besides = ("report", "received_at", "text")

    @admin.display(description=_("text"))
    def beginning(self, addition: Addition) -> str:
        """Its first words."""
        return addition.text[:80]


@admin.register(ReporterIdentity)
class ReporterIdentityAdmin(DeskAdmin):
    """That there is an identity. It is opened on the desk, with a reason, and that is on record."""

    policy = REPORTS
    path = "report"
    list_display = ("report", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("report",)
    ordering = ("-created_at", "-report")
    besides = ("report", "created_at")

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed, and without the hash that ties one person's reports together."""
        return super().rows().defer("sealed", "person_key")
