"""Words of reminders, given when they are sent and not before.

A code and a link; a promise itself only where its marking, and its session's, let content travel. Asked again: is the
person still active and still one of those who are reminded, is it still to be done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dialogues.access import committees_kept, owners_among
from dialogues.committees import OVERDUE, with_due
from dialogues.models import Commitment, Committee, MeetingReminder, Reminder, Told
from dialogues.services.meeting_reminders import MEETING_REMINDERS
from dialogues.services.reminders import COMMITMENT_REMINDERS
from incidents.services import renditions
from orgs.messaging import purposes, reasons
from orgs.messaging.purposes import Envelope, Outgoing, Skip, address_of
from orgs.models import Channel, Tlp

Kept = TypeVar("Kept", bound=Told)


class CommitmentWords:
    """Looks again who may be told of a commitment, and gives the words; two queries for any number."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those who still have something to keep."""
        found = _by_message(
            Reminder.objects.select_related(
                "person", "commitment__session", "commitment__process", "commitment__actor"
            ),
            messages,
        )
        owners = owners_among(
            {one.commitment_id: one.commitment for one in found.values()}.values(),
            [one.person_id for one in found.values()],
        )

        def hindrance(reminder: Reminder) -> str:
            commitment = reminder.commitment
            if (commitment.pk, reminder.person_id) not in owners:
                return reasons.NO_LONGER_ALLOWED
            called_off = not commitment.is_open or commitment.due_on is None or commitment.is_demo
            return reasons.CANCELLED if called_off else ""

        return {
            message.pk: _envelope(message, found.get(message.pk), hindrance, _words_of_commitment)
            for message in messages
        }


class MeetingWords:
    """Looks again who keeps a committee and whether it still has to meet; seven queries for any number."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those whose committee still has not met."""
        found = _by_message(MeetingReminder.objects.select_related("person"), messages)
        committees: dict[int, Any] = {
            row.pk: row
            for row in with_due(Committee.objects.filter(pk__in={one.committee_id for one in found.values()}))
        }
        keepers = committees_kept(committees.values())

        def hindrance(reminder: MeetingReminder) -> str:
            committee = committees[reminder.committee_id]
            if not keepers.keeps(committee, reminder.person_id):
                return reasons.NO_LONGER_ALLOWED
            return reasons.CANCELLED if committee.standing != OVERDUE or committee.is_demo else ""

        def words(reminder: MeetingReminder, channel: str) -> Envelope:
            return _words_of_meeting(committees[reminder.committee_id], channel)

        return {message.pk: _envelope(message, found.get(message.pk), hindrance, words) for message in messages}


def _by_message(rows: QuerySet[Kept], messages: Sequence[Outgoing]) -> Mapping[int, Kept]:
    found = rows.filter(message__in=[message.pk for message in messages])
    return {row.message_id: row for row in found if row.message_id is not None}


def _envelope(
    message: Outgoing,
    reminder: Kept | None,
    hindrance: Callable[[Kept], str],
    words: Callable[[Kept, str], Envelope],
) -> Envelope | Skip:
    if reminder is None:
        return Skip(reasons.NO_WORDS)
    if not reminder.person.is_active:
        return Skip(reasons.INACTIVE)
    if why := hindrance(reminder):
        return Skip(why)
    address = address_of(reminder.person, message.channel)
    if not address:
        return Skip(reasons.NO_ADDRESS)
    with translation.override(message.language):
        return replace(words(reminder, message.channel), address=address)


# --- A commitment ------------------------------------------------------------------------------------------------


def _words_of_commitment(reminder: Reminder, channel: str) -> Envelope:
    commitment = reminder.commitment
    assert commitment.due_on is not None  # else it were called off
    link = _link("commitment", commitment)
    if channel == Channel.SMS:
        return Envelope("", f"{_short(commitment, commitment.due_on)} {link}", code=commitment.code)
    subject = _subject(commitment, commitment.due_on)
    promised = f"\n\n{commitment.what}" if carries_content(commitment) else ""
    asked = _("Say on this page how far you are:")
    return Envelope("", f"{subject}.{promised}\n\n{asked}\n{link}\n", subject, code=commitment.code)


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


def carries_content(commitment: Commitment) -> bool:
    """Whether the promise itself may travel: by its own marking and by the one its session has now."""
    place = commitment.session or commitment.process
    markings = [commitment.tlp, *([place.tlp] if place is not None else [])]
    return all(Tlp(marking).carries_content for marking in markings)


# --- A meeting ---------------------------------------------------------------------------------------------------


def _words_of_meeting(committee: Any, channel: str) -> Envelope:
    """A code and a link, whatever the marking: which committee does not meet is for those inside."""
    link, code = _link("committee", committee), committee.code
    if channel == Channel.SMS:
        given = {"code": code, "day": f"{committee.next_due:%d/%m/%Y}"}
        words = _("Passerelle: committee %(code)s should have met by %(day)s.") % given
        return Envelope("", f"{renditions.plain_for_sms(words)} {link}", code=code)
    given = {"code": code, "day": date_format(committee.next_due, "j F Y")}
    subject = _("Passerelle: committee %(code)s should have met by %(day)s") % given
    asked = _("Plan the next meeting, or write down the one that was held:")
    return Envelope("", f"{subject}.\n\n{asked}\n{link}\n", subject, code=code)


def _link(name: str, row: Commitment | Committee) -> str:
    return str(settings.SITE_URL) + reverse(name, args=[row.uid])


def register() -> None:
    """Give the outbox the words of reminders."""
    purposes.register(COMMITMENT_REMINDERS.purpose, CommitmentWords())
    purposes.register(MEETING_REMINDERS.purpose, MeetingWords())
