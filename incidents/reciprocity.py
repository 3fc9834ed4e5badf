"""How alerts are answered, and what comes back the other way: by area and by service, over a quarter, for both sides.

One statement counts the answers, one the advisories; small counts are kept back (``incidents.suppression``). Quarters
do not overlap, nobody chooses areas or services, and each reader has one level of areas: so no two tables of the same
reader can be taken from each other. Drills are left out; made-up people read made-up numbers and nobody else does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.access import FIGURES, FIGURES_OF_ADVISORIES, may_see_figures
from incidents.models import AlertState
from incidents.suppression import NOTHING_KEPT, Kept, kept_back
from orgs.models import Area, Organisation, Role, User
from orgs.policy import Viewer

QUARTERS_OFFERED = 8
ANSWER_DUE = timedelta(days=1)
"""Who has not answered after this long counts as unanswered; before, they are not counted yet."""
_PASSED = (AlertState.RELEASED, AlertState.CANCELLED, AlertState.REPLACED, AlertState.EXPIRED)

# A person told in two steps of a ladder is one: told at the first, answered when they first answered either.
_TOLD = """
    SELECT delivery.alert_id, delivery.recipient_id, incident.{level}_id AS area_id, alert.state,
           (array_agg(delivery.organisation_id ORDER BY delivery.step))[1] AS service_id,
           min(delivery.created_at) AS told_at,
           min(reply.at) AS answered_at,
           min(reply.at) FILTER (WHERE reply.kind IN ('act', 'done', 'outcome')) AS acted_at,
           min(reply.at) FILTER (WHERE reply.kind = 'outcome') AS outcome_at
      FROM incidents_alert AS alert
      JOIN incidents_incident AS incident ON incident.id = alert.incident_id
      JOIN incidents_delivery AS delivery ON delivery.alert_id = alert.id
      JOIN incidents_rendition AS rendition ON rendition.id = delivery.rendition_id AND rendition.audience = 'liaison'
      LEFT JOIN incidents_reply AS reply ON reply.delivery_id = delivery.id
     WHERE alert.released_at >= %(first)s AND alert.released_at < %(end)s
       AND alert.exercise_id IS NULL AND alert.is_demo = %(demo)s AND {which}
     GROUP BY delivery.alert_id, delivery.recipient_id, alert.id, incident.id"""

_MEASURES = """
    count(*), count(answered_at), count(acted_at), count(outcome_at),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - told_at)),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acted_at - told_at)),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM outcome_at - told_at))"""

_COUNTED = """answered_at IS NOT NULL OR (state <> 'cancelled' AND told_at < %(due)s)"""

_FIGURES = f"""
    WITH told AS ({_TOLD}), counted AS (
        SELECT told.*, coalesce(service_id = ANY(%(own)s::bigint[]), false) AS is_own FROM told WHERE {_COUNTED})
    SELECT grouping(area_id), grouping(service_id), grouping(is_own), area_id, service_id, is_own, {_MEASURES}
      FROM counted
     GROUP BY GROUPING SETS ((area_id), (service_id), (area_id, is_own), ())"""  # noqa: S608 (our own words)

_OF_ONE = f"""
    WITH told AS ({_TOLD}) SELECT {_MEASURES} FROM told WHERE {_COUNTED}"""  # noqa: S608 (our own words)


@dataclass(frozen=True)
class Quarter:
    """Three months."""

    year: int
    number: int

    @property
    def first(self) -> datetime:
        """Its first moment, by the clock of the installation."""
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=timezone.get_default_timezone())

    @property
    def end(self) -> datetime:
        """The first moment of the next one."""
        return self.before(-1).first

    @property
    def code(self) -> str:
        """As it stands in an address."""
        return f"{self.year}-{self.number}"

    @property
    def label(self) -> str:
        """In words."""
        months = (_("January to March"), _("April to June"), _("July to September"), _("October to December"))
        return f"{months[self.number - 1]} {self.year}"

    def before(self, count: int) -> "Quarter":
        """So many quarters earlier."""
        place = self.year * 4 + self.number - 1 - count
        return Quarter(place // 4, place % 4 + 1)

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """That in which a day lies."""
        return cls(day.year, (day.month + 2) // 3)


def quarters() -> list[Quarter]:
    """Those that can be chosen, the present one first."""
    now = Quarter.of(timezone.localdate())
    return [now.before(count) for count in range(QUARTERS_OFFERED)]


def quarter_from(code: str) -> Quarter:
    """The one that an address names; the present one for anything else."""
    offered = quarters()
    return next((one for one in offered if one.code == code), offered[0])


@dataclass(frozen=True)
class Measures:
    """What is counted of some people told, with the medians in seconds."""

    told: int = 0
    answered: int = 0
    acted: int = 0
    outcomes: int = 0
    to_answer: float | None = None
    to_act: float | None = None
    to_outcome: float | None = None
    given: int = 0
    passed: int = 0

    @property
    def unanswered(self) -> int:
        """Who was told and said nothing."""
        return self.told - self.answered


@dataclass(frozen=True)
class Shown:
    """One row as its reader sees it: ``None`` is kept back. ``own``: the reader's own service, or the reader."""

    label: str
    told: int | None
    unanswered: int | None
    answered: int | None
    to_answer: float | None
    acted: int | None
    to_act: float | None
    outcomes: int | None
    to_outcome: float | None
    given: int | None
    passed: int | None
    own: bool = False

    @property
    def share_unanswered(self) -> int | None:
        """In percent of those told."""
        if self.unanswered is None or not self.told:
            return None
        return round(100 * self.unanswered / self.told)


