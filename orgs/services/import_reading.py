"""Reading a file into lines, joining those of one organisation, finding who is known: everything before the preview."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from orgs import access
from orgs.imports.beacon import Beacon
from orgs.imports.changes import Known, change_of, known_entries
from orgs.imports.files import FileRefused, Line, open_file
from orgs.imports.matching import Directory, Findings, find
from orgs.imports.places import Gazetteer
from orgs.imports.problems import has_error, problem
from orgs.imports.rows import Columns, Parsed, Understanding, merged
from orgs.models import ImportJob, ImportRow, RowDecision, RowState
from orgs.models.areas import name_key
from orgs.policy import Viewer

BATCH = 500
MOST_ROWS = 60_000
Key = tuple[str, ...]


def read(*, job: ImportJob, path: Path, viewer: Viewer, beacon: Beacon) -> None:
    """Read all chosen sheets anew. Raises ``FileRefused`` and what ``Beacon`` raises."""
    with transaction.atomic():
        job.rows.all().delete()
    understanding = Understanding()
    names = _read_lines(job, path, understanding, beacon)
    _join(job, names)
    compare(job=job, viewer=viewer, places=understanding.places, beacon=beacon)


# --- Lines -------------------------------------------------------------------------------------------------------


def _read_lines(job: ImportJob, path: Path, understanding: Understanding, beacon: Beacon) -> Counter[Key]:
    names: Counter[Key] = Counter()
    count = 0
    found = {sheet["name"]: sheet for sheet in job.sheets}
    for sheet in open_file(path).sheets:
        if sheet.name not in job.mapping or sheet.name not in found:
            continue
        columns = Columns.of(job.mapping[sheet.name], found[sheet.name]["columns"])
        first = int(found[sheet.name]["first"])
        body = (line for line in sheet.lines() if line.number >= first and not line.is_blank)
        while batch := list(islice(body, BATCH)):
            count += len(batch)
            if count > MOST_ROWS:
                raise FileRefused(_("More than %(most)d lines. Cut the file into several.") % {"most": MOST_ROWS})
            rows = list(_rows(job, sheet.name, batch, columns, understanding))
            ImportRow.objects.bulk_create(rows)
            names.update(_key(row.parsed) for row in rows)
            beacon.tell(_("Reading"), count, 0)
    if not count:
        raise FileRefused(_("No line stands under the titles: there is nothing to bring in."))
    return names


def _rows(
    job: ImportJob, sheet: str, batch: Sequence[Line], columns: Columns, understanding: Understanding
) -> Iterator[ImportRow]:
    understanding.prepare((line.cells for line in batch), columns)
    for line in batch:
        parsed, problems = understanding.read(line.cells, columns, line.faulty)
        yield ImportRow(
            job=job, sheet=sheet[:100], number=line.number, cells=line.cells, parsed=parsed, problems=problems
        )


# --- One organisation in several lines -----------------------------------------------------------------------------


def _key(parsed: Parsed) -> Key:
    """What two lines of one organisation have in common: its address, or acronym and name."""
    if parsed.get("slug"):
        return ("slug", parsed["slug"])
    name, short = name_key(parsed.get("name", "")), name_key(parsed.get("acronym", ""))
    return ("name", name, "" if short == name else short)


def _same(names: Counter[Key]) -> dict[Key, Key]:
    """Lines that leave out the acronym, or give nothing else, belong to the one organisation that has it."""
    by_name: dict[str, set[Key]] = {}
    by_short: dict[str, set[Key]] = {}
    for key in names:
        if key[0] == "name" and key[2]:
            by_name.setdefault(key[1], set()).add(key)
            by_short.setdefault(key[2], set()).add(key)
    same: dict[Key, Key] = {}
    for key in names:
        if key[0] != "name" or key[2] or not key[1]:
            continue
        for known in (by_name.get(key[1], set()), by_short.get(key[1], set())):
            if len(known) == 1:
                same[key] = next(iter(known))
                break
    return same


def _join(job: ImportJob, names: Counter[Key]) -> None:
    """Give every line that belongs to an earlier one its leader."""
    same = _same(names)
    leaders: dict[Key, int] = {}
    for batch in _batches(job, RowState.READ):
        joined: list[tuple[int, int]] = []
        for row in batch:
            key = _key(row.parsed)
            key = same.get(key, key)
            if key == ("name", "", ""):
                continue
            leader = leaders.setdefault(key, row.pk)
            if leader != row.pk:
                joined.append((row.pk, leader))
        with connection.cursor() as cursor:
            cursor.execute(_JOIN, {"ids": [pk for pk, _ in joined], "leaders": [leader for _, leader in joined]})


_JOIN = """
UPDATE orgs_importrow AS line SET leader_id = given.leader, state = 'joined'
  FROM unnest(%(ids)s::bigint[], %(leaders)s::bigint[]) AS given (id, leader) WHERE line.id = given.id
