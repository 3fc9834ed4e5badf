"""Writing what a person looked at and agreed to into the directory, chunk by chunk, set-based."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.imports.beacon import Beacon
from orgs.imports.changes import CODE_LISTS, FACTS, FIRST_KEPT, Change, Known, change_of, known_entries, new_entry
from orgs.imports.matching import Directory
from orgs.imports.places import Gazetteer
from orgs.imports.problems import problem
from orgs.models import (
    Contact,
    ImportJob,
    ImportMode,
    ImportRow,
    Organisation,
    OrganisationName,
    RowDecision,
    RowOutcome,
    RowState,
)
from orgs.models.areas import name_key
from orgs.policy import Viewer
from orgs.services import directory_index
from orgs.services.contacts import mark_of
from orgs.services.import_reading import names_of, reach_of
from orgs.services.organisations import RESERVED_SLUGS

CHUNK = 500
_ONE_AT_A_TIME = 0x1A9077
WRITTEN = ("name", "name_key", *FACTS, *FIRST_KEPT, *CODE_LISTS, "seat_id", "seat_place_id", "version", "updated_at")


def apply(*, job: ImportJob, viewer: Viewer, beacon: Beacon) -> None:
    """Bring in the waiting lines: all in one transaction, or chunk by chunk, each of which stays once it is written.

    A worker that dies leaves nothing of the first kind, and whole chunks of the second: the next one goes on there.
    """
    if job.mode == ImportMode.ALL:
        with transaction.atomic():
            _wait_for_others()
            _apply_chunks(_Work(job, viewer), beacon, one_by_one=False)
            finish(job)
        return
    _apply_chunks(_Work(job, viewer), beacon, one_by_one=True)
    with transaction.atomic():
        finish(job)


def _wait_for_others() -> None:
    """Two imports at once would both find that an organisation is new: the second waits, and finds the first's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])


def waiting(job: ImportJob) -> QuerySet[ImportRow]:
    """The lines that may come in and have not yet."""
    return job.rows.filter(leader__isnull=True, outcome=RowOutcome.WAITING).exclude(state=RowState.ERROR)


def _apply_chunks(work: _Work, beacon: Beacon, *, one_by_one: bool) -> None:
    job = work.job
    total = job.rows.filter(leader__isnull=True).exclude(state=RowState.ERROR).count()
    done = total - waiting(job).count()
    while rows := list(waiting(job).order_by("pk")[:CHUNK]):
        beacon.tell(_("Bringing in"), done, total)
        if one_by_one:
            with transaction.atomic():
                _wait_for_others()
                work.chunk(rows)
        else:
            work.chunk(rows)
        done += len(rows)
    beacon.tell(_("Bringing in"), done, total)


def finish(job: ImportJob) -> None:
    """Say of every line what became of it."""
    job.rows.filter(leader__isnull=True, outcome=RowOutcome.WAITING).update(outcome=RowOutcome.LEFT)
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [job.pk])


_FOLLOW = """
UPDATE orgs_importrow AS line SET outcome = first.outcome, organisation_id = first.organisation_id
  FROM orgs_importrow AS first WHERE line.job_id = %s AND first.id = line.leader_id
"""


@dataclass
class _Chunk:
    """What one chunk writes."""

    created: list[tuple[ImportRow, Organisation, Change]] = field(default_factory=list)
    updated: dict[int, Known] = field(default_factory=dict)
    areas: list[tuple[int, int]] = field(default_factory=list)
    names: list[tuple[int, str]] = field(default_factory=list)
    contacts: list[tuple[ImportRow, Contact]] = field(default_factory=list)


