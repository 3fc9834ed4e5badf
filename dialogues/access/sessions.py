"""Who sees which processes and sessions, and who may write them.

Coordinators see those of their areas, and those that lie in no area of Mali (abroad, or the whole country). The people
of the organisation that holds a session are its team. Whoever was in the room reads what was agreed there, and no more
of it: forces too. The rest of the network reads what is GREEN in its areas, everybody what is CLEAR.
"""

from django.db.models import Q, QuerySet

from dialogues.models import Process, Session, SessionState
from orgs.access import is_proved
from orgs.models import NETWORK_ROLES, Area, Membership, Role, Tlp, User
from orgs.policy import (
    NOTHING,
    AmongThem,
    Everywhere,
    Grant,
    OwnAreas,
    OwnOrganisation,
    OwnOrganisationOfMany,
    Policy,
    Themselves,
    Viewer,
    WithoutArea,
)

TEAM_ROLES = (Role.FACILITATOR, Role.EDITOR)
"""Those who hold sessions for their organisation."""

RECORDERS = (*TEAM_ROLES, Role.COORDINATOR)

_GREEN = {"tlp__in": Tlp.up_to(Tlp.GREEN)}
_IN_THE_ROOM = {"tlp__in": Tlp.up_to(Tlp.AMBER_STRICT), "state": SessionState.HELD}

SESSIONS: Policy[Session] = Policy(
    Session,
    [
        Grant("coordinator", OwnAreas(), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea(), (Role.COORDINATOR,)),
        Grant("team", OwnOrganisation("led_by"), TEAM_ROLES),
        Grant("team", AmongThem(Session, "facilitators"), RECORDERS),
        Grant("team", Themselves("recorded_by"), RECORDERS),
        Grant("analyst", OwnAreas(), (Role.ANALYST,)),
        Grant("analyst", WithoutArea(), (Role.ANALYST,)),
        Grant("room", OwnOrganisation("led_by"), when=_IN_THE_ROOM),
        Grant("room", OwnOrganisationOfMany(Session, "present"), when=_IN_THE_ROOM),
        Grant("network", OwnAreas(), NETWORK_ROLES, when=_GREEN),
        Grant("network", WithoutArea(), NETWORK_ROLES, when=_GREEN),
        Grant("public", Everywhere(), when={"tlp": Tlp.CLEAR, "state": SessionState.HELD}),
    ],
)

PROCESSES: Policy[Process] = Policy(
    Process,
    [
        Grant("coordinator", OwnAreas(), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea(), (Role.COORDINATOR,)),
        Grant("team", OwnOrganisationOfMany(Process, "conveners"), TEAM_ROLES),
        Grant("team", Themselves("created_by"), RECORDERS),
        Grant("analyst", OwnAreas(), (Role.ANALYST,)),
        Grant("analyst", WithoutArea(), (Role.ANALYST,)),
        Grant("network", OwnOrganisationOfMany(Process, "conveners")),
        Grant("network", OwnOrganisationOfMany(Process, "steering")),
        Grant("network", OwnOrganisationOfMany(Process, "partners")),
        Grant("network", OwnAreas(), NETWORK_ROLES, when=_GREEN),
        Grant("network", WithoutArea(), NETWORK_ROLES, when=_GREEN),
        Grant("public", Everywhere(), when={"tlp": Tlp.CLEAR}),
    ],
)

WRITERS = ("coordinator", "team")
"""The audiences that may change what they see."""


def may_record(viewer: Viewer) -> bool:
    """Write down a new session, or begin a process."""
    return bool(viewer.roles & set(RECORDERS))


def may_edit_session(viewer: Viewer, session: Session) -> bool:
    """Write in a session, add its photos, settle edits that differ."""
    return SESSIONS.audience(viewer, session) in WRITERS


def may_edit_process(viewer: Viewer, process: Process) -> bool:
    """Change a process, and add sessions to it."""
    return PROCESSES.audience(viewer, process) in WRITERS


def may_read_safety_notes(viewer: Viewer, session: Session) -> bool:
    """Open the safety notes of a session; each opening is noted."""
    return SESSIONS.audience(viewer, session) in WRITERS


def may_open_names(viewer: Viewer, session: Session) -> bool:
    """Open who agreed to be named as having been there: with a second factor, a reason, and a note of it."""
    return is_proved(viewer) and SESSIONS.audience(viewer, session) in WRITERS


def people_to_name(viewer: Viewer, led_by: int | None = None) -> QuerySet[User]:
    """Who may be named as having led a session: the viewer, and those who hold sessions for the viewer's organisations.

    A coordinator also names those of the organisation that holds it and of their own areas. Nobody else: whoever could
    write any number would read the names of all who have an account.
    """
    known = Q(organisation__in=viewer.organisation_ids)
    as_coordinator = viewer.posts_as((Role.COORDINATOR,))
    if as_coordinator:
        inside = OwnAreas().rows(viewer, as_coordinator)
        known |= Q(organisation=led_by) if led_by else NOTHING
        known |= Q(areas__in=Area.objects.filter(inside).values("pk")) if inside is not None else NOTHING
    posts = Membership.objects.current().filter(known, role__in=RECORDERS)
    people: QuerySet[User] = User.objects.active().filter(Q(pk__in=posts.values("person")) | Q(pk=viewer.user_id))
    return people
