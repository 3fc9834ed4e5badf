"""Who may see and do what with reports, incidents, alerts and deliveries; and who may be told.

The mechanism is ``orgs.policy``; the expected results stand, typed by hand, in ``tests/access``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from incidents.models import (
    Alert,
    AlertState,
    Attachment,
    Audience,
    Delivery,
    HeldResponsible,
    Incident,
    IncidentState,
    IncidentType,
    Prompt,
    Rendition,
    Report,
    ReporterIdentity,
    Severity,
    SmsConversation,
    SmsSender,
)
from orgs.crypto import keyed_hash
from orgs.models import NETWORK_ROLES, Membership, Organisation, Role, Tlp, User
from orgs.policy import Everywhere, Grant, OwnAreas, Policy, Post, Scope, Themselves, Viewer, WithoutArea, members_of

CHECKED = (IncidentState.VERIFIED, IncidentState.CLOSED)
SENT = (AlertState.RELEASED, AlertState.CANCELLED)


# --- Scopes of this app ------------------------------------------------------------------------------------------


def person_key(user_id: int) -> str:
    """The keyed hash under which reports of a person with an account are found."""
    return keyed_hash("reporter-account", str(user_id))


@dataclass(frozen=True)
class OwnReports:
    """Reports that the viewer sent in while signed in, found without naming anybody."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if viewer.user_id is None:
            return None
        own = ReporterIdentity.objects.filter(person_key=person_key(viewer.user_id))
        return Q(pk__in=own.values("report"))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Report) -> bool:
        if viewer.user_id is None:
            return False
        return ReporterIdentity.objects.filter(report=row.pk, person_key=person_key(viewer.user_id)).exists()

    def people(self, row: Report, roles: Sequence[str] | None) -> Q | None:
        return None  # by design: nobody can go from a report to its reporter's account


@dataclass(frozen=True)
class SentToThem:
    """Alerts of which the viewer is a recipient."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if viewer.user_id is None:
            return None
        return Q(pk__in=Delivery.objects.filter(recipient=viewer.user_id).values("alert"))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Alert) -> bool:
        return viewer.user_id is not None and Delivery.objects.filter(alert=row.pk, recipient=viewer.user_id).exists()

    def people(self, row: Alert, roles: Sequence[str] | None) -> Q | None:
        return Q(pk__in=Delivery.objects.filter(alert=row.pk).values("recipient"))


@dataclass(frozen=True)
class SentToOrganisation:
    """Alerts sent to somebody of the viewer's organisation; with ``served``, of an organisation that serves it."""

    served: bool = False

    def _organisations(self, viewer: Viewer) -> Any:
        own = sorted(viewer.organisation_ids)
        return Organisation.objects.filter(serves__in=own).values("pk") if self.served else own

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if not viewer.organisation_ids:
            return None
        sent = Delivery.objects.filter(organisation__in=self._organisations(viewer))
        return Q(pk__in=sent.values("alert"))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Alert) -> bool:
        if not viewer.organisation_ids:
            return False
        return Delivery.objects.filter(alert=row.pk, organisation__in=self._organisations(viewer)).exists()

    def people(self, row: Alert, roles: Sequence[str] | None) -> Q | None:
        told = Delivery.objects.filter(alert=row.pk, organisation__isnull=False).values("organisation")
        return members_of(Organisation.objects.filter(served_by__in=told).values("pk") if self.served else told)


@dataclass(frozen=True)
class WrittenFor:
    """Of the alerts within another scope, those that have a rendition for an audience: without one, nothing to read."""

    audience: Audience
    within: Scope

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        reached = self.within.rows(viewer, posts)
        if reached is None:
            return None
        return reached & Q(Exists(Rendition.objects.filter(alert=OuterRef("pk"), audience=self.audience)))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Alert) -> bool:
        return self.within.sees(viewer, posts, row) and self._is_written(row)

    def people(self, row: Alert, roles: Sequence[str] | None) -> Q | None:
        return self.within.people(row, roles) if self._is_written(row) else None

    def _is_written(self, row: Alert) -> bool:
        return Rendition.objects.filter(alert=row.pk, audience=self.audience).exists()


