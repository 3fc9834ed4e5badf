"""Who sees which reports, incidents, alerts and deliveries."""

from django.db.models import QuerySet

from incidents.access.drills import REAL, NoDrill
from incidents.access.scopes import CHECKED, SENT, NotTheAccused, OwnReports, SentToOrganisation, SentToThem, WrittenFor
from incidents.models import (
    Alert,
    Attachment,
    Audience,
    Delivery,
    Incident,
    IncidentType,
    Prompt,
    Report,
    SmsConversation,
    SmsSender,
)
from orgs.models import NETWORK_ROLES, Role, Tlp
from orgs.policy import Everywhere, Grant, OwnAreas, Policy, Themselves, Viewer, WithoutArea

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
        Grant("analyst", OwnAreas(), (Role.ANALYST,), when=REAL),
        Grant(
            "network", OwnAreas(), NETWORK_ROLES, when={"tlp__in": Tlp.up_to(Tlp.GREEN), "state__in": CHECKED, **REAL}
        ),
        Grant("public", Everywhere(), when={"tlp": Tlp.CLEAR, "state__in": CHECKED, **REAL}),
    ],
    [NotTheAccused("pk")],
)

ALERTS: Policy[Alert] = Policy(
    Alert,
    [
        Grant("coordinator", OwnAreas("incident__"), (Role.COORDINATOR,)),
        Grant("coordinator", WithoutArea("incident__"), (Role.COORDINATOR,)),
        Grant("recipient", SentToThem(), when={"state__in": SENT}),
        Grant(
            "recipient", SentToOrganisation(), when={"state__in": SENT, "tlp__in": Tlp.up_to(Tlp.AMBER_STRICT), **REAL}
        ),
        Grant(
            "recipient",
            SentToOrganisation(served=True),
            when={"state__in": SENT, "tlp__in": Tlp.up_to(Tlp.AMBER), **REAL},
        ),
        Grant(
            "network",
            WrittenFor(Audience.NETWORK, OwnAreas("incident__")),
            NETWORK_ROLES,
            when={"state__in": SENT, "tlp__in": Tlp.up_to(Tlp.GREEN), **REAL},
        ),
        Grant("public", WrittenFor(Audience.PUBLIC, Everywhere()), when={"state__in": SENT, "tlp": Tlp.CLEAR, **REAL}),
    ],
    [NotTheAccused("incident")],
)

TOTALS: Policy[Incident] = Policy(
    Incident,
    [Grant("liaison", OwnAreas(), (Role.LIAISON,), when={"state__in": CHECKED})],
    [NotTheAccused("pk"), NoDrill()],
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

COUNTED_INCIDENTS: Policy[Incident] = Policy(Incident, INCIDENTS.grants, [*INCIDENTS.barriers, NoDrill()])
COUNTED_ALERTS: Policy[Alert] = Policy(Alert, ALERTS.grants, [*ALERTS.barriers, NoDrill()])
COUNTED_DELIVERIES: Policy[Delivery] = Policy(
    Delivery, DELIVERIES.grants, [*DELIVERIES.barriers, NoDrill("alert__exercise")]
)
"""The same without drills: for every list, count, export and program. Pages of one row use those above."""


SMS_SENDERS: Policy[SmsSender] = Policy(SmsSender, [Grant("operator", Everywhere(), (Role.OPERATOR,))])
SMS_CONVERSATIONS: Policy[SmsConversation] = Policy(
    SmsConversation, [Grant("operator", Everywhere(), (Role.OPERATOR,))]
)

TYPES: Policy[IncidentType] = Policy(IncidentType, [Grant("public", Everywhere())])
"""The vocabulary stands on the report form for anybody to read."""

PROMPTS: Policy[Prompt] = Policy(Prompt, [Grant("public", Everywhere())])
"""Recorded questions are heard by whoever opens the form."""
