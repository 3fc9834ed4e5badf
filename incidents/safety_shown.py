"""What pages show of how an alert is checked: before release on the draft, afterwards on its page."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from incidents.access import CLOSABLE, REVIEWS, SENT, may_follow
from incidents.models import Alert, SafetyDecision, SafetyOverride, SafetyReview, Truth, WhyClosed
from incidents.services import alerts
from incidents.services.following import lines_of
from incidents.services.safety import Standing, reviews_of, standing_of
from orgs.policy import Viewer
from orgs.sections import Section

MOST_LET_PASS = 30


def standing_now(viewer: Viewer, alert: Alert) -> Standing:
    """How far a draft is checked, with the marking and grades that its incident has now."""
    alerts.in_step(alert, alert.incident)
    return standing_of(viewer, alert, alert.incident, lines_of(alert))


def alert_now(number: uuid.UUID) -> Alert:
    """An alert as it is now; whoever asks has been let in before."""
    return Alert.objects.select_related("incident__type", "incident__place").get(pk=number)


def reviewed_alert(viewer: Viewer, number: uuid.UUID) -> Alert | None:
    """An alert that this viewer sees through its reviews alone: oversight reads how it was checked, not its words."""
    review = REVIEWS.rows(viewer).filter(alert=number).select_related("alert").first()
    return review.alert if review is not None else None


def section(viewer: Viewer, alert: Alert) -> Section | None:
    """On the page of an alert that went out, for those who follow it: what was let pass, by whom, why; and its end."""
    if not may_follow(viewer, alert):
        return None
    data: dict[str, Any] = {
        "reviews": reviews_of(viewer, alert),
        "check": _who_checks(alert),
        "closings": list(alert.closings.select_related("closed_by")),
        "may_close": alert.state in CLOSABLE and alert.exercise_id is None,
        "is_over": is_over(alert),
    }
    return Section("harm", _("How it was checked, and how it ended"), "incidents/alerts/harm_section.html", data)


def is_over(alert: Alert) -> bool:
    """Whether it is time to say what an alert turned out to be."""
    return alert.state in CLOSABLE and (alert.state != "released" or alert.incident.state == "closed")


def _who_checks(alert: Alert) -> SafetyReview | None:
    if not alert.is_rumour:
        return None
    return SafetyReview.objects.filter(alert=alert, check_by__isnull=False).order_by("-id").first()


def let_pass_lately(viewer: Viewer) -> list[SafetyOverride]:
    """What was let pass in alerts that went out, newest first, of what the viewer may see; one query."""
    rows = SafetyOverride.objects.filter(
        review__in=REVIEWS.rows(viewer).order_by().values("pk"),
        review__alert__state__in=SENT,
        decision=SafetyDecision.OVERRIDDEN,
    )
    return list(rows.select_related("review__reviewer", "review__alert").order_by("-id")[:MOST_LET_PASS])


def harm_details(facts: Mapping[str, Any]) -> list[str]:
    """For the incident's line: how much was let pass or not sure, whether it was a rumour, how it ended."""
    said = []
    if count := facts.get("let_pass"):
        said.append(ngettext("%(n)s thing let pass", "%(n)s things let pass", count) % {"n": count})
    if count := facts.get("unsure"):
        said.append(ngettext("%(n)s answer “not sure”", "%(n)s answers “not sure”", count) % {"n": count})
    if facts.get("rumour"):
        said.append(_now("as a rumour"))
    if facts.get("truth") in Truth.values:
        said.append(str(Truth(facts["truth"]).label))
    if facts.get("why") in WhyClosed.values:
        said.append(str(WhyClosed(facts["why"]).label))
    return said
