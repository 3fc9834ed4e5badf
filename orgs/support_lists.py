"""Reading support to organisations: the rows of each kind as a viewer may read them, what they may be narrowed by,
and sums of people and of money. Who may see what is asked of ``orgs.access.support``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from orgs.access import ORGANISATIONS
from orgs.access import support as access
from orgs.disclosed_support import TABLES
from orgs.listing import columns_for
from orgs.models import (
    AgeBand,
    Area,
    Attendance,
    FundingCall,
    GrantReport,
    Measure,
    Organisation,
    Programme,
    ProgrammeCount,
    Qualifier,
    Sex,
    SubGrant,
    Term,
    Training,
    name_key,
)
from orgs.models.support import SupportRow
from orgs.policy import Viewer
from orgs.presentation.support import Kind, Known, Money, Named
from orgs.services.organisations import CODED

BENCHMARK = 30
"""Per cent of women, and of young people, that is asked of every mechanism of peace (domain, row 15)."""
BODIES = ("organisation", "organiser", "recipient", "funder")


# --- Rows --------------------------------------------------------------------------------------------------------


def rows_for(kind: Kind, viewer: Viewer) -> QuerySet[Any]:
    """The standing rows of one kind that this viewer may see."""
    return access.POLICIES[kind.model].rows(viewer).filter(withdrawn_at__isnull=True)


def shown(kind: Kind, viewer: Viewer, rows: QuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
    """These rows as this viewer may read them, field by field."""
    columns = columns_for(access.POLICIES[kind.model], TABLES[kind.model], viewer)
    names = [name for name, _direction in kind.order]
    return rows.values("id", *[name for name in names if name != "id"], **columns)


def bare(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of ``shown`` by the names of its fields: what may not be read is nothing, even where it sorts the list."""
    return {"id": row["id"], **{k.removeprefix("shown_"): v for k, v in row.items() if k.startswith("shown_")}}


def one_row(kind: Kind, viewer: Viewer, number: int) -> tuple[SupportRow, dict[str, Any]] | None:
    """One row and what this viewer may read of it; ``None`` where they may not; withdrawn ones are for keepers."""
    policy = access.POLICIES[kind.model]
    ways = [name for name in BODIES if any(field.name == name for field in kind.model._meta.get_fields())]
    found = policy.rows(viewer).select_related(*ways).filter(pk=number).first()
    if found is None or (found.withdrawn_at is not None and not access.may_keep(viewer, found)):
        return None
    audience = policy.audience(viewer, found)
    return (found, {"id": found.pk, **TABLES[kind.model].show(found, audience)}) if audience else None


def known_of(viewer: Viewer, rows: Sequence[Mapping[str, Any]]) -> Known:
    """What the numbers and codes of these rows stand for: three queries, however many rows."""
    bodies: set[int] = {row[name] for row in rows for name in BODIES if row.get(name)}
    areas: set[int] = {row[name] for row in rows for name in ("region", "cercle", "commune") if row.get(name)}
    areas |= {number for row in rows for number in row.get("covers") or ()}
    return Known(
        organisations=named(viewer, bodies),
        areas={area.pk: area.label() for area in Area.objects.with_names().filter(pk__in=areas)} if areas else {},
        terms={(term.vocabulary, term.code): term.label for term in Term.objects.all()},
    )


def named(viewer: Viewer, numbers: Iterable[int]) -> dict[int, Named]:
    """Those of these organisations that the viewer may see, by number."""
    wanted = set(numbers)
    if not wanted:
        return {}
    rows = ORGANISATIONS.rows(viewer).filter(pk__in=wanted).values_list("pk", "name", "acronym", "slug")
    return {pk: Named(acronym or name, slug) for pk, name, acronym, slug in rows}


def rows_for_one(row: SupportRow) -> QuerySet[Any]:
    """A row that was found already, as rows to sum up."""
    return type(row)._default_manager.filter(pk=row.pk)


# --- What a list may be narrowed by ------------------------------------------------------------------------------


def in_area(rows: QuerySet[Any], area: Area) -> QuerySet[Any]:
    """The rows that lie in an area, or whose organisation is found there; calls that hold for it."""
    if rows.model is FundingCall:
        above = {area.pk, area.parent_id, area.region_id, area.cercle_id, area.commune_id} - {None}
        return rows.filter(Q(covers=[]) | Q(covers__overlap=sorted(above)) | Q(reach__contains=[area.pk]))
    path = {"subgrant": "recipient__reach", "need": "organisation__reach"}.get(rows.model._meta.model_name or "")
    return rows.filter(**({f"{path}__contains": [area.pk]} if path else {area.level: area.pk}))