@dataclass(frozen=True)
class NotTheAccused:
    """The people of an organisation held responsible never see the incident, nor anything that comes of it.

    ``path`` leads from the row to the incident; ``"pk"`` where the row is the incident.
    """

    path: str

    def hidden(self, viewer: Viewer) -> Q | None:
        if not viewer.organisation_ids:
            return None
        accused = HeldResponsible.objects.filter(actor__organisation__in=sorted(viewer.organisation_ids))
        return Q(**{f"{self.path}__in": accused.values("incident")})

    def hides(self, viewer: Viewer, row: Any) -> bool:
        incident = self._incident(row)
        if incident is None or not viewer.organisation_ids:
            return False
        return HeldResponsible.objects.filter(
            incident=incident, actor__organisation__in=sorted(viewer.organisation_ids)
        ).exists()

    def excluded(self, row: Any) -> Q | None:
        incident = self._incident(row)
        return None if incident is None else accused_of(incident)

    def _incident(self, row: Any) -> int | None:
        *steps, last = self.path.split("__")
        for step in steps:
            row = getattr(row, step)
        incident: int | None = row.pk if last == "pk" else getattr(row, f"{last}_id")
        return incident


def accused_of(incident_id: int, *, closed_too: bool = False) -> Q:
    """The people (a condition on ``User``) of the organisations held responsible for an incident.

    With ``closed_too``, also those whose account or post has ended: for counts, which must not tell of them either.
    """
    named = HeldResponsible.objects.filter(incident=incident_id, actor__organisation__isnull=False)
    if closed_too:
        ever = Membership.objects.filter(organisation__in=named.values("actor__organisation"))
        return Q(pk__in=ever.values("person"))
    return members_of(named.values("actor__organisation"))


# --- Who sees which rows -----------------------------------------------------------------------------------------

# What has no area, since its place was not found, is every coordinator's: else it would be nobody's.

REPORTS: Policy[Report] = Policy(
    Report,
    [
        Grant("coordinator", OwnAreas(), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea(), (Role.COORDINATOR,)),
        Grant("own", OwnReports()),
    ],
    [NotTheAccused("incident")],
)


