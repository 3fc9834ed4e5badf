"""Words of messages about drills, given when they are sent: that somebody is chosen, and that the drill is over."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from incidents.models import Carriage, Delivery, Participation
from incidents.services import renditions
from incidents.services.addresses import address_of_alert
from incidents.services.exercises import INVITATION
from incidents.services.fanout import CARRIERS, DRILL_OVER
from orgs.messaging import purposes, reasons
from orgs.messaging.purposes import Envelope, Outgoing, Skip, address_of
from orgs.models import WITH_ADDRESSES, Channel, MessageState


class InvitationWords:
    """That somebody is chosen for a drill, when it starts, where they say no. No name of anybody, no area."""

    def compose(self, messages: Sequence[Outgoing]) -> Mapping[int, Envelope | Skip]:
        """Envelopes for those who are still chosen for a drill that is not over."""
        rows = Participation.objects.filter(message__in=[message.pk for message in messages])
        found = {row.message_id: row for row in rows.select_related("exercise", "person")}
        return {message.pk: _invitation(message, found.get(message.pk)) for message in messages}


def _invitation(message: Outgoing, row: Participation | None) -> Envelope | Skip:
    if row is None or row.exercise.ended_at is not None:
        return Skip(reasons.CANCELLED)
    if not row.person.is_active:
        return Skip(reasons.INACTIVE)
    address = address_of(row.person, message.channel)
    if not address:
        return Skip(reasons.NO_ADDRESS)
    with translation.override(row.person.language):
        context = {
            "when": date_format(localtime(row.exercise.starts_at), "j F, H:i"),
            "link": f"{settings.SITE_URL}{reverse('exercises')}",
        }
        if message.channel == Channel.SMS:
            words = render_to_string("sms/exercise_invitation.txt", context).strip()
            return Envelope(address=address, text=renditions.plain_for_sms(words))
        subject = _("Passerelle: you are chosen for an exercise")
        text = render_to_string("email/exercise_invitation.txt", context).strip() + "\n"
        return Envelope(address=address, subject=subject, text=text)


class OverWords:
    """That a drill's alert is over, to those who had it."""

    def compose(self, messages: Sequence[Outgoing]) -> Mapping[int, Envelope | Skip]:
        """Envelopes for those whose alert went out, or may have; in two queries."""
        rows = Carriage.objects.filter(message__in=[message.pk for message in messages])
        carried = {row.message_id: row.delivery for row in rows.select_related("delivery__recipient")}
        had = set(
            Carriage.objects.filter(delivery__in=list(carried.values()), message__purpose__in=CARRIERS)
            .filter(Q(message__state__in=_MAY_HAVE_LEFT) | Q(message__maybe_double=True))
            .values_list("delivery_id", flat=True)
        )
        return {message.pk: _over(message, carried.get(message.pk), had) for message in messages}


_MAY_HAVE_LEFT = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED)


def _over(message: Outgoing, delivery: Delivery | None, had: set[int]) -> Envelope | Skip:
    if delivery is None:
        return Skip(reasons.NO_WORDS)
    person = delivery.recipient
    if not person.is_active:
        return Skip(reasons.INACTIVE)
    if delivery.pk not in had:
        return Skip(reasons.CANCELLED)
    address = address_of(person, message.channel)
    if not address and message.channel not in WITH_ADDRESSES:
        return Skip(reasons.NO_ADDRESS)
    return _over_envelope(message, delivery, address)


def _over_envelope(message: Outgoing, delivery: Delivery, address: str) -> Envelope:
    link = address_of_alert(delivery.alert_id)
    letters = _over_letters(message.language)
    subject, email, sms = (renditions.put_in(words, code=delivery.code, link=link) for words in letters)
    if message.channel == Channel.EMAIL:
        return Envelope(address, email, subject)
    # By push and the like the address is looked up when it is sent.
    return Envelope(address, sms, "" if message.channel == Channel.SMS else subject, code=delivery.code, link=link)


@lru_cache(maxsize=4)
def _over_letters(language: str) -> tuple[str, str, str]:
    context = {"code": renditions.CODE, "link": renditions.LINK}
    with translation.override(language):
        subject = _("Passerelle: the exercise is over (%(code)s)") % {"code": renditions.CODE}
        email = render_to_string("email/exercise_over.txt", context).strip() + "\n"
        sms = renditions.plain_for_sms(render_to_string("sms/exercise_over.txt", context).strip())
    return subject, email, sms


def register() -> None:
    """Give the outbox the words of messages about drills."""
    purposes.register(INVITATION, InvitationWords())
    purposes.register(DRILL_OVER, OverWords())
