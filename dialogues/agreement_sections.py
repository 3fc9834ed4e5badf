"""What agreements and committees add to other pages: a session's committee, the provisions that an incident touches."""

from django.utils.translation import gettext as _

from dialogues.access import AGREEMENTS, COMMITTEES, INSIDE
from dialogues.committees import decisions_of_session
from dialogues.disclosed_agreements import AGREEMENT, COMMITTEE, PROVISION
from dialogues.models import IncidentTouches, Meeting, Session
from incidents.models import Incident
from orgs.policy import Viewer
from orgs.sections import Section

MOST = 20
_OF = [f"committee__{name}" for name in ("region", "cercle", "commune")]
_WITH = [f"provision__agreement__{name}" for name in ("region", "cercle", "commune")]


def session_section(viewer: Viewer, session: Session) -> Section | None:
    """The committee whose meeting a session is, with what was decided there for those inside; ``None`` for others."""
    committees = COMMITTEES.rows(viewer).values("pk")
    meeting = Meeting.objects.filter(session=session, committee__in=committees).select_related(*_OF).first()
    audience = COMMITTEES.audience(viewer, meeting.committee) if meeting is not None else None
    if meeting is None or audience is None:
        return None
    shown = COMMITTEE.show(meeting.committee, audience)
    decisions = decisions_of_session(viewer, session, audience) if audience in INSIDE else []
    data = {"committee": shown, "decisions": decisions}
    return Section("committee", _("Meeting of a committee"), "dialogues/committees/session_section.html", data)


def incident_section(viewer: Viewer, incident: Incident) -> Section | None:
    """The provisions that an incident touches, of agreements that the viewer may read; ``None`` without any."""
    agreements = AGREEMENTS.rows(viewer).values("pk")
    rows = IncidentTouches.objects.filter(incident=incident, provision__agreement__in=agreements)
    found = []
    for touch in rows.select_related(*_WITH).order_by("-linked_at", "-id")[:MOST]:
        agreement = touch.provision.agreement
        if audience := AGREEMENTS.audience(viewer, agreement):
            shown, promised = AGREEMENT.show(agreement, audience), PROVISION.show(touch.provision, audience)
            found.append({"agreement": shown, "provision": promised})
    if not found:
        return None
    data = {"provisions": found}
    return Section("agreements", _("Agreements that it touches"), "dialogues/agreements/incident_section.html", data)
