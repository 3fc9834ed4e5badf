"""How far an alert is checked: what was found, what each person answered and still holds, what is missing.

An answer holds as long as what it was about stays the same, whoever changes what: the words of every rendition, their
readers, the grades (``incidents.safety.questions``). A change asks again only what changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import (
    Alert,
    AlertAudience,
    Incident,
    SafetyAnswer,
    SafetyChoice,
    SafetyDecision,
    SafetyOverride,
    SafetyQuestion,
    SafetyReview,
)
from incidents.safety import checks, questions
from incidents.safety.found import Found
from incidents.safety.subject import Subject, subject_of
from incidents.services.errors import NotAllowed
from orgs.policy import Viewer


@dataclass(frozen=True)
class Asked:
    """A question with the answers that still hold, by person."""

    question: str
    basis: str
    answers: Mapping[int, SafetyAnswer]

    @property
    def label(self) -> str:
        """The question in words."""
        return str(SafetyQuestion(self.question).label)

    def is_safe(self, answer: SafetyAnswer) -> bool:
        """Whether this answer lets the alert go out without a word."""
        return answer.answer == questions.SAFE[self.question]


@dataclass(frozen=True)
class Met:
    """Something found, with the decisions that still hold, by person."""

    found: Found
    decisions: Mapping[int, SafetyOverride]


@dataclass(frozen=True)
class Standing:
    """One alert as it is checked now."""

    subject: Subject
    viewer_id: int
    met: tuple[Met, ...]
    asked: tuple[Asked, ...]
    checkers: Mapping[int, SafetyReview]
    """Who said who checks the rumour, and by when; not once that time is over."""

    @property
    def holding(self) -> list[Found]:
        """What must be rewritten."""
        return [one.found for one in self.met if one.found.holds]

    @property
    def to_decide(self) -> list[Met]:
        """What a person must decide."""
        return [one for one in self.met if one.found.needs_answer]

    @property
    def to_know(self) -> list[Found]:
        """What is good to know."""
        return [one.found for one in self.met if not one.found.holds and not one.found.needs_answer]

    def is_complete(self, person: int) -> bool:
        """Whether this person has answered everything about exactly these words."""
        return (
            all(person in one.answers for one in self.asked)
            and all(person in one.decisions for one in self.to_decide)
            and (not self.subject.is_rumour or person in self.checkers)
        )

    @property
    def complete(self) -> bool:
        """Whether the viewer has answered everything."""
        return self.is_complete(self.viewer_id)

    @property
    def missing(self) -> int:
        """How many things the viewer has still to answer."""
        questions_left = sum(self.viewer_id not in one.answers for one in self.asked)
        decisions_left = sum(self.viewer_id not in one.decisions for one in self.to_decide)
        return questions_left + decisions_left + (self.subject.is_rumour and self.viewer_id not in self.checkers)

    @cached_property
    def let_pass(self) -> list[SafetyOverride | SafetyAnswer]:
        """What somebody let pass, or answered in a way that is not safe, and that still stands."""
        decisions = [
            one for met in self.to_decide for one in met.decisions.values() if one.decision == SafetyDecision.OVERRIDDEN
        ]
        answers = [
            one
            for asked in self.asked
            for one in asked.answers.values()
            if not asked.is_safe(one) and one.answer != SafetyChoice.UNSURE
        ]
        return [*decisions, *answers]

    @cached_property
    def unsure(self) -> list[SafetyAnswer]:
        """Where somebody said that they are not sure."""
        return [one for asked in self.asked for one in asked.answers.values() if one.answer == SafetyChoice.UNSURE]

    def nobody_sure(self, people: Iterable[int]) -> list[Asked]:
        """The questions of which all of these people say that they are not sure."""
        wanted = set(people)
        return [
            one
            for one in self.asked
            if wanted <= set(one.answers) and all(one.answers[who].answer == SafetyChoice.UNSURE for who in wanted)
        ]

    @cached_property
    def needs_second_person(self) -> bool:
        """Whether a second person must release it: grave, marked closed, something let pass, or not sure."""
        return access.needs_second_person(self.subject.alert) or bool(self.let_pass or self.unsure)

    @property
    def why_second(self) -> list[str]:
        """Why a second person is needed, in words."""
        alert = self.subject.alert
        reasons = []
        if self.subject.bar.second_person:
            reasons.append(_("It is %(severity)s.") % {"severity": alert.get_severity_display()})
        if access.marked_for_two(alert.tlp):
            reasons.append(_("It is marked %(marking)s.") % {"marking": alert.get_tlp_display()})
        if self.let_pass:
            reasons.append(_("Something that was found, or answered, goes out all the same."))
        if self.unsure:
            reasons.append(_("Somebody is not sure."))
        return reasons

    def may_be_released_by(self, viewer: Viewer) -> bool:
        """Whether this person may be the one to release it, as far as the two people go."""
        alert = self.subject.alert
        return access.may_release(viewer, alert) and not (
            self.needs_second_person and alert.created_by_id == viewer.user_id
        )


def standing_of(viewer: Viewer, alert: Alert, incident: Incident, lines: Sequence[AlertAudience]) -> Standing:
    """How far an alert is checked, for this viewer; the number of queries does not grow with anything."""
    subject = subject_of(alert, incident, lines)
    answers, decisions = _last_answers(alert), _last_decisions(alert)
    return Standing(
        subject=subject,
        viewer_id=viewer.user_id or 0,
        met=tuple(Met(found, decisions.get(found.fingerprint, {})) for found in checks.run(viewer, subject)),
        asked=tuple(
            Asked(question, basis, {who: one for who, one in answers.get(question, {}).items() if one.basis == basis})
            for question, basis in questions.asked(subject)
        ),
        checkers=_checkers(alert) if subject.is_rumour else {},
    )


def _last_answers(alert: Alert) -> dict[str, dict[int, SafetyAnswer]]:
    """The last answer of each person to each question."""
    last: dict[str, dict[int, SafetyAnswer]] = {}
    rows = SafetyAnswer.objects.filter(review__alert=alert, review__reviewer__isnull=False)
    for row in rows.select_related("review__reviewer").order_by("id"):
        last.setdefault(row.question, {})[row.review.reviewer_id or 0] = row
    return last


def _last_decisions(alert: Alert) -> dict[str, dict[int, SafetyOverride]]:
    """The last decision of each person on each thing found."""
    last: dict[str, dict[int, SafetyOverride]] = {}
    rows = SafetyOverride.objects.filter(review__alert=alert, review__reviewer__isnull=False)
    for row in rows.select_related("review__reviewer").order_by("id"):
        last.setdefault(row.fingerprint, {})[row.review.reviewer_id or 0] = row
    return last


def _checkers(alert: Alert) -> dict[int, SafetyReview]:
    rows = SafetyReview.objects.filter(alert=alert, check_by__gt=timezone.now(), reviewer__isnull=False)
    return {row.reviewer_id or 0: row for row in rows.order_by("id")}


def refuse_alone(viewer: Viewer, standing: Standing) -> None:
    """Refuse a release where two people are needed and only one, or one of other words, has agreed."""
    alert = standing.subject.alert
    if not standing.needs_second_person:
        return
    author = alert.created_by_id or 0
    if author == (viewer.user_id or 0):
        raise NotAllowed(_("Somebody else than the one who prepared this alert must release it."))
    if alert.state != "proposed":
        raise NotAllowed(_("Propose this alert to a second person first."))
    if not standing.is_complete(author):
        raise NotAllowed(
            _("The words changed since the first person answered: they must go through the list again and propose it.")
        )
    if doubts := standing.nobody_sure({author, viewer.user_id or 0}):
        raise NotAllowed(
            _("Neither of you is sure: “%(question)s” Find out first, or change the words.")
            % {"question": doubts[0].label}
        )


def problems_of(standing: Standing) -> dict[str, list[str]]:
    """What holds the alert, by field: the words that must be rewritten, then the list that is not answered."""
    problems: dict[str, list[str]] = {}
    for found in standing.holding:
        problems.setdefault(_field_of(found, standing.subject), []).append(found.sentence)
    if not standing.complete:
        problems["safety"] = [_("Go through the list “Do no harm” first: something is not answered yet.")]
    return problems


def held_by_words(standing: Standing) -> dict[str, list[str]]:
    """The same without the list: what must be rewritten."""
    return {name: found for name, found in problems_of(standing).items() if name != "safety"}


def _field_of(found: Found, subject: Subject) -> str:
    words = found.words.casefold()
    if words and words in subject.alert.instruction.casefold():
        return "instruction"
    return "summary" if words and words in subject.incident.summary.casefold() else "words"


def reviews_of(viewer: Viewer, alert: Alert) -> list[SafetyReview]:
    """Every time somebody went through the list, the newest first, with answers and decisions; three queries."""
    rows = access.REVIEWS.rows(viewer, SafetyReview.objects.filter(alert=alert))
    return list(rows.select_related("reviewer").prefetch_related("answers", "overrides").order_by("-id")[:50])
