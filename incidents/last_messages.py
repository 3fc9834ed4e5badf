"""What became of a delivery's last message, for programs: each in Python and in SQL (``orgs.disclosure``)."""

from typing import Any

from django.db.models import OuterRef, Subquery

from incidents.services.fanout import CARRIERS
from orgs.disclosure import Coarsening
from orgs.models import Message


def _last_message(path: str, column: str) -> Any:
    rows = Message.objects.filter(carriages__delivery=OuterRef(path), purpose__in=CARRIERS).order_by("-id")
    return Subquery(rows.values(column)[:1])


def _last(pk: int, column: str) -> str | None:
    rows = Message.objects.filter(carriages__delivery=pk, purpose__in=CARRIERS).order_by("-id")
    found: str | None = rows.values_list(column, flat=True).first()
    return found


LAST_STATE = Coarsening(lambda pk: _last(pk, "state"), lambda path: _last_message(path, "state"))
"""What became of the last message of a delivery, by its number."""
LAST_REASON = Coarsening(lambda pk: _last(pk, "reason"), lambda path: _last_message(path, "reason"))
"""Why, as a code (``orgs.messaging.reasons``)."""
LAST_CHANNEL = Coarsening(lambda pk: _last(pk, "channel"), lambda path: _last_message(path, "channel"))
"""By which way the last message went: another than the first where that led nowhere."""
