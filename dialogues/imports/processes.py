"""Processes that lines name by their title: known ones, and what a new one would be like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dialogues.access import PROCESSES, WRITERS
from orgs.models.areas import name_key
from orgs.policy import Viewer


@dataclass(frozen=True)
class KnownProcess:
    """A process that the bringer sees, and whether sessions may be added to it."""

    uid: str
    is_own: bool


def known_processes(viewer: Viewer, titles: Iterable[str]) -> dict[str, KnownProcess]:
    """The processes called so, by the key of their title. One that may be added to goes before one that may not."""
    keys = {name_key(title) for title in titles if title}
    found: dict[str, KnownProcess] = {}
    if not keys:
        return found
    seen = PROCESSES.rows(viewer).annotate(seen_as=PROCESSES.audience_column(viewer)).order_by("pk")
    # Titles are compared without accents and capitals, which SQL does not know: processes are few.
    for uid, title, seen_as in seen.values_list("uid", "title", "seen_as"):
        key, is_own = name_key(title), seen_as in WRITERS
        if key in keys and (key not in found or (is_own and not found[key].is_own)):
            found[key] = KnownProcess(str(uid), is_own)
    return found


def process_of(viewer: Viewer, title: str) -> KnownProcess | None:
    """The process of this title."""
    return known_processes(viewer, [title]).get(name_key(title))