"""


def _batches(job: ImportJob, *states: str) -> Iterator[list[ImportRow]]:
    after = 0
    while rows := list(job.rows.filter(pk__gt=after, state__in=states).order_by("pk")[:BATCH]):
        yield rows
        after = rows[-1].pk


# --- Who is known ------------------------------------------------------------------------------------------------


def compare(*, job: ImportJob, viewer: Viewer, places: Gazetteer, beacon: Beacon) -> None:
    """Join what the lines of each organisation say, find it in the directory, and propose what to do."""
    directory = Directory(viewer)
    seen = _Seen()
    total = job.rows.filter(leader__isnull=True).count()
    done = 0
    for batch in _batches(job, RowState.READ):
        _unite(batch)
        found = find(directory, [(row.parsed, reach_of(row.parsed, places)) for row in batch])
        known = known_entries(each.sure.id for each in found if each.sure)
        for row, findings in zip(batch, found, strict=True):
            _propose(row, findings, known, viewer, places, fills_only=job.fills_only)
            seen.look(row)
        save_proposals(batch)
        done += len(batch)
        beacon.tell(_("Comparing with the directory"), done, total)


def reach_of(parsed: Parsed, places: Gazetteer) -> set[int]:
    """The areas where an organisation is or works, with those above."""
    areas = [*parsed.get("areas", ()), (parsed.get("seat") or {}).get("area")]
    return {above for area in areas if area for above in places.above(area)}


def names_of(parsed: Parsed, places: Gazetteer) -> str:
    """The names of the areas where an organisation is or works."""
    areas = [*parsed.get("areas", ()), (parsed.get("seat") or {}).get("area")]
    known = [places.known(area) for area in areas if area]
    return ", ".join(dict.fromkeys(area.name for area in known if area is not None))


def _unite(batch: Sequence[ImportRow]) -> None:
    together: dict[int, list[Parsed]] = {row.pk: [row.parsed] for row in batch}
    members = ImportRow.objects.filter(leader__in=list(together)).order_by("pk").values_list("leader_id", "parsed")
    for leader, parsed in members.iterator(chunk_size=2000):
        together[leader].append(parsed)
    for row in batch:
        row.parsed, problems = merged(together[row.pk])
        row.problems = [*row.problems, *problems]
        if row.parsed.get("kind") == "security" and any("seats" in one for one in together[row.pk]):
            row.problems.append(problem("security_seat"))


def _propose(
    row: ImportRow,
    findings: Findings,
    known: dict[int, Known],
    viewer: Viewer,
    places: Gazetteer,
    *,
    fills_only: bool,
) -> None:
    if findings.unknown_slug:
        row.problems.append(problem("unknown_slug", given=findings.unknown_slug))
    row.likely = findings.likely
    if has_error(row.problems):
        row.state = RowState.ERROR
    elif findings.sure is not None and findings.sure.id in known:
        row.match_id, row.match_by = findings.sure.id, findings.sure.by
        settle_update(row, known[findings.sure.id], viewer, fills_only=fills_only)
    elif not access.may_bring(viewer, reach_of(row.parsed, places)):
        row.problems.append(problem("not_yours", hint=names_of(row.parsed, places)))
        row.state = RowState.ERROR
    elif findings.likely:
        row.state = RowState.LIKELY
        row.decision = RowDecision.UPDATE if findings.proposed else RowDecision.CREATE
        row.match_id = findings.proposed
        row.match_by = "likely" if findings.proposed else ""
    else:
        row.state, row.decision = RowState.CREATE, RowDecision.CREATE


def settle_update(row: ImportRow, known: Known, viewer: Viewer, *, fills_only: bool) -> None:
    """The line speaks of this entry: whether it changes anything, and whether this person may."""
    if not access.may_decide_on(viewer, known.organisation):
        row.problems.append(problem("known_not_yours", hint=known.organisation.name))
        row.state = RowState.ERROR
        return
    change = change_of(known, row.parsed, by=row.match_by, fills_only=fills_only)
    row.state = RowState.SAME if change.is_empty else RowState.UPDATE
    row.decision = RowDecision.UPDATE


class _Seen:
    """Signs within one file that two of its organisations may be one."""

    def __init__(self) -> None:
        self._phones: dict[str, int] = {}
        self._acronyms: dict[str, int] = {}

    def look(self, row: ImportRow) -> None:
        """Compare with the lines above."""
        short = name_key(row.parsed.get("acronym", ""))
        if short and self._acronyms.setdefault(short, row.number) != row.number:
            row.problems.append(problem("same_acronym", hint=str(self._acronyms[short])))
        for contact in row.parsed.get("contacts", ()):
            phone = contact.get("phone", "")
            if phone and self._phones.setdefault(phone, row.number) != row.number:
                row.problems.append(problem("same_phone", hint=str(self._phones[phone])))


def save_proposals(rows: Sequence[ImportRow]) -> None:
    """Write what was found about these lines, in one statement."""
    columns: dict[str, list[Any]] = {
        "ids": [row.pk for row in rows],
        "parsed": [json.dumps(row.parsed) for row in rows],
        "problems": [json.dumps(row.problems) for row in rows],
        "likely": [json.dumps(row.likely) for row in rows],
        "states": [str(row.state) for row in rows],
        "decisions": [str(row.decision) for row in rows],
        "decided": [row.is_decided for row in rows],
        "matches": [row.match_id for row in rows],
        "by": [row.match_by for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, columns)


_SAVE = """
UPDATE orgs_importrow AS line
   SET parsed = given.parsed::jsonb, problems = given.problems::jsonb, likely = given.likely::jsonb,
       state = given.state, decision = given.decision, is_decided = given.decided, match_id = given.match,
       match_by = given.by
  FROM unnest(%(ids)s::bigint[], %(parsed)s::text[], %(problems)s::text[], %(likely)s::text[], %(states)s::text[],
              %(decisions)s::text[], %(decided)s::boolean[], %(matches)s::bigint[], %(by)s::text[])
       AS given (id, parsed, problems, likely, state, decision, decided, match, by)
 WHERE line.id = given.id
"""
