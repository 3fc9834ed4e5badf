"""What the pages of proposals show: processes with what waits in them, proposals to be grouped, priorities, rounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from dialogues.access import PRIORITIES, PROCESSES, PROPOSALS, ROUNDS, SESSIONS
from dialogues.alike import Alike, likely_matches, that_can_match
from dialogues.disclosed_proposals import PRIORITY, PROPOSAL, ROUND
from dialogues.disclosure import PROCESS, SESSION
from dialogues.models import Priority, Process, Proposal, RatingMethod, RatingRound, RatingState, Session
from orgs.listing import columns_for
from orgs.models import Term, Vocabulary
from orgs.paging import Page, keyset
from orgs.policy import Viewer

PAGE = 30
TO_GROUP = 20
"""Proposals to group on a page: each is compared with every other of its process (``dialogues.alike``)."""
NEWEST = (("id", "desc"),)
OLDEST = (("id", "asc"),)


def themes() -> dict[str, str]:
    """The themes of the directory: code -> label in the reader's language."""
    return {term.code: term.label for term in Term.objects.of(Vocabulary.THEME)}


def processes(viewer: Viewer, after: str | None) -> tuple[list[dict[str, Any]], Page[Any]]:
    """The processes that this viewer may see, newest first, with what waits in each. Raises ``BadToken``."""
    only = ("uid", "title", "region", "cercle", "is_demo")
    rows = PROCESSES.rows(viewer).annotate(**columns_for(PROCESSES, PROCESS, viewer, only=only))
    page = keyset(rows, order=NEWEST, after=after, size=PAGE)
    numbers = [row.pk for row in page.rows]
    waiting = PROPOSALS.rows(viewer).filter(priority__isnull=True)
    counts = {
        "waiting": _counted(waiting.filter(session__process__in=numbers), "session__process"),
        "priorities": _counted(PRIORITIES.rows(viewer, Priority.objects.standing()), "process", numbers),
        "open": _counted(ROUNDS.rows(viewer).filter(state=RatingState.OPEN), "process", numbers),
        "closed": _counted(ROUNDS.rows(viewer).filter(state=RatingState.CLOSED), "process", numbers),
    }
    shown = [
        {name: getattr(row, f"shown_{name}") for name in only}
        | {name: found.get(row.pk, 0) for name, found in counts.items()}
        for row in page.rows
    ]
    return shown, page


def _counted(rows: Any, path: str, numbers: Iterable[int] | None = None) -> dict[int, int]:
    if numbers is not None:
        rows = rows.filter(**{f"{path}__in": numbers})
    return dict(rows.order_by().values_list(path).annotate(n=Count("pk")))


def process_of(viewer: Viewer, uid: Any) -> tuple[Process, dict[str, Any], str] | None:
    """A process that this viewer may see, what they are shown of it, and as whom; ``None`` otherwise."""
    row = PROCESSES.rows(viewer).select_related("region", "cercle", "commune").filter(uid=uid).first()
    audience = PROCESSES.audience(viewer, row) if row is not None else None
    return None if row is None or audience is None else (row, PROCESS.show(row, audience), audience)


@dataclass(frozen=True)
class Waiting:
    """A proposal that is in no priority yet, and what it may belong to."""

    fields: dict[str, Any]
    matches: list[dict[str, Any]]


def waiting(viewer: Viewer, process: Process, after: str | None) -> tuple[list[Waiting], Page[Any]]:
    """Proposals to be grouped, the oldest first, with likely matches. Raises ``BadToken``."""
    all_of_it = PROPOSALS.rows(viewer).filter(session__process=process)
    rows = all_of_it.filter(priority__isnull=True).annotate(**columns_for(PROPOSALS, PROPOSAL, viewer))
    page = keyset(rows, order=OLDEST, after=after, size=TO_GROUP)
    standing = PRIORITIES.rows(viewer, Priority.objects.standing()).filter(process=process)
    found = likely_matches([row.pk for row in page.rows], that_can_match(all_of_it), standing)
    words = _words_of(found, all_of_it, standing)
    names = themes()
    shown = [_fields(row, names) for row in page.rows]
    return [Waiting(one, [_match(each, words) for each in found.get(one["id"], [])]) for one in shown], page


def _fields(row: Any, names: dict[str, str]) -> dict[str, Any]:
    shown = {name: getattr(row, f"shown_{name}") for name in PROPOSAL.cells}
    return shown | {"theme": names.get(shown["theme"], "")}


def _words_of(found: dict[int, list[Alike]], proposals: Any, priorities: Any) -> dict[tuple[str, int], str]:
    every = [one for matches in found.values() for one in matches]
    in_words = proposals.filter(pk__in=[one.proposal for one in every if one.proposal])
    titles = priorities.filter(pk__in=[one.priority for one in every if one.priority])
    return {
        **{("proposal", pk): words for pk, words in in_words.values_list("pk", "words")},
        **{("priority", pk): title for pk, title in titles.values_list("pk", "title")},
    }


