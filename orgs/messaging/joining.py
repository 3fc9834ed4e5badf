"""Putting the parts of long messages together, in whatever order they came.

A message of which parts are missing waits for them; after ``WAIT_FOR_PARTS`` it is read with what is there. A part that
comes later still makes the whole message come once more, under its first part's number, so that what it adds is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from orgs import crypto
from orgs.models import ReceivedSms

PART = "part"
MISSING = "[...]"
WAIT_FOR_PARTS = timedelta(minutes=5)
SAME_MESSAGE = timedelta(hours=1)
"""Phones use numbers of long messages again: parts that lie further apart are of two messages."""


@dataclass
class Joined:
    """One message to be read: the row that stands for it, its other parts, and its words."""

    row: ReceivedSms
    sender: str
    text: str
    sent_at: datetime | None = None
    parts: list[ReceivedSms] = field(default_factory=list)


def join_parts(rows: Sequence[ReceivedSms], now: datetime) -> tuple[list[Joined], list[ReceivedSms], list[ReceivedSms]]:
    """The messages of these rows that can be read now, the rows that wait for parts, and the other rows that are done.

    Other parts, waiting or read before, are fetched in one query.
    """
    opened = {row.pk: crypto.unseal(row.sealed) for row in rows}
    messages, waiting, done = [], [], []
    groups = _groups([row for row in rows if row.part_key])
    seen: set[int] = set()
    for row in rows:
        if row.pk in seen:
            continue
        group = groups.get(row.pk)
        if group is None:
            messages.append(_single(row, opened[row.pk]))
            continue
        seen |= {part.pk for part in group}
        fresh = [part for part in group if not part.handled_by]
        if _is_whole(group) or any(part.handled_by for part in group) or _has_waited(group, now):
            joined = _joined(group)
            messages.append(joined)
            done += [part for part in joined.parts if part in fresh]
        else:
            until = max(part.received_at for part in group) + WAIT_FOR_PARTS
            for part in fresh:
                part.due_at = until
            waiting += fresh
    return messages, waiting, done


def _single(row: ReceivedSms, words: dict[str, Any]) -> Joined:
    return Joined(row, words["sender"], words["text"], _moment(words))


def _groups(rows: Sequence[ReceivedSms]) -> dict[int, list[ReceivedSms]]:
    """All parts of the message that each row is a part of, the oldest first."""
    if not rows:
        return {}
    keys = {row.part_key for row in rows}
    since = min(row.received_at for row in rows) - SAME_MESSAGE
    found = ReceivedSms.objects.filter(part_key__in=keys, received_at__gt=since).order_by("id")
    by_key: dict[str, list[ReceivedSms]] = {}
    for part in found:
        by_key.setdefault(part.part_key, []).append(part)
    return {
        row.pk: [part for part in by_key[row.part_key] if abs(part.received_at - row.received_at) <= SAME_MESSAGE]
        for row in rows
    }


def _is_whole(group: Sequence[ReceivedSms]) -> bool:
    numbers = [_words(part)["part"] for part in group]
    return len({number for number, _total in numbers}) >= int(numbers[0][1])


def _has_waited(group: Sequence[ReceivedSms], now: datetime) -> bool:
    return max(part.received_at for part in group) + WAIT_FOR_PARTS <= now


def _joined(group: Sequence[ReceivedSms]) -> Joined:
    texts: dict[int, str] = {}
    total = 1
    for part in group:
        words = _words(part)
        number, total = words["part"]
        texts.setdefault(number, words["text"])
    text = "".join(texts.get(number, f" {MISSING} ") for number in range(1, total + 1)).strip()
    first = _words(group[0])
    # The oldest part gives the number: it stays the same whatever comes later.
    return Joined(group[0], first["sender"], text, _moment(first), list(group[1:]))


def _words(row: ReceivedSms) -> dict[str, Any]:
    return crypto.unseal(row.sealed)


def _moment(words: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(words["sent_at"]) if words.get("sent_at") else None
