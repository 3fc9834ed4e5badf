"""The private address at which a person's own calendar reads their sessions: made, renewed, revoked."""

import secrets

from django.db import transaction

from dialogues.access import may_keep_calendar
from dialogues.models import CalendarAddress
from incidents.services.steps import note
from orgs.crypto import keyed_hash
from orgs.models import User
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

_BYTES = 32
LENGTH = 43
"""Letters of an address: ``_BYTES`` random ones in base64."""


def make_address(*, viewer: Viewer) -> str:
    """A new private address, shown once; the one before it ends. Only a keyed hash of it is kept."""
    if not may_keep_calendar(viewer) or viewer.user_id is None:
        raise NotAllowed
    token = secrets.token_urlsafe(_BYTES)
    with transaction.atomic():
        row, is_new = CalendarAddress.objects.select_for_update().get_or_create(
            person_id=viewer.user_id, defaults={"token_hash": _hash_of(token)}
        )
        if not is_new:
            row.delete()
            row = CalendarAddress.objects.create(person_id=viewer.user_id, token_hash=_hash_of(token))
        note(viewer, row, "made")
    return token


def revoke_address(*, viewer: Viewer) -> None:
    """End a person's address. Where there is none, nothing changes."""
    if not may_keep_calendar(viewer):
        raise NotAllowed
    with transaction.atomic():
        row = CalendarAddress.objects.select_for_update().filter(person=viewer.user_id).first()
        if row is not None:
            note(viewer, row, "revoked")
            row.delete()


def address_of(viewer: Viewer) -> CalendarAddress | None:
    """The viewer's own address (when it was made), if they have one."""
    return None if viewer.user_id is None else CalendarAddress.objects.filter(person=viewer.user_id).first()


def person_of(token: str) -> User | None:
    """Whose address it is, if it holds and the account is open."""
    if len(token) != LENGTH or not token.isascii():
        return None
    row = CalendarAddress.objects.select_related("person").filter(token_hash=_hash_of(token)).first()
    return row.person if row is not None and row.person.is_active else None


def _hash_of(token: str) -> str:
    return keyed_hash("calendar-address", token)
