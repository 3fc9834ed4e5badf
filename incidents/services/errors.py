"""What a service refuses, apart from bad content (which is Django's ``ValidationError`` with field names)."""

from collections.abc import Sequence
from datetime import datetime

from orgs.models import AuditEntry, User
from orgs.services.errors import NotAllowed

__all__ = ["ChangedMeanwhile", "NotAllowed"]


class ChangedMeanwhile(Exception):
    """Somebody else changed the row between its being shown and this step; nothing was written.

    ``by`` and ``at`` say who and when (either may be unknown), ``version`` is the version that stands now and
    ``changes`` are the steps taken since the version that the person was shown, newest first.
    """

    def __init__(
        self,
        *,
        by: User | None = None,
        at: datetime | None = None,
        version: int | None = None,
        changes: Sequence[AuditEntry] = (),
    ) -> None:
        super().__init__("changed meanwhile")
        self.by = by
        self.at = at
        self.version = version
        self.changes = tuple(changes)
