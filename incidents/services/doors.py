"""Phones that may send forms: made, seen, revoked; and servers that may call: kept, tried, switched on."""

import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from incidents.access.doors import DEVICES, may_keep_devices, may_keep_webhooks, organisations_for_devices
from incidents.models import Device, Proof, WebhookSource
from incidents.said import clean_words
from incidents.services.errors import NotAllowed
from incidents.services.steps import note
from orgs import prepared
from orgs.access import people_listed
from orgs.crypto import keyed_hash, seal, unseal
from orgs.models import Organisation, User
from orgs.policy import Viewer

REALM = "Passerelle"
"""Never changes: what is kept of a password is made with it."""
LONGEST_LABEL = 80
MOST_DEVICES = 500
"""In use for one organisation at once."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what people take for something else
_SEEN_EVERY = "10 minutes"


@dataclass(frozen=True)
class Credentials:
    """A new device with its password, which is kept nowhere and cannot be shown again."""

    device: Device
    username: str
    password: str


@dataclass(frozen=True)
class Caller:
    """The device behind a user name, and the person it was given to, if any."""

    device_id: int
    organisation_id: int
    ha1: str
    user_id: int | None
    is_due: bool
    """Whether it was not noted for a while that the device is in use."""


# --- Devices -----------------------------------------------------------------------------------------------------


def make_device(
    *, viewer: Viewer, label: str, organisation: Organisation, person: User | None = None, is_demo: bool = False
) -> Credentials:
    """Let a phone send forms. With ``person``, what it sends counts as sent by them: they find it in their own list."""
    if not may_keep_devices(viewer):
        raise NotAllowed
    label = clean_words(label)
    if not label or len(label) > LONGEST_LABEL:
        raise ValidationError({"label": _("Write by what you know this phone again, in at most 80 letters.")})
    if not organisations_for_devices(viewer).filter(pk=organisation.pk).exists():
        raise ValidationError({"organisation": _("Choose an organisation of your areas.")})
    if person is not None and not people_listed(viewer).filter(person=person, organisation=organisation).exists():
        raise ValidationError({"person": _("This person has no post in this organisation.")})
    if Device.objects.filter(organisation=organisation, revoked_at__isnull=True).count() >= MOST_DEVICES:
        raise ValidationError(_("This organisation has too many phones: revoke those that are no longer used."))
    username, password = "tel-" + _letters(10), "-".join(_letters(4) for _part in range(5))
    known = {"ha1": ha1_of(username, password), **({"user_id": person.pk} if person is not None else {})}
    with transaction.atomic():
        device = Device.objects.create(
            label=label,
            organisation=organisation,
            username=username,
            sealed=seal(known),
            created_by_id=viewer.user_id,
            is_demo=is_demo,
        )
        note(viewer, device, "made_device", organisation=organisation.pk)
    return Credentials(device, username, password)


def revoke_device(*, viewer: Viewer, device: Device) -> None:
    """End a device now. What it sent stays."""
    if not DEVICES.sees(viewer, device):
        raise NotAllowed
    with transaction.atomic():
        if Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=Now()):
            note(viewer, device, "revoked_device")


def device_by_username(username: str) -> Caller | None:
    """The device that goes by this name and is not revoked; ``note_seen`` says that it was seen. One statement."""
    if not username or "\x00" in username:
        return None
    found = prepared.rows(_BY_USERNAME, {"username": username})
    if not found:
        return None
    device_id, organisation_id, sealed, is_due = found[0]
    known = _opened(bytes(sealed))
    return Caller(device_id, organisation_id, known["ha1"], known.get("user_id"), is_due)


@lru_cache(maxsize=1000)
def _opened(sealed: bytes) -> dict[str, Any]:
    return unseal(sealed)


def note_seen(caller: Caller) -> None:
    """Note that a device proved itself just now; written at most once in ten minutes."""
    if caller.is_due:
        Device.objects.filter(pk=caller.device_id).update(last_seen_at=Now())


_BY_USERNAME = f"""
SELECT id, organisation_id, sealed,
       last_seen_at IS NULL OR last_seen_at < statement_timestamp() - interval '{_SEEN_EVERY}'
  FROM incidents_device WHERE username = %(username)s AND revoked_at IS NULL
"""  # noqa: S608


def ha1_of(username: str, password: str) -> str:
    """What Digest makes of a password: enough to check it, in both ways of proof."""
    return hashlib.md5(f"{username}:{REALM}:{password}".encode(), usedforsecurity=False).hexdigest()


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _place in range(count))


# --- Servers that call -------------------------------------------------------------------------------------------


def keep_webhook(*, viewer: Viewer, source: WebhookSource, secret: str, problems: list[str]) -> None:
    """Add a server or change it. ``secret`` is kept sealed; empty leaves the one that is kept.

    ``problems`` are what is wrong with its mapping (``incidents.intake.webhook``). A change of the mapping switches it
    off until a sample was understood again.
    """
    if not may_keep_webhooks(viewer):
        raise NotAllowed
    before = WebhookSource.objects.filter(pk=source.pk).first() if source.pk else None
    if problems:
        raise ValidationError({"mapping": problems})
    if not secret and before is None:
        raise ValidationError({"secret": _("Give the secret by which the server proves itself.")})
    if source.proof == Proof.BASIC and secret and ":" not in secret:
        raise ValidationError({"secret": _("Write user name and password like this: name:password.")})
    if source.proof != Proof.BASIC and not source.header_name:
        raise ValidationError({"header_name": _("Name the header that brings the proof.")})
    is_tried = bool(source.tried_key) and source.tried_key == mapping_key(source.mapping)
    if source.is_active and not is_tried:
        raise ValidationError({"is_active": _("Try the mapping on a sample first: then it can be switched on.")})
    if not is_tried:
        source.tried_key = ""
    if secret:
        source.sealed = seal({"secret": secret})
    with transaction.atomic():
        source.full_clean()
        source.save()
        verb = "added_webhook" if before is None else "changed_webhook"
        note(viewer, source, verb, active=source.is_active, secret_changed=bool(secret))


def keep_sample(*, viewer: Viewer, source: WebhookSource, sample: bytes) -> None:
    """Keep the sample that was understood, sealed: from now on the source may be switched on."""
    if not may_keep_webhooks(viewer):
        raise NotAllowed
    with transaction.atomic():
        source.tried_key, source.sample = mapping_key(source.mapping), seal({"sample": sample.decode()})
        source.save(update_fields=["tried_key", "sample"])
        note(viewer, source, "tried_webhook")


def mapping_key(mapping: dict[str, Any]) -> str:
    """By which a mapping is known again."""
    return keyed_hash("webhook-mapping", orjson.dumps(mapping, option=orjson.OPT_SORT_KEYS).decode())


def active_webhook(slug: str) -> WebhookSource | None:
    """The source that calls at this address, if it is in use."""
    return WebhookSource.objects.filter(slug=slug, is_active=True).defer("sample").first()


def secret_of(source: WebhookSource) -> str:
    """What proves the source."""
    secret: str = unseal(source.sealed)["secret"]
    return secret


def note_call(source: WebhookSource) -> None:
    """Note that a server called just now."""
    WebhookSource.objects.filter(pk=source.pk).update(last_call_at=Now())
