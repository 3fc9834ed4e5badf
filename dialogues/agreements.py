"""What the pages of agreements read: provisions with what their assessors find, and how that changed over time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dialogues.access import AGREEMENTS
from dialogues.disclosed_agreements import ASSESSMENT, PROVISION
from dialogues.models import Agreement, Assessment, IncidentTouches, Provision, Verdict
from incidents.access import INCIDENTS
from incidents.disclosure import INCIDENT
from incidents.models import IncidentType
from orgs.access import ORGANISATIONS
from orgs.listing import columns_for
from orgs.policy import Viewer

MOST_HALF_YEARS = 12
MOST_INCIDENTS = 10
LEFT, BAR, ROW = 17, 82, 9
"""Where bars begin, how wide a whole one is, how high a row is, in units of the picture."""
NARROWEST = 11
"""A piece of a bar with room for its sign and number."""


@dataclass
class Shown:
    """One provision as a page shows it: the verdict of each assessor that stands, and incidents that touch it."""

    fields: dict[str, Any]
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)

    @property
    def disagree(self) -> bool:
        """Whether assessors differ."""
        return len({one["verdict"] for one in self.verdicts}) > 1

    @property
    def counted(self) -> list[tuple[str, int]]:
        """How many say what, the best first."""
        found = Counter(one["verdict"] for one in self.verdicts)
        return [(str(Verdict(value).label), found[value]) for value in Verdict.values if found[value]]


@dataclass(frozen=True)
class Part:
    """A piece of a bar."""

    verdict: str
    label: str
    count: int
    x: float
    width: float

    @property
    def left(self) -> str:
        """Where it begins; with a point whatever the language, as pictures are written."""
        return f"{LEFT + self.x:.2f}"

    @property
    def wide(self) -> str:
        """Its width, likewise."""
        return f"{self.width:.2f}"

    @property
    def text_at(self) -> str:
        """Where its number stands."""
        return f"{LEFT + self.x + 1:.2f}"

    @property
    def has_room(self) -> bool:
        """Whether its number has room."""
        return self.width >= NARROWEST


@dataclass(frozen=True)
class HalfYear:
    """How many verdicts of each kind stood at the end of half a year."""

    year: int
    half: int
    counts: dict[str, int]
    y: int = 0

    @property
    def label(self) -> str:
        """First or second half of a year, in words."""
        words = _("first half of %(year)d") if self.half == 1 else _("second half of %(year)d")
        return words % {"year": self.year}

    @property
    def short(self) -> str:
        """The same beside a bar: "2026/1"."""
        return f"{self.year}/{self.half}"

    @property
    def total(self) -> int:
        """All verdicts that stood."""
        return sum(self.counts.values())

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Each verdict's name and count, in the order of the picture."""
        return [(str(Verdict(value).label), self.counts[value]) for value in Verdict.values]

    @property
    def parts(self) -> list[Part]:
        """The pieces of its bar, one after the other."""
        found, x = [], 0.0
        for value in Verdict.values:
            if count := self.counts[value]:
                width = round(BAR * count / self.total, 2)
                found.append(Part(str(value), str(Verdict(value).label), count, round(x, 2), width))
                x += width
        return found


