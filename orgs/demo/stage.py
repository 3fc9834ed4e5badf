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

from orgs.access import viewer_for
from orgs.demo.accounts import Account
from orgs.models import Actor, AuditEntry, Membership, Organisation, User
from orgs.policy import Viewer

SEED = 41
MARK = "(démonstration)"
"""Stands behind the name of every organisation and actor that is made up."""
_TRACKED: tuple[Any, ...] = (Organisation, Membership)


@dataclass
class Stage:
    """The people, bodies and time of the story. Keys are short names used by every part."""

    now: datetime
    chance: random.Random
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)
    """Primary keys of what the parts made, by names of their own."""
    tracked: list[Any] = field(default_factory=lambda: list(_TRACKED))
    _viewers: dict[str, Viewer] = field(default_factory=dict)

    @classmethod
    def begin(cls) -> "Stage":
        """Begin to load. Until the transaction ends nobody else writes into the audit log (``moment`` says why)."""
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE orgs_auditentry IN SHARE ROW EXCLUSIVE MODE")
        return cls(now=timezone.now(), chance=random.Random(SEED))  # noqa: S311 (nothing here is secret)

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

        None of them is sealed yet, and as the log is locked all of them are ours.
        """
        models: list[tuple[Any, str, str]] = [(AuditEntry, "pk", "at")]
        models += [(model.pgh_event_model, "pgh_id", "pgh_created_at") for model in self.tracked]
        before = [model.objects.aggregate(last=Max(key))["last"] or 0 for model, key, _column in models]
        yield
        for (model, key, column), last in zip(models, before, strict=True):
            model.objects.filter(**{f"{key}__gt": last}).update(**{column: at})
