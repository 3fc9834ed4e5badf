"""Telling reporters, outside of the follow-up page, that something happened with what they said.

A message is written in the transaction of the decision, at most once a step. Its words say nothing of what was
reported: others may read the phone. The address is opened by the sender alone, when the message leaves, and each
opening is on record. Who gave neither a number that may be called nor an account is told on the follow-up page only.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from incidents.models import Door, Feedback, FeedbackStep, HeldResponsible, Report, ReporterIdentity, SmsSender
from incidents.services.identities import Identity, opened_to_send, person_key_of_phone
from orgs.audit import record_each
from orgs.messaging import outbox, purposes, reasons
from orgs.messaging.purposes import Envelope, Outgoing, Skip, address_of
from orgs.messaging.receiving import sender_key
from orgs.models import Channel, Message, User

PURPOSE = "report_feedback"
MOST_A_DAY = 4
"""Messages of this kind to one person in a day; what is more, they read on the follow-up page."""
PRIORITY = 6
"""After alerts and codes."""


# --- Deciding whom to tell ---------------------------------------------------------------------------------------


def tell(reports: Iterable[Report], step: str) -> int:
    """Write one message to each reporter who can and wants to be told; returns how many. A few queries for all.

    Runs in the caller's transaction, with the reports (or their incident) locked.
    """
    wanted = {row.pk: row for row in reports if row.wants_feedback and row.erased_at is None and not row.is_demo}
    if not wanted:
        return 0
    known = ReporterIdentity.objects.filter(report__in=wanted).exclude(person_key="")
    channels = _channels({row.report_id: row for row in known}, wanted)
    told = set(Feedback.objects.filter(report__in=channels, step=step).values_list("report", flat=True))
    due = {pk: channel for pk, channel in channels.items() if pk not in told}
    if not due:
        return 0
    return _write(due, wanted, step)


def _channels(known: Mapping[int, ReporterIdentity], reports: Mapping[int, Report]) -> dict[int, str]:
    """By which channel each can be told; those who cannot, or had enough for today, are left out."""
    if not known:
        return {}
    opened = _without_stopped({pk: opened_to_send(row) for pk, row in known.items()})
    accounts = User.objects.filter(pk__in=[who.user_id for who in opened.values() if who.user_id is not None])
    people = accounts.in_bulk() if any(who.user_id is not None for who in opened.values()) else {}
    since = timezone.now() - timedelta(days=1)
    recent = Feedback.objects.filter(
        created_at__gte=since, report__identity__person_key__in=[row.person_key for row in known.values()]
    )
    counted = dict(recent.values_list("report__identity__person_key").annotate(n=Count("pk")))
    found: dict[int, str] = {}
    for pk, who in opened.items():
        channel = _channel(who, reports[pk], people.get(who.user_id or 0))
        key = known[pk].person_key
        if channel and counted.get(key, 0) < MOST_A_DAY:
            found[pk] = channel
            counted[key] = counted.get(key, 0) + 1
    return found


def _without_stopped(opened: Mapping[int, Identity]) -> dict[int, Identity]:
    """Without those whose number sent STOP."""
    keys = {pk: sender_key(who.phone) for pk, who in opened.items() if who.phone}
    stopped = set(SmsSender.objects.filter(pk__in=keys.values(), wants_news=False).values_list("pk", flat=True))
    return {pk: who for pk, who in opened.items() if keys.get(pk) not in stopped}


def _channel(who: Identity, report: Report, account: User | None) -> str:
    if who.phone and (report.may_call_back or report.door == Door.SMS):
        return Channel.SMS
    if account is None or account.channel not in (Channel.EMAIL, Channel.SMS):
        return ""
    return account.channel if address_of(account, account.channel) else ""


def _write(due: Mapping[int, str], reports: Mapping[int, Report], step: str) -> int:
    messages = Message.objects.bulk_create(
        Message(purpose=PURPOSE, channel=channel, language=reports[pk].language, priority=PRIORITY)
        for pk, channel in due.items()
    )
    Feedback.objects.bulk_create(
        Feedback(report_id=pk, step=step, message=message) for pk, message in zip(due, messages, strict=True)
    )
    outbox.wake(*sorted(set(due.values())))
    return len(due)


# --- At the moment of sending ------------------------------------------------------------------------------------


class FeedbackWords:
    """Finds where a reporter is reached, looks again whether they still want to be told, and gives the safe words."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Words by message; four queries at most, whatever the number."""
        rows = Feedback.objects.filter(message__in=[message.pk for message in messages])
        found = {row.message_id: row for row in rows.select_related("report__identity")}
        open_ones = [row for row in found.values() if _may_be_opened(row.report)]
        # On record before anything is read, and once for each attempt.
        record_each(None, "open_identity_to_send", [row.report for row in open_ones], purpose=PURPOSE)
        opened = {row.report_id: opened_to_send(row.report.identity) for row in open_ones}
        numbers = [who.user_id for who in opened.values() if who.user_id is not None]
        people = User.objects.active().in_bulk(numbers) if numbers else {}
        accused = _accused([row.report for row in open_ones], numbers)
        answers: dict[int, Envelope | Skip] = {}
        for message in messages:
            row = found.get(message.pk)
            if row is None or row.report_id not in opened:
                answers[message.pk] = Skip(reasons.CANCELLED)
                continue
            who = opened[row.report_id]
            if who.user_id is not None and (row.report.incident_id, who.user_id) in accused:
                answers[message.pk] = Skip(reasons.NO_LONGER_ALLOWED)
                continue
            answers[message.pk] = _envelope(message.channel, row, who, people.get(who.user_id or 0))
        return answers


def _may_be_opened(report: Report) -> bool:
    return report.wants_feedback and report.erased_at is None and hasattr(report, "identity")


def _accused(reports: Sequence[Report], people: Sequence[int]) -> set[tuple[int, int]]:
    """Pairs of incident and person of an organisation held responsible for it: they may not learn of any step."""
    if not people:
        return set()
    person = "actor__organisation__memberships__person"
    named = HeldResponsible.objects.filter(
        incident__in=[row.incident_id for row in reports], **{f"{person}__in": people}
    )
    return set(named.values_list("incident", person))


def _envelope(channel: str, row: Feedback, who: Identity, account: User | None) -> Envelope | Skip:
    address = who.phone if channel == Channel.SMS and who.phone else ""
    if not address and account is not None:
        address = address_of(account, channel)
    if not address:
        return Skip(reasons.NO_ADDRESS)
    with translation.override(row.report.language):
        day = timezone.localtime(row.report.received_at).strftime("%d/%m")
        words = _("Your message of %(day)s was read.") if row.step == FeedbackStep.READ else _(
            "Something came of your message of %(day)s. Thank you."
        )  # fmt: skip
        text = words % {"day": day}
        if channel == Channel.SMS:
            stop = _("To get no more of these: STOP")
            return Envelope(address=address, text=f"{text} {stop}")
        return Envelope(address=address, subject=text, text=text)


def register() -> None:
    """Offer the outbox the words of these messages."""
    purposes.register(PURPOSE, FeedbackWords())


# --- Wanting no more ---------------------------------------------------------------------------------------------


def stop_feedback(*, phone: str) -> int:
    """Send no more feedback to this number (E.164), for any report it sent so far; returns for how many reports.

    What it sends later is its door's to ask: a number that sent STOP (``SmsSender.wants_news``) is told nothing.
    """
    with transaction.atomic():
        own = ReporterIdentity.objects.filter(person_key=person_key_of_phone(phone))
        return Report.objects.filter(pk__in=own.values("report"), wants_feedback=True).update(wants_feedback=False)