@dataclass(frozen=True)
class Figures:
    """Everything that one reader is shown of one quarter."""

    quarter: Quarter
    level: str
    total: Shown
    areas: list[Shown]
    services: list[Shown]
    mine: Shown | None = None


@dataclass
class _Counted:
    """The measures of all groups: by area, by service, and of all services but the reader's own by area."""

    total: Measures = field(default_factory=Measures)
    areas: dict[int | None, Measures] = field(default_factory=dict)
    services: dict[int | None, Measures] = field(default_factory=dict)
    others: dict[int | None, Measures] = field(default_factory=dict)


def figures_for(viewer: Viewer, quarter: Quarter) -> Figures | None:
    """The tables of one quarter for this reader; ``None`` for those who see none."""
    if not may_see_figures(viewer):
        return None
    own = own_services(viewer)
    level = level_for(viewer)
    counted = _count(viewer, quarter, level, own)
    of_areas = _keeps(counted.areas, counted.others, known=frozenset())
    of_services = _keeps(counted.services, counted.services, known=own)
    totals = {name for name in _COLUMNS if of_areas[name].total or of_services[name].total}
    areas = _table(counted.areas, _without(of_areas, totals, counted.areas), known=frozenset())
    services = _table(counted.services, _without(of_services, totals, counted.services), known=own)
    return Figures(
        quarter=quarter,
        level=level,
        total=_shown(_("All"), counted.total, totals),
        areas=_named(areas, dict(Area.objects.filter(pk__in=_ids(areas)).values_list("pk", "name"))),
        services=_named(services, dict(Organisation.objects.filter(pk__in=_ids(services)).values_list("pk", "name"))),
        mine=_own_numbers(viewer, quarter) if Role.LIAISON in viewer.roles else None,
    )


def own_services(viewer: Viewer) -> frozenset[int]:
    """The services whose numbers this reader sees whole: those for which they are a liaison."""
    posts = viewer.posts_as((Role.LIAISON,))
    return frozenset(post.organisation_id for post in posts if post.organisation_id is not None)


def level_for(viewer: Viewer) -> str:
    """By what areas this reader's table goes: régions for those who see the country, cercles for all others."""
    everywhere = Role.OVERSIGHT in viewer.roles or any(post.nationwide for post in viewer.posts)
    return "region" if everywhere else "cercle"


# --- Counting ----------------------------------------------------------------------------------------------------


def _count(viewer: Viewer, quarter: Quarter, level: str, own: frozenset[int]) -> _Counted:
    counted = _Counted()
    for of_areas, of_services, of_own, area, service, is_own, *numbers in _answers(viewer, quarter, level, own):
        measures = Measures(*numbers)
        if not of_areas and not of_own:
            if not is_own:
                counted.others[area] = measures
        elif not of_areas:
            counted.areas[area] = measures
        elif not of_services:
            counted.services[service] = measures
        else:
            counted.total = measures
    for area, service, given, passed in _advisories(viewer, quarter, level):
        counted.total = _with(counted.total, given, passed)
        counted.areas[area] = _with(counted.areas.get(area), given, passed)
        counted.services[service] = _with(counted.services.get(service), given, passed)
        if service not in own:
            counted.others[area] = _with(counted.others.get(area), given, passed)
    return counted


def _with(measures: Measures | None, given: int, passed: int) -> Measures:
    found = measures or Measures()
    return replace(found, given=found.given + given, passed=found.passed + passed)


def _answers(viewer: Viewer, quarter: Quarter, level: str, own: frozenset[int]) -> list[tuple[Any, ...]]:
    try:
        words, given = FIGURES.rows(viewer).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    which, parameters = _named_parameters(words, given)
    statement = _FIGURES.format(level=level, which=f"alert.incident_id IN ({which})")
    return _rows(statement, {**_period(viewer, quarter), **parameters, "own": sorted(own)})


