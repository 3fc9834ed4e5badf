"""Checks on the words alone: forces, phones, e-mail addresses, points, communities. Patterns are ``orgs.wording``'s."""

from collections.abc import Iterator

from incidents.models import Audience, SafetyCheck
from incidents.safety.found import Found, Weight
from incidents.safety.subject import Subject, Text
from orgs.policy import Viewer
from orgs.wording import Kind


def forces(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """Positions or movements of armed, police and mission forces."""
    yield from _of_kind(subject, Kind.FORCES, SafetyCheck.FORCES)


def phones(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """Phone numbers other than the number to call, which has a field of its own."""
    yield from _of_kind(subject, Kind.PHONE, SafetyCheck.PHONE)


def emails(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """E-mail addresses."""
    yield from _of_kind(subject, Kind.EMAIL, SafetyCheck.EMAIL)


def points(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """Coordinates: no audience is given any."""
    yield from _of_kind(subject, Kind.COORDINATES, SafetyCheck.POINT)


def communities(viewer: Viewer, subject: Subject) -> Iterator[Found]:
    """Communities named: before the public somebody must decide; elsewhere it is good to know."""
    for text, passage in _findings(subject, Kind.COMMUNITY):
        if Audience.PUBLIC in text.audiences:
            yield Found(SafetyCheck.COMMUNITY, passage, Weight.NEEDS_ANSWER, (Audience.PUBLIC,))
        else:
            yield Found(SafetyCheck.COMMUNITY, passage, Weight.INFORMS, text.audiences)


def _of_kind(subject: Subject, kind: Kind, check: SafetyCheck) -> Iterator[Found]:
    for text, passage in _findings(subject, kind):
        yield Found(check, passage, Weight.HOLDS, text.audiences)


def _findings(subject: Subject, kind: Kind) -> Iterator[tuple[Text, str]]:
    for text in subject.texts:
        for finding in subject.findings(text):
            if finding.kind is kind:
                yield text, finding.words