class _Work:
    """One run over the lines of an import, with what it needs to know of the directory."""

    def __init__(self, job: ImportJob, viewer: Viewer) -> None:
        self.job, self.viewer = job, viewer
        self.places = Gazetteer()
        self.directory = Directory(viewer)
        self.slugs: set[str] = {*Organisation.objects.values_list("slug", flat=True), *RESERVED_SLUGS}
        self.source = job.source or job.file_name

    def chunk(self, rows: Sequence[ImportRow]) -> None:
        """Write some lines, in the caller's transaction."""
        self.directory.catch_up()
        targets = {row.pk: target for row in rows if (target := self._target(row)) is not None}
        known = known_entries(targets.values(), lock=True)
        self._follow_merges(targets, known)
        chunk = _Chunk()
        for row in rows:
            entry = known.get(targets.get(row.pk, 0))
            if row.decision == RowDecision.SKIP:
                row.outcome = RowOutcome.SKIPPED
            elif entry is not None:
                self._update(chunk, row, entry)
            else:
                self._create(chunk, row)
        self._write(chunk)
        _save(rows)

    def _target(self, row: ImportRow) -> int | None:
        """The entry that a line goes into. One that the product held for new may have come in meanwhile."""
        if row.decision == RowDecision.SKIP:
            return None
        if row.decision == RowDecision.UPDATE and row.match_id is not None:
            return row.match_id
        if row.is_decided and row.decision == RowDecision.CREATE:
            return None
        sure = self.directory.sure(row.parsed)
        row.match_by = sure.by if sure else ""
        return sure.id if sure else None

    def _follow_merges(self, targets: dict[int, int], known: dict[int, Known]) -> None:
        """An entry that was merged meanwhile is found in the one that took it in."""
        gone = {pk: one.organisation.merged_into_id for pk, one in known.items() if one.organisation.merged_into_id}
        if not gone:
            return
        known |= known_entries([pk for pk in gone.values() if pk is not None], lock=True)
        for row, target in targets.items():
            targets[row] = gone.get(target) or target

    def _update(self, chunk: _Chunk, row: ImportRow, entry: Known) -> None:
        organisation = entry.organisation
        row.organisation = organisation
        if not access.may_decide_on(self.viewer, organisation):
            row.problems = [*row.problems, problem("known_not_yours", hint=organisation.name)]
            row.outcome = RowOutcome.LEFT
            return
        change = change_of(entry, row.parsed, by=row.match_by, fills_only=self.job.fills_only)
        if change.is_empty:
            row.outcome = RowOutcome.SAME
            return
        row.outcome = RowOutcome.UPDATED
        old = {name: _plain(getattr(organisation, name)) for name in change.columns}
        row.before = {"columns": old, "areas": change.areas, "names": change.names, "version": organisation.version}
        for name, value in change.columns.items():
            setattr(organisation, name, value)
        organisation.name_key = name_key(organisation.name)
        organisation.version += 1
        organisation.updated_at = timezone.now()
        row.before["after"] = organisation.version
        chunk.updated[organisation.pk] = entry
        self._beside(chunk, row, organisation, change)
        # The next line of this chunk that speaks of it compares with what it will be.
        entry.areas |= set(change.areas)
        entry.names += change.names
        entry.contacts += change.contacts

    def _create(self, chunk: _Chunk, row: ImportRow) -> None:
        if not access.may_bring(self.viewer, reach_of(row.parsed, self.places)):
            row.problems = [*row.problems, problem("not_yours", hint=names_of(row.parsed, self.places))]
            row.outcome = RowOutcome.LEFT
            return
        organisation, change = new_entry(row.parsed, source=self.source)
        organisation.slug = self._slug(row.parsed)
        row.outcome = RowOutcome.CREATED
        row.before = {"created": True, "after": organisation.version}
        chunk.created.append((row, organisation, change))

    def _slug(self, parsed: dict[str, Any]) -> str:
        wanted = slugify(parsed.get("slug") or parsed.get("acronym") or parsed["name"])[:70].strip("-")
        wanted = "organisation" if not wanted or wanted.isdigit() else wanted
        slug, number = wanted, 2
        while slug in self.slugs:
            slug, number = f"{wanted}-{number}", number + 1
        self.slugs.add(slug)
        return slug

    def _beside(self, chunk: _Chunk, row: ImportRow, organisation: Organisation, change: Change) -> None:
        chunk.areas += [(organisation.pk, area) for area in change.areas]
        chunk.names += [(organisation.pk, name) for name in change.names]
        chunk.contacts += [(row, _contact(organisation, given, self.source)) for given in change.contacts]

    def _write(self, chunk: _Chunk) -> None:
        Organisation.objects.bulk_create([organisation for _, organisation, _ in chunk.created])
        for row, organisation, change in chunk.created:
            row.organisation = organisation
            self._beside(chunk, row, organisation, change)
        changed = [entry.organisation for entry in chunk.updated.values()]
        if changed:
            Organisation.objects.bulk_update(changed, [name.removesuffix("_id") for name in WRITTEN], batch_size=100)
        through = Organisation.areas.through
        through.objects.bulk_create(
            [through(organisation_id=pk, area_id=area) for pk, area in chunk.areas], ignore_conflicts=True
        )
        OrganisationName.objects.bulk_create(
            [OrganisationName(organisation_id=pk, name=name) for pk, name in chunk.names], ignore_conflicts=True
        )
        Contact.objects.bulk_create([contact for _, contact in chunk.contacts])
        for row, contact in chunk.contacts:
            row.before.setdefault("contacts", []).append(contact.pk)
            # By which it is seen, when the import is taken back, whether somebody has changed this contact.
            row.before.setdefault("marks", {})[str(contact.pk)] = mark_of(contact)
        created = [organisation.pk for _, organisation, _ in chunk.created]
        directory_index.refresh([*created, *chunk.updated])
        note(self.job, "imported_organisation", created)
        note(self.job, "changed_by_import", list(chunk.updated))


def note(job: ImportJob, verb: str, ids: Sequence[int]) -> None:
    """Note an act on many organisations in the audit log, with the number of the import."""
    if not ids:
        return
    facts = json.dumps({"import": job.pk})
    with connection.cursor() as cursor:
        cursor.execute(
            audit.record_sql("(SELECT unnest(%s::bigint[]) AS id) AS touched"),
            [job.uploaded_by_id, verb, "organisation", facts, list(ids)],
        )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _contact(organisation: Organisation, given: dict[str, Any], source: str) -> Contact:
    return Contact(
        organisation=organisation,
        name=given.get("name", ""),
        role=given.get("role", ""),
        phone=given.get("phone", ""),
        email=given.get("email", ""),
        is_emergency=bool(given.get("emergency")),
        channel="sms" if given.get("phone") else "email",
        source=source[:200],
    )


def _save(rows: Sequence[ImportRow]) -> None:
    columns: dict[str, list[Any]] = {
        "ids": [row.pk for row in rows],
        "outcomes": [str(row.outcome) for row in rows],
        "organisations": [row.organisation.pk if row.organisation else None for row in rows],
        "befores": [json.dumps(row.before) for row in rows],
        "problems": [json.dumps(row.problems) for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, columns)


_SAVE = """
UPDATE orgs_importrow AS line
   SET outcome = given.outcome, organisation_id = given.organisation, before = given.before::jsonb,
       problems = given.problems::jsonb
  FROM unnest(%(ids)s::bigint[], %(outcomes)s::text[], %(organisations)s::bigint[], %(befores)s::text[],
              %(problems)s::text[]) AS given (id, outcome, organisation, before, problems)
 WHERE line.id = given.id
"""