def _named_parameters(words: str, given: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """A query with its parameters by name, to stand inside one that names its own."""
    names = [f"given_{number}" for number in range(len(given))]
    pieces = words.split("%s")
    whole = pieces[0] + "".join(f"%({name})s{piece}" for name, piece in zip(names, pieces[1:], strict=True))
    return whole, dict(zip(names, given, strict=True))


def _period(viewer: Viewer, quarter: Quarter) -> dict[str, Any]:
    return {
        "first": quarter.first,
        "end": quarter.end,
        "due": timezone.now() - ANSWER_DUE,
        "demo": _is_made_up(viewer),
    }


def _is_made_up(viewer: Viewer) -> bool:
    return bool(User.objects.filter(pk=viewer.user_id, is_demo=True).exists())


def _advisories(viewer: Viewer, quarter: Quarter, level: str) -> list[tuple[Any, ...]]:
    rows = FIGURES_OF_ADVISORIES.rows(viewer).filter(
        given_at__gte=quarter.first, given_at__lt=quarter.end, is_demo=_is_made_up(viewer)
    )
    grouped = rows.order_by().values_list(f"{level}_id", "organisation_id")
    return list(grouped.annotate(given=Count("pk"), passed=Count("pk", filter=Q(alert__state__in=_PASSED))))


def _own_numbers(viewer: Viewer, quarter: Quarter) -> Shown:
    """What one person did, for that person: whole."""
    statement = _OF_ONE.format(level="region", which="delivery.recipient_id = %(person)s")
    rows = _rows(statement, {**_period(viewer, quarter), "person": viewer.user_id})
    given = Count("pk")
    passed = Count("pk", filter=Q(alert__state__in=_PASSED))
    own = User.objects.get(pk=viewer.user_id).advisories.filter(given_at__gte=quarter.first, given_at__lt=quarter.end)
    both = own.aggregate(given=given, passed=passed)
    return _shown(_("You"), Measures(*rows[0], **both), set())


def _rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


# --- Keeping back ------------------------------------------------------------------------------------------------

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "told": ("told",),
    "answers": ("answered", "unanswered"),
    "acted": ("acted",),
    "outcomes": ("outcomes",),
    "given": ("given",),
    "passed": ("passed",),
}
"""Columns that are shown or kept back together."""

Table = list[tuple[Any, Shown]]


def _keeps(rows: Mapping[Any, Measures], others: Mapping[Any, Measures], *, known: frozenset[int]) -> dict[str, Kept]:
    """What one table must keep back, by column.

    ``others`` are the same rows without what the reader knows anyway (their own service): those must be safe.
    """
    if not rows:
        return dict.fromkeys(_COLUMNS, NOTHING_KEPT)
    safe = {key: others.get(key, Measures()) for key in rows}
    return {
        name: kept_back(*({key: getattr(one, column) for key, one in safe.items()} for column in columns), known=known)
        for name, columns in _COLUMNS.items()
    }


def _without(keeps: Mapping[str, Kept], totals: set[str], rows: Mapping[Any, Measures]) -> dict[str, Kept]:
    """Where a total is kept back, no row of either table is shown: the rows of the one would add up to it."""
    return {name: Kept(frozenset(rows), total=True) if name in totals else kept for name, kept in keeps.items()}


def _table(rows: Mapping[Any, Measures], keeps: Mapping[str, Kept], *, known: frozenset[int]) -> Table:
    """The rows as they may be shown; those of ``known`` whole."""
    shown: Table = []
    for key, measures in rows.items():
        kept = {name for name, keep in keeps.items() if key in keep.rows and key not in known}
        if "told" in kept:
            kept.add("answers")
        # A row that stands there with nothing in it would still say that it is not nought.
        says_something = not keeps["told"].total or (measures.given and not keeps["given"].total)
        if key in known or says_something:
            shown.append((key, _shown("", measures, kept, own=key in known)))
    return shown


def _shown(label: str, one: Measures, kept: set[str], *, own: bool = False) -> Shown:
    """A row with what is kept back left out; a median goes with its number."""

    def unless(name: str, value: Any) -> Any:
        return None if name in kept else value

    return Shown(
        label=label,
        told=unless("told", one.told),
        unanswered=unless("answers", one.unanswered),
        answered=unless("answers", one.answered),
        to_answer=unless("answers", one.to_answer),
        acted=unless("acted", one.acted),
        to_act=unless("acted", one.to_act),
        outcomes=unless("outcomes", one.outcomes),
        to_outcome=unless("outcomes", one.to_outcome),
        given=unless("given", one.given),
        passed=unless("passed", one.passed),
        own=own,
    )


def _ids(table: Table) -> list[int]:
    return [key for key, _row in table if key is not None]


def _named(table: Table, names: Mapping[int, str]) -> list[Shown]:
    rows = [replace(row, label=names.get(key, _("Not known"))) for key, row in table]
    return sorted(rows, key=lambda row: (not row.own, row.label))