def _match(one: Alike, words: dict[tuple[str, int], str]) -> dict[str, Any]:
    kind, key = ("priority", one.priority) if one.priority is not None else ("proposal", one.proposal)
    return {"kind": kind, "id": key, "words": words.get((kind, key or 0), ""), "percent": round(one.score * 100)}


def priorities(viewer: Viewer, process: Process) -> list[dict[str, Any]]:
    """The priorities that stand, by theme, with how many proposals of how many sessions are in each."""
    rows = PRIORITIES.rows(viewer, Priority.objects.standing()).filter(process=process)
    rows = rows.annotate(
        **columns_for(PRIORITIES, PRIORITY, viewer),
        n=Count("proposals", distinct=True),
        sessions=Count("proposals__session", distinct=True),
    )
    return [
        {name: getattr(row, f"shown_{name}") for name in PRIORITY.cells} | {"n": row.n, "sessions": row.sessions}
        for row in rows.order_by("theme", "position", "pk")
    ]


def rounds(viewer: Viewer, process: Process) -> list[dict[str, Any]]:
    """The rounds of a process that this viewer may see, the newest first."""
    rows = ROUNDS.rows(viewer).filter(process=process).annotate(**columns_for(ROUNDS, ROUND, viewer))
    return [round_in_words({name: getattr(row, f"shown_{name}") for name in ROUND.cells}) for row in rows]


def round_in_words(shown: dict[str, Any]) -> dict[str, Any]:
    """A round's codes in words."""
    return shown | {
        "how": RatingMethod(shown["method"]).label,
        "stands": RatingState(shown["state"]).label,
        "tone": "doing" if shown["state"] == RatingState.OPEN else "done",
        "is_open": shown["state"] == RatingState.OPEN,
        "by_phone": shown["method"] == RatingMethod.INDIVIDUAL,
    }


def round_of(viewer: Viewer, uid: Any) -> tuple[RatingRound, dict[str, Any], str] | None:
    """A round that this viewer may see, what they are shown of it, and as whom; ``None`` otherwise."""
    row = ROUNDS.rows(viewer).select_related("process", "session").filter(uid=uid).first()
    audience = ROUNDS.audience(viewer, row) if row is not None else None
    return None if row is None or audience is None else (row, round_in_words(ROUND.show(row, audience)), audience)


def priority_of(viewer: Viewer, number: int) -> tuple[Priority, dict[str, Any]] | None:
    """A priority that stands and that this viewer may see."""
    rows = PRIORITIES.rows(viewer, Priority.objects.standing()).select_related("process")
    row = rows.filter(pk=number).first()
    audience = PRIORITIES.audience(viewer, row) if row is not None else None
    return None if row is None or audience is None else (row, PRIORITY.show(row, audience))


def proposals_in(viewer: Viewer, priority: Priority, after: str | None) -> tuple[list[dict[str, Any]], Page[Any]]:
    """What is in a priority, of what this viewer may read. Raises ``BadToken``."""
    rows = PROPOSALS.rows(viewer).filter(priority=priority).annotate(**columns_for(PROPOSALS, PROPOSAL, viewer))
    page = keyset(rows, order=OLDEST, after=after, size=PAGE)
    names = themes()
    return [_fields(row, names) for row in page.rows], page


def proposal_of(viewer: Viewer, number: int) -> Proposal | None:
    """A proposal that this viewer may read."""
    return PROPOSALS.rows(viewer).select_related("session__process").filter(pk=number).first()


def session_of(viewer: Viewer, uid: Any) -> tuple[Session, dict[str, Any]] | None:
    """A session that this viewer may see, with its process."""
    row = SESSIONS.rows(viewer).select_related("process", "region", "cercle", "commune").filter(uid=uid).first()
    audience = SESSIONS.audience(viewer, row) if row is not None else None
    return None if row is None or audience is None else (row, SESSION.show(row, audience))


def proposals_of_session(viewer: Viewer, session: Session) -> list[dict[str, Any]]:
    """What a session proposed, in its order; at most what somebody would write down of one session."""
    rows = PROPOSALS.rows(viewer).filter(session=session).annotate(**columns_for(PROPOSALS, PROPOSAL, viewer))
    names = themes()
    return [_fields(row, names) for row in rows.order_by("position", "pk")[:500]]


def sessions_of(viewer: Viewer, process: Process) -> list[tuple[Session, str]]:
    """The sessions of a process that this viewer may see, the newest first, with their titles and days."""
    rows = SESSIONS.rows(viewer).filter(process=process).order_by("-held_on", "-pk")
    rows = rows.annotate(**columns_for(SESSIONS, SESSION, viewer, only=("title", "held_on")))
    found: list[Any] = list(rows[:200])
    return [(row, f"{row.shown_held_on:%d/%m/%Y} – {row.shown_title}") for row in found]
