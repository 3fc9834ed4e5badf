"""All checks, in the order in which they are told. A new one is a function and a line here."""

from collections.abc import Callable, Iterable

from incidents.safety import names, places, trust, wordings
from incidents.safety.found import Found, together
from incidents.safety.subject import Subject
from orgs.policy import Viewer

Checked = Callable[[Viewer, Subject], Iterable[Found]]

CHECKS: list[Checked] = [
    wordings.forces,
    wordings.phones,
    wordings.emails,
    wordings.points,
    places.public,
    trust.marking,
    trust.too_early,
    names.titled,
    names.known,
    names.responsible,
    wordings.communities,
    places.worded,
    places.village,
    trust.source,
    trust.unverified,
]


def run(viewer: Viewer, subject: Subject) -> list[Found]:
    """Everything that is found, what holds first. ``viewer``: names are compared only with those they may read."""
    return together(one for check in CHECKS for one in check(viewer, subject))
