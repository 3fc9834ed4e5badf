"""What a coordinator makes of an outcome that a recipient told: it goes on to the reporters, or stays here."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import FeedbackStep, OutcomeDecision, Reply, ReplyKind, Report, ReportState, Verdict
from incidents.services import feedback, steps
from incidents.services.errors import NotAllowed
from orgs.policy import Viewer


def decide_on_outcome(*, viewer: Viewer, reply: Reply, verdict: str) -> OutcomeDecision:
    """Accept an outcome, and those who reported are told that something came of it; or keep it.

    They read what was done by its codes alone, on the follow-up page; the liaison's words stay at the desk. What was
    decided first counts; *kept* can still become *accepted*, but what reporters were told cannot be taken back.
    """
    if verdict not in Verdict.values:
        raise ValidationError({"verdict": _("Choose one of the list.")})
    with transaction.atomic():
        held = (
            Reply.objects.select_for_update(of=("self",)).select_related("delivery__alert__incident").get(pk=reply.pk)
        )
        alert = held.delivery.alert
        if held.kind != ReplyKind.OUTCOME or not access.may_follow(viewer, alert):
            raise NotAllowed(_("Only coordinators of the area may do this."))
        if held.delivery.recipient_id == viewer.user_id:
            raise NotAllowed(_("Another coordinator of the area decides on what you told."))
        decided = OutcomeDecision.objects.filter(reply=held).first()
        if decided is not None and verdict in (decided.verdict, Verdict.KEPT):
            return decided
        decision, _made = OutcomeDecision.objects.update_or_create(
            reply=held, defaults={"verdict": verdict, "decided_by_id": viewer.user_id}
        )
        told = _tell_reporters(viewer, held) if verdict == Verdict.ACCEPTED else 0
        steps.note(viewer, held, "outcome_decided", verdict=verdict, told=told, alert=str(alert.pk))
    return decision


def _tell_reporters(viewer: Viewer, reply: Reply) -> int:
    alert = reply.delivery.alert
    if alert.exercise_id is not None:
        return 0  # nobody who reported hears of a drill
    incident = steps.hold_incident(viewer, alert.incident, version=None)
    return feedback.tell(Report.objects.filter(incident=incident, state=ReportState.ATTACHED), FeedbackStep.OUTCOME)