def fitting(rows: QuerySet[FundingCall], viewer: Viewer) -> QuerySet[FundingCall]:
    """The calls that fit one of the viewer's own organisations: its areas and its themes."""
    parts = Q(pk__in=[])
    own = ORGANISATIONS.rows(viewer).filter(pk__in=viewer.organisation_ids)
    for covers, reach, themes in own.values_list("covers", "reach", "themes"):
        place = Q(covers=[]) | Q(covers__overlap=reach) | Q(reach__overlap=covers)
        parts |= place & (Q(themes=[]) | Q(themes__overlap=themes))
    return rows.filter(parts)


def still_open(rows: QuerySet[FundingCall]) -> QuerySet[FundingCall]:
    """Calls that have not closed."""
    return rows.filter(closes_on__gte=timezone.localdate())


# --- People ------------------------------------------------------------------------------------------------------


@dataclass
class People:
    """How many people, by sex and age band."""

    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    meant: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        """All of them, each counted once."""
        return sum(self.cells.values())

    @property
    def qualifier(self) -> str:
        """How the total is meant: a sum of "at least" is "at least"; of mixed ones, "about"."""
        rough = self.meant - {Qualifier.EXACT, ""}
        return "" if not rough else next(iter(rough)) if len(rough) == 1 else Qualifier.ABOUT

    def of(self, *, sex: str | None = None, age: str | None = None) -> int:
        """How many of one sex, of one age band, or both."""
        return sum(n for (s, a), n in self.cells.items() if sex in (None, s) and age in (None, a))

    def share(self, part: int, unknown: int) -> int | None:
        """Per cent of those of whom it was written down; ``None`` where of nobody."""
        known = self.total - unknown
        return round(100 * part / known) if known else None

    @property
    def women(self) -> int | None:
        """Per cent of women and girls."""
        return self.share(self.of(sex=Sex.FEMALE), self.of(sex=Sex.UNKNOWN))

    @property
    def youth(self) -> int | None:
        """Per cent of young people."""
        return self.share(self.of(age=AgeBand.YOUTH), self.of(age=AgeBand.UNKNOWN))

    @property
    def by_age(self) -> list[tuple[Any, list[int], int]]:
        """Lines of a table: age band, number by sex in the order of ``Sex``, and together."""
        lines = [(label, [self.cells[(sex, age)] for sex in Sex.values]) for age, label in AgeBand.choices]
        return [(label, numbers, sum(numbers)) for label, numbers in lines if any(numbers)]

    @property
    def by_sex(self) -> list[int]:
        """Number by sex in the order of ``Sex``."""
        return [self.of(sex=sex) for sex in Sex.values]


def people_trained(trainings: QuerySet[Training]) -> People:
    """Everybody who came to these trainings, in one query."""
    rows = Attendance.objects.filter(training__in=trainings.order_by().values("pk"))
    people = People()
    for sex, age, number in rows.values_list("sex", "age").annotate(Sum("number")).order_by():
        people.cells[(sex, age)] += number
    return people


def people_reached(programmes: QuerySet[Any]) -> dict[str, People]:
    """Everybody whom these programmes reached, by what is counted; these are never added up."""
    rows = ProgrammeCount.objects.filter(programme__in=programmes.order_by().values("pk"))
    found: dict[str, People] = {}
    grouped = rows.values_list("measure", "sex", "age", "qualifier").annotate(Sum("number")).order_by()
    for measure, sex, age, qualifier, number in grouped:
        people = found.setdefault(measure, People())
        people.cells[(sex, age)] += number
        people.meant.add(qualifier)
    return {measure: found[measure] for measure in Measure.values if measure in found}


def attendance_by_body(viewer: Viewer, training: Training) -> list[tuple[Named | None, People]]:
    """Who sent how many, of the organisations that the viewer may see; under ``None`` everybody else."""
    seen = set(access.ATTENDANCE.rows(viewer).filter(training=training).values_list("pk", flat=True))
    grouped: dict[int | None, People] = defaultdict(People)
    for pk, body, sex, age, number in training.attendance.values_list("pk", "organisation", "sex", "age", "number"):
        grouped[body if pk in seen else None].cells[(sex, age)] += number
    names = named(viewer, {body for body in grouped if body is not None})
    lines = [(names.get(body or 0), people) for body, people in grouped.items()]
    return sorted(lines, key=lambda line: (line[0] is None, str(line[0])))


def counts_by_period(programme_id: int) -> list[tuple[str, Any, Any, People]]:
    """The numbers of one programme: measure, from, until, people."""
    rows = ProgrammeCount.objects.filter(programme=programme_id)
    grouped: dict[tuple[str, Any, Any], People] = {}
    values = rows.values_list("measure", "starts_on", "ends_on", "sex", "age", "number", "qualifier")
    for measure, starts, ends, sex, age, number, qualifier in values:
        people = grouped.setdefault((measure, starts, ends), People())
        people.cells[(sex, age)] += number
        people.meant.add(qualifier)
    return [(*key, people) for key, people in sorted(grouped.items())]


def _cells(rows: QuerySet[Any]) -> dict[tuple[str, str], int]:
    """What a form of numbers starts with."""
    return {(sex, age): number for sex, age, number in rows.values_list("sex", "age", "number")}


