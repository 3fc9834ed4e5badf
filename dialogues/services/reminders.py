"""Reminding those who promised: a week before the day, the day after it, then every 30 days while it is still open.

Who has nobody here (an actor, a single person, an organisation without accounts) is written to by nobody: those who
hold the session or the process in which it was promised are asked to remind them.

The words are given when a reminder leaves (``dialogues.reminder_words``).
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from dialogues.access import SHARED, answering, holders_among
from dialogues.models import OPEN_STATES, Commitment, Reminder
from dialogues.services.reminding import EVERY, Due, Series

BEFORE = timedelta(days=7)
COMMITMENT_REMINDERS = Series(Reminder, "commitment", "commitment_reminder")


def remind_due(today: date | None = None) -> int:
    """Write every reminder that is due and not written yet; how many. Demonstrations remind nobody."""
    return COMMITMENT_REMINDERS.write(due_reminders(today or timezone.localdate()))


def period_of(due_on: date, today: date) -> str:
    """Which reminder is due today, empty for none; named after the day, so that one put off begins anew."""
    if due_on - BEFORE <= today <= due_on:
        return f"{due_on:%Y%m%d}-before"
    if today > due_on:
        return f"{due_on:%Y%m%d}-{(today - due_on).days // EVERY}"
    return ""


def due_reminders(today: date) -> list[Due]:
    """Whom to remind of what today, written already or not; at most six queries."""
    rows = Commitment.objects.filter(
        state__in=OPEN_STATES, order_on__lte=today + BEFORE, tlp__in=SHARED, is_demo=False
    ).annotate(owner=Coalesce("organisation", "actor__organisation"))
    has_people = Exists(answering().filter(organisation=OuterRef("owner")))
    return [*_of_owners(rows.filter(has_people), today), *_of_holders(rows.exclude(has_people), today)]


def _of_owners(rows: QuerySet[Any], today: date) -> list[Due]:
    """The people of the organisation that promised."""
    owed = [(pk, due, owner) for pk, due, owner in rows.values_list("pk", "due_on", "owner") if due]
    posts = answering().filter(organisation__in={owner for _pk, _due, owner in owed})
    people: dict[int, set[int]] = {}
    for organisation, person in posts.values_list("organisation_id", "person_id"):
        people.setdefault(organisation, set()).add(person)
    return [Due(pk, period_of(due, today), person) for pk, due, owner in owed for person in people.get(owner, ())]


def _of_holders(rows: QuerySet[Commitment], today: date) -> list[Due]:
    """Where nobody who promised is here to be written to: those who can go and ask."""
    owed = list(
        rows.select_related("session", "process").only(
            "due_on", "tlp", "session__led_by", "session__recorded_by", "process__created_by"
        )
    )
    people = holders_among(owed)
    return [
        Due(row.pk, period_of(row.due_on, today), person) for row in owed if row.due_on for person in people[row.pk]
    ]
