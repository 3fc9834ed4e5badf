"""Going through the list "Do no harm" as a careful person would, for tests that are about something else.

``answered`` writes real answers through the real service. The fixture ``list_answered`` (in force everywhere but where
a folder's ``conftest`` says otherwise) does it before each proposal and release, for whoever takes that step.
"""

import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest import MonkeyPatch  # noqa: PT013

from incidents import safety_shown
from incidents.models import Alert, SafetyDecision, SafetyReview, WhoChecks
from incidents.safety.questions import SAFE
from incidents.services import alerts
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.safety import Standing
from incidents.services.safety_answers import Decided, Given, answer_safety
from orgs.policy import Viewer

SAFELY = {question: Given(answer) for question, answer in SAFE.items()}


def standing(viewer: Viewer, alert: Alert) -> Standing:
    """How far an alert is checked, as it is in the database now."""
    return safety_shown.standing_now(viewer, safety_shown.alert_now(alert.pk))


def answered(
    viewer: Viewer,
    alert: Alert,
    *,
    answers: Mapping[str, Given] | None = None,
    decided: Decided | None = None,
    **given: Any,
) -> SafetyReview:
    """Go through the list: every question safely but for ``answers``, everything found ``decided`` (mistaken)."""
    now = standing(viewer, alert)
    subject = now.subject
    if subject.is_rumour:
        given.setdefault("who_checks", WhoChecks.LIAISON)
        given.setdefault("check_by", timezone.now() + timedelta(days=1))
    given.setdefault("version", subject.alert.version)
    given.setdefault("incident_version", subject.incident.version)
    given.setdefault("words_hash", subject.hash)
    decision = decided or Decided(SafetyDecision.MISTAKEN)
    return answer_safety(
        viewer=viewer,
        alert=subject.alert,
        answers={**SAFELY, **(answers or {})},
        decisions={met.found.fingerprint: decision for met in now.to_decide},
        **given,
    )


def answer_before_each_step(monkeypatch: MonkeyPatch) -> None:
    """Whoever proposes or releases goes through the list first."""

    def first(step: Any) -> Any:
        def call(*, viewer: Viewer, alert: Alert, **given: Any) -> Any:
            # Where this is refused, the step itself is about to be, and says why.
            with contextlib.suppress(NotAllowed, ValidationError, ChangedMeanwhile, Alert.DoesNotExist):
                answered(viewer, alert)
            return step(viewer=viewer, alert=alert, **given)

        return call

    monkeypatch.setattr(alerts, "propose_alert", first(alerts.propose_alert))
    monkeypatch.setattr(alerts, "release_alert", first(alerts.release_alert))