# --- Money -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RegionSum:
    """What organisations of one région were given, in one currency."""

    region: str
    organisations: int
    grants: int
    money: Money


def sums_by_region(viewer: Viewer) -> list[RegionSum]:
    """Sums of sub-grants by région, of five organisations and more. Never narrowed: a difference of two sums would
    tell what one organisation got."""
    if not access.may_read_sums(viewer):
        return []
    rows = SubGrant.objects.filter(withdrawn_at__isnull=True, recipient__region__isnull=False)
    regions = access.regions_of_sums(viewer)
    if regions is not None:
        rows = rows.filter(recipient__region__in=regions)
    grouped = rows.values_list("recipient__region__name", "currency").annotate(
        Count("recipient", distinct=True), Count("pk"), Sum("amount")
    )
    enough = grouped.filter(recipient__count__gte=access.SMALLEST_GROUP).order_by("recipient__region__name", "currency")
    return [
        RegionSum(region, bodies, grants, Money(amount, currency))
        for region, currency, bodies, grants, amount in enough
    ]


def overdue_reports(viewer: Viewer) -> int:
    """How many reports of sub-grants that this viewer may see should have come."""
    late = GrantReport.objects.filter(due_on__lt=timezone.localdate(), received_on__isnull=True)
    return late.filter(grant__in=rows_for_grants(viewer).values("pk")).count()


def rows_for_grants(viewer: Viewer) -> QuerySet[SubGrant]:
    """The standing sub-grants that this viewer may see."""
    return access.GRANTS.rows(viewer).filter(withdrawn_at__isnull=True)


def late_grants(numbers: Iterable[int]) -> set[int]:
    """Those of these sub-grants that wait for a report that should have come."""
    late = GrantReport.objects.filter(
        grant__in=list(numbers), due_on__lt=timezone.localdate(), received_on__isnull=True
    )
    return set(late.values_list("grant", flat=True))


def bodies_for(viewer: Viewer) -> QuerySet[Organisation]:
    """The organisations that somebody may name in a form."""
    return ORGANISATIONS.rows(viewer).active()  # type: ignore[attr-defined, no-any-return]


def find_body(viewer: Viewer, words: str) -> tuple[Organisation | None, list[Organisation]]:
    """The organisation that goes by exactly this name, and otherwise those that go by a like one.

    Found by address, acronym, name or other name, whatever the accents and capitals.
    """
    key = name_key(words)
    if not key:
        return None, []
    rows = bodies_for(viewer)
    exact = Q(slug=words.strip()) | Q(acronym__iexact=words.strip()) | Q(name_key=key)
    found = list(rows.filter(exact | Q(names__name__iexact=words.strip())).distinct()[:3])
    if len(found) == 1:
        return found[0], []
    return None, found or list(rows.filter(names_key__contains=key).order_by("name_key", "id")[:5])


def attendance_cells(training_id: int, body: Organisation | None) -> dict[tuple[str, str], int]:
    """The numbers that one organisation (or none) has at a training."""
    return _cells(Attendance.objects.filter(training=training_id, organisation=body))


def count_cells(
    programme_id: int, *, measure: str, starts_on: Any, ends_on: Any
) -> tuple[dict[tuple[str, str], int], str | None]:
    """The numbers of one measure in one period, and how they are meant."""
    rows = ProgrammeCount.objects.filter(programme=programme_id, measure=measure, starts_on=starts_on, ends_on=ends_on)
    return _cells(rows), rows.values_list("qualifier", flat=True).first()


def numbers_of(kind: Kind, numbers: list[int]) -> dict[int, list[dict[Any, Any]]]:
    """For a file: the people of each row, a line each for what is counted in which period; in one query."""
    grouped: dict[int, dict[Any, dict[Any, Any]]] = {}
    if kind.model is Training:
        rows = Attendance.objects.filter(training__in=numbers)
        values = rows.values_list("training", "sex", "age").annotate(Sum("number")).order_by()
        for pk, sex, age, number in values:
            grouped.setdefault(pk, {}).setdefault(None, {})[(sex, age)] = number
    elif kind.model is Programme:
        counts = ProgrammeCount.objects.filter(programme__in=numbers).order_by("measure", "starts_on")
        for row in counts:
            line = grouped.setdefault(row.programme_id, {}).setdefault((row.measure, row.starts_on, row.ends_on), {})
            line |= {
                "measure": Measure(row.measure).label,
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
                "qualifier": Qualifier(row.qualifier).label,
                (row.sex, row.age): row.number,
            }
    return {pk: list(lines.values()) for pk, lines in grouped.items()}


def known_terms() -> dict[tuple[str, str], str]:
    """The words for the codes of entries, by the entry's field and the code."""
    fields = {vocabulary: name for name, vocabulary in CODED.items()}
    rows = Term.objects.filter(vocabulary__in=fields)
    return {(fields[term.vocabulary], term.code): term.label for term in rows}
