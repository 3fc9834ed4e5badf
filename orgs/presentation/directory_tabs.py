"""The pages of the directory, as tabs above each of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.urls import get_urlconf
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs.models import NETWORK_ROLES, Role
from orgs.presentation.navigation import is_served

EVERYONE: tuple[str, ...] = ()
KEEPERS = (Role.COORDINATOR, Role.ADMINISTRATOR)
READERS = (*KEEPERS, Role.ANALYST, *NETWORK_ROLES)


@dataclass(frozen=True)
class Tab:
    """One page of the directory; ``roles`` says for whom it is a tab at all (nobody in particular: for everyone)."""

    label: str | Promise
    address: str
    roles: tuple[str, ...] = EVERYONE


@dataclass(frozen=True)
class ShownTab:
    """A tab as the page shows it."""

    label: str | Promise
    address: str
    current: Literal["", "page", "true"]


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


def tabs_for(roles: Iterable[str], path: str) -> list[ShownTab]:
    """The tabs of somebody with these roles that this installation serves; the longest address that fits is current."""
    own = set(roles)
    tabs = [tab for tab in TABS if (not tab.roles or own & set(tab.roles)) and is_served(tab.address, get_urlconf())]
    here = max((tab.address for tab in tabs if path.startswith(tab.address)), key=len, default="")
    return [
        ShownTab(tab.label, tab.address, "" if tab.address != here else "page" if tab.address == path else "true")
        for tab in tabs
    ]
