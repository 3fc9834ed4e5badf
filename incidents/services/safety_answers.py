"""Writing down what a person answered before an alert goes out. Rows are added, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import (
    Alert,
    Incident,
    SafetyAnswer,
    SafetyChoice,
    SafetyDecision,
    SafetyOverride,
    SafetyReview,
    WhoChecks,
)
from incidents.models.safety import LONGEST_PASSAGE, LONGEST_WORD
from incidents.safety.questions import SAFE
from incidents.services import steps
from incidents.services.alerts import CHANGEABLE, in_step
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.following import lines_of
from incidents.services.safety import Standing, standing_of
from orgs import audit
from orgs.policy import Viewer
from orgs.wording import held_words

LONGEST_CHECK = timedelta(days=14)


@dataclass(frozen=True)
class Given:
    """An answer, with a word where it is not the safe one."""

    answer: str
    word: str = ""


@dataclass(frozen=True)
class Decided:
    """A decision on something that was found."""

    decision: str
    reason: str = ""


def field_of(fingerprint: str) -> str:
    """Under which name a decision is asked for and refused."""
    return f"found_{fingerprint[:16]}"


def answer_safety(
    *,
    viewer: Viewer,
    alert: Alert,
    version: int,
    incident_version: int,
    words_hash: str,
    answers: Mapping[str, Given],
    decisions: Mapping[str, Decided],
    who_checks: str = "",
    check_by: datetime | None = None,
) -> SafetyReview:
    """Keep one person's answers about exactly the words with this hash; refused when those changed meanwhile.

    ``decisions`` are by fingerprint of what was found. What this person answered before and what still holds need not
    be given again. The list must be complete with what is given.
    """
    with transaction.atomic():
        held, incident = _hold(viewer, alert)
        standing = standing_of(viewer, held, incident, lines_of(held))
        if standing.subject.hash != words_hash:
            raise _changed(held, incident, version, incident_version)
        _check(standing, answers, decisions, who_checks, check_by)
        review = SafetyReview.objects.create(
            alert=held,
            reviewer_id=viewer.user_id,
            alert_version=held.version,
            incident_version=incident.version,
            words_hash=words_hash,
            who_checks=who_checks if standing.subject.is_rumour else "",
            check_by=check_by if standing.subject.is_rumour else None,
        )
        _write(review, standing, answers, decisions)
        _note(viewer, held, answers, decisions)
    return review


def _hold(viewer: Viewer, alert: Alert) -> tuple[Alert, Incident]:
    """The draft and its incident as they are now, locked in the order of a release."""
    held = Alert.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=alert.pk).first()
    if held is None or access.ALERTS.audience(viewer, held) != "coordinator":
        raise NotAllowed(_("Only coordinators of the area may do this."))
    if held.state not in CHANGEABLE:
        raise NotAllowed(_("This alert has gone out already, or is over: nothing is asked any more."))
    rows = Incident.objects.select_for_update(of=("self",)).select_related("type", "place")
    incident = rows.get(pk=held.incident_id)
    return in_step(held, incident), incident


def _changed(alert: Alert, incident: Incident, version: int, incident_version: int) -> Exception:
    if incident.version != incident_version:
        return steps.changed_meanwhile(incident, incident_version)
    since = audit.entries_of(alert).filter(facts__version__gt=version).select_related("actor").order_by("-id")
    changes = list(since[:10])
    last = changes[0] if changes else None
    return ChangedMeanwhile(
        by=last.actor if last else None, at=last.at if last else None, version=alert.version, changes=changes
    )


def _check(
    standing: Standing,
    answers: Mapping[str, Given],
    decisions: Mapping[str, Decided],
    who_checks: str,
    check_by: datetime | None,
) -> None:
    problems: dict[str, list[str]] = {}
    for asked in standing.asked:
        if (given := answers.get(asked.question)) is not None:
            problems |= _check_answer(asked.question, given)
        elif standing.viewer_id not in asked.answers:
            problems[asked.question] = [_("Answer this question.")]
    for met in standing.to_decide:
        name = field_of(met.found.fingerprint)
        if (decided := decisions.get(met.found.fingerprint)) is not None:
            problems |= _check_decision(name, decided)
        elif standing.viewer_id not in met.decisions:
            problems[name] = [_("Decide on this, or change the words.")]
    unknown = set(decisions) - {met.found.fingerprint for met in standing.to_decide}
    if unknown:
        problems["__all__"] = [_("Something that was decided is not there any more, or nobody may let it pass.")]
    if standing.subject.is_rumour:
        problems |= _check_rumour(who_checks, check_by)
    if problems:
        raise ValidationError(problems)


def _check_answer(question: str, given: Given) -> dict[str, list[str]]:
    if given.answer not in SafetyChoice.values:
        return {question: [_("Choose one of the list.")]}
    if given.answer not in (SAFE[question], SafetyChoice.UNSURE) and not given.word.strip():
        return {f"{question}_word": [_("Say in a word why it goes out all the same, or change the words.")]}
    return _check_word(f"{question}_word", given.word)


def _check_decision(name: str, decided: Decided) -> dict[str, list[str]]:
    if decided.decision not in SafetyDecision.values:
        return {name: [_("Choose one of the list.")]}
    if decided.decision == SafetyDecision.OVERRIDDEN and not decided.reason.strip():
        return {f"{name}_reason": [_("Say why it goes out all the same.")]}
    return _check_word(f"{name}_reason", decided.reason)


def _check_word(name: str, word: str) -> dict[str, list[str]]:
    if len(word.strip()) > LONGEST_WORD:
        return {name: [_("At most %(n)s characters.") % {"n": LONGEST_WORD}]}
    held = held_words(word)
    return {name: held} if held else {}


def _check_rumour(who_checks: str, check_by: datetime | None) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if who_checks not in WhoChecks.values:
        problems["who_checks"] = [_("Say who finds out whether it is true.")]
    now = timezone.now()
    if check_by is None or not now < check_by <= now + LONGEST_CHECK:
        problems["check_by"] = [_("Give a time that is to come, within two weeks.")]
    return problems


def _write(
    review: SafetyReview, standing: Standing, answers: Mapping[str, Given], decisions: Mapping[str, Decided]
) -> None:
    SafetyAnswer.objects.bulk_create(
        SafetyAnswer(
            review=review,
            question=asked.question,
            answer=answers[asked.question].answer,
            word=answers[asked.question].word.strip(),
            basis=asked.basis,
        )
        for asked in standing.asked
        if asked.question in answers
    )
    SafetyOverride.objects.bulk_create(
        SafetyOverride(
            review=review,
            check_code=met.found.check,
            decision=decisions[met.found.fingerprint].decision,
            reason=decisions[met.found.fingerprint].reason.strip(),
            passage=met.found.words[:LONGEST_PASSAGE],
            fingerprint=met.found.fingerprint,
        )
        for met in standing.to_decide
        if met.found.fingerprint in decisions
    )


def _note(viewer: Viewer, alert: Alert, answers: Mapping[str, Given], decisions: Mapping[str, Decided]) -> None:
    """Numbers only: what was let pass and why stays in its own rows."""
    unsure = sum(given.answer == SafetyChoice.UNSURE for given in answers.values())
    unsafe = sum(given.answer not in (SAFE[name], SafetyChoice.UNSURE) for name, given in answers.items())
    passed = sum(decided.decision == SafetyDecision.OVERRIDDEN for decided in decisions.values())
    steps.note(
        viewer,
        alert,
        "reviewed",
        of_version=alert.version,  # not ``version``: to go through the list changes nothing
        incident=alert.incident_id,
        let_pass=passed + unsafe,
        unsure=unsure,
    )
