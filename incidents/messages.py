"""Words of the messages that carry alerts and cancellations, given when they are sent and not before.

Minutes may pass between the choice of a recipient and the sending. Each message is looked at again: is the person
still active, may they still be told, does the alert still stand. A group costs one or two queries, whatever its size;
they are read without models, because nothing else is done as often while an alert goes out to thousands.
"""

import time
import uuid
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from incidents.access import people_who_may_be_told
from incidents.models import Alert, AlertState, Carriage, Delivery, Incident, Rendition
from incidents.services import renditions
from incidents.services.addresses import address_of_alert
from incidents.services.fanout import CANCEL, PURPOSE
from orgs import prepared
from orgs.messaging import purposes, reasons
from orgs.messaging.ledger import GROUP
from orgs.messaging.purposes import Envelope, Outgoing, Skip
from orgs.models import WITH_ADDRESSES, Channel, MessageState, Tlp

_HEADERS = {"X-Auto-Response-Suppress": "All"}
SECONDS_A_CHECK_COUNTS = 2.0
"""While an alert goes out to many, who may be told is asked for all of its recipients at once, this often."""
KEPT_RENDITIONS = 64

# One step after the other, each by its key: a plan that reads a whole table for ten messages would cost more than
# sending them, and that is what statistics from before the alert lead to.
_CARRIED = """
    SELECT wanted.id, delivery.id, delivery.code, delivery.tlp, delivery.recipient_id,
           person.email, person.phone, person.is_active, rendition.audience, rendition.language,
           alert.id, alert.state, alert.call_number, incident.id, incident.tlp
      FROM unnest(%(messages)s::bigint[]) AS wanted (id)
     CROSS JOIN LATERAL (SELECT delivery_id FROM incidents_carriage WHERE message_id = wanted.id LIMIT 1) AS carriage
     CROSS JOIN LATERAL (SELECT * FROM incidents_delivery WHERE id = carriage.delivery_id LIMIT 1) AS delivery
     CROSS JOIN LATERAL (SELECT * FROM orgs_user WHERE id = delivery.recipient_id LIMIT 1) AS person
     CROSS JOIN LATERAL (SELECT * FROM incidents_rendition WHERE id = delivery.rendition_id LIMIT 1) AS rendition
     CROSS JOIN LATERAL (SELECT * FROM incidents_alert WHERE id = delivery.alert_id LIMIT 1) AS alert
     CROSS JOIN LATERAL (SELECT * FROM incidents_incident WHERE id = alert.incident_id LIMIT 1) AS incident"""


class Carried(NamedTuple):
    """A delivery that a message carries, with all that its words need."""

    message_id: int
    delivery_id: int
    code: str
    tlp: str
    recipient_id: int
    email: str | None
    phone: str | None
    is_active: bool
    audience: str
    language: str
    alert_id: uuid.UUID
    alert_state: str
    call_number: str
    incident_id: int
    incident_tlp: str

    @property
    def group(self) -> "Group":
        """What decides, with the person, whether they may still be told."""
        return Group(self.alert_id, self.incident_id, self.audience, self.tlp)

    def address(self, channel: str) -> str:
        """Where the recipient is reached; empty when nowhere."""
        return (self.email if channel == Channel.EMAIL else self.phone) or ""


class Group(NamedTuple):
    """Recipients of one alert in one audience."""

    alert_id: uuid.UUID
    incident_id: int
    audience: str
    tlp: str


Letters = tuple[str, str, str]
"""Subject, e-mail and SMS with the alert’s address in them, and ``{code}`` where each recipient’s own goes."""


class AlertWords:
    """The alert itself, from the rendition that was frozen for the recipient."""

    def __init__(self) -> None:
        self._frozen: dict[tuple[uuid.UUID, str, str], Letters] = {}
        self._allowed: dict[Group, tuple[float, frozenset[int]]] = {}

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those who may still be told."""
        carried = _carried_by(messages)
        allowed = self._may_be_told(carried.values())
        return {message.pk: self._words(message, carried.get(message.pk), allowed) for message in messages}

    def _words(
        self, message: Outgoing, carried: Carried | None, allowed: dict[Group, frozenset[int]]
    ) -> Envelope | Skip:
        if carried is None:
            return Skip(reasons.NO_WORDS)
        if not carried.is_active:
            return Skip(reasons.INACTIVE)
        if carried.alert_state != AlertState.RELEASED:
            return Skip(reasons.CANCELLED)
        if carried.recipient_id not in allowed[carried.group]:
            return Skip(reasons.NO_LONGER_ALLOWED)
        if _may_carry(carried):
            return _envelope(message, carried, self._letters(carried))
        return _envelope(message, carried, _neutral_letters(carried.alert_id, carried.call_number, carried.language))

    def _letters(self, carried: Carried) -> Letters:
        """The frozen words of a rendition; they never change, so they are kept."""
        name = (carried.alert_id, carried.audience, carried.language)
        if name not in self._frozen:
            if len(self._frozen) >= KEPT_RENDITIONS:
                self._frozen.clear()
            words = Rendition.objects.values_list("email_subject", "email_text", "sms_text")
            frozen = words.get(alert=carried.alert_id, audience=carried.audience, language=carried.language)
            self._frozen[name] = _with_link(carried.alert_id, frozen)
        return self._frozen[name]

    def _may_be_told(self, carried: Iterable[Carried]) -> dict[Group, frozenset[int]]:
        """Who of the recipients may be told today; one query for each alert and audience at most.

        A full group means that many wait: then all recipients are asked for at once, and the answer counts for
        ``SECONDS_A_CHECK_COUNTS``.
        """
        people: dict[Group, list[int]] = {}
        for one in carried:
            people.setdefault(one.group, []).append(one.recipient_id)
        return {
            group: self._all_allowed(group) if len(ids) >= GROUP else _allowed(group, ids)
            for group, ids in people.items()
        }

    def _all_allowed(self, group: Group) -> frozenset[int]:
        now = time.monotonic()
        until, allowed = self._allowed.get(group, (0.0, frozenset()))
        if now >= until:
            self._allowed = {kept: found for kept, found in self._allowed.items() if found[0] > now}
            allowed = _allowed(group, Delivery.objects.filter(alert=group.alert_id).values("recipient"))
            self._allowed[group] = (now + SECONDS_A_CHECK_COUNTS, allowed)
        return allowed


class CancelWords:
    """That an alert is cancelled: to those who had it, and without any content."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those whose alert went out."""
        carried = _carried_by(messages)
        never = _never_told(carried.values())
        return {message.pk: _cancellation(message, carried.get(message.pk), never) for message in messages}


