"""What is shown of a rating round: the ranking of a closed one, with its spread and dissent; the turnout of any.

While a round is open nobody reads how it stands, those who hold it included: what others think would move who rates
next, and from one look to the next one could tell what one person rated.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import Count, Sum
from django.utils.formats import number_format

from dialogues.disclosed_proposals import DISSENT, FULL_SPREAD, LEAST_VOICES, RATED
from dialogues.models import (
    BallotMark,
    ConsensusMark,
    Criterion,
    Dissent,
    Group,
    PaperCount,
    RatedPriority,
    RatingMethod,
    RatingRound,
)
from dialogues.ranking import Ranked, Spread, counted, rank

Marks = list[tuple[int, str, int, int]]
"""(priority, criterion, value, people). Of a great conference half a million ballots' marks are added up for it."""


@dataclass(frozen=True)
class ShownSpread:
    """One criterion in words: its mean, how many rated, and how many gave each value (``None``: too few to be told)."""

    label: str
    mean: str
    voices: int | None
    people: tuple[int, ...] | None

    @property
    def most(self) -> int:
        """The largest of the numbers, for drawing them."""
        return max(self.people or (0,))


@dataclass(frozen=True)
class ShownRank:
    """One priority in the ranking, as an audience reads it."""

    fields: dict[str, Any]
    place: int | None
    shared: bool
    score: str
    spreads: list[ShownSpread]
    dissents: list[dict[str, Any]] = field(default_factory=list)
    promises: list[dict[str, Any]] = field(default_factory=list)
    """What was promised about it, where that is told too (``dialogues.carried_out``)."""
    form: str = ""
    """Where to write down a promise about it."""


def ranking(rating: RatingRound, audience: str, marks: Marks | None = None) -> list[ShownRank]:
    """The ranking of a closed round; empty while it is open. ``marks`` are those of ``marks_of``, if they were read."""
    if rating.is_open:
        return []
    items = {item.pk: item for item in rating.items.order_by("position", "pk")}
    ranked = rank(counted(marks_of(rating) if marks is None else marks, items))
    places = [one.place for one in ranked]
    dissents = dissent_of(rating, audience)
    return [
        ShownRank(
            fields=RATED.show(items[one.key], audience),
            place=one.place,
            shared=one.place is not None and places.count(one.place) > 1,
            score=_number(one.score),
            spreads=[_spread(spread, rating, audience) for spread in one.spreads],
            dissents=dissents.get(one.key, []),
        )
        for one in ranked
    ]


def rankings_exactly(ratings: Collection[RatingRound]) -> dict[int, list[Ranked]]:
    """The same of several rounds in exact numbers, by primary key; empty for one that is open. Five queries."""
    closed = [rating for rating in ratings if not rating.is_open]
    items: dict[int, list[int]] = {rating.pk: [] for rating in ratings}
    round_of = {}
    for row in RatedPriority.objects.filter(round__in=closed).order_by("position", "pk").only("pk", "round_id"):
        items[row.round_id].append(row.pk)
        round_of[row.pk] = row.round_id
    marks: dict[int, Marks] = defaultdict(list)
    for mark in marks_of(*closed):
        marks[round_of[mark[0]]].append(mark)
    return {pk: rank(counted(marks[pk], own)) for pk, own in items.items()}


def marks_of(*ratings: RatingRound) -> Marks:
    """Phones and paper add up; a consensus is one voice."""
    agreeing = [rating for rating in ratings if rating.method == RatingMethod.CONSENSUS]
    counting = [rating for rating in ratings if rating.method != RatingMethod.CONSENSUS]
    found: Marks = []
    if agreeing:
        agreed = ConsensusMark.objects.filter(item__round__in=agreeing)
        found += [(item, name, value, 1) for item, name, value in agreed.values_list("item", "criterion", "value")]
    if counting:
        columns = ("item", "criterion", "value", "people")
        by_phone = BallotMark.objects.filter(item__round__in=counting).order_by().values("item", "criterion", "value")
        on_paper = PaperCount.objects.filter(item__round__in=counting).order_by()
        found += [*by_phone.annotate(people=Count("pk")).values_list(*columns), *on_paper.values_list(*columns)]
    return found


