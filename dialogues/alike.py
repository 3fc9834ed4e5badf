"""Likely matches of a proposal: others of its process that say nearly the same, and priorities that already do.

Without accents and capitals, by trigrams as ``pg_trgm`` counts them. It proposes; a person decides. The proposals of a
page are compared with the others of the process here and not in the database: ``similarity`` takes both texts apart
anew for each pair (20 with 3,000 others took four seconds), here each is taken apart once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from django.db.models import Q, QuerySet

from dialogues.models import Priority, Proposal

LEAST_ALIKE = 0.35
"""Below it, French sentences are alike by their small words alone."""
TITLE_HELD = 0.6
"""How much of a priority's title a proposal must hold."""
AT_MOST = 3
MOST_COMPARED = 5_000
"""Others of one process that are looked at, the newest first: a page may not take longer with every session."""


@dataclass(frozen=True)
class Alike:
    """What a proposal is like: another proposal that waits, or a priority (by its title or by what is in it)."""

    proposal: int | None
    priority: int | None
    score: float


def likely_matches(
    waiting: Sequence[int], proposals: QuerySet[Proposal], priorities: QuerySet[Priority]
) -> dict[int, list[Alike]]:
    """For each proposal that waits: up to three likely matches, the likeliest first."""
    if not waiting:
        return {}
    texts = Texts()
    newest = proposals.order_by("-pk").values_list("pk", "words_key", "priority_id")
    others = [(pk, texts.read(key), priority) for pk, key, priority in newest[:MOST_COMPARED]]
    titles = [(pk, texts.read(key)) for pk, key in priorities.order_by().values_list("pk", "title_key")]
    own = Proposal.objects.filter(pk__in=waiting).values_list("pk", "words_key")
    return {pk: found for pk, key in own if (found := _likeliest(pk, texts.read(key), others, titles))}


def trigrams(key: str) -> set[str]:
    """The trigrams of plain words: each word with two spaces before it and one behind."""
    words = {f"  {word} " for word in key.split()}
    return {word[at : at + 3] for word in words for at in range(len(word) - 2)}


class Texts:
    """Texts as numbers with a bit for each trigram: two of them are compared by one operation of the machine."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def read(self, key: str) -> int:
        """The number of a text."""
        number = 0
        for gram in trigrams(key):
            number |= self._bits.setdefault(gram, 1 << len(self._bits))
        return number


def similarity(one: int, other: int) -> float:
    """Which part of the trigrams of two texts both have."""
    shared = (one & other).bit_count()
    return shared / (one | other).bit_count() if shared else 0.0


def _likeliest(
    own: int, said: int, others: Iterable[tuple[int, int, int | None]], titles: Iterable[tuple[int, int]]
) -> list[Alike]:
    best: dict[tuple[int | None, int | None], float] = {}
    for pk, text, priority in others:
        if pk != own and (score := similarity(said, text)) >= LEAST_ALIKE:
            key = (priority, None if priority is not None else pk)
            best[key] = max(score, best.get(key, 0.0))
    for pk, text in titles:
        if text and (held := (said & text).bit_count() / text.bit_count()) >= TITLE_HELD:
            best[pk, None] = max(held, best.get((pk, None), 0.0))
    ordered = nsmallest(AT_MOST, best.items(), key=lambda one: (-one[1], one[0][0] or 0, one[0][1] or 0))
    return [Alike(proposal, priority, score) for (priority, proposal), score in ordered]


def that_can_match(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Proposals that wait, or that stand in a priority which stands."""
    return rows.filter(
        Q(priority__isnull=True) | Q(priority__merged_into__isnull=True, priority__withdrawn_at__isnull=True)
    )
