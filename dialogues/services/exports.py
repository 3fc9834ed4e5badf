"""Taking dialogues away as a file; whoever has an account and takes one is noted, with what and how much was chosen."""

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict

from dialogues.exports.sheets import Sheet
from incidents.services.steps import person_of
from orgs import audit
from orgs.policy import Viewer


def take_out(*, viewer: Viewer, sheet: Sheet, asked: QueryDict, ending: str) -> Iterator[list[Any]]:
    """The lines of a file as this viewer may read them. Raises ``ValidationError`` where a filter cannot be."""
    lines = sheet.lines(viewer, asked)
    person = person_of(viewer)
    if person is not None:
        chosen = sorted(name for name in asked if name in NARROWING and asked.get(name))
        audit.record(person, "exported", person, what=sheet.name, ending=ending, by=chosen)
    return lines


NARROWING = frozenset(
    {
        "area", "kind", "state", "country", "tlp", "process", "session", "round", "owner", "mine", "absent",
        "held_after", "held_before", "updated_after", "signed_after", "signed_before",
    }
)  # fmt: skip
"""Names of filters that are noted, never what was typed in them."""
