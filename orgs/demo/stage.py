"""What the parts of the demonstration share while it is loaded: who there is, and the clock of the story."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from pghistory.core import event_models

from orgs.access import viewer_for
from orgs.demo.accounts import Account, Passwords
from orgs.models import Actor, AuditEntry, Organisation, User
from orgs.policy import Viewer

SEED = 41
MARK = "(démonstration)"
"""Stands behind the name of every organisation and actor that is made up."""
_BEFORE_THE_STORY_BEGINS = timedelta(hours=1)
"""The youngest thing in the story is older than this, and what is written now is younger."""


@dataclass
class Stage:
    """The people, bodies and time of the story. Keys are short names used by every part."""

    now: datetime
    chance: random.Random
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)
    passwords: Passwords = field(default_factory=Passwords)
    made: dict[str, Any] = field(default_factory=dict)
    """Primary keys of what the parts made, by names of their own."""
    last_before: dict[Any, int] = field(default_factory=dict)
    _viewers: dict[str, Viewer] = field(default_factory=dict)

    @classmethod
    def begin(cls) -> "Stage":
        """Begin to load. Until the transaction ends nobody else writes into the log or the histories."""
        tables = [connection.ops.quote_name(model._meta.db_table) for model, _key, _column in _stamped()]
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        last = {model: model.objects.aggregate(last=Max(key))["last"] or 0 for model, key, _column in _stamped()}
        return cls(now=timezone.now(), chance=random.Random(SEED), last_before=last)  # noqa: S311 (not secret)

    def viewer(self, key: str) -> Viewer:
        """A person of the story as one who asks."""
        if key not in self._viewers:
            self._viewers[key] = viewer_for(self.people[key])
        return self._viewers[key]

    def ago(self, hours: float) -> datetime:
        """So many hours before the present."""
        return self.now - timedelta(hours=hours)

    @contextmanager
    def moment(self, at: datetime) -> Iterator[None]:
        """What happens inside happened at ``at``: the entries it leaves in the audit log and in histories say so.

        None of them is sealed yet, and as the tables are locked all that is new and of this minute is ours.
        """
        yield
        parts: list[str] = []
        values: list[datetime | int] = []
        for number, (model, key, column) in enumerate(_stamped()):
            parts.append(
                f"stamped_{number} AS (UPDATE {connection.ops.quote_name(model._meta.db_table)} "  # noqa: S608
                f"SET {column} = %s WHERE {key} > %s AND {column} > %s)"
            )
            values += [at, self.last_before[model], self.now - _BEFORE_THE_STORY_BEGINS]
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {', '.join(parts)} SELECT 1", values)


def _stamped() -> list[tuple[Any, str, str]]:
    """What keeps a time by itself: model, its key, the column of the time."""
    histories = event_models(tracks_model=None)
    return [(AuditEntry, "id", "at"), *((model, "pgh_id", "pgh_created_at") for model in histories)]
