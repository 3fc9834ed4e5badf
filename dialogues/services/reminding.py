"""Writing reminders with their messages: once a period and person, when the person is awake, whatever they are about.

One statement for a batch. A constraint holds that two workers at once write each reminder once; a person who cannot be
written to stops nobody else.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from dialogues.models import Told
from incidents.services.notices import channel_of
from orgs.messaging import outbox
from orgs.models import Message, User

log = logging.getLogger(__name__)

PRIORITY = 7
EVERY = 30
"""Days between two reminders of what stays undone."""
BATCH = 200


@dataclass(frozen=True)
class Due:
    """That one person is to be reminded now of one row, by its number."""

    about: int
    period: str
    person_id: int


@dataclass(frozen=True)
class Series:
    """Reminders of one sort: where they are kept, by what they name what they are about, who gives their words."""

    model: type[Told]
    column: str
    purpose: str

    def write(self, found: Sequence[Due]) -> int:
        """Write those of these reminders that are not written yet; how many."""
        people = _reached({one.person_id for one in found})
        due = [one for one in found if one.person_id in people]
        # In one order, so that two workers wait for each other and never both.
        due.sort(key=lambda one: (one.about, one.person_id))
        return sum(self._write_patiently(due[start : start + BATCH], people) for start in range(0, len(due), BATCH))

    def _write_patiently(self, due: Sequence[Due], people: dict[int, User]) -> int:
        """The batch at once, else one by one without those that the database refuses; these are tried next time."""
        try:
            return self._write(due, people)
        except (OperationalError, InterfaceError):  # the database itself is in trouble: all of it is tried next time
            raise
        except DatabaseError:
            if len(due) == 1:
                log.exception("A reminder could not be written: %s", self.purpose)
                return 0
        return sum(self._write_patiently([one], people) for one in due)

    @transaction.atomic
    def _write(self, due: Sequence[Due], people: dict[int, User]) -> int:
        new = [(pk, people[person]) for pk, person in self._claim(due)]
        now = timezone.now()
        messages = Message.objects.bulk_create(
            Message(
                purpose=self.purpose,
                channel=channel_of(person),
                recipient=person,
                language=person.language,
                priority=PRIORITY,
                next_attempt_at=when_awake(person, now),
            )
            for _pk, person in new
        )
        rows = self.model._default_manager.in_bulk([pk for pk, _person in new])
        for (pk, _person), message in zip(new, messages, strict=True):
            rows[pk].message = message
        self.model._default_manager.bulk_update(rows.values(), ["message"])
        outbox.wake(*sorted({message.channel for message in messages}))
        return len(new)

    def _claim(self, due: Sequence[Due]) -> list[tuple[int, int]]:
        """Number and person of the reminders that nobody wrote before; what another worker writes is waited for."""
        columns: list[Any] = [
            [one.about for one in due],
            [one.period for one in due],
            [one.person_id for one in due],
        ]
        table = connection.ops.quote_name(self.model._meta.db_table)
        column = connection.ops.quote_name(f"{self.column}_id")
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({column}, period, person_id)"  # noqa: S608 (names of our own models)
                " SELECT * FROM unnest(%s::bigint[], %s::varchar[], %s::bigint[])"
                f" ON CONFLICT ({column}, period, person_id) DO NOTHING RETURNING id, person_id",
                columns,
            )
            found: list[tuple[int, int]] = cursor.fetchall()
        return found


def _reached(ids: set[int]) -> dict[int, User]:
    """Those who are told by a message; others see on their pages that something waits."""
    rows = User.objects.active().filter(pk__in=sorted(ids))
    return {person.pk: person for person in rows if channel_of(person)}


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
