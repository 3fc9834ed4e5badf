"""Writing and checking the audit log (``AuditEntry``)."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from orgs.models import AuditEntry, User

SEAL_BATCH = 2000
_SEAL_LOCK = 0x5EA1


def record(actor: User | None, verb: str, obj: Model, **facts: Any) -> AuditEntry:
    """Note that ``actor`` (``None``: the product itself, or somebody unknown) did ``verb`` to ``obj``.

    ``facts`` are codes, numbers and references; never words somebody wrote, names, addresses or places finer than
    an area's number. Runs in the caller's transaction: an act that is rolled back leaves no entry.
    """
    return AuditEntry.objects.create(
        actor=actor, verb=verb, object_type=obj._meta.model_name or "", object_id=str(obj.pk), facts=facts
    )


def record_each(actor: User | None, verb: str, objects: Sequence[Model], **facts: Any) -> None:
    """The same as ``record`` for several objects, in one statement."""
    AuditEntry.objects.bulk_create(
        AuditEntry(actor=actor, verb=verb, object_type=obj._meta.model_name or "", object_id=str(obj.pk), facts=facts)
        for obj in objects
    )


def record_sql(source: str) -> str:
    """An INSERT for use inside one set-based statement: notes the same act on every row of ``source``.

    ``source`` is a table or WITH query that has the column ``id``. Takes four parameters: the actor's id or ``None``,
    verb, kind of object (``model_name``), facts as JSON. The same rules hold as for ``record``.
    """
    table = connection.ops.quote_name(AuditEntry._meta.db_table)
    return (
        f"INSERT INTO {table} (at, actor_id, verb, object_type, object_id, facts, seal) "  # noqa: S608
        f"SELECT clock_timestamp(), %s::bigint, %s::text, %s::text, id::text, %s::jsonb, '' FROM {source}"
    )


def entries_of(obj: Model) -> QuerySet[AuditEntry]:
    """The line of one object, oldest first. Who may read it is decided by who may see the object."""
    return AuditEntry.objects.filter(object_type=obj._meta.model_name, object_id=str(obj.pk)).order_by("id")


def seal_entries() -> int:
    """Seal what is not sealed yet, in order; returns how many. One at a time, whoever calls."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEAL_LOCK])
        waiting = list(AuditEntry.objects.filter(seal="").order_by("id")[:SEAL_BATCH])
        if not waiting:
            return 0
        last = AuditEntry.objects.filter(seal_number__isnull=False).order_by("-seal_number").first()
        before, start = (last.seal, (last.seal_number or 0) + 1) if last else ("", 1)
        for number, entry in enumerate(waiting, start=start):
            entry.seal_number = number
            entry.seal = before = _seal_after(before, entry)
        AuditEntry.objects.bulk_update(waiting, ["seal", "seal_number"], batch_size=500)
    return len(waiting)


def first_broken_entry() -> AuditEntry | None:
    """The first sealed entry that does not follow from the one before it, or ``None`` when the chain is whole."""
    before = ""
    chain = AuditEntry.objects.filter(seal_number__isnull=False).order_by("seal_number")
    for number, entry in enumerate(chain.iterator(), start=1):
        if entry.seal_number != number or entry.seal != _seal_after(before, entry):
            return entry
        before = entry.seal
    return None


def _seal_after(before: str, entry: AuditEntry) -> str:
    words = [
        before,
        entry.seal_number,
        entry.pk,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor_id,
        entry.verb,
        entry.object_type,
        entry.object_id,
        entry.facts,
    ]
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
