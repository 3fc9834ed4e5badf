"""Processes and their sessions as lists and pages show them to each viewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from dialogues.access import PROCESSES, SESSIONS
from dialogues.addresses import session_address
from dialogues.disclosure import PROCESS, SESSION
from dialogues.inclusion import Sums, ToldShare, share, sums_by
from dialogues.models import (
    Country,
    DialogueLevel,
    Process,
    ProcessKind,
    ProcessState,
    Session,
    SessionKind,
    SessionState,
    Track,
)
from dialogues.services.processes import PARTS
from orgs.access import ORGANISATIONS
from orgs.disclosed import ORGANISATION
from orgs.listing import columns_for
from orgs.policy import Viewer

TONES = {
    ProcessState.PLANNED: "new",
    ProcessState.RUNNING: "doing",
    ProcessState.FOLLOWED: "doing",
    ProcessState.ENDED: "done",
    ProcessState.STOPPED: "stopped",
}
SESSION_TONES = {SessionState.PLANNED: "new", SessionState.HELD: "done", SessionState.CANCELLED: "stopped"}
_LISTED = ("uid", "title", "kind", "level", "state", "starts_on", "ends_on", "region", "cercle", "commune", "tlp")
_SESSION = (
    "uid", "title", "kind", "state", "held_on", "number", "region", "cercle", "commune", "country",
    "people", "spectators", "women", "men", "youth", "aged",
)  # fmt: skip


def processes_shown(viewer: Viewer, rows: QuerySet[Process]) -> QuerySet[Process, Any]:
    """The rows of the list as this viewer may read them, to be paged by ``id``."""
    return rows.values("id", **columns_for(PROCESSES, PROCESS, viewer, only=_LISTED))


def listed(viewer: Viewer, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A page of the list in words, each with what its sessions add up to; in one statement."""
    seen = SESSIONS.rows(viewer).filter(process__in=[row["id"] for row in rows])
    sums = sums_by(viewer, seen, "process") if rows else {}
    return [{**process_words(_bare(row)), "sums": sums.get(row["id"], Sums())} for row in rows]


def process_words(shown: dict[str, Any]) -> dict[str, Any]:
    """What is shown of a process, its codes in words."""
    return {
        **shown,
        "kind_words": _words(ProcessKind, shown["kind"]),
        "level_words": _words(DialogueLevel, shown["level"]),
        "track_words": _words(Track, shown.get("track")),
        "state_words": _words(ProcessState, shown["state"]),
        "tone": TONES.get(shown["state"], "doing"),
        "area": place_of(shown),
    }


def sessions_shown(viewer: Viewer, rows: QuerySet[Session]) -> QuerySet[Session, Any]:
    """Sessions as this viewer may read them, to be paged by day and ``id``."""
    return rows.values("id", "held_on", **columns_for(SESSIONS, SESSION, viewer, only=_SESSION))


def session_words(row: dict[str, Any]) -> dict[str, Any]:
    """A session in words, with its shares of women and of the young."""
    shown = _bare(row)
    return {
        **shown,
        "kind_words": _words(SessionKind, shown["kind"]),
        "state_words": _words(SessionState, shown["state"]),
        "tone": SESSION_TONES.get(shown["state"], "doing"),
        "area": place_of(shown) or abroad_of(shown),
        "url": session_address(shown["uid"]),
        "of_women": _share(shown["women"], shown["men"], adds=True),
        "of_youth": _share(shown["youth"], shown["aged"], adds=False),
    }


def _share(count: int | None, other: int | None, *, adds: bool) -> ToldShare:
    if count is None or other is None:
        return ToldShare(0, None, "small")
    return share(count, count + other if adds else other)


def bodies_of(viewer: Viewer, process: Process) -> list[dict[str, Any]]:
    """The organisations of a process that this viewer may see, by their part in it; a statement for each part."""
    columns = columns_for(ORGANISATIONS, ORGANISATION, viewer, only=("slug", "name"))
    found = []
    for part in PARTS:
        rows = ORGANISATIONS.rows(viewer).filter(pk__in=getattr(process, part).values("pk")).order_by("name_key", "pk")
        label = Process._meta.get_field(part).verbose_name  # type: ignore[union-attr]
        found.append({"part": part, "label": label, "rows": [_bare(row) for row in rows.values("pk", **columns)]})
    return found


def place_of(shown: dict[str, Any]) -> str:
    """The names of the areas that are shown, the smallest first."""
    names = (shown.get("commune"), shown.get("cercle"), shown.get("region"))
    return ", ".join(dict.fromkeys(name for name in names if name))


def abroad_of(shown: dict[str, Any]) -> str:
    """The country of what was held in another one."""
    return "" if shown["country"] == Country.MALI else _words(Country, shown["country"])


def _words(choices: Any, code: str | None) -> str:
    return str(dict(choices.choices).get(code, code or ""))


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("shown_"): value for name, value in row.items()}
