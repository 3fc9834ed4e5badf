"""What a person answers before an alert goes out, what counts as safe, and what each question is about."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.models import SafetyChoice, SafetyQuestion
from incidents.safety.found import digest
from incidents.safety.subject import Subject

SAFE: Mapping[str, str] = MappingProxyType(
    {
        SafetyQuestion.RECOGNISED: SafetyChoice.NO,
        SafetyQuestion.AGAINST: SafetyChoice.NO,
        SafetyQuestion.WHAT_TO_DO: SafetyChoice.YES,
        SafetyQuestion.REPORTER: SafetyChoice.NO,
        SafetyQuestion.WORSE: SafetyChoice.NO,
        SafetyQuestion.SECOND_SOURCE: SafetyChoice.YES,
    }
)
"""The answer that lets an alert go out without a word. Another one needs a reason, and a second person."""

HINTS: Mapping[str, Promise] = MappingProxyType(
    {
        SafetyQuestion.RECOGNISED: _("Think of a neighbour who reads it: would they know who is meant?"),
        SafetyQuestion.AGAINST: _("Would a community feel accused?"),
        SafetyQuestion.WHAT_TO_DO: _("One thing to do, that nobody is in danger for doing."),
        SafetyQuestion.REPORTER: _("How many people can have known this?"),
        SafetyQuestion.WORSE: _("Think of those who are angry or afraid already."),
        SafetyQuestion.SECOND_SOURCE: _("Somebody who knows it by another way than the first."),
    }
)


def asked(subject: Subject) -> Iterator[tuple[str, str]]:
    """The questions, each with the hash of what it is about now: an answer holds as long as that stays the same."""
    for question in SafetyQuestion.values:
        yield question, digest([question, _about(question, subject)])


def _about(question: str, subject: Subject) -> list[object]:
    if question == SafetyQuestion.SECOND_SOURCE:
        incident = subject.incident
        return [incident.state, incident.source_grade, incident.claim_grade, subject.reports]
    if question == SafetyQuestion.WHAT_TO_DO:
        return [subject.alert.instruction, subject.alert.call_number, list(subject.audiences)]
    return [subject.hash, list(subject.audiences)]
