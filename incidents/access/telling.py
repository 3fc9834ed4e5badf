"""Who may be told of an incident, as which audience."""

from django.db.models import Exists, OuterRef, QuerySet

from incidents.access.drills import takes_part
from incidents.access.scopes import CHECKED, accused_of
from incidents.models import Audience, Incident
from orgs.models import NETWORK_ROLES, Membership, Role, Tlp, User

AUDIENCE_ROLES: dict[str, tuple[str, ...]] = {
    Audience.NETWORK: (*NETWORK_ROLES, Role.COORDINATOR),
    Audience.ORGANISATION: (*NETWORK_ROLES, Role.COORDINATOR),
    Audience.LIAISON: (Role.LIAISON,),
    Audience.OVERSIGHT: (Role.OVERSIGHT,),
}
"""The roles that may be told as each audience. The public is told by the public page alone."""

AUDIENCE_CEILING: dict[str, str] = {
    Audience.PUBLIC: Tlp.CLEAR,
    Audience.NETWORK: Tlp.GREEN,
    Audience.ORGANISATION: Tlp.RED,
    Audience.LIAISON: Tlp.RED,
    Audience.OVERSIGHT: Tlp.RED,
}
"""The most closed marking that may be sent to each audience."""


def may_be_sent_to(audience: str, tlp: str) -> bool:
    """Whether an alert with this marking may have a rendition for this audience at all."""
    return tlp in Tlp.up_to(AUDIENCE_CEILING[audience])


BEFORE_VERIFICATION = (Audience.LIAISON, Audience.ORGANISATION)
"""Audiences that may be told while an incident is still being checked; the others only once it is verified."""


def may_have_rendition(incident: Incident, audience: str) -> bool:
    """Whether anything of this incident, as it is graded now, may be written for this audience."""
    if not may_be_sent_to(audience, incident.tlp) or (audience == Audience.PUBLIC and incident.exercise_id is not None):
        return False
    return audience in BEFORE_VERIFICATION or incident.state in CHECKED


def people_who_may_be_told(incident: Incident, *, tlp: str, audience: str) -> QuerySet[User]:
    """Everybody who may be chosen as a recipient in this audience: active, in a fitting role, not of the accused.

    Of a drill, its participants alone. Choices by area, role, organisation and kind only ever narrow this down. Asked
    again when each message leaves.
    """
    roles = AUDIENCE_ROLES.get(audience, ())
    if not roles or not may_be_sent_to(audience, tlp):
        nobody: QuerySet[User] = User.objects.none()
        return nobody
    posts = Membership.objects.current().filter(person=OuterRef("pk"), role__in=[str(role) for role in roles])
    people: QuerySet[User] = (
        User.objects.active().filter(Exists(posts), takes_part(incident.pk)).exclude(accused_of(incident.pk))
    )
    return people
