"""What alerts turned out to be: how many were true, partly, false, by area, type and door; never by person.

Counts come from what the viewer may count (``access.TRUTHS``), are read in one statement a table, and small ones are
kept from those who do not see the rows themselves, with enough others that none can be worked out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.access import ALERTS, CLOSABLE, TRUTHS, sees_small_counts
from incidents.disclosure import SMALLEST_COUNT
from incidents.models import Alert, AlertState, Door, IncidentState, IncidentType, ReportState, Truth
from orgs.models import Area, Role
from orgs.policy import Viewer
from orgs.providers import Waits

MOST_WAITING = 30
FIRST_YEAR = 2020


@dataclass(frozen=True)
class Period:
    """Alerts released from one day up to, and without, another."""

    key: str
    label: str
    start: date
    end: date


def periods_for(viewer: Viewer) -> list[Period]:
    """The periods to choose from. Whole years for those from whom small counts are kept: the difference of two
    periods that overlap would give them away."""
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    years = [
        Period(str(year), str(year), date(year, 1, 1), date(year + 1, 1, 1))
        for year in range(today.year, max(FIRST_YEAR, today.year - 4) - 1, -1)
    ]
    if not sees_small_counts(viewer):
        return years
    lately = [
        Period("12m", _("the last 12 months"), today - timedelta(days=365), tomorrow),
        Period("3m", _("the last 3 months"), today - timedelta(days=91), tomorrow),
    ]
    return [*lately, *years]


@dataclass(frozen=True)
class Rate:
    """One row: how many alerts went out, how many were closed, and as what. ``hidden``: too few to be shown."""

    label: str
    sent: int = 0
    by_truth: Mapping[str, int] = field(default_factory=dict)
    group: int | None = None
    hidden: bool = False

    @property
    def true(self) -> int:
        """Those that were true."""
        return self.by_truth.get(Truth.TRUE, 0)

    @property
    def partly(self) -> int:
        """Those that were true in part."""
        return self.by_truth.get(Truth.PARTLY, 0)

    @property
    def false(self) -> int:
        """False alarms."""
        return self.by_truth.get(Truth.FALSE, 0)

    @property
    def unknown(self) -> int:
        """Those of which it was never known."""
        return self.by_truth.get(Truth.UNKNOWN, 0)

    @property
    def known(self) -> int:
        """Those of which it is known: what percentages are of."""
        return self.true + self.partly + self.false

    @property
    def open(self) -> int:
        """Those of which nobody has said yet."""
        return self.sent - self.known - self.unknown

    @property
    def held(self) -> int:
        """True, or true in part."""
        return self.true + self.partly

    @property
    def share(self) -> int | None:
        """Percent true or true in part, of those known."""
        return round(100 * self.held / self.known) if self.known else None

    @property
    def is_small(self) -> bool:
        """Whether a number of it could point at one alert, and so at people."""
        return any(0 < count < SMALLEST_COUNT for count in (self.sent, self.open, *self.by_truth.values()))


@dataclass(frozen=True)
class RateTable:
    """One table of rates."""

    key: str
    title: str
    rows: list[Rate]


_COUNTS = {str(truth): Count("pk", filter=Q(truth=truth), distinct=True) for truth in Truth.values}


def counted(viewer: Viewer, period: Period) -> QuerySet[Alert]:
    """The alerts that count: sent in this period, neither an exercise nor replaced by a newer one of its thread."""
    return TRUTHS.rows(viewer).filter(
        state__in=CLOSABLE,
        exercise__isnull=True,
        released_at__gte=_midnight(period.start),
        released_at__lt=_midnight(period.end),
    )


def tables_of(viewer: Viewer, period: Period) -> list[RateTable]:
    """All together, by région, by cercle, by type, by door; five statements and the names."""
    alerts = counted(viewer, period)
    regions = _grouped(alerts, "incident__region_id")
    cercles = _grouped(alerts, "incident__cercle_id", "incident__region_id")
    types = _grouped(alerts, "incident__type_id")
    doors = _grouped(alerts.filter(incident__reports__state=ReportState.ATTACHED), "incident__reports__door")
    areas = _area_names([*(row["of"] for row in regions), *(row["of"] for row in cercles)])
    kinds = {kind.code: kind.label for kind in IncidentType.objects.all()}
    tables = [
        RateTable("region", _("By région"), _rates(regions, lambda key: areas.get(key, _("Place not found")))),
        RateTable("cercle", _("By cercle"), _rates(cercles, lambda key: areas.get(key, _("No cercle")))),
        RateTable("type", _("By type"), _rates(types, lambda key: kinds.get(key, key))),
        RateTable("door", _("By the door of the reports behind"), _rates(doors, lambda key: str(Door(key).label))),
    ]
    if sees_small_counts(viewer):
        return [RateTable("all", _("All together"), _rates(_grouped(alerts), lambda key: _("All alerts"))), *tables]
    return [RateTable(table.key, table.title, without_small(table.rows)) for table in tables]


def without_small(rows: Iterable[Rate]) -> list[Rate]:
    """Hide what is small; where one row alone would be hidden in its group, hide the smallest other too, or the group's
    sum would give it away."""
    given = list(rows)
    hidden = {place for place, row in enumerate(given) if row.is_small}
    for group in {row.group for row in given}:
        own = [place for place, row in enumerate(given) if row.group == group]
        if len(hidden.intersection(own)) == 1:
            others = [place for place in own if place not in hidden]
            if others:
                hidden.add(min(others, key=lambda place: given[place].sent))
    if len(hidden) == 1 and len(given) > 1:
        hidden.add(min((place for place in range(len(given)) if place not in hidden), key=lambda p: given[p].sent))
    return [
        Rate(row.label, group=row.group, hidden=True) if place in hidden else row for place, row in enumerate(given)
    ]


def _grouped(alerts: QuerySet[Alert], path: str = "", group: str = "") -> list[dict[str, Any]]:
    counts = {"sent": Count("pk", distinct=True), **_COUNTS}
    if not path:
        return [{"of": None, "group": None, **alerts.aggregate(**counts)}]
    rows = alerts.order_by().values(*(name for name in (path, group) if name)).annotate(**counts)
    return [{"of": row[path], "group": row[group] if group else None, **row} for row in rows]


def _rates(rows: Iterable[Mapping[str, Any]], label: Any) -> list[Rate]:
    made = [
        Rate(
            label=str(label(row["of"])),
            sent=row["sent"],
            by_truth={truth: row[truth] for truth in Truth.values},
            group=row["group"],
        )
        for row in rows
    ]
    return sorted(made, key=lambda rate: rate.label)


def _area_names(ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = {pk for pk in ids if pk is not None}
    return dict(Area.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


# --- What waits ----------------------------------------------------------------------------------------------------


def unclosed(viewer: Viewer) -> QuerySet[Alert]:
    """Alerts that are over and of which nobody has said what they turned out to be, for their coordinators."""
    over = Q(state__in=(AlertState.CANCELLED, AlertState.EXPIRED)) | Q(
        state=AlertState.RELEASED, incident__state=IncidentState.CLOSED
    )
    rows = ALERTS.rows_as(viewer, "coordinator").filter(
        over, closed_at=None, released_at__isnull=False, exercise__isnull=True
    )
    return rows.order_by("released_at", "id")


def unclosed_waiting(viewer: Viewer) -> list[Waits]:
    """For the bar of tasks."""
    if Role.COORDINATOR not in viewer.roles:
        return []
    return [Waits("alerts", unclosed(viewer), _unclosed_words, reverse("alert-truth"))]


def _unclosed_words(count: int) -> str:
    return ngettext("alert is over: was it true?", "alerts are over: were they true?", count)


# --- As a file -----------------------------------------------------------------------------------------------------


def lines_of(tables: Iterable[RateTable]) -> Iterable[list[Any]]:
    """Titles, then a line a row; a hidden row has its label and nothing else."""
    yield [
        _("Table"),
        _("Row"),
        _("Sent"),
        _("Known"),
        _("True"),
        _("Partly true"),
        _("False alarm"),
        _("Not known"),
        _("Not said yet"),
    ]
    for table in tables:
        for row in table.rows:
            numbers = [row.sent, row.known, row.true, row.partly, row.false, row.unknown, row.open]
            yield [table.title, row.label, *([""] * len(numbers) if row.hidden else numbers)]
