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

from dialogues.access import committees_kept, holders_among, owners_among, without_owner_here
from dialogues.committees import OVERDUE, with_due
from dialogues.models import Commitment, Committee, MeetingReminder, OwnerKind, Reminder, Told
from dialogues.services.meeting_reminders import MEETING_REMINDERS
from dialogues.services.reminders import COMMITMENT_REMINDERS
from incidents.services import renditions
from orgs.messaging import purposes, reasons
from orgs.messaging.purposes import Envelope, Outgoing, Skip, address_of
from orgs.models import Channel, Tlp

Kept = TypeVar("Kept", bound=Told)


class CommitmentWords:
    """Looks again who may be told of a commitment, and gives the words; six queries for any number."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those who still have something to keep."""
        found = _by_message(
            Reminder.objects.select_related(
                "person", "commitment__session", "commitment__process", "commitment__actor"
            ),
            messages,
        )
        rows = {one.commitment_id: one.commitment for one in found.values()}.values()
        owners = owners_among(rows, [one.person_id for one in found.values()])
        holders = holders_among(without_owner_here(rows))

        def hindrance(reminder: Reminder) -> str:
            commitment, person = reminder.commitment, reminder.person_id
            if (commitment.pk, person) not in owners and person not in holders.get(commitment.pk, ()):
                return reasons.NO_LONGER_ALLOWED
            called_off = not commitment.is_open or commitment.due_on is None or commitment.is_demo
            return reasons.CANCELLED if called_off else ""

        def words(reminder: Reminder, channel: str) -> Envelope:
            of_owner = (reminder.commitment_id, reminder.person_id) in owners
            return _words_of_commitment(reminder.commitment, channel, of_owner=of_owner)

        return {message.pk: _envelope(message, found.get(message.pk), hindrance, words) for message in messages}


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


def _words_of_commitment(commitment: Commitment, channel: str, *, of_owner: bool) -> Envelope:
    assert commitment.due_on is not None  # else it were called off
    link = _link("commitment", commitment)
    if channel == Channel.SMS:
        words = (_short if of_owner else _short_to_holder)(commitment, commitment.due_on)
        return Envelope("", f"{renditions.plain_for_sms(words)} {link}", code=commitment.code)
    subject = (_subject if of_owner else _subject_to_holder)(commitment, commitment.due_on)
    promised = f"\n\n{commitment.what}" if carries_content(commitment) else ""
    asked = (
        _("Say on this page how far you are:")
        if of_owner
        else _("Nobody writes to whoever promised it. Please remind them, then say on this page how far they are:")
    )
    return Envelope("", f"{subject}.{promised}\n\n{asked}\n{link}\n", subject, code=commitment.code)


def _subject(commitment: Commitment, due_on: date) -> str:
    given = {"code": commitment.code, "day": date_format(due_on, "j F Y")}
    if due_on < timezone.localdate():
        return _("Passerelle: commitment %(code)s of your organisation was due on %(day)s") % given
    return _("Passerelle: commitment %(code)s of your organisation is due on %(day)s") % given


def _subject_to_holder(commitment: Commitment, due_on: date) -> str:
    given = {"code": commitment.code, "day": date_format(due_on, "j F Y")}
    if due_on < timezone.localdate():
        return _("Passerelle: commitment %(code)s, made in your dialogue, was due on %(day)s") % given
    return _("Passerelle: commitment %(code)s, made in your dialogue, is due on %(day)s") % given


def _short(commitment: Commitment, due_on: date) -> str:
    """For an SMS: with the link it goes into one."""
    given = {"code": commitment.code, "day": f"{due_on:%d/%m/%Y}"}
    if due_on < timezone.localdate():
        return _("Passerelle: commitment %(code)s was due %(day)s.") % given
    return _("Passerelle: commitment %(code)s is due %(day)s.") % given


def _short_to_holder(commitment: Commitment, due_on: date) -> str:
    """The same for those who are to remind whoever promised; as short."""
    given = {"code": commitment.code, "day": f"{due_on:%d/%m/%Y}"}
    return _("Passerelle: please remind who made commitment %(code)s, due %(day)s.") % given


def carries_content(commitment: Commitment) -> bool:
    """Whether the promise itself may travel: by its own marking and by the one its session has now.

    What a single person promised never does: who is meant is easily told from it.
    """
    if commitment.owner_kind == OwnerKind.PERSON:
        return False
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
