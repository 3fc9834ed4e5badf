"""The pages of the directory."""

from django.utils.translation import gettext_lazy as _

from orgs.models import NETWORK_ROLES, Role
from orgs.presentation.tabs import Tab

KEEPERS = (Role.COORDINATOR, Role.ADMINISTRATOR)
READERS = (*KEEPERS, Role.ANALYST, *NETWORK_ROLES)

TABS = (
    Tab(_("List"), "/orgs/"),
    Tab(_("Map"), "/orgs/map/"),
    Tab(_("Who can be here first"), "/orgs/first/", (*READERS, Role.LIAISON)),
    Tab(_("Gaps"), "/orgs/gaps/", READERS),
    Tab(_("Actors"), "/actors/", READERS),
    Tab(_("Networks"), "/orgs/networks/", READERS),
    Tab(_("Support"), "/orgs/support/", READERS),
    Tab(_("Suggested changes"), "/orgs/requests/", KEEPERS),
    Tab(_("Duplicates"), "/orgs/duplicates/", KEEPERS),
    Tab(_("Import"), "/orgs/import/", KEEPERS),
)
