"""The pages of alerting, as tabs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.models import NETWORK_ROLES, Role
from orgs.presentation.tabs import Tab

TOLD = (*NETWORK_ROLES, Role.COORDINATOR, Role.LIAISON, Role.OVERSIGHT)
BOTH_SIDES = (*TOLD, Role.ANALYST)

TABS = (
    Tab(pgettext_lazy("alerts", "Inbox"), "/alerts/"),
    Tab(_("Advisories"), "/alerts/advisories/", BOTH_SIDES),
    Tab(_("My subscriptions"), "/alerts/subscriptions/", TOLD),
    Tab(_("Duty rosters"), "/alerts/duty/", (Role.COORDINATOR, Role.LIAISON, Role.EDITOR)),
    Tab(_("Who answers, how fast"), "/alerts/answers/", BOTH_SIDES),
    Tab(_("What alerts turned out to be"), "/alerts/truth/", (Role.COORDINATOR, Role.ANALYST, Role.OVERSIGHT)),
    Tab(_("Escalation"), "/alerts/ladders/", (Role.COORDINATOR,)),
    Tab(_("Exercises"), "/alerts/exercises/", (Role.COORDINATOR,)),
    Tab(_("Conduct of forces"), "/conduct/overview/", (Role.OVERSIGHT, Role.COORDINATOR, Role.ANALYST)),
)