def people_told(spread: Spread, method: str, audience: str) -> tuple[int, ...] | None:
    """How many gave each value; ``None`` where they are too few to be told, or where the room agreed on one."""
    few = spread.voices < LEAST_VOICES and audience not in FULL_SPREAD
    return None if few or method == RatingMethod.CONSENSUS else spread.people


def voices_told(spread: Spread, method: str) -> int | None:
    """How many people rated; ``None`` where the room agreed on one value."""
    return None if method == RatingMethod.CONSENSUS else spread.voices


def _spread(spread: Spread, rating: RatingRound, audience: str) -> ShownSpread:
    agreed = rating.method == RatingMethod.CONSENSUS and spread.mean is not None
    return ShownSpread(
        label=str(Criterion(spread.criterion).label),
        mean=str(spread.mean) if agreed else _number(spread.mean),
        voices=voices_told(spread, rating.method),
        people=people_told(spread, rating.method, audience),
    )


def _number(value: Fraction | None) -> str:
    return "–" if value is None else number_format(round(float(value), 2), decimal_pos=2)


def dissent_of(rating: RatingRound, audience: str) -> dict[int, list[dict[str, Any]]]:
    """Who did not agree: by priority in the round."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in Dissent.objects.filter(item__round=rating).order_by("item", "pk"):
        shown = DISSENT.show(row, audience)
        shown |= {"id": row.pk, "who": Group(row.group).label if row.group != Group.UNKNOWN else ""}
        found.setdefault(row.item_id, []).append(shown)
    return found


def items_shown(rating: RatingRound, audience: str) -> list[dict[str, Any]]:
    """The priorities of a round in their order, in the words that people rate."""
    return [RATED.show(item, audience) for item in rating.items.order_by("position", "pk")]


@dataclass(frozen=True)
class Turnout:
    """How many rated: phones, papers or hands (the largest number on one criterion), and how many were in the room."""

    phones: int
    papers: int
    in_the_room: int | None
    unrated: int

    @property
    def voices(self) -> int:
        """Phones and papers together."""
        return self.phones + self.papers

    @property
    def too_many(self) -> bool:
        """More voices than people in the room: somebody rated twice, or the count of people is wrong."""
        return bool(self.in_the_room) and self.voices > (self.in_the_room or 0)


def turnout(rating: RatingRound, marks: Marks | None = None) -> Turnout:
    """How many have rated so far, and how many priorities have no rating on some criterion."""
    read = marks_of(rating) if marks is None else marks
    marked = {(item, criterion) for item, criterion, _value, _people in read}
    items = rating.items.values_list("pk", flat=True)
    return Turnout(
        phones=rating.ballots.count(),
        papers=max(papers_by_item(rating).values(), default=0),
        in_the_room=rating.session.people if rating.session else None,
        unrated=sum(any((item, name) not in marked for name in Criterion.values) for item in items),
    )


def slips_used(rating: RatingRound) -> int:
    """With how many slips of an open round somebody has rated."""
    return rating.printed.filter(is_used=True).count()


def paper_of(item: RatedPriority) -> dict[tuple[str, int], int]:
    """What was typed from paper for one priority."""
    rows = item.papercounts.values_list("criterion", "value", "people")
    return {(criterion, value): people for criterion, value, people in rows}


def papers_by_item(rating: RatingRound) -> dict[int, int]:
    """How many voices on paper each priority has: the largest number on one criterion."""
    sums = (
        PaperCount.objects.filter(item__round=rating).order_by().values("item", "criterion").annotate(n=Sum("people"))
    )
    found: dict[int, int] = {}
    for row in sums:
        found[row["item"]] = max(found.get(row["item"], 0), row["n"])
    return found


def agreed_of(rating: RatingRound) -> dict[tuple[int, str], int]:
    """On what the room has agreed so far."""
    rows = ConsensusMark.objects.filter(item__round=rating).values_list("item", "criterion", "value")
    return {(item, criterion): value for item, criterion, value in rows}
