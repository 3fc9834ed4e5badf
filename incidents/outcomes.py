"""What became of a report, in words that endanger nobody: for whoever holds its code, and for its sender's own list.

Nothing here names a person, an organisation, a place or an incident.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.disclosure import OUTCOME
from incidents.models import (
    Alert,
    AlertState,
    Did,
    Finding,
    Helped,
    IncidentState,
    OutcomeDecision,
    RejectReason,
    Reply,
    ReplyKind,
    Report,
    ReportState,
    Verdict,
)
from orgs.presentation.badges import Tone
from orgs.providers import Moment

Words = str | Promise

SET_ASIDE: Mapping[str, Words] = {
    RejectReason.DUPLICATE: _("We already had your report. Thank you for making sure."),
    RejectReason.UNFOUNDED: _("We checked. As far as we know, it did not happen. Thank you for telling us."),
    RejectReason.UNCLEAR: _("We could not act on it: too little was known. You can add to it below."),
    RejectReason.OUTSIDE: _("This service cannot help with it: it is for peace and safety."),
    RejectReason.ABUSE: _("It was not taken as a report."),
    RejectReason.ERASED: _("You erased it. Nothing of what it said is kept."),
}
FOUND: Mapping[str, Words] = {
    Finding.TRUE: _("It was true."),
    Finding.PARTLY: _("It was partly true."),
    Finding.FALSE: _("It proved not to be true."),
    Finding.UNKNOWN: _("It could not be found out whether it was true."),
}

DONE: Mapping[str, Words] = {
    Did.MEDIATION: _("Somebody spoke with both sides."),
    Did.MEDIATOR: _("Somebody was asked to mediate."),
    Did.MEDICAL: _("There was medical help."),
    Did.PROTECTION: _("People were protected."),
    Did.RELIEF: _("There was water, food or shelter."),
    Did.COMPLAINT: _("Complaints were taken, or an inquiry began."),
    Did.WARNED: _("People were warned."),
    Did.NOTHING_FOUND: _("It was checked, and nothing was found."),
    Did.OTHER: _("Something was done."),
}
"""What a liaison told as outcome and a coordinator accepted, by its code: their own words never come here."""
HELPED: Mapping[str, Words] = {
    Helped.YES: _("It helped."),
    Helped.PARTLY: _("It helped in part."),
    Helped.NO: _("It did not help."),
}


@dataclass(frozen=True)
class Outcome:
    """Where a report stands: a word with its tone, a sentence, what happened so far, and the coordinator's word."""

    state: Words
    tone: Tone
    says: Words
    moments: list[Moment]
    note: str = ""


def outcome_of(report: Report, *, may_learn: bool = True) -> Outcome:
    """What became of a report; without ``may_learn``, only that it came in."""
    came_in = Moment(report.received_at, _("Your report came in"))
    if report.erased_at is not None:
        moments = [came_in, Moment(report.erased_at, _("You erased it"))]
        return Outcome(pgettext_lazy("report", "Erased"), "stopped", SET_ASIDE[RejectReason.ERASED], moments)
    if not may_learn or report.state == ReportState.NEW or report.incident is None:
        if may_learn and report.state == ReportState.REJECTED:
            return _set_aside(report, came_in)
        next_step = Moment(None, _("Somebody of the area reads it and checks it"), waits=True)
        says = _("Your report came in. It waits to be read.")
        return Outcome(pgettext_lazy("report", "Received"), "new", says, [came_in, next_step])
    return _followed(report, came_in)


def _set_aside(report: Report, came_in: Moment) -> Outcome:
    read = Moment(report.decided_at, _("Somebody read it"))
    return Outcome(pgettext_lazy("report", "Closed"), "stopped", SET_ASIDE[report.reject_reason], [came_in, read])


def _followed(report: Report, came_in: Moment) -> Outcome:
    told = OUTCOME.show(report.incident, "reporter")
    moments = [came_in, Moment(report.decided_at, _("Somebody read it and is checking it")), *_answered(report)]
    if told["state"] == IncidentState.CLOSED:
        found = FOUND.get(told["finding"], FOUND[Finding.UNKNOWN])
        moments.append(Moment(told["closed_at"], pgettext_lazy("report", "Closed")))
        return Outcome(pgettext_lazy("report", "Closed"), "done", found, moments, told["reporter_note"])
    state, says = _so_far(told, warned=len(moments) > 2)
    moments.append(Moment(None, _("We go on following it"), waits=True))
    return Outcome(state, "doing", says, moments, told["reporter_note"])


def _so_far(told: dict[str, Any], *, warned: bool) -> tuple[Words, Words]:
    if warned:
        return _("People were warned"), _("Your report helped to warn people who can act.")
    if told["state"] == IncidentState.VERIFIED:
        return _("Confirmed"), _("Your report was checked and confirmed.")
    return pgettext_lazy("report", "Being checked"), _("Somebody of the area is checking what you reported.")


def _answered(report: Report) -> list[Moment]:
    """When people were warned, and when the first of them acted."""
    standing = (AlertState.RELEASED, AlertState.REPLACED, AlertState.EXPIRED)
    alerts = Alert.objects.filter(incident=report.incident_id, state__in=standing, exercise=None)
    released = alerts.order_by("released_at").values_list("released_at", flat=True).first()
    if released is None:
        return []
    acted = Reply.objects.filter(
        delivery__alert__incident=report.incident_id,
        delivery__alert__state__in=standing,
        delivery__alert__exercise=None,
        kind__in=(ReplyKind.ACT, ReplyKind.DONE, ReplyKind.OUTCOME),
    )
    first = acted.order_by("at").values_list("at", flat=True).first()
    moments = [Moment(released, _("People who can act were warned"))]
    if first:
        moments.append(Moment(first, _("Somebody who was warned is acting")))
    return [*moments, *_told(report)]


def _told(report: Report) -> list[Moment]:
    """What came of it, as far as coordinators accepted it: each act once, at the time it was first accepted."""
    accepted = OutcomeDecision.objects.filter(
        verdict=Verdict.ACCEPTED,
        reply__delivery__alert__incident=report.incident_id,
        reply__delivery__alert__exercise=None,
    )
    moments: dict[tuple[str, str], Moment] = {}
    for decision in accepted.select_related("reply").order_by("decided_at", "reply"):
        helped = HELPED.get(decision.reply.helped, "")
        for code in decision.reply.did:
            moments.setdefault((code, decision.reply.helped), Moment(decision.decided_at, DONE[code], helped))
    return list(moments.values())
