"""The pages of one room as tabs above each of them. A room registers its own: ``tabs.register("alerts", TABS)``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.urls import get_urlconf
from django.utils.functional import Promise

from orgs.presentation.navigation import is_served

EVERYONE: tuple[str, ...] = ()
_rooms: dict[str, Sequence["Tab"]] = {}


@dataclass(frozen=True)
class Tab:
    """One page of a room; ``roles`` says for whom it is a tab at all (nobody in particular: for everyone)."""

    label: str | Promise
    address: str
    roles: tuple[str, ...] = EVERYONE


@dataclass(frozen=True)
class ShownTab:
    """A tab as the page shows it."""

    label: str | Promise
    address: str
    current: Literal["", "page", "true"]


def register(room: str, tabs: Sequence[Tab]) -> None:
    """Say which pages a room has, in their order."""
    _rooms[room] = tabs


def tabs_for(room: str, roles: Iterable[str], path: str) -> list[ShownTab]:
    """The tabs of somebody with these roles that this installation serves; the longest address that fits is current."""
    own = set(roles)
    served = [tab for tab in _rooms.get(room, ()) if is_served(tab.address, get_urlconf())]
    tabs = [tab for tab in served if not tab.roles or own & set(tab.roles)]
    here = max((tab.address for tab in tabs if path.startswith(tab.address)), key=len, default="")
    return [
        ShownTab(tab.label, tab.address, "" if tab.address != here else "page" if tab.address == path else "true")
        for tab in tabs
    ]
