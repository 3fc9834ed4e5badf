"""Likely matches of a proposal: others of its process that say nearly the same, and priorities that already do.

One statement compares the proposals of a page with all that the viewer may see of the process, without accents and
capitals, by trigrams (``pg_trgm``). It proposes; a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from dialogues.models import Priority, Proposal

LEAST_ALIKE = 0.35
"""Below it, French sentences are alike by their small words alone."""
AT_MOST = 3


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
    others, by_proposals = proposals.order_by().values("id", "words_key", "priority_id").query.sql_with_params()
    titles, by_priorities = priorities.order_by().values("id", "title_key").query.sql_with_params()
    statement = f"""
        WITH other AS ({others}), title AS ({titles}),
        pair AS (
            SELECT a.id, b.priority_id, CASE WHEN b.priority_id IS NULL THEN b.id END AS proposal_id,
                   similarity(a.words_key, b.words_key) AS score
            FROM dialogues_proposal a
            JOIN other b ON b.id <> a.id AND similarity(a.words_key, b.words_key) >= %s
            WHERE a.id = ANY(%s)
            UNION ALL
            SELECT a.id, t.id, NULL, strict_word_similarity(t.title_key, a.words_key)
            FROM dialogues_proposal a
            JOIN title t ON strict_word_similarity(t.title_key, a.words_key) >= 0.6
            WHERE a.id = ANY(%s)
        ),
        best AS (
            SELECT id, priority_id, proposal_id, max(score) AS score FROM pair GROUP BY id, priority_id, proposal_id
        ),
        placed AS (
            SELECT *, row_number() OVER (PARTITION BY id ORDER BY score DESC, priority_id, proposal_id) AS place
            FROM best
        )
        SELECT id, priority_id, proposal_id, score FROM placed WHERE place <= %s ORDER BY id, place
    """  # noqa: S608 — both parts are compiled by the ORM, values go as parameters
    found: dict[int, list[Alike]] = {}
    with connection.cursor() as cursor:
        values = [*by_proposals, *by_priorities, LEAST_ALIKE, [*waiting], [*waiting], AT_MOST]
        cursor.execute(statement, values)
        for number, priority, proposal, score in cursor.fetchall():
            found.setdefault(number, []).append(Alike(proposal, priority, score))
    return found


def that_can_match(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Proposals that wait, or that stand in a priority which stands."""
    return rows.filter(
        Q(priority__isnull=True) | Q(priority__merged_into__isnull=True, priority__withdrawn_at__isnull=True)
    )
