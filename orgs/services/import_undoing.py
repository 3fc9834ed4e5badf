"""Taking an import back: what it added goes, what it changed is as before, unless somebody has changed it since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from orgs.imports.beacon import Beacon
from orgs.models import (
    Contact,
    FactSource,
    ImportJob,
    ImportRow,
    Organisation,
    OrganisationName,
    OrganisationState,
    RowOutcome,
)
from orgs.models.areas import name_key
from orgs.services import directory_index
from orgs.services.contacts import mark_of
from orgs.services.import_applying import finish, note

CHUNK = 500
_OWN = {Contact, FactSource, OrganisationName, ImportRow}
"""What hangs on an entry and goes with it."""


def undo(*, job: ImportJob, beacon: Beacon) -> None:
    """Take everything back that nobody has touched since, the last line first, in one transaction."""
    with transaction.atomic():
        rows = job.rows.filter(leader__isnull=True, outcome__in=(RowOutcome.CREATED, RowOutcome.UPDATED))
        total, done = rows.count(), 0
        versions: dict[int, int] = {}
        while chunk := list(rows.order_by("-pk")[:CHUNK]):
            beacon.tell(_("Taking back"), done, total)
            _undo_chunk(job, chunk, versions)
            done += len(chunk)
        finish(job)
        beacon.tell(_("Taking back"), done, total)


def _undo_chunk(job: ImportJob, rows: Sequence[ImportRow], versions: dict[int, int]) -> None:
    ids = {row.organisation_id for row in rows if row.organisation_id is not None}
    found = {one.pk: one for one in Organisation.objects.select_for_update(of=("self",)).filter(pk__in=ids)}
    used = _used_contacts(rows)
    untouched = {
        row.pk
        for row in rows
        if row.organisation_id in found
        and _is_untouched(row, found[row.organisation_id], versions)
        and not used.intersection(row.before.get("contacts", []))
    }
    changed = [row for row in rows if row.pk in untouched and row.outcome == RowOutcome.UPDATED]
    created = [row for row in rows if row.pk in untouched and row.outcome == RowOutcome.CREATED]
    for row in rows:
        if row.pk not in untouched:
            row.outcome = RowOutcome.KEPT
    _restore(changed, found, versions)
    _remove(created)
    ImportRow.objects.bulk_update(rows, ["outcome"], batch_size=250)
    note(job, "restored_after_import", sorted({row.organisation_id for row in changed if row.organisation_id}))
    note(job, "removed_after_import", sorted({row.organisation_id for row in created if row.organisation_id}))


def _is_untouched(row: ImportRow, organisation: Organisation, versions: dict[int, int]) -> bool:
    """Whether the entry is as this line left it, apart from what was taken back before."""
    version = versions.get(organisation.pk, organisation.version)
    return organisation.merged_into_id is None and version == row.before.get("after")


def _used_contacts(rows: Sequence[ImportRow]) -> set[int]:
    """Contacts of these lines that somebody has changed, ended, or tried since. All are locked."""
    marks = {int(pk): mark for row in rows for pk, mark in row.before.get("marks", {}).items()}
    held = Contact.objects.select_for_update(of=("self",)).filter(pk__in=marks).order_by("pk")
    return {one.pk for one in held if one.proved_at or one.failed_at or mark_of(one) != marks[one.pk]}


def _restore(rows: Sequence[ImportRow], found: dict[int, Organisation], versions: dict[int, int]) -> None:
    columns: set[str] = set()
    for row in rows:
        organisation = found[row.organisation_id or 0]
        for name, value in row.before.get("columns", {}).items():
            setattr(organisation, name, date.fromisoformat(value) if name == "agreed_on" and value else value)
            columns.add(name.removesuffix("_id"))
        organisation.name_key = name_key(organisation.name)
        organisation.version += 1
        versions[organisation.pk] = int(row.before["version"])
        row.outcome = RowOutcome.RESTORED
        Organisation.areas.through.objects.filter(
            organisation=organisation.pk, area__in=row.before.get("areas", [])
        ).delete()
        OrganisationName.objects.filter(organisation=organisation.pk, name__in=row.before.get("names", [])).delete()
    _remove_contacts(rows)
    touched = {row.organisation_id or 0: found[row.organisation_id or 0] for row in rows}
    if touched:
        Organisation.objects.bulk_update(touched.values(), ["name_key", "version", *sorted(columns)], batch_size=100)
        directory_index.refresh(list(touched))


def _remove_contacts(rows: Iterable[ImportRow]) -> None:
    Contact.objects.filter(pk__in=[pk for row in rows for pk in row.before.get("contacts", [])]).delete()


def _remove(rows: Sequence[ImportRow]) -> None:
    """Remove entries that nothing speaks of; those that something does are marked as no longer active."""
    ids = {row.organisation_id for row in rows if row.organisation_id is not None}
    named = _spoken_of(ids) | _with_other_contacts(rows)
    for row in rows:
        row.outcome = RowOutcome.RETIRED if row.organisation_id in named else RowOutcome.REMOVED
    Organisation.objects.filter(pk__in=named).update(state=OrganisationState.RETIRED, version=F("version") + 1)
    Organisation.objects.filter(pk__in=ids - named).delete()
    for row in rows:
        if row.organisation_id not in named:
            row.organisation_id = None


def _with_other_contacts(rows: Sequence[ImportRow]) -> set[int]:
    """Entries that somebody gave a contact besides those of the file."""
    own = {pk for row in rows for pk in row.before.get("contacts", [])}
    ids = [row.organisation_id for row in rows]
    others = Contact.objects.filter(organisation__in=ids).exclude(pk__in=own)
    return set(others.values_list("organisation_id", flat=True))


def _spoken_of(ids: set[int]) -> set[int]:
    """Those of these entries that a row of any other table names: posts, alerts, sessions, grants..."""
    found: set[int] = set()
    for relation in Organisation._meta.related_objects:
        field: Any = relation.field
        related: Any = relation.related_model
        if related in _OWN or not ids:
            continue
        if isinstance(field, models.ManyToManyField):
            name = field.m2m_reverse_field_name() if field.related_model is Organisation else field.m2m_field_name()
            between: Any = field.remote_field.through
            rows = between._default_manager.filter(**{f"{name}__in": ids})
            found |= set(rows.values_list(name, flat=True))
        elif not _is_history(related):
            rows = related._default_manager.filter(**{f"{field.name}__in": ids})
            found |= set(rows.values_list(field.name, flat=True))
    return found & ids


def _is_history(model: Any) -> bool:
    """Tables of past versions name every entry there ever was."""
    return hasattr(model, "pgh_tracked_model")
