"""What the desk shows: the queue of reports by area and age, for coordinators, and the words for places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.access import REPORTS, may_use_desk
from incidents.disclosure import REPORT
from incidents.models import Addition, Report, ReporterIdentity, ReportState
from orgs.models import Area
from orgs.policy import Viewer
from orgs.providers import Waits

OVERDUE_AFTER = timedelta(hours=24)
"""A report that nobody looked at for so long is marked."""
SNIPPET = 220
SHAPES = ("region__geometry", "cercle__geometry", "commune__geometry")
"""What is left in the database when areas are joined for their names."""
NOWHERE = "none"
"""Stands for "place not found" where an area's number is asked for."""

_ROW_FIELDS = (
    "id",
    "door",
    "received_at",
    "type_id",
    "occurred_on",
    "place_text",
    "region_id",
    "cercle_id",
    "commune_id",
    "narrative",
    "harmed",
    "how_known",
    "may_call_back",
    "state",
    "reject_reason",
    "incident_id",
    "erased_at",
)


ANSWERED = "answered"
"""Beside the states of reports: those whose reporter added something that nobody at the desk has read."""


def queue(viewer: Viewer, state: str = ReportState.NEW) -> QuerySet[Report]:
    """The reports of a state that are this coordinator's to decide on."""
    if state == ANSWERED:
        unread = Addition.objects.filter(read_at=None).values("report")
        return REPORTS.rows_as(viewer, "coordinator").filter(pk__in=unread)
    return REPORTS.rows_as(viewer, "coordinator").filter(state=state)


def rows_of(reports: QuerySet[Report]) -> QuerySet[Report, Any]:
    """The rows of the desk as coordinators may read them, with the beginning of what was said."""
    every = REPORT.columns("coordinator")
    columns = {f"shown_{name}": every[f"shown_{name}"] for name in _ROW_FIELDS}
    columns["shown_narrative"] = Left(columns["shown_narrative"], SNIPPET)
    # The two that pages are cut by keep their own names.
    unread = Exists(Addition.objects.filter(report=OuterRef("pk"), read_at=None))
    return reports.values("id", "received_at", unread=unread, **columns)


@dataclass
class AreaCount:
    """How many reports wait in an area, how many of them for too long, and since when the oldest."""

    key: str
    name: str
    waiting: int = 0
    overdue: int = 0
    oldest: datetime | None = None
    parts: list[AreaCount] = field(default_factory=list)

    def add(self, waiting: int, overdue: int, oldest: datetime) -> None:
        """Count some more."""
        self.waiting += waiting
        self.overdue += overdue
        self.oldest = oldest if self.oldest is None else min(self.oldest, oldest)


def counts_by_area(reports: QuerySet[Report]) -> list[AreaCount]:
    """Régions with their cercles, those with the longest wait first; in two queries."""
    rows = (
        reports.order_by()
        .values_list("region", "cercle")
        .annotate(
            waiting=Count("pk"),
            overdue=Count("pk", filter=Q(received_at__lt=timezone.now() - OVERDUE_AFTER)),
            oldest=Min("received_at"),
        )
    )
    counted = list(rows)
    names = dict(
        Area.objects.filter(pk__in={pk for row in counted for pk in row[:2] if pk is not None}).values_list(
            "pk", "name"
        )
    )
    regions: dict[int | None, AreaCount] = {}
    for region, cercle, waiting, overdue, oldest in counted:
        whole = regions.setdefault(region, AreaCount(str(region or NOWHERE), names.get(region, "")))
        whole.add(waiting, overdue, oldest)
        if cercle is not None:
            part = AreaCount(str(cercle), names[cercle])
            part.add(waiting, overdue, oldest)
            whole.parts.append(part)
    if None in regions:
        regions[None].name = _("Place not found")
    found = sorted(regions.values(), key=_longest_wait)
    for whole in found:
        whole.parts.sort(key=_longest_wait)
    return found


def _longest_wait(count: AreaCount) -> tuple[datetime, str]:
    return count.oldest or timezone.now(), count.name


def finest_area(row: dict[str, Any] | Any, prefix: str = "shown_") -> int | None:
    """The number of the smallest area of a row."""
    for level in ("commune_id", "cercle_id", "region_id"):
        found: int | None = row.get(f"{prefix}{level}") if isinstance(row, dict) else getattr(row, level)
        if found is not None:
            return found
    return None


def words_for_areas(numbers: Iterable[int | None]) -> dict[int | None, str]:
    """The names of areas with those around them, in one query; ``None`` says that the place was not found."""
    wanted = {number for number in numbers if number is not None}
    words: dict[int | None, str] = {None: _("place not found")}
    if wanted:
        words.update({area.pk: area.label() for area in Area.objects.with_names().filter(pk__in=wanted)})
    return words


def earlier_of_source(report: Report, viewer: Viewer) -> int:
    """How many earlier reports that this coordinator may see came from the same account or phone; one query.

    Nobody learns who it is by it: the two are tied by a keyed hash that is never shown.
    """
    person = ReporterIdentity.objects.filter(report=report.pk).exclude(person_key="").values("person_key")
    same = ReporterIdentity.objects.filter(person_key__in=person).values("report")
    seen = REPORTS.rows_as(viewer, "coordinator").filter(pk__in=same, received_at__lt=report.received_at)
    return int(seen.exclude(pk=report.pk).order_by().count())


def is_overdue(received_at: datetime) -> bool:
    """Whether a new report has waited for too long."""
    return received_at < timezone.now() - OVERDUE_AFTER


def reports_waiting(viewer: Viewer) -> list[Waits]:
    """For the bar of tasks: new reports of the coordinator's areas."""
    if not may_use_desk(viewer):
        return []
    return [Waits("desk", queue(viewer), _report_words, "/desk/")]


def _report_words(count: int) -> str:
    return ngettext("new report in your areas", "new reports in your areas", count)
