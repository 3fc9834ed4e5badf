"""Words of the messages that carry alerts and cancellations, given when they are sent and not before.

Minutes may pass between the choice of a recipient and the sending. Each message is looked at again: is the person
still active, may they still be told, does the alert still stand. A group costs one or two queries, whatever its size;
they are read without models, because nothing else is done as often while an alert goes out to thousands.
"""

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Q

from incidents.access import people_who_may_be_told
from incidents.models import Alert, AlertState, Carriage, Delivery, Incident, Rendition
from incidents.services import renditions
from incidents.services.addresses import address_of_alert
from incidents.services.fanout import CANCEL, CARRIERS, PURPOSE
from incidents.services.links import OWN_LINK, address_with, token_of
from orgs import prepared
from orgs.messaging import purposes, reasons
from orgs.messaging.channels.letters import message_id
from orgs.messaging.ledger import GROUP
from orgs.messaging.purposes import Envelope, Outgoing, Skip
from orgs.models import WITH_ADDRESSES, Channel, MessageState, Tlp

_HEADERS = {"X-Auto-Response-Suppress": "All"}
_MAY_HAVE_LEFT = Q(message__purpose__in=CARRIERS) & (
    Q(message__maybe_double=True)
    | Q(message__state__in=(MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED))
)
SECONDS_A_CHECK_COUNTS = 2.0
"""While an alert goes out to many, who may be told is asked for all of its recipients at once, this often."""
KEPT_RENDITIONS = 64
EARLIER = "{earlier}"
"""Where the key of the message that a letter refers to goes."""


def _answering() -> dict[str, str]:
    """Headers that put a letter below the one that brought the alert first."""
    earlier = message_id(EARLIER)
    return {**_HEADERS, "In-Reply-To": earlier, "References": earlier}


# One step after the other, each by its key: a plan that reads a whole table for ten messages would cost more than
# sending them, and that is what statistics from before the alert lead to.
_CARRIED = """
    SELECT wanted.id, delivery.id, delivery.code, delivery.tlp, delivery.recipient_id,
           person.email, person.phone, person.is_active, rendition.audience, rendition.language,
           alert.id, alert.state, alert.follows_id, delivery.link_nonce, incident.id, incident.tlp
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
    follows_id: uuid.UUID | None
    link_nonce: uuid.UUID
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
"""Subject, e-mail and SMS, with ``{code}`` and ``{token}`` where each recipient’s own goes."""


class AlertWords:
    """The alert itself, from the rendition that was frozen for the recipient."""

    def __init__(self) -> None:
        self._frozen: dict[tuple[uuid.UUID, str, str], Letters] = {}
        self._allowed: dict[Group, tuple[float, frozenset[int]]] = {}

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those who may still be told."""
        carried = _carried_by(messages)
        allowed = self._may_be_told(carried.values())
        earlier = _messages_of_the_earlier(carried.values())
        return {message.pk: self._words(message, carried.get(message.pk), allowed, earlier) for message in messages}

    def _words(
        self,
        message: Outgoing,
        carried: Carried | None,
        allowed: dict[Group, frozenset[int]],
        earlier: Mapping[int, uuid.UUID],
    ) -> Envelope | Skip:
        if carried is None:
            return Skip(reasons.NO_WORDS)
        if not carried.is_active:
            return Skip(reasons.INACTIVE)
        if carried.alert_state != AlertState.RELEASED:
            return Skip(reasons.CANCELLED)
        if carried.recipient_id not in allowed[carried.group]:
            return Skip(reasons.NO_LONGER_ALLOWED)
        letters = self._letters(carried) if _may_carry(carried) else _neutral(carried.alert_id, carried.language)
        return _envelope(message, carried, letters, earlier.get(carried.recipient_id))

    def _letters(self, carried: Carried) -> Letters:
        """The frozen words of a rendition; they never change, so they are kept."""
        name = (carried.alert_id, carried.audience, carried.language)
        if name not in self._frozen:
            if len(self._frozen) >= KEPT_RENDITIONS:
                self._frozen.clear()
            words = Rendition.objects.values_list("email_subject", "email_text", "sms_text")
            frozen = words.get(alert=carried.alert_id, audience=carried.audience, language=carried.language)
            self._frozen[name] = _with_link(frozen, address_with(OWN_LINK))
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
    """That an alert is cancelled or no longer holds: to those who had it, and without any content."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those whose alert went out."""
        carried = _carried_by(messages)
        told = _told(carried.values())
        return {message.pk: _cancellation(message, carried.get(message.pk), told) for message in messages}


def _allowed(group: Group, people: Any) -> frozenset[int]:
    found = people_who_may_be_told(Incident(pk=group.incident_id), tlp=group.tlp, audience=group.audience)
    return frozenset(found.filter(pk__in=people).order_by().values_list("pk", flat=True))


