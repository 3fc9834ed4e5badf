"""How alerts turned out that were built on a source grade: shown where a grade is chosen. Never about a person."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from incidents.access import CLOSABLE, TRUTHS
from incidents.models import Incident, Report, ReportState, SourceGrade, Truth
from orgs.policy import Viewer

MONTHS = 12
_DAYS = 365


@dataclass(frozen=True)
class Held:
    """So many of so many were true, or true in part."""

    held: int
    known: int


@dataclass(frozen=True)
class GradeRecord:
    """One source grade: all alerts of one's own areas, those near this place, of this type, from this door."""

    grade: str
    label: str
    everywhere: Held
    near: Held
    kind: Held
    door: Held


def track_record(viewer: Viewer, *, type_code: str, region_id: int | None, doors: list[str]) -> list[GradeRecord]:
    """What became of the alerts of the last 12 months, by the source grade of their incidents; one statement.

    Counted from the alerts of the viewer's own areas whose truth is known.
    """
    since = timezone.now() - timedelta(days=_DAYS)
    known = Q(truth__in=(Truth.TRUE, Truth.PARTLY, Truth.FALSE))
    rows = TRUTHS.rows_as(viewer, "coordinator").filter(
        known, state__in=CLOSABLE, exercise__isnull=True, released_at__gte=since
    )
    came = Report.objects.filter(incident=OuterRef("incident"), state=ReportState.ATTACHED, door__in=doors)
    same = {
        "everywhere": Q(),
        "near": Q(incident__region=region_id) if region_id is not None else Q(pk__isnull=True),
        "kind": Q(incident__type=type_code),
        "door": Q(by_door=True),
    }
    held = Q(truth__in=(Truth.TRUE, Truth.PARTLY))
    counts = {f"{name}_known": Count("pk", filter=condition & known) for name, condition in same.items()}
    counts |= {f"{name}_held": Count("pk", filter=condition & held) for name, condition in same.items()}
    grouped = rows.annotate(by_door=Exists(came)).order_by().values("incident__source_grade").annotate(**counts)
    found: dict[str, Any] = {row["incident__source_grade"]: row for row in grouped}
    return [
        GradeRecord(
            grade=str(grade),
            label=str(grade.label),
            **{name: Held(found[grade][f"{name}_held"], found[grade][f"{name}_known"]) for name in same},
        )
        for grade in SourceGrade
        if grade in found
    ]


def record_of_report(viewer: Viewer, report: Report) -> list[GradeRecord]:
    """What to know before a report is graded."""
    return track_record(viewer, type_code=report.type_id or "", region_id=report.region_id, doors=[report.door])


def record_of_incident(viewer: Viewer, incident: Incident) -> list[GradeRecord]:
    """The same for an incident, by the doors of all reports behind it."""
    attached = Report.objects.filter(incident=incident, state=ReportState.ATTACHED)
    doors = list(attached.order_by().values_list("door", flat=True).distinct())
    return track_record(viewer, type_code=incident.type_id, region_id=incident.region_id, doors=doors)
