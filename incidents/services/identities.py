"""Who reported: sealed when it comes in, opened by a person only with role, second factor and reason."""

from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.access import may_open_identity, person_key
from incidents.models import Report, ReporterIdentity
from incidents.said import clean_words
from orgs.audit import record
from orgs.crypto import keyed_hash, seal, unseal
from orgs.models import User
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

SHORTEST_REASON = 10
LONGEST_REASON = 500


def person_key_of_phone(phone: str) -> str:
    """The keyed hash under which the reports of a phone number (E.164) are found."""
    return keyed_hash("reporter-phone", phone)


@dataclass(frozen=True)
class Identity:
    """Who reported, how to reach them, and where exactly they stood. Everything may be missing.

    ``phone`` in E.164 where it could be read; ``lat`` and ``lon`` in degrees (WGS 84), ``accuracy_m`` in metres.
    ``earlier`` holds what the reporter wrote before they sent the same form again with something else.
    """

    name: str = ""
    phone: str = ""
    email: str = ""
    user_id: int | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    earlier: tuple[dict[str, Any], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.known())

    def known(self) -> dict[str, Any]:
        """What is known, as it is sealed."""
        return {name: value for name, value in vars(self).items() if value not in ("", None, ())}

    @property
    def person_key(self) -> str:
        """The keyed hash that finds the same person's other reports; empty for somebody unknown."""
        if self.user_id is not None:
            return person_key(self.user_id)
        return person_key_of_phone(self.phone) if self.phone else ""


_NAMES = frozenset(field.name for field in fields(Identity))


def _read(sealed: bytes | memoryview) -> Identity:
    return Identity(**{name: value for name, value in unseal(sealed).items() if name in _NAMES})


def opened_to_send(row: ReporterIdentity) -> Identity:
    """Who reported, for the sender of a message to them, and for nobody's eyes. The sender puts it on record."""
    return _read(row.sealed)


def add_to_identity(*, report: Report, identity: Identity) -> None:
    """Keep what a resent form says of its sender beside what was known; nothing is overwritten without a trace.

    Runs in the caller's transaction.
    """
    if not identity:
        return
    row, made = ReporterIdentity.objects.select_for_update().get_or_create(
        report=report, defaults={"sealed": seal(identity.known()), "person_key": identity.person_key}
    )
    if made:
        record(None, "add_identity", report)
        return
    known, new = _read(row.sealed).known(), identity.known()
    replaced = {name: known[name] for name, value in new.items() if name in known and known[name] != value}
    if known | new == known:
        return
    earlier = [*known.get("earlier", ()), replaced] if replaced else known.get("earlier", ())
    row.sealed = seal({**known, **new, **({"earlier": earlier} if earlier else {})})
    row.person_key = row.person_key or identity.person_key
    row.save(update_fields=["sealed", "person_key"])
    record(None, "add_identity", report)


def checked_reason(reason: str) -> str:
    """Why somebody opens what is sealed, cleaned. Raises ``ValidationError`` when it says too little, or too much."""
    reason = clean_words(reason)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        words = _("Say in a few words why you need to know: at least %(least)d letters, at most %(most)d.")
        raise ValidationError({"reason": words % {"least": SHORTEST_REASON, "most": LONGEST_REASON}})
    return reason


def open_identity(*, viewer: Viewer, report: Report, reason: str) -> Identity:
    """Open who reported. The opening is on record, with its sealed reason, before anything is read.

    Raises ``NotAllowed`` for those who may not, ``ValidationError`` on ``reason`` when it says too little. A report
    without an identity gives an empty one (and is on record all the same).
    """
    if not may_open_identity(viewer, report):
        raise NotAllowed
    reason = checked_reason(reason)
    with transaction.atomic():
        row = ReporterIdentity.objects.filter(report=report.pk).first()
        actor = User.objects.get(pk=viewer.user_id)
        # The log holds no words that people write: the reason is sealed like the identity itself.
        record(actor, "open_identity", report, known=row is not None, reason=seal({"reason": reason}).decode())
    return _with_account(_read(row.sealed)) if row else Identity()


def _with_account(identity: Identity) -> Identity:
    """The name and addresses of a reporter's account, where the report itself gave none."""
    account = User.objects.filter(pk=identity.user_id).first() if identity.user_id is not None else None
    if account is None:
        return identity
    return Identity(
        **{
            **vars(identity),
            "name": identity.name or account.name,
            "phone": identity.phone or account.phone or "",
            "email": identity.email or account.email or "",
        }
    )
