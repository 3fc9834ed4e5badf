"""Asking contacts whether an entry is still right, and taking what they answer.

A contact is asked on a way that they accept, once a period for each organisation. The message names nobody: its link
opens what we hold, once it is answered it opens nothing any more. An organisation that is hidden is not written to.
"""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from orgs import audit
from orgs.crypto import keyed_hash
from orgs.messaging import outbox
from orgs.models import (
    ChangeRequest,
    Channel,
    Confirmation,
    ConfirmationAnswer,
    Contact,
    MessageState,
    Organisation,
    OrganisationState,
    ProvedHow,
)
from orgs.services import changes, contacts, verification
from orgs.services.changes import Asked
from orgs.services.errors import NotAllowed

log = logging.getLogger(__name__)

PURPOSE = "confirmation"
DAYS_TO_ANSWER = 30
CODE_DIGITS = 6
AFTER_EVERYTHING = 9
"""Questions wait behind alerts, replies and account letters."""
_LOCK = 0xC0F1


# --- Asking ------------------------------------------------------------------------------------------------------


def ask_contacts() -> int:
    """Ask the contacts of entries that nobody has confirmed for long; how many were asked.

    A contact that cannot be asked stops nobody else. Two at once: the second finds nothing to do.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            (mine,) = cursor.fetchone()
        return sum(_try(contact) for contact in _due()) if mine else 0


def _due() -> Sequence[Contact]:
    """One contact of each entry to ask about, those first that were confirmed longest ago. One query."""
    period = verification.months(settings.DIRECTORY_ASK_MONTHS)
    asked = Confirmation.objects.filter(organisation=OuterRef("pk"), asked_at__gt=timezone.now() - period).exclude(
        message__state__in=(MessageState.FAILED, MessageState.SKIPPED)
    )
    entries = (
        Organisation.objects.active()
        .filter(hidden_at__isnull=True)
        .annotate(known_at=Coalesce("confirmed_at", "created_at"))
        .filter(~Exists(asked), known_at__lt=timezone.now() - period)
    )
    # Those that worked last first; whoever was asked in vain in this period is not asked again.
    in_vain = Confirmation.objects.filter(contact=OuterRef("pk"), asked_at__gt=timezone.now() - period)
    first = (
        Contact.objects.current()
        .filter(_writable(), ~Exists(in_vain), failed_at__isnull=True, organisation__in=entries)
        .order_by("organisation_id", Coalesce("proved_at", "created_at").desc(), "position", "pk")
        .distinct("organisation_id")
    )
    return list(
        Contact.objects.filter(pk__in=first.values("pk"))
        .select_related("organisation")
        .order_by(Coalesce("organisation__confirmed_at", "organisation__created_at"), "pk")[
            : settings.DIRECTORY_ASK_BATCH
        ]
    )


def _writable() -> Q:
    return Q(do_not_sms=False) & ~Q(phone="") | Q(do_not_email=False) & ~Q(email="")


def channel_of(contact: Contact) -> str:
    """The way by which a contact is written to: the one they prefer, else another that they accept; empty for none."""
    ways = [Channel.SMS, Channel.EMAIL]
    if contact.channel == Channel.EMAIL:
        ways.reverse()
    return next((way for way in ways if address_for(contact, way)), "")


def address_for(contact: Contact, channel: str) -> str:
    """Where a contact may be written to now by this way; empty where they may not."""
    if contact.ended_at is not None:
        return ""
    if channel == Channel.SMS:
        return "" if contact.do_not_sms else contact.phone
    return "" if contact.do_not_email else contact.email


def _try(contact: Contact) -> bool:
    try:
        with transaction.atomic():
            ask(contact)
    except Exception:
        log.exception("A contact could not be asked: %s", contact.pk)
        return False
    return True


def ask(contact: Contact) -> Confirmation:
    """Write the question to one contact into the outbox."""
    channel = channel_of(contact)
    if not channel:
        raise ValueError("this contact accepts nothing that is written")
    token, code = secrets.token_urlsafe(24), _new_code() if channel == Channel.SMS else ""
    words = words_for(contact.language, channel, token=token, code=code)
    message = outbox.post(
        purpose=PURPOSE,
        channel=channel,
        address=address_for(contact, channel),
        subject=words[0],
        text=words[1],
        language=contact.language,
        priority=AFTER_EVERYTHING,
    )
    confirmation = Confirmation.objects.create(
        organisation=contact.organisation,
        contact=contact,
        channel=channel,
        token_hash=hash_of(token),
        code_hash=_code_hash(contact.phone, code) if code else "",
        message=message,
        expires_at=timezone.now() + timedelta(days=DAYS_TO_ANSWER),
    )
    audit.record(
        None, "asked_contact", confirmation, organisation=contact.organisation_id, contact=contact.pk, channel=channel
    )
    return confirmation


def words_for(language: str, channel: str, *, token: str, code: str) -> tuple[str, str]:
    """Subject and words of the question. They name neither the organisation nor what this is about."""
    link = f"{settings.SITE_URL}{reverse('confirm', args=[token])}"
    with translation.override(language):
        if channel == Channel.SMS:
            words = _("Is it all still right? One tap: %(link)s Or answer by SMS: OUI %(code)s")
            return "", words % {"link": link, "code": code}
        words = _(
            "Hello,\n\nis what we have written down still right? Open this page and press one button:\n\n%(link)s\n\n"
            "The link works once, for %(days)s days. If this is not for you, do nothing.\n"
        )
        return _("Is it all still right?"), words % {"link": link, "days": DAYS_TO_ANSWER}


# --- Answering ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """What a link opens: a question that waits, or one that was answered already (``answer``)."""

    confirmation: Confirmation
    answer: str


def find(token: str) -> Opened | None:
    """What a link opens; ``None`` where its time is over, its contact ended, its entry hidden, or it never was."""
    found = (
        Confirmation.objects.select_related("organisation", "contact")
        .filter(
            token_hash=hash_of(token),
            expires_at__gt=timezone.now(),
            contact__ended_at__isnull=True,
            organisation__merged_into__isnull=True,
            # Whoever holds the phone of a threatened organisation learns nothing by it.
            organisation__hidden_at__isnull=True,
        )
        .first()
    )
    return None if found is None else Opened(found, found.answer)


def answer_right(*, confirmation: Confirmation) -> Confirmation:
    """The contact says that everything is right. Once: a second time changes nothing."""
    with transaction.atomic():
        held = _open(confirmation)
        _close(held, ConfirmationAnswer.RIGHT)
        entry = changes.hold(held.organisation)
        if entry.state != OrganisationState.RETIRED:
            verification.confirm(entry)
        audit.record(None, "confirmed_organisation", entry, by="contact", contact=held.contact_id, state=entry.state)
        return held


def answer_changed(*, confirmation: Confirmation, asked: Asked) -> ChangeRequest:
    """The contact says what has changed: it waits for a coordinator like any other suggestion."""
    with transaction.atomic():
        held = _open(confirmation)
        request = changes.ask_as_contact(contact=held.contact, asked=asked)
        if request is None:
            raise ValidationError(_("Say what has changed, or go back and say that all is right."))
        _close(held, ConfirmationAnswer.CHANGED)
        return request


def answer_stop(*, confirmation: Confirmation) -> Confirmation:
    """The contact does not wish to be asked by this way any more."""
    with transaction.atomic():
        held = _open(confirmation)
        _close(held, ConfirmationAnswer.STOP)
        wish = "do_not_sms" if held.channel == Channel.SMS else "do_not_email"
        setattr(held.contact, wish, True)
        held.contact.save(update_fields=[wish])
        audit.record(None, "wished_contact", held.contact, organisation=held.organisation_id, wish=wish)
        return held


def answer_code(*, sender: str, code: str) -> Confirmation | None:
    """An SMS "OUI 123456" from the phone that was asked; ``None`` where nothing that waits fits both."""
    found = (
        Confirmation.objects.select_related("organisation", "contact")
        .filter(
            code_hash=_code_hash(sender, code),
            answer="",
            expires_at__gt=timezone.now(),
            contact__phone=sender,
            contact__ended_at__isnull=True,
            organisation__merged_into__isnull=True,
            organisation__hidden_at__isnull=True,
        )
        .order_by("-asked_at")
        .first()
    )
    return None if found is None else answer_right(confirmation=found)


def _open(confirmation: Confirmation) -> Confirmation:
    """The question, locked with its contact, if it still waits."""
    # The entry first, as everywhere.
    changes.hold(confirmation.organisation)
    held = (
        Confirmation.objects.select_for_update(of=("self", "contact"))
        .select_related("organisation", "contact")
        .get(pk=confirmation.pk)
    )
    if held.answer or held.expires_at <= timezone.now() or held.contact.ended_at is not None:
        raise NotAllowed(_("This link has been used already, or its time is over."))
    return held


def _close(held: Confirmation, answer: str) -> None:
    """Note the answer; whoever answers is reached."""
    held.answer, held.answered_at = answer, timezone.now()
    held.save(update_fields=["answer", "answered_at"])
    contacts.prove(held.contact, ProvedHow.EMAIL if held.channel == Channel.EMAIL else ProvedHow.REPLY)
    audit.record(None, "answered_confirmation", held, organisation=held.organisation_id, answer=answer)


# --- What became of the messages ---------------------------------------------------------------------------------

_SETTLE = f"""
    WITH told AS (
        UPDATE orgs_confirmation AS confirmation SET settled_at = statement_timestamp()
          FROM orgs_message AS message
         WHERE message.id = confirmation.message_id AND confirmation.settled_at IS NULL
           AND message.state IN ('delivered', 'failed')
     RETURNING confirmation.contact_id, confirmation.channel, message.state, message.final_at,
               confirmation.answered_at
    ), proved AS (
        UPDATE orgs_contact AS contact
           SET proved_at = told.final_at, proved_how = 'sms', failed_at = NULL
          FROM told
         WHERE contact.id = told.contact_id AND told.state = 'delivered' AND told.channel = 'sms'
           AND (contact.proved_at IS NULL OR contact.proved_at < told.final_at)
     RETURNING contact.id
    ), failed AS (
        UPDATE orgs_contact AS contact SET failed_at = told.final_at
          FROM told
         WHERE contact.id = told.contact_id AND told.state = 'failed' AND told.answered_at IS NULL
           AND (contact.proved_at IS NULL OR contact.proved_at < told.final_at)
     RETURNING contact.id
    ), noted_proved AS ({audit.record_sql("proved")} RETURNING id),
       noted_failed AS ({audit.record_sql("failed")} RETURNING id)
    SELECT (SELECT count(*) FROM noted_proved), (SELECT count(*) FROM noted_failed)"""  # noqa: S608


def settle() -> tuple[int, int]:
    """Note on contacts that the question was delivered to their phone, or could not be; how many of each."""
    with connection.cursor() as cursor:
        facts = [None, "proved_contact", "contact", '{"how": "sms"}', None, "failed_contact", "contact", "{}"]
        cursor.execute(_SETTLE, facts)
        proved, failed = cursor.fetchone()
    return int(proved), int(failed)


def hash_of(token: str) -> str:
    """What is kept of a link."""
    return keyed_hash(PURPOSE, token)


def _code_hash(phone: str, code: str) -> str:
    return keyed_hash("confirmation-code", f"{phone}\0{code}")


def _new_code() -> str:
    return str(secrets.randbelow(10**CODE_DIGITS)).zfill(CODE_DIGITS)