def standing(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Of each assessor and provision the latest one."""
    return assessments.order_by("provision_id", "assessor_id", "-as_of", "-id").distinct("provision_id", "assessor_id")


def shown_provisions(viewer: Viewer, agreement: Agreement, audience: str) -> list[Shown]:
    """The provisions in their order with all that this viewer may read of them; five queries however many there are."""
    rows = list(agreement.provisions.order_by("position", "id"))
    found = {row.pk: Shown(PROVISION.show(row, audience)) for row in rows}
    verdicts = [ASSESSMENT.show(row, audience) for row in standing(Assessment.objects.filter(provision__in=found))]
    names = names_of(viewer, (one["assessor_id"] for one in verdicts))
    for one in verdicts:
        found[one["provision_id"]].verdicts.append({**in_words(one), "assessor": names.get(one["assessor_id"], "")})
    for number, incidents in _touching(viewer, list(found)).items():
        found[number].incidents = incidents[:MOST_INCIDENTS]
    return list(found.values())


def provisions_of(
    viewer: Viewer, audiences: Mapping[int, str], assessor_by: str = "name"
) -> dict[int, list[dict[str, Any]]]:
    """The provisions of agreements, in their order, with what each assessor finds now; three queries.

    By primary key of the agreement, each as the audience that the viewer is to it. An assessor is named by a column of
    the directory; one whom this viewer does not see there has no name.
    """
    found: dict[int, list[dict[str, Any]]] = {pk: [] for pk in audiences}
    seen_as: dict[int, str] = {}
    of: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in Provision.objects.filter(agreement__in=found).order_by("position", "id"):
        seen_as[row.pk] = audiences[row.agreement_id]
        found[row.agreement_id].append(PROVISION.show(row, seen_as[row.pk]) | {"assessments": of[row.pk]})
    judged = [
        ASSESSMENT.show(row, seen_as[row.provision_id])
        for row in standing(Assessment.objects.filter(provision__in=seen_as))
    ]
    names = names_of(viewer, (one["assessor_id"] for one in judged), assessor_by)
    for one in judged:
        of[one["provision_id"]].append(one | {"assessor": names.get(one["assessor_id"], "")})
    return found


def history_of(viewer: Viewer, provision: Provision, audience: str) -> list[dict[str, Any]]:
    """Every assessment of one provision, the latest first."""
    rows = [ASSESSMENT.show(row, audience) for row in provision.assessments.order_by("-as_of", "-id")[:200]]
    names = names_of(viewer, (one["assessor_id"] for one in rows))
    return [{**in_words(one), "assessor": names.get(one["assessor_id"], "")} for one in rows]


def in_words(shown: dict[str, Any]) -> dict[str, Any]:
    """With the verdict's name."""
    return {**shown, "judged": Verdict(shown["verdict"]).label}


def provision_seen(viewer: Viewer, number: int) -> Provision | None:
    """A provision of an agreement that this viewer may see."""
    rows = Provision.objects.filter(agreement__in=AGREEMENTS.rows(viewer).values("pk"))
    return rows.select_related("agreement").filter(pk=number).first()


def touch_seen(viewer: Viewer, number: int) -> IncidentTouches | None:
    """A link between two rows both of which this viewer may see."""
    rows = IncidentTouches.objects.filter(
        provision__agreement__in=AGREEMENTS.rows(viewer).values("pk"), incident__in=INCIDENTS.rows(viewer).values("pk")
    )
    return rows.select_related("provision__agreement", "incident").filter(pk=number).first()


def names_of(viewer: Viewer, ids: Iterable[int | None], column: str = "name") -> dict[int, str]:
    """The names of organisations that this viewer may see; an organisation that hides has none."""
    wanted = {pk for pk in ids if pk is not None}
    return dict(ORGANISATIONS.rows(viewer).filter(pk__in=wanted).values_list("pk", column)) if wanted else {}


def _touching(viewer: Viewer, provisions: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    links = list(IncidentTouches.objects.filter(provision__in=provisions).values("pk", "provision", "incident"))
    columns = columns_for(INCIDENTS, INCIDENT, viewer, only=("ref", "type_id", "occurred_on", "summary"))
    if not links or not columns:
        return {}
    seen = {
        row["pk"]: row
        for row in INCIDENTS.rows(viewer).filter(pk__in=[one["incident"] for one in links])
        .annotate(**columns).values("pk", *columns)
    }  # fmt: skip
    labels = {
        kind.pk: kind.label for kind in IncidentType.objects.filter(pk__in=[r["shown_type_id"] for r in seen.values()])
    }
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in links:
        if row := seen.get(one["incident"]):
            found[one["provision"]].append({
                "link": one["pk"], "ref": row["shown_ref"], "type": labels.get(row["shown_type_id"], ""),
                "occurred_on": row["shown_occurred_on"], "summary": row["shown_summary"],
            })  # fmt: skip
    return found


# --- Over time ---------------------------------------------------------------------------------------------------


def progress(agreement: Agreement, today: date) -> list[HalfYear]:
    """Half-year by half-year, from the first assessment on: how many verdicts of each kind stood at its end.

    Each assessor's verdict of each provision counts once. Every half-year that is drawn is drawn from one reading.
    """
    rows = list(
        Assessment.objects.filter(provision__agreement=agreement)
        .order_by("as_of", "id")
        .values_list("as_of", "provision", "assessor", "verdict")
    )
    if not rows:
        return []
    halves = _halves(rows[0][0], today)[-MOST_HALF_YEARS:]
    stands: dict[tuple[int, int], str] = {}
    found, place = [], 0
    for order, (year, half) in enumerate(halves):
        while place < len(rows) and (rows[place][0].year, _half(rows[place][0])) <= (year, half):
            _as_of, provision, assessor, verdict = rows[place]
            stands[provision, assessor] = verdict
            place += 1
        counts = Counter(stands.values())
        found.append(HalfYear(year, half, {str(value): counts[value] for value in Verdict.values}, y=order * ROW))
    return found


def _half(day: date) -> int:
    return 1 if day.month <= 6 else 2


def _halves(first: date, last: date) -> list[tuple[int, int]]:
    start, end = first.year * 2 + _half(first) - 1, last.year * 2 + _half(last) - 1
    return [(one // 2, one % 2 + 1) for one in range(start, end + 1)]


# --- Lists -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """Of one agreement: its provisions, how many of them somebody assessed, on how many assessors differ."""

    provisions: int = 0
    assessed: int = 0
    disputed: int = 0


def tallies(agreements: Iterable[int]) -> dict[int, Tally]:
    """Those of several agreements; two queries."""
    ids = list(agreements)
    provisions = Counter(Provision.objects.filter(agreement__in=ids).values_list("agreement", flat=True))
    verdicts: dict[tuple[int, int], set[str]] = defaultdict(set)
    rows = standing(Assessment.objects.filter(provision__agreement__in=ids))
    for agreement, provision, verdict in rows.values_list("provision__agreement", "provision", "verdict"):
        verdicts[agreement, provision].add(verdict)
    assessed = Counter(agreement for agreement, _provision in verdicts)
    disputed = Counter(agreement for (agreement, _provision), found in verdicts.items() if len(found) > 1)
    return {pk: Tally(provisions[pk], assessed[pk], disputed[pk]) for pk in ids}
