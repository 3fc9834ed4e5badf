"""A session written on a phone without network: taken in, and given back so that it can be changed there."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from dialogues.access import RECORDERS, SESSIONS, WRITERS, people_to_name
from dialogues.intake import Written
from dialogues.models import How, Session, SessionEdit
from dialogues.said import SessionSaid, from_json, said_of, to_json, unit_of
from dialogues.services.safety_notes import add_safety_note
from dialogues.services.sessions import Kept, keep_session
from dialogues.unit_words import UNIT_LABELS, lines_of, names_for
from orgs.crypto import keyed_hash
from orgs.models import Area, Organisation, User
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

MOST_ON_A_PHONE = 30
MOST_COLLEAGUES = 60


@dataclass(frozen=True)
class Differs:
    """A unit that two people wrote differently, in words."""

    unit: str
    label: str
    mine: str
    stands: str


def writer_of(viewer: Viewer) -> str:
    """A mark of a person that says nothing of them: what one person left on a phone is not sent as another's."""
    return keyed_hash("dialogue-phone", str(viewer.user_id))[:16]


def keep_from_phone(*, viewer: Viewer, written: Written) -> Kept:
    """Keep an edit and its safety note: both or neither; sent twice, each is one.

    Raises ``ValidationError`` by field of ``SessionSaid`` or at ``safety_note``, ``NotAllowed``.
    """
    if written.writer and written.writer != writer_of(viewer):
        raise NotAllowed
    said = written.said if written.base_version else _held_by_own(viewer, written.said)
    with transaction.atomic():
        try:
            kept = keep_session(
                viewer=viewer,
                uid=written.uid,
                edit_key=written.edit_key,
                base_version=written.base_version,
                said=said,
                how=How.PHONE,
            )
        except ValidationError as refused:
            raise _with_note_problems(refused) from refused
        if written.safety_note:
            _keep_note(viewer, kept.session, written)
    return kept


def _keep_note(viewer: Viewer, session: Session, written: Written) -> None:
    try:
        add_safety_note(viewer=viewer, session=session, words=written.safety_note, form_key=written.edit_key.hex)
    except ValidationError as refused:
        raise ValidationError({"safety_note": refused.messages}) from refused


def _with_note_problems(refused: ValidationError) -> ValidationError:
    """Every problem by a field; what belongs to none stands at the title, which everybody sees."""
    if hasattr(refused, "error_dict"):
        return refused
    return ValidationError({"title": refused.messages})


def _held_by_own(viewer: Viewer, said: SessionSaid) -> SessionSaid:
    """A new session of somebody with one organisation is that organisation's, where nobody said otherwise."""
    own = own_organisations(viewer)
    if said.led_by is not None or len(own) != 1:
        return said
    return replace(said, led_by=own[0].pk)


def own_organisations(viewer: Viewer) -> list[Organisation]:
    """The organisations for which a person may write sessions down."""
    ids = {post.organisation_id for post in viewer.posts_as(RECORDERS) if post.organisation_id is not None}
    return list(Organisation.objects.active().filter(pk__in=ids).order_by("pk")) if ids else []


def differences(viewer: Viewer, kept: Kept) -> list[Differs]:
    """What waits for a person to settle it: what was written, beside what stands."""
    if not kept.conflicts:
        return []
    mine, stands = from_json(kept.edit.said), said_of(kept.session)
    names = names_for(viewer, [mine, stands])
    return [
        Differs(
            unit,
            str(UNIT_LABELS[unit]),
            "\n".join(lines_of(mine, unit, names)),
            "\n".join(lines_of(stands, unit, names)),
        )
        for unit in kept.conflicts
        if unit_of(mine, unit) != unit_of(stands, unit)
    ]


def sessions_for_phone(viewer: Viewer) -> list[dict[str, Any]]:
    """The newest sessions that a person may change, as they stand, with the version that an edit begins from.

    Both audiences that may write are shown every field there is (``dialogues.disclosure``; a test holds it).
    """
    newest = SESSIONS.rows_as(viewer, *WRITERS).order_by("-held_on", "-pk")
    rows = list(newest.values_list("pk", "uid", "version")[:MOST_ON_A_PHONE])
    stood = dict(
        SessionEdit.objects.filter(session__in=[pk for pk, *_rest in rows], version=F("session__version")).values_list(
            "session", "stood"
        )
    )
    said = {pk: to_json(from_json(words)) for pk, words in stood.items() if words}
    names = _area_names({one["area"] for one in said.values()})
    return [_on_phone(uid, version, said[pk], names) for pk, uid, version in rows if pk in said]


def colleagues_for_phone(viewer: Viewer, sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who can be ticked as having led a session: those who hold sessions with the viewer, and whom those sessions name.

    Names lie on a phone only where its person asked for their sessions there; others tick themselves alone.
    """
    named = {pk for one in sessions for pk in one["said"]["facilitators"]}
    rows = (people_to_name(viewer) | User.objects.active().filter(pk__in=named)).order_by("name", "pk")
    return [{"id": pk, "name": name} for pk, name in rows.values_list("pk", "name")[:MOST_COLLEAGUES]]


def as_it_stands(session: Session) -> dict[str, Any]:
    """One session in the same shape, after an edit of it was taken in."""
    said = to_json(said_of(session))
    return _on_phone(session.uid, session.version, said, _area_names({said["area"]}))


def _on_phone(uid: uuid.UUID, version: int, said: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {"uid": str(uid), "version": version, "said": said, "area_name": names.get(said["area"], "")}


def _area_names(pcodes: set[str]) -> dict[str, str]:
    rows = Area.objects.current().filter(pcode__in=pcodes - {""}).with_names()
    return {area.pcode: area.name for area in rows}


def no_longer_allowed() -> dict[str, list[str]]:
    """Why an edit of somebody without the right was not taken."""
    return {"title": [_("You may not write in this session. Ask whoever holds it, or a coordinator.")]}
