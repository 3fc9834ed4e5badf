"""Where pages of dialogues are, for rows of lists; nothing for pages that this installation does not serve."""

import uuid
from typing import Any

from django.urls import get_urlconf

from orgs.presentation.navigation import is_served

_ANY = uuid.UUID(int=0)


def session_address(uid: Any) -> str:
    """The page of a session."""
    return f"/dialogues/sessions/{uid}/" if is_served(f"/dialogues/sessions/{_ANY}/", get_urlconf()) else ""


def process_address(uid: Any) -> str:
    """The page of a process."""
    return f"/dialogues/processes/{uid}/"


def area_address(pcode: str) -> str:
    """The line of time of an area; nothing where there is none."""
    return f"/dialogues/areas/{pcode}/" if pcode else ""
