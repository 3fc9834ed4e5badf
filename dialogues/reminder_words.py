"""Words of reminders, given when they are sent and not before.

A code and a link; the promise itself only where its marking, and its session's, let content travel. Asked again: is the
person still active and still one of the owner's, is it still to be kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dialogues.access import COMMITMENTS
from dialogues.models import Commitment, Reminder
from dialogues.services.reminders import PURPOSE
from incidents.services import renditions
from orgs.messaging import purposes, reasons
from orgs.messaging.purposes import Envelope, Outgoing, Skip, address_of
from orgs.models import Channel, Tlp


class ReminderWords:
    """Looks again who may be told, and gives the words."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those who still have something to keep."""
        rows = Reminder.objects.filter(message__in=[message.pk for message in messages]).select_related(
            "person", "commitment__session", "commitment__process", "commitment__actor"
        )
        found = {row.message_id: row for row in rows}
        owners = _owners(found.values())
        return {message.pk: _envelope(message, found.get(message.pk), owners) for message in messages}


def _owners(reminders: Iterable[Reminder]) -> dict[int, frozenset[int]]:
    """By commitment, who of these people is still one of the owner's; one query for each commitment of the group."""
    people: dict[int, tuple[Commitment, list[int]]] = {}
    for one in reminders:
        people.setdefault(one.commitment_id, (one.commitment, []))[1].append(one.person_id)
    return {
        pk: frozenset(COMMITMENTS.people_as(commitment, ("owner",)).filter(pk__in=ids).values_list("pk", flat=True))
        for pk, (commitment, ids) in people.items()
    }


def _envelope(message: Outgoing, reminder: Reminder | None, owners: Mapping[int, frozenset[int]]) -> Envelope | Skip:
    if reminder is None:
        return Skip(reasons.NO_WORDS)
    commitment, address = reminder.commitment, address_of(reminder.person, message.channel)
    if why := _hindrance(reminder, address, owners):
        return Skip(why)
    assert commitment.due_on is not None  # else it were called off
    with translation.override(message.language):
        subject, link = _subject(commitment, commitment.due_on), _link(commitment)
        if message.channel == Channel.SMS:
            return Envelope(
                address=address, text=f"{_short(commitment, commitment.due_on)} {link}", code=commitment.code
            )
        return Envelope(address=address, subject=subject, text=_text(commitment, subject, link), code=commitment.code)


def _hindrance(reminder: Reminder, address: str, owners: Mapping[int, frozenset[int]]) -> str:
    commitment = reminder.commitment
    if not reminder.person.is_active:
        return reasons.INACTIVE
    if reminder.person_id not in owners[commitment.pk]:
        return reasons.NO_LONGER_ALLOWED
    if not commitment.is_open or commitment.due_on is None or commitment.is_demo:
        return reasons.CANCELLED
    return "" if address else reasons.NO_ADDRESS


def _subject(commitment: Commitment, due_on: date) -> str:
    given = {"code": commitment.code, "day": date_format(due_on, "j F Y")}
    if due_on < timezone.localdate():
        return _("Passerelle: commitment %(code)s of your organisation was due on %(day)s") % given
    return _("Passerelle: commitment %(code)s of your organisation is due on %(day)s") % given


def _short(commitment: Commitment, due_on: date) -> str:
    """For an SMS: with the link it goes into one."""
    given = {"code": commitment.code, "day": f"{due_on:%d/%m/%Y}"}
    late = due_on < timezone.localdate()
    words = (
        _("Passerelle: commitment %(code)s was due %(day)s.")
        if late
        else _("Passerelle: commitment %(code)s is due %(day)s.")
    )
    return renditions.plain_for_sms(words % given)


def _text(commitment: Commitment, subject: str, link: str) -> str:
    promised = f"\n\n{commitment.what}" if carries_content(commitment) else ""
    asked = _("Say on this page how far you are:")
    return f"{subject}.{promised}\n\n{asked}\n{link}\n"


def carries_content(commitment: Commitment) -> bool:
    """Whether the promise itself may travel: by its own marking and by the one its session has now."""
    place = commitment.session or commitment.process
    markings = [commitment.tlp, *([place.tlp] if place is not None else [])]
    return all(Tlp(marking).carries_content for marking in markings)


def _link(commitment: Commitment) -> str:
    return str(settings.SITE_URL) + reverse("commitment", args=[commitment.uid])


def register() -> None:
    """Give the outbox the words of reminders."""
    purposes.register(PURPOSE, ReminderWords())