def _may_carry(carried: Carried) -> bool:
    """Whether the content may travel: by the marking it was sent with, and by the one the incident has now."""
    return _carries_content(carried.tlp) and _carries_content(carried.incident_tlp)


@lru_cache(maxsize=16)
def _carries_content(tlp: str) -> bool:
    return Tlp(tlp).carries_content


def _cancellation(message: Outgoing, carried: Carried | None, told: Mapping[int, uuid.UUID]) -> Envelope | Skip:
    if carried is None:
        return Skip(reasons.NO_WORDS)
    if not carried.is_active:
        return Skip(reasons.INACTIVE)
    if carried.delivery_id not in told:
        return Skip(reasons.CANCELLED)
    letters = _end_letters(carried.alert_id, carried.alert_state, carried.language)
    return _envelope(message, carried, letters, told[carried.delivery_id])


@lru_cache(maxsize=64)
def _neutral(alert_id: uuid.UUID, language: str) -> Letters:
    alert = Alert.objects.select_related("follows").get(pk=alert_id)
    return _with_link(renditions.neutral_letters(alert, language), address_with(OWN_LINK))


@lru_cache(maxsize=64)
def _end_letters(alert_id: uuid.UUID, state: str, language: str) -> Letters:
    """That it is cancelled; that it no longer holds where it ran out or was replaced by one they may not read."""
    alert = Alert.objects.get(pk=alert_id)
    letters = renditions.end_letters(alert, cancelled=state == AlertState.CANCELLED, language=language)
    # The links are recalled by now: this one is the address of the page, which says what became of the alert.
    return _with_link(letters, address_of_alert(alert_id))


def _with_link(letters: Letters, link: str) -> Letters:
    subject, email, sms = (words.replace(renditions.LINK, link) for words in letters)
    return subject, email, sms


def _envelope(message: Outgoing, carried: Carried, letters: Letters, earlier: uuid.UUID | None) -> Envelope | Skip:
    token = token_of(carried.delivery_id, carried.link_nonce)
    if message.channel in WITH_ADDRESSES:
        return _for_a_program(message, carried, letters, token)
    address = carried.address(message.channel)
    if not address:
        return Skip(reasons.NO_ADDRESS)
    subject, email, sms = letters
    if message.channel == Channel.SMS:
        return Envelope(address=address, text=sms.replace(renditions.CODE, carried.code).replace(OWN_LINK, token))
    own: tuple[tuple[str, str], ...] = ((OWN_LINK, token),)
    headers = _HEADERS
    if earlier is not None:
        own += ((EARLIER, str(earlier)),)
        headers = _answering()
    return Envelope.of_many(address, subject=subject, text=email, code=carried.code, headers=headers, own=own)


def _for_a_program(message: Outgoing, carried: Carried, letters: Letters, token: str) -> Envelope:
    """The same words for push, webhook and notice: short ones for a screen, a letter's for a program."""
    for_a_program = message.channel == Channel.WEBHOOK
    link = address_of_alert(carried.alert_id)
    if OWN_LINK in letters[1] and not for_a_program:  # a program keeps what names the alert; a phone forgets
        link = address_with(token)
    subject, email, sms = (words.replace(renditions.CODE, carried.code).replace(OWN_LINK, token) for words in letters)
    text = email if for_a_program else sms
    return Envelope("", text, subject, code=carried.code, link=link)


def _carried_by(messages: Sequence[Outgoing]) -> dict[int, Carried]:
    """The delivery that each message carries."""
    rows = prepared.rows(_CARRIED, {"messages": [message.pk for message in messages]})
    return {row[0]: Carried(*row) for row in rows}


def _told(carried: Iterable[Carried]) -> dict[int, uuid.UUID]:
    """The deliveries whose alert went out or may have, with the key of the message that brought it; in one query."""
    rows = Carriage.objects.filter(_MAY_HAVE_LEFT, delivery__in=[one.delivery_id for one in carried])
    return dict(rows.order_by("message_id").values_list("delivery_id", "message__key"))


def _messages_of_the_earlier(carried: Iterable[Carried]) -> dict[int, uuid.UUID]:
    """By recipient, the key of the letter that brought the alert that this one follows; no query for a first alert."""
    follows = {one.follows_id for one in carried if one.follows_id is not None}
    if not follows:
        return {}
    people = [one.recipient_id for one in carried]
    rows = Carriage.objects.filter(
        _MAY_HAVE_LEFT,
        delivery__alert__in=follows,
        delivery__recipient__in=people,
        message__channel=Channel.EMAIL,
    )
    return dict(rows.order_by("message_id").values_list("delivery__recipient_id", "message__key"))


def register() -> None:
    """Give the outbox the words of alerts and cancellations."""
    purposes.register(PURPOSE, AlertWords())
    purposes.register(CANCEL, CancelWords())
