"""Words of the messages that carry alerts and cancellations, given when they are sent and not before.

Minutes may pass between the choice of a recipient and the sending. Each message is looked at again: is the person still
active, may they still be told, does the alert still stand. A group costs a handful of queries, whatever its size.
"""

from collections.abc import Callable, Iterable, Sequence

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from incidents.access import people_who_may_be_told
from incidents.models import AlertState, Carriage, Delivery
from incidents.services import renditions
from incidents.services.addresses import address_of_alert
from incidents.services.fanout import CANCEL, PURPOSE
from orgs.messaging import purposes, reasons
from orgs.messaging.purposes import Envelope, Skip, address_of
from orgs.models import Channel, Message, MessageState, Tlp

_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}

Words = Callable[[Message, Delivery], Envelope | Skip]


class AlertWords:
    """The alert itself, from the rendition that was frozen for the recipient."""

    def compose(self, messages: Sequence[Message]) -> dict[int, Envelope | Skip]:
        """Envelopes for those who may still be told."""
        deliveries = _deliveries_of(messages)
        allowed = _still_allowed(deliveries.values())
        return {message.pk: _alert(message, deliveries.get(message.pk), allowed) for message in messages}


class CancelWords:
    """That an alert is cancelled: to those who had it, and without any content."""

    def compose(self, messages: Sequence[Message]) -> dict[int, Envelope | Skip]:
        """Envelopes for those whose alert went out."""
        deliveries = _deliveries_of(messages)
        never = _never_told(deliveries.values())
        return {message.pk: _cancellation(message, deliveries.get(message.pk), never) for message in messages}


def _alert(message: Message, delivery: Delivery | None, allowed: set[int]) -> Envelope | Skip:
    if delivery is None:
        return Skip(reasons.NO_WORDS)
    if not delivery.recipient.is_active:
        return Skip(reasons.INACTIVE)
    if delivery.alert.state != AlertState.RELEASED:
        return Skip(reasons.CANCELLED)
    if delivery.pk not in allowed:
        return Skip(reasons.NO_LONGER_ALLOWED)
    rendition = delivery.rendition
    letters = (rendition.email_subject, rendition.email_text, rendition.sms_text)
    if not _may_carry(delivery):
        letters = renditions.neutral_letters(delivery.alert, rendition.language)
    return _envelope(message, delivery, *letters)


def _may_carry(delivery: Delivery) -> bool:
    """Whether the content may travel: by the marking it was sent with, and by the one the incident has now."""
    return Tlp(delivery.tlp).carries_content and Tlp(delivery.alert.incident.tlp).carries_content


def _cancellation(message: Message, delivery: Delivery | None, never: set[int]) -> Envelope | Skip:
    if delivery is None:
        return Skip(reasons.NO_WORDS)
    if not delivery.recipient.is_active:
        return Skip(reasons.INACTIVE)
    if delivery.pk in never:
        return Skip(reasons.CANCELLED)
    alert = delivery.alert
    context = {"code": renditions.CODE, "link": renditions.LINK, "call_number": alert.call_number}
    with translation.override(delivery.rendition.language):
        subject = _("Passerelle: cancelled (%(code)s)") % {"code": renditions.CODE}
        email = render_to_string("email/alert_cancelled.txt", context).strip() + "\n"
        sms = renditions.plain_for_sms(render_to_string("sms/alert_cancelled.txt", context).strip())
    return _envelope(message, delivery, subject, email, sms)


def _envelope(message: Message, delivery: Delivery, subject: str, email: str, sms: str) -> Envelope | Skip:
    address = address_of(delivery.recipient, message.channel)
    if not address:
        return Skip(reasons.NO_ADDRESS)
    link = address_of_alert(delivery.alert_id)
    if message.channel == Channel.SMS:
        return Envelope(address=address, text=renditions.put_in(sms, code=delivery.code, link=link))
    return Envelope(
        address=address,
        subject=renditions.put_in(subject, code=delivery.code, link=link),
        text=renditions.put_in(email, code=delivery.code, link=link),
        headers=_HEADERS,
    )


def _deliveries_of(messages: Sequence[Message]) -> dict[int, Delivery]:
    """The delivery that each message carries, with all that its words need, in one query."""
    carried = Carriage.objects.filter(message__in=[message.pk for message in messages]).select_related(
        "delivery__rendition", "delivery__recipient", "delivery__alert__incident"
    )
    return {carriage.message_id: carriage.delivery for carriage in carried}


def _still_allowed(deliveries: Iterable[Delivery]) -> set[int]:
    """The deliveries whose recipient may be told today; one query for each alert and audience."""
    groups: dict[tuple[object, str], list[Delivery]] = {}
    for delivery in deliveries:
        groups.setdefault((delivery.alert_id, delivery.rendition.audience), []).append(delivery)
    allowed: set[int] = set()
    for (_alert_id, audience), group in groups.items():
        incident = group[0].alert.incident
        people = people_who_may_be_told(incident, tlp=group[0].tlp, audience=audience)
        found = set(people.filter(pk__in=[one.recipient_id for one in group]).values_list("pk", flat=True))
        allowed.update(one.pk for one in group if one.recipient_id in found)
    return allowed


def _never_told(deliveries: Iterable[Delivery]) -> set[int]:
    """The deliveries whose alert certainly never went out, in one query."""
    rows = Carriage.objects.filter(
        delivery__in=[delivery.pk for delivery in deliveries],
        message__purpose=PURPOSE,
        message__maybe_double=False,
        message__state__in=(MessageState.SKIPPED, MessageState.FAILED, MessageState.PENDING),
    )
    return set(rows.values_list("delivery_id", flat=True))


def register() -> None:
    """Give the outbox the words of alerts and cancellations."""
    purposes.register(PURPOSE, AlertWords())
    purposes.register(CANCEL, CancelWords())
