"""The pages of dialogues, as tabs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orgs.presentation.tabs import Tab

TABS = (
    Tab(pgettext_lazy("dialogues", "Sessions"), "/dialogues/"),
    Tab(_("Processes"), "/dialogues/processes/"),
    Tab(_("Proposals"), "/dialogues/proposals/"),
    Tab(_("Commitments"), "/dialogues/commitments/"),
    Tab(_("Agreements"), "/dialogues/agreements/"),
    Tab(_("Committees"), "/dialogues/committees/"),
    Tab(_("Who is in the room"), "/dialogues/inclusion/"),
)
