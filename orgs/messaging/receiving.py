"""Taking in an SMS: kept first, then read by whoever knows it, and answered through the outbox."""

import logging
from datetime import timedelta

import phonenumbers
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from orgs import crypto
from orgs.messaging import outbox
from orgs.messaging.gateways.callbacks import Received
from orgs.messaging.inbound import IncomingSms, handlers
from orgs.models import Channel, ReceivedSms, User

log = logging.getLogger(__name__)

HOME_REGION = "ML"
LONGEST_TEXT = 2000
ATTEMPTS = 5
ANSWERS_AN_HOUR = 20
STANDING = "standing"
UNREADABLE = "unreadable"
TOO_MANY = "too_many"


def receive(gateway: str, received: Received) -> ReceivedSms | None:
    """Keep an SMS and have it read. ``None`` when the gateway has delivered it before."""
    text = received.text.replace("\x00", "")[:LONGEST_TEXT]
    sender = normal_number(received.sender) or received.sender[:40].replace("\x00", "")
    minute = timezone.now().strftime("%Y-%m-%dT%H:%M")
    row = ReceivedSms(
        gateway=gateway,
        external_id=received.external_id or crypto.keyed_hash("sms", f"{sender}\0{text}\0{minute}"),
        sender_key=sender_key(sender),
        sealed=crypto.seal({"sender": sender, "text": text}),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except DatabaseError:
        if ReceivedSms.objects.filter(gateway=row.gateway, external_id=row.external_id).exists():
            return None
        raise
    read(row.pk)
    return row


def read(pk: int) -> bool:
    """Have one kept SMS read and answered, in one transaction; what goes wrong leaves it for the sweep."""
    try:
        with transaction.atomic():
            row = ReceivedSms.objects.select_for_update(skip_locked=True).filter(pk=pk, handled_by="").first()
            if row is None:
                return False
            row.handled_by, row.handled_at = _answer(row), timezone.now()
            row.save(update_fields=["handled_by", "handled_at"])
    except Exception:
        log.exception("A received SMS could not be read: %s", pk)
        ReceivedSms.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
        return False
    return True


def read_waiting() -> None:
    """Read again what could not be read when it came."""
    since = timezone.now() - timedelta(seconds=5)
    waiting = ReceivedSms.objects.filter(handled_by="", attempts__lt=ATTEMPTS, received_at__lt=since)
    for pk in waiting.order_by("id").values_list("pk", flat=True)[:50]:
        read(pk)


def normal_number(number: str) -> str:
    """A phone number in E.164; empty for short codes, names and rubbish."""
    try:
        parsed = phonenumbers.parse(number, HOME_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def sender_key(number: str) -> str:
    """The hash under which messages of a number are found."""
    return crypto.keyed_hash("sms sender", number)


def _answer(row: ReceivedSms) -> str:
    """Who answered; names of our own where nobody did."""
    words = crypto.unseal(row.sealed)
    sender = words["sender"]
    if not normal_number(sender):
        return UNREADABLE
    recent = ReceivedSms.objects.filter(
        sender_key=row.sender_key, received_at__gt=timezone.now() - timedelta(hours=1)
    ).exclude(pk=row.pk)
    if recent.exclude(handled_by="").count() >= ANSWERS_AN_HOUR:
        answered = handlers.answer(_as_given(row, words))
        return answered[0][:40] if answered else TOO_MANY
    person = User.objects.active().filter(phone=sender).first()
    with translation.override(person.language if person else settings.LANGUAGE_CODE):
        answered = handlers.answer(_as_given(row, words))
        if answered is None and recent.filter(handled_by=STANDING).exists():
            # Two machines that answer each other would never end.
            return TOO_MANY
        name, text = answered or (STANDING, standing_answer())
    if text:
        outbox.post(purpose=outbox.SMS_REPLY, channel=Channel.SMS, address=sender, text=text, priority=2)
    return name[:40]


def _as_given(row: ReceivedSms, words: dict[str, str]) -> IncomingSms:
    return IncomingSms(row.gateway, row.external_id, words["sender"], words["text"], row.received_at)


def standing_answer() -> str:
    """What somebody reads whose message nobody understood: how to be understood, and nothing of what they wrote."""
    return _("Passerelle: message not understood. To answer an alert, send its code and OK, for example: 12345 OK")
