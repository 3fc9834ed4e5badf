"""What people may do with reports, incidents, alerts and deliveries."""

from django.conf import settings

from incidents.access.rows import ALERTS, DELIVERIES, INCIDENTS, REPORTS
from incidents.models import Alert, AlertState, Delivery, Incident, Report
from incidents.safety.bars import SECOND_PERSON_FROM, bar_of
from orgs.access import is_proved
from orgs.models import NETWORK_ROLES, Role, Tlp
from orgs.policy import Viewer

__all__ = ["SECOND_PERSON_FROM"]


def may_triage(viewer: Viewer, report: Report) -> bool:
    """Attach, reject or reopen a report: coordinators of its area."""
    return REPORTS.audience(viewer, report) == "coordinator"


REPORTING_ROLES = (*NETWORK_ROLES, Role.COORDINATOR)


def may_report_for_others(viewer: Viewer) -> bool:
    """Enter what somebody else says, by hand or by program. For themselves anybody may report."""
    return bool(viewer.roles & set(REPORTING_ROLES))


def may_use_desk(viewer: Viewer) -> bool:
    """Open the desk at all: coordinators."""
    return Role.COORDINATOR in viewer.roles


def may_work_on(viewer: Viewer, incident: Incident) -> bool:
    """Grade, mark, count, write and close an incident, and prepare its alerts: coordinators of its area."""
    return INCIDENTS.audience(viewer, incident) == "coordinator"


def needs_second_person(alert: Alert) -> bool:
    """Whether an alert is so grave, or marked so closed, that whoever prepared it may not release it alone.

    What somebody let pass, or was not sure of, asks for a second person too: ``incidents.services.safety``.
    """
    return marked_for_two(alert.tlp) or bar_of(alert.severity).second_person


def marked_for_two(tlp: str) -> bool:
    """Whether this marking alone asks for a second person."""
    return tlp not in Tlp.up_to(settings.SECOND_PERSON_FROM_TLP) or tlp == settings.SECOND_PERSON_FROM_TLP


def may_release(viewer: Viewer, alert: Alert) -> bool:
    """Release an alert: coordinators of its area; above a set severity not the one who prepared it."""
    if ALERTS.audience(viewer, alert) != "coordinator":
        return False
    return not needs_second_person(alert) or alert.created_by_id != viewer.user_id


def may_follow(viewer: Viewer, alert: Alert) -> bool:
    """See who was told and what they answered, and tick off calls: coordinators of its area."""
    return ALERTS.audience(viewer, alert) == "coordinator"


def may_answer(viewer: Viewer, delivery: Delivery) -> bool:
    """Acknowledge, act or decline: the recipient in person, once the alert was sent."""
    return (
        viewer.user_id is not None
        and delivery.recipient_id == viewer.user_id
        and delivery.alert.state == AlertState.RELEASED
        and DELIVERIES.sees(viewer, delivery)
    )


def may_keep_types(viewer: Viewer) -> bool:
    """Add, rename and retire types of incident."""
    return Role.ADMINISTRATOR in viewer.roles


def may_open_identity(viewer: Viewer, report: Report) -> bool:
    """Open who reported: coordinators of the report's area, with a second factor (a demonstration may relax it).

    Opening asks for a reason and is logged: ``incidents.services.identities``.
    """
    return may_triage(viewer, report) and is_proved(viewer)
