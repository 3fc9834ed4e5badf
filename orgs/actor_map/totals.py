"""What organisations say of actors, as totals that point at none of them.

A total is of one actor in one region, or in the whole country. Three rules hold it:

- below ``LEAST`` organisations nothing is given;
- the country's total is given only where taking the regions' totals from it leaves nobody, or ``LEAST`` at least:
  otherwise it would give away what the few whose region is held back have said;
- what is given is coarse: a level in words, a third, a number of organisations rounded down to a multiple of ``LEAST``.
  One more answer, today compared with yesterday, is not to be read off.

There is no other filter on totals than the region, and each organisation counts in one region.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs.models import WISHING, ActorView

LEAST = 5
THIRDS: Mapping[int, str | Promise] = {
    1: _("less than a third wish to work with it"),
    2: _("about half wish to work with it"),
    3: _("more than two thirds wish to work with it"),
}


class Raw(NamedTuple):
    """What was said of one actor by the organisations of one region (``None``: of no single region)."""

    actor_id: int
    region_id: int | None
    reached: int
    reach: int
    """Sum of what ``reached`` organisations said."""
    trusted: int
    trust: int
    wished: int
    wishing: int


@dataclass(frozen=True)
class Total:
    """What may be given of one actor in one region or the country; ``None`` where too few said it."""

    answers: int = 0
    """Organisations that said something of its reach, rounded down."""
    reach: int | None = None
    trust: int | None = None
    third: int | None = None

    @property
    def wish_words(self) -> str | Promise:
        """How many wish to work with it, in words; empty where too few said."""
        return THIRDS.get(self.third or 0, "")

    def __bool__(self) -> bool:
        return any((self.reach, self.trust, self.third))


NOTHING = Total()


@dataclass(frozen=True)
class Totals:
    """The totals that may be given, by actor and region (``None`` for the country)."""

    given: Mapping[tuple[int, int | None], Total] = field(default_factory=dict)

    def of(self, actor_id: int, region_id: int | None = None) -> Total:
        """The total of one actor; an empty one where too few said anything."""
        return self.given.get((actor_id, region_id), NOTHING)

    def actors_in(self, region_id: int) -> set[int]:
        """The actors of whom a total of this region may be given."""
        return {actor for (actor, region), total in self.given.items() if region == region_id and total}


def totals(actor_id: int | None = None) -> Totals:
    """The totals of every actor, or of one, in one statement."""
    said = ActorView.objects.current().filter(organisation__merged_into__isnull=True)
    if actor_id is not None:
        said = said.filter(actor=actor_id)
    rows = (
        said.order_by()
        .values_list("actor", "region")
        .annotate(
            n_reach=Count("reach"),
            all_reach=Sum("reach", default=0),
            n_trust=Count("trust"),
            all_trust=Sum("trust", default=0),
            n_wish=Count("pk", filter=~Q(wish="")),
            n_wishing=Count("pk", filter=Q(wish__in=WISHING)),
        )
    )
    return publish(Raw(*row) for row in rows)


def publish(rows: Iterable[Raw]) -> Totals:
    """What may be given of what was said."""
    by_actor: dict[int, list[Raw]] = {}
    for row in rows:
        by_actor.setdefault(row.actor_id, []).append(row)
    given: dict[tuple[int, int | None], Total] = {}
    for actor_id, said in by_actor.items():
        reach = _published({row.region_id: (row.reached, row.reach) for row in said})
        trust = _published({row.region_id: (row.trusted, row.trust) for row in said})
        wish = _published({row.region_id: (row.wished, row.wishing) for row in said})
        for region_id in {*reach, *trust, *wish}:
            given[actor_id, region_id] = Total(
                answers=_rounded(reach.get(region_id)),
                reach=_level(reach.get(region_id)),
                trust=_level(trust.get(region_id)),
                third=_third(wish.get(region_id)),
            )
    return Totals(given)


Measure = tuple[int, int]
"""How many said something, and the sum of what they said."""


def _published(measures: dict[int | None, Measure]) -> dict[int | None, Measure]:
    """The regions with enough answers; the country, under ``None``, where it gives no small rest away."""
    enough: dict[int | None, Measure] = {
        region: measure for region, measure in measures.items() if region is not None and measure[0] >= LEAST
    }
    answers, total = (sum(parts) for parts in zip(*measures.values(), strict=True))
    rest = answers - sum(count for count, _sum in enough.values())
    if answers >= LEAST and (rest == 0 or rest >= LEAST):
        return {**enough, None: (answers, total)}
    return enough


def _rounded(measure: Measure | None) -> int:
    return 0 if measure is None else measure[0] // LEAST * LEAST


def _level(measure: Measure | None) -> int | None:
    return None if measure is None else (2 * measure[1] + measure[0]) // (2 * measure[0])


def _third(measure: Measure | None) -> int | None:
    if measure is None:
        return None
    answers, wishing = measure
    return 1 if 3 * wishing < answers else 2 if 3 * wishing <= 2 * answers else 3
