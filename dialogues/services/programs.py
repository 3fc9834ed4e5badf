"""A session brought by a program: what it says is an edit like any other, once for each of its keys."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dialogues.access import SESSIONS, may_edit_session
from dialogues.models import How, Session, SessionEdit
from dialogues.said import SessionSaid, cleaned, from_json
from dialogues.services.offline import held_by_own
from dialogues.services.sessions import Kept, keep_session
from orgs.access import ORGANISATIONS
from orgs.crypto import keyed_hash
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed


class OtherContent(Exception):
    """The key was used for an edit that says something else."""


class NotThere(Exception):
    """There is no such session, or the viewer may not see it."""


@dataclass(frozen=True)
class Brought:
    """A session as a program says it: what is not given stays as it stood at ``base_version``.

    ``given`` has names of ``SessionSaid``; ``led_by`` and ``present`` are addresses of organisations.
    """

    key: str
    uid: uuid.UUID | None
    base_version: int
    given: Mapping[str, Any]


def keep_from_program(*, viewer: Viewer, brought: Brought) -> Kept:
    """Keep what a program says of a session. The same key with the same content is one edit.

    Raises ``ValidationError`` by field of ``SessionSaid``, at ``base_version`` or at the organisations; ``NotAllowed``,
    ``NotThere``, ``OtherContent``.
    """
    edit_key = _number_of(viewer, brought.key)
    # Without a number of its own a new session gets one of its key, so that sent again it is the same.
    uid = brought.uid or uuid.uuid5(edit_key, "session")
    session = Session.objects.filter(uid=uid).first()
    _check_there(viewer, brought, session)
    said = cleaned(replace(_before(viewer, brought, session), **_with_numbers(viewer, brought.given)))
    if brought.base_version == 0:
        said = held_by_own(viewer, said)
    known = SessionEdit.objects.filter(edit_key=edit_key).first()
    if known is not None and (known.session.uid != uid or from_json(known.said) != said):
        raise OtherContent
    return keep_session(
        viewer=viewer, uid=uid, edit_key=edit_key, base_version=brought.base_version, said=said, how=How.FILE
    )


def _number_of(viewer: Viewer, key: str) -> uuid.UUID:
    """Keys belong to the account: two programs may well count from 1."""
    return uuid.UUID(keyed_hash("api-session-key", f"{viewer.user_id}\0{key}")[:32])


def _check_there(viewer: Viewer, brought: Brought, session: Session | None) -> None:
    if session is None and brought.base_version:
        raise NotThere
    if session is not None and not SESSIONS.sees(viewer, session):
        raise NotThere
    if session is not None and not may_edit_session(viewer, session):
        raise NotAllowed


def _before(viewer: Viewer, brought: Brought, session: Session | None) -> SessionSaid:
    if session is None or brought.base_version == 0:
        return SessionSaid()
    edit = session.edits.filter(version=brought.base_version).first()
    if edit is None:
        raise ValidationError({"base_version": _("This session has no such version.")})
    return from_json(edit.stood)


def _with_numbers(viewer: Viewer, given: Mapping[str, Any]) -> dict[str, Any]:
    """Organisations by primary key, of those that the viewer may see."""
    numbered = dict(given)
    slugs = {*given.get("present", ()), *([given["led_by"]] if given.get("led_by") else [])}
    if slugs:
        known = dict(ORGANISATIONS.rows(viewer).filter(slug__in=slugs).values_list("slug", "pk"))
        wrong = [
            name
            for name in ("led_by", "present")
            if not {*([given[name]] if isinstance(given.get(name), str) else given.get(name) or ())} <= known.keys()
        ]
        if wrong:
            raise ValidationError({name: _("There is no organisation of this address.") for name in wrong})
        numbered |= {"present": tuple(known[slug] for slug in given["present"])} if "present" in given else {}
        numbered |= {"led_by": known[given["led_by"]]} if given.get("led_by") else {}
    return numbered