def _allowed(group: Group, people: Any) -> frozenset[int]:
    found = people_who_may_be_told(Incident(pk=group.incident_id), tlp=group.tlp, audience=group.audience)
    return frozenset(found.filter(pk__in=people).order_by().values_list("pk", flat=True))


def _may_carry(carried: Carried) -> bool:
    """Whether the content may travel: by the marking it was sent with, and by the one the incident has now."""
    return _carries_content(carried.tlp) and _carries_content(carried.incident_tlp)


@lru_cache(maxsize=16)
def _carries_content(tlp: str) -> bool:
    return Tlp(tlp).carries_content


def _cancellation(message: Outgoing, carried: Carried | None, never: set[int]) -> Envelope | Skip:
    if carried is None:
        return Skip(reasons.NO_WORDS)
    if not carried.is_active:
        return Skip(reasons.INACTIVE)
    if carried.delivery_id in never:
        return Skip(reasons.CANCELLED)
    return _envelope(message, carried, _cancel_letters(carried.alert_id, carried.call_number, carried.language))


@lru_cache(maxsize=64)
def _neutral_letters(alert_id: uuid.UUID, call_number: str, language: str) -> Letters:
    return _with_link(alert_id, renditions.neutral_letters(Alert(call_number=call_number), language))


@lru_cache(maxsize=64)
def _cancel_letters(alert_id: uuid.UUID, call_number: str, language: str) -> Letters:
    context = {"code": renditions.CODE, "link": renditions.LINK, "call_number": call_number}
    with translation.override(language):
        subject = _("Passerelle: cancelled (%(code)s)") % {"code": renditions.CODE}
        email = render_to_string("email/alert_cancelled.txt", context).strip() + "\n"
        sms = renditions.plain_for_sms(render_to_string("sms/alert_cancelled.txt", context).strip())
    return _with_link(alert_id, (subject, email, sms))


def _envelope(message: Outgoing, carried: Carried, letters: Letters) -> Envelope | Skip:
    subject, email, sms = letters
    if message.channel in WITH_ADDRESSES:
        return _for_a_program(message, carried, letters)
    address = carried.address(message.channel)
    if not address:
        return Skip(reasons.NO_ADDRESS)
    if message.channel == Channel.SMS:
        return Envelope(address=address, text=sms.replace(renditions.CODE, carried.code))
    return Envelope.of_many(address, subject=subject, text=email, code=carried.code, headers=_HEADERS)


def _for_a_program(message: Outgoing, carried: Carried, letters: Letters) -> Envelope:
    """The same words for push, webhook and notice: short ones for a screen, a letter's for a program."""
    subject, email, sms = (words.replace(renditions.CODE, carried.code) for words in letters)
    text = email if message.channel == Channel.WEBHOOK else sms
    return Envelope("", text, subject, code=carried.code, link=address_of_alert(carried.alert_id))


def _with_link(alert_id: uuid.UUID, letters: Letters) -> Letters:
    link = address_of_alert(alert_id)
    subject, email, sms = (words.replace(renditions.LINK, link) for words in letters)
    return subject, email, sms


def _carried_by(messages: Sequence[Outgoing]) -> dict[int, Carried]:
    """The delivery that each message carries."""
    rows = prepared.rows(_CARRIED, {"messages": [message.pk for message in messages]})
    return {row[0]: Carried(*row) for row in rows}


def _never_told(carried: Iterable[Carried]) -> set[int]:
    """The deliveries whose alert certainly never went out, by any way, in one query."""
    wanted = {one.delivery_id for one in carried}
    perhaps = Carriage.objects.filter(
        Q(message__maybe_double=True)
        | Q(message__state__in=(MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)),
        delivery__in=wanted,
        message__purpose=PURPOSE,
    )
    return wanted - set(perhaps.values_list("delivery_id", flat=True))


def register() -> None:
    """Give the outbox the words of alerts and cancellations."""
    purposes.register(PURPOSE, AlertWords())
    purposes.register(CANCEL, CancelWords())
