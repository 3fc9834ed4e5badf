"""What became of the lines of an import, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import get_urlconf

from orgs.access import ORGANISATIONS
from orgs.imports.preview import label_of, lines_in_words, problems_of
from orgs.imports.problems import Said
from orgs.models import ImportJob, ImportRow, RowOutcome
from orgs.policy import Viewer
from orgs.presentation.navigation import is_served


@dataclass
class ResultRow:
    """One organisation of the file, and what became of it."""

    name: str
    lines: str
    outcome: str
    address: str = ""
    """Of its page, where the reader may see it."""
    entry: str = ""
    """The name of the entry that it went into, where that is another name."""
    touched: list[str] = field(default_factory=list)
    problems: list[Said] = field(default_factory=list)
    more_problems: int = 0


def result_rows(job: ImportJob, rows: Sequence[ImportRow], viewer: Viewer) -> list[ResultRow]:
    """These lines in words, in three queries."""
    ids = {row.organisation_id for row in rows if row.organisation_id}
    seen = {}
    if ids:
        seen = {pk: (slug, name) for pk, slug, name in ORGANISATIONS.rows(viewer).filter(pk__in=ids).values_list(
            "pk", "slug", "name")}  # fmt: skip
    members: dict[int, list[ImportRow]] = {}
    joined = ImportRow.objects.filter(leader__in=[row.pk for row in rows]).only(
        "leader_id", "sheet", "number", "problems"
    )
    for member in joined.order_by("pk"):
        members.setdefault(member.leader_id or 0, []).append(member)
    return [_result(job, row, members.get(row.pk, []), seen.get(row.organisation_id or 0)) for row in rows]


def _result(job: ImportJob, row: ImportRow, members: Sequence[ImportRow], entry: tuple[str, str] | None) -> ResultRow:
    name = row.parsed.get("name", "") or "–"
    shown = ResultRow(name, lines_in_words(job, [row, *members]), str(RowOutcome(row.outcome).label))
    if entry is not None:
        address = f"/orgs/{entry[0]}/"
        shown.address = address if is_served(address, get_urlconf()) else ""
        shown.entry = entry[1] if entry[1] != name else ""
    if row.outcome == RowOutcome.UPDATED:
        beside = [name for name in ("areas", "names", "contacts") if row.before.get(name)]
        shown.touched = list(dict.fromkeys(label_of(name) for name in [*row.before.get("columns", {}), *beside]))
    shown.problems, shown.more_problems = problems_of(row, members)
    return shown