ATTACHMENTS: Policy[Attachment] = Policy(
    Attachment,
    [
        Grant("coordinator", OwnAreas("report__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("report__"), (Role.COORDINATOR,)),
    ],
    [NotTheAccused("report__incident")],
)
"""Photos and voice messages: the coordinators of the report. Whoever sent them gets them back from nowhere."""


def own_reports(viewer: Viewer) -> QuerySet[Report]:
    """The reports that the viewer sent in while signed in.

    The barrier of ``REPORTS`` does not stand here: a report that vanished from its sender's own list would tell them
    that their service is held responsible. What came of it is kept from them instead (``may_learn_outcome``).
    """
    condition = OwnReports().rows(viewer, ())
    return Report.objects.none() if condition is None else Report.objects.filter(condition)


def may_learn_outcome(viewer: Viewer, report: Report) -> bool:
    """Whether a reporter may be told more than that their report came in."""
    return REPORTS.sees(viewer, report)


INCIDENTS: Policy[Incident] = Policy(
    Incident,
    [
        Grant("coordinator", OwnAreas(), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea(), (Role.COORDINATOR,)),
        Grant("analyst", OwnAreas(), (Role.ANALYST,)),
        Grant("network", OwnAreas(), NETWORK_ROLES, when={"tlp__in": Tlp.up_to(Tlp.GREEN), "state__in": CHECKED}),
        Grant("public", Everywhere(), when={"tlp": Tlp.CLEAR, "state__in": CHECKED}),
    ],
    [NotTheAccused("pk")],
)

ALERTS: Policy[Alert] = Policy(
    Alert,
    [
        Grant("coordinator", OwnAreas("incident__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("incident__"), (Role.COORDINATOR,)),
        Grant("recipient", SentToThem(), when={"state__in": SENT}),
        Grant("recipient", SentToOrganisation(), when={"state__in": SENT, "tlp__in": Tlp.up_to(Tlp.AMBER_STRICT)}),
        Grant(
            "recipient",
            SentToOrganisation(served=True),
            when={"state__in": SENT, "tlp__in": Tlp.up_to(Tlp.AMBER)},
        ),
        Grant(
            "network",
            WrittenFor(Audience.NETWORK, OwnAreas("incident__")),
            NETWORK_ROLES,
            when={"state__in": SENT, "tlp__in": Tlp.up_to(Tlp.GREEN)},
        ),
        Grant("public", WrittenFor(Audience.PUBLIC, Everywhere()), when={"state__in": SENT, "tlp": Tlp.CLEAR}),
    ],
    [NotTheAccused("incident")],
)

TOTALS: Policy[Incident] = Policy(
    Incident,
    [Grant("liaison", OwnAreas(), (Role.LIAISON,), when={"state__in": CHECKED})],
    [NotTheAccused("pk")],
)
"""What a liaison's totals of their own areas are counted from: numbers by cercle, never a row."""

DELIVERIES: Policy[Delivery] = Policy(
    Delivery,
    [
        Grant("coordinator", OwnAreas("alert__incident__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("alert__incident__"), (Role.COORDINATOR,)),
        Grant("recipient", Themselves("recipient")),
    ],
    [NotTheAccused("alert__incident")],
)


SMS_SENDERS: Policy[SmsSender] = Policy(SmsSender, [Grant("operator", Everywhere(), (Role.OPERATOR,))])
SMS_CONVERSATIONS: Policy[SmsConversation] = Policy(
    SmsConversation, [Grant("operator", Everywhere(), (Role.OPERATOR,))]
)

TYPES: Policy[IncidentType] = Policy(IncidentType, [Grant("public", Everywhere())])
"""The vocabulary stands on the report form for anybody to read."""

PROMPTS: Policy[Prompt] = Policy(Prompt, [Grant("public", Everywhere())])
"""Recorded questions are heard by whoever opens the form."""


# --- Who may be told ---------------------------------------------------------------------------------------------

AUDIENCE_ROLES: dict[str, tuple[str, ...]] = {
    Audience.NETWORK: (*NETWORK_ROLES, Role.COORDINATOR),
    Audience.ORGANISATION: (*NETWORK_ROLES, Role.COORDINATOR),
    Audience.LIAISON: (Role.LIAISON,),
}
"""The roles that may be told as each audience. The public is told by the public page alone."""

AUDIENCE_CEILING: dict[str, str] = {
    Audience.PUBLIC: Tlp.CLEAR,
    Audience.NETWORK: Tlp.GREEN,
    Audience.ORGANISATION: Tlp.RED,
    Audience.LIAISON: Tlp.RED,
}
"""The most closed marking that may be sent to each audience."""


def may_be_sent_to(audience: str, tlp: str) -> bool:
    """Whether an alert with this marking may have a rendition for this audience at all."""
    return tlp in Tlp.up_to(AUDIENCE_CEILING[audience])


BEFORE_VERIFICATION = (Audience.LIAISON, Audience.ORGANISATION)
"""Audiences that may be told while an incident is still being checked; the others only once it is verified."""


def may_have_rendition(incident: Incident, audience: str) -> bool:
    """Whether anything of this incident, as it is graded now, may be written for this audience."""
    if not may_be_sent_to(audience, incident.tlp):
        return False
    return audience in BEFORE_VERIFICATION or incident.state in CHECKED


def people_who_may_be_told(incident: Incident, *, tlp: str, audience: str) -> QuerySet[User]:
    """Everybody who may be chosen as a recipient in this audience: active, in a fitting role, not of the accused.

    Choices by area, role, organisation and kind only ever narrow this down. Asked again when each message leaves.
    """
    roles = AUDIENCE_ROLES.get(audience, ())
    if not roles or not may_be_sent_to(audience, tlp):
        nobody: QuerySet[User] = User.objects.none()
        return nobody
    posts = Membership.objects.current().filter(person=OuterRef("pk"), role__in=[str(role) for role in roles])
    people: QuerySet[User] = User.objects.active().filter(Exists(posts)).exclude(accused_of(incident.pk))
    return people


# --- What people may do ------------------------------------------------------------------------------------------

SECOND_PERSON_FROM = (Severity.SEVERE, Severity.EXTREME)
"""Severities from which a second coordinator must release an alert."""


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
    """Whether an alert is so grave that whoever prepared it may not release it alone."""
    return alert.severity in SECOND_PERSON_FROM


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
    return may_triage(viewer, report) and (viewer.second_factor or settings.RELAX_SECOND_FACTOR)
