"""Keeping the contacts of organisations: who, by what way, what they wish, and whether it works."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.models import Channel, Contact, Language, Organisation, OrganisationVisibility, ProvedHow, Term, Vocabulary
from orgs.phones import normal_phone
from orgs.policy import Viewer
from orgs.services.errors import Faster, NotAllowed
from orgs.services.memberships import actor_of

BY_PEOPLE = (ProvedHow.CALL, ProvedHow.SMS, ProvedHow.REPLY, ProvedHow.EMAIL, ProvedHow.VISIT)
"""How somebody can say that a contact works."""


@dataclass(frozen=True)
class Given:
    """What is known of a contact, as somebody typed it."""

    name: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""
    language: str = Language.FRENCH
    spoken: list[str] = field(default_factory=list)
    is_emergency: bool = False
    visibility: str = OrganisationVisibility.COORDINATORS
    channel: str = Channel.SMS
    do_not_call: bool = False
    do_not_sms: bool = False
    do_not_email: bool = False
    source: str = ""


FIELDS = tuple(Given.__dataclass_fields__)


def mark_of(contact: Contact) -> str:
    """A mark of what a contact says, to see whether somebody else has changed it meanwhile."""
    values = {name: getattr(contact, name) for name in FIELDS} | {"ended": contact.ended_at is not None}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def add_contact(*, viewer: Viewer, organisation: Organisation, given: Given) -> Contact:
    """Add a way to reach an organisation. Raises ``NotAllowed`` and ``ValidationError`` by field."""
    with transaction.atomic():
        if not access.may_keep_contacts(viewer, organisation):
            raise NotAllowed
        contact = Contact(organisation=organisation)
        _fill(contact, given)
        if _same(contact).exists():
            raise ValidationError(_("This organisation has this contact already."))
        contact.save()
        _note(viewer, "added_contact", contact, channel=contact.channel, emergency=contact.is_emergency)
        return contact


def change_contact(*, viewer: Viewer, contact: Contact, given: Given, mark: str) -> Contact:
    """Change a contact; ``mark`` is that of the contact the person was shown. A new number is not proved yet."""
    with transaction.atomic():
        held = _hold(viewer, contact)
        if mark_of(held) != mark:
            raise Faster
        before = {name: getattr(held, name) for name in FIELDS}
        _fill(held, given)
        changed = sorted(name for name in FIELDS if getattr(held, name) != before[name])
        if not changed:
            return held
        if {"phone", "email"} & set(changed):
            held.proved_at, held.proved_how, held.failed_at = None, "", None
        held.save()
        _note(viewer, "changed_contact", held, fields=changed)
        return held


def end_contact(*, viewer: Viewer, contact: Contact) -> Contact:
    """A contact no longer stands: nobody is shown it, nothing is sent to it any more. Can be taken back."""
    with transaction.atomic():
        held = _hold(viewer, contact)
        if held.ended_at is None:
            held.ended_at = timezone.now()
            held.save(update_fields=["ended_at"])
            _note(viewer, "ended_contact", held)
        return held


def resume_contact(*, viewer: Viewer, contact: Contact) -> Contact:
    """Take back the end of a contact."""
    with transaction.atomic():
        held = _hold(viewer, contact)
        if held.ended_at is not None:
            held.ended_at = None
            held.save(update_fields=["ended_at"])
            _note(viewer, "resumed_contact", held)
        return held


def note_works(*, viewer: Viewer, contact: Contact, how: str) -> Contact:
    """Somebody reached this contact just now, in this way."""
    if how not in ProvedHow.values:
        raise ValidationError({"how": _("Say how you reached them.")})
    with transaction.atomic():
        held = _standing(viewer, contact)
        prove(held, how)
        _note(viewer, "proved_contact", held, how=how)
        return held


def note_fails(*, viewer: Viewer, contact: Contact) -> Contact:
    """Somebody tried this contact just now and it did not work."""
    with transaction.atomic():
        held = _standing(viewer, contact)
        held.failed_at = timezone.now()
        held.save(update_fields=["failed_at"])
        _note(viewer, "failed_contact", held)
        return held


def prove(held: Contact, how: str) -> None:
    """A locked contact works: for services, which have looked at why they say so."""
    held.proved_at, held.proved_how, held.failed_at = timezone.now(), how, None
    held.save(update_fields=["proved_at", "proved_how", "failed_at"])


def _hold(viewer: Viewer, contact: Contact) -> Contact:
    found = Contact.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=contact.pk)
    held = found.first()
    if held is None or not access.may_keep_contacts(viewer, held.organisation):
        raise NotAllowed
    return held


def _standing(viewer: Viewer, contact: Contact) -> Contact:
    held = _hold(viewer, contact)
    if held.ended_at is not None:
        raise NotAllowed(_("This contact has ended: take that back first."))
    return held


def _fill(contact: Contact, given: Given) -> None:
    values: dict[str, Any] = asdict(given)
    wrong: dict[str, str] = {}
    if values["phone"].strip():
        try:
            values["phone"] = normal_phone(values["phone"])
        except ValidationError as error:
            wrong["phone"] = str(error.messages[0])
    values["email"] = values["email"].strip().lower()
    values["spoken"] = sorted(set(values["spoken"]))
    known = set(Term.objects.of(Vocabulary.SPOKEN).values_list("code", flat=True))
    if set(values["spoken"]) - known:
        wrong["spoken"] = _("Choose languages of the list.")
    wrong |= _unreachable(values)
    if wrong:
        raise ValidationError(wrong)
    for name, value in values.items():
        setattr(contact, name, value.strip() if isinstance(value, str) else value)
    contact.full_clean()


def _unreachable(values: dict[str, Any]) -> dict[str, str]:
    """What makes a contact useless: no address, or an address for another way than the one they prefer."""
    phone, email = values["phone"].strip(), values["email"]
    if not phone and not email:
        return {"phone": _("Give a phone number or an e-mail address.")}
    if values["channel"] == Channel.EMAIL and not email:
        return {"email": _("Give an e-mail address, or choose another way.")}
    if values["channel"] in (Channel.SMS, Channel.CALL) and not phone:
        return {"phone": _("Give a phone number, or choose another way.")}
    refused = {Channel.EMAIL: "do_not_email", Channel.SMS: "do_not_sms", Channel.CALL: "do_not_call"}
    if values.get(refused.get(values["channel"], ""), False):
        return {"channel": _("They do not wish to be reached this way: choose another one.")}
    if values["is_emergency"] and (not phone or values["do_not_call"]):
        return {"is_emergency": _("An emergency contact needs a phone that may be called.")}
    return {}


def _same(contact: Contact) -> Any:
    twins = Contact.objects.current().filter(organisation=contact.organisation_id, name=contact.name)
    return twins.filter(phone=contact.phone, email=contact.email)


def _note(viewer: Viewer, verb: str, contact: Contact, **facts: Any) -> None:
    audit.record(actor_of(viewer), verb, contact, organisation=contact.organisation_id, **facts)
