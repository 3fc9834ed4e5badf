"""What is wrong with the lines of a file, as a table to work through beside it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from orgs.imports.problems import in_words
from orgs.models import ImportRow, RowOutcome, RowState


def lines(rows: QuerySet[ImportRow]) -> Iterator[list[str]]:
    """The title line, then one line for each problem and for each organisation that did not come in."""
    yield [_("Sheet"), _("Line"), _("Organisation"), _("What became of it"), _("Column"), _("Remark")]
    wanted = rows.order_by("pk").only("sheet", "number", "parsed", "problems", "state", "outcome")
    for row in wanted.iterator(chunk_size=1000):
        became = RowOutcome(row.outcome).label if row.outcome else RowState(row.state).label
        start = [row.sheet, str(row.number), row.parsed.get("name", ""), str(became)]
        said = in_words(row.problems)
        for one in said:
            yield [*start, one.column, one.words]
        if not said and row.outcome in (RowOutcome.SKIPPED, RowOutcome.LEFT):
            yield [*start, "", str(became)]
