"""Reminding those who promised: a week before the day, the day after it, then every 30 days while it is still open.

One reminder a commitment, period and person, held by a constraint: two workers at once write it once. A reminder and
its message are written together; the words are given when it leaves (``dialogues.reminder_words``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from dialogues.access import ANSWERING_ROLES, SHARED
from dialogues.models import OPEN_STATES, Commitment, Reminder
from incidents.services.notices import channel_of
from orgs.messaging import outbox
from orgs.models import Membership, Message, User

PURPOSE = "commitment_reminder"
PRIORITY = 7
BEFORE = timedelta(days=7)
EVERY = 30
BATCH = 200

# What another worker wrote a moment ago is waited for and then left out.
_WRITE = """
    INSERT INTO dialogues_reminder (commitment_id, period, person_id)
    SELECT * FROM unnest(%s::bigint[], %s::varchar[], %s::bigint[])
    ON CONFLICT ON CONSTRAINT reminded_once_a_period DO NOTHING
    RETURNING id, person_id"""


@dataclass(frozen=True)
class Due:
    """That one person is to be reminded of one commitment now."""

    commitment_id: int
    period: str
    person_id: int


def remind_due(today: date | None = None) -> int:
    """Write every reminder that is due and not written yet; how many. Demonstrations remind nobody."""
    written = 0
    found = due_reminders(today or timezone.localdate())
    people = _people(sorted({one.person_id for one in found}))
    found = sorted(
        (one for one in found if one.person_id in people), key=lambda one: (one.commitment_id, one.person_id)
    )
    for start in range(0, len(found), BATCH):
        written += _write(found[start : start + BATCH], people)
    return written


def period_of(due_on: date, today: date) -> str:
    """Which reminder is due today, empty for none; named after the day, so that one put off begins anew."""
    if due_on - BEFORE <= today <= due_on:
        return f"{due_on:%Y%m%d}-before"
    if today > due_on:
        return f"{due_on:%Y%m%d}-{(today - due_on).days // EVERY}"
    return ""


def due_reminders(today: date) -> list[Due]:
    """Whom to remind of what today, written already or not; two queries."""
    rows = Commitment.objects.filter(
        state__in=OPEN_STATES, order_on__lte=today + BEFORE, tlp__in=SHARED, is_demo=False
    ).annotate(owner=Coalesce("organisation", "actor__organisation"))
    owed = [(pk, due, owner) for pk, due, owner in rows.values_list("pk", "due_on", "owner") if owner and due]
    posts = Membership.objects.current().filter(
        organisation__in={owner for _pk, _due, owner in owed}, role__in=ANSWERING_ROLES
    )
    people: dict[int, set[int]] = {}
    for organisation, person in posts.values_list("organisation_id", "person_id"):
        people.setdefault(organisation, set()).add(person)
    return [Due(pk, period_of(due, today), person) for pk, due, owner in owed for person in people.get(owner, ())]


def _people(ids: Sequence[int]) -> dict[int, User]:
    """Those who are told by a message; others see on their pages that something waits."""
    rows = User.objects.active().filter(pk__in=ids)
    return {person.pk: person for person in rows if channel_of(person)}


def _write(due: Sequence[Due], people: dict[int, User]) -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            columns: list[Any] = [
                [one.commitment_id for one in due],
                [one.period for one in due],
                [one.person_id for one in due],
            ]
            cursor.execute(_WRITE, columns)
            new = [(pk, people[person]) for pk, person in cursor.fetchall()]
        now = timezone.now()
        messages = Message.objects.bulk_create(
            Message(
                purpose=PURPOSE,
                channel=channel_of(person),
                recipient=person,
                language=person.language,
                priority=PRIORITY,
                next_attempt_at=when_awake(person, now),
            )
            for _pk, person in new
        )
        Reminder.objects.bulk_update(
            [Reminder(pk=pk, message=message) for (pk, _person), message in zip(new, messages, strict=True)],
            ["message"],
        )
        outbox.wake(*sorted({message.channel for message in messages}))
    return len(new)


def when_awake(person: User, now: datetime) -> datetime:
    """Now, or the end of the person's quiet hours by their own clock."""
    begins, ends = person.quiet_from, person.quiet_to
    if begins is None or ends is None:
        return now
    here = now.astimezone(ZoneInfo(person.time_zone))
    clock = here.time()
    quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not quiet:
        return now
    day = here.date() + timedelta(days=clock >= ends)
    return datetime.combine(day, ends, tzinfo=here.tzinfo)
