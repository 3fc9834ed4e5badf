"""What every file of dialogues has in common: titles in the reader's language, a line of HXL tags, then the rows.

A file never says more than the pages say to the same reader, and holds nothing that is RED
(``access.that_may_leave``). A column reads a row that has been through the disclosure tables already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import FilterSet

from dialogues.access import that_may_leave
from orgs.disclosure import Table
from orgs.listing import columns_for
from orgs.models import Term
from orgs.policy import Policy, Viewer

CHUNK = 300
"""Rows that are held in memory at a time."""
LIST_SIGN = "; "

Row = dict[str, Any]


class Labels:
    """Codes of the directory's lists in the reader's words, looked up once a file."""

    def __init__(self) -> None:
        self._terms = {(term.vocabulary, term.code): term.label for term in Term.objects.all()}

    def terms(self, vocabulary: str, codes: Any) -> str:
        """Several codes in words."""
        return LIST_SIGN.join(self._terms.get((vocabulary, code), code) for code in codes or ())


Write = Callable[[Mapping[str, Any], Labels], Any]


@dataclass(frozen=True)
class SheetColumn:
    """One column: its title, its HXL tag, and how it is written."""

    title: str | Promise
    tag: str
    write: Write


@dataclass(frozen=True)
class Sheet:
    """One file that can be had: ``/exports/<name>.csv`` and ``.xlsx``."""

    name: str
    title: str | Promise
    columns: tuple[SheetColumn, ...]
    rows: Callable[[Viewer, QueryDict], Iterator[Row]]
    """Looks at the filters at once (``ValidationError``), reads the rows as they are asked for."""

    def lines(self, viewer: Viewer, asked: QueryDict) -> Iterator[list[Any]]:
        """Titles, tags, then a line a row. Raises ``ValidationError`` before the first of them."""
        return self._written(self.rows(viewer, asked))

    def _written(self, rows: Iterable[Row]) -> Iterator[list[Any]]:
        labels = Labels()
        yield [str(column.title) for column in self.columns]
        yield [column.tag for column in self.columns]
        for row in rows:
            yield [column.write(row, labels) for column in self.columns]


def completed_rows(
    viewer: Viewer,
    asked: QueryDict,
    policy: Policy[Any],
    table: Table,
    filters: type[FilterSet],
    *,
    fields: tuple[str, ...],
    order: Sequence[str],
    complete: Callable[[Viewer, list[Row]], Iterable[Row]],
    marking: str = "tlp",
) -> Iterator[Row]:
    """What may leave of the rows that are asked for, each as its reader may read it.

    ``complete`` makes lines of the file of some hundred rows at a time; it finds ``pk`` and the audience as ``seen_as``
    in them, which are not for the file. ``marking`` is the path to what the rows are marked. Raises ``ValidationError``
    at once where a filter holds what cannot be.
    """
    rows = narrowed(filters, that_may_leave(policy.rows(viewer), marking), viewer, asked)
    columns = columns_for(policy, table, viewer, only=fields)
    if not columns:
        return iter(())
    known = rows.order_by(*order).annotate(seen_as=policy.audience_column(viewer))
    chunks = in_chunks(known.values("pk", "seen_as", **columns))
    return (line for rows in chunks for line in complete(viewer, rows))


def narrowed(filters: type[FilterSet], rows: QuerySet[Any], viewer: Viewer, asked: QueryDict) -> QuerySet[Any]:
    """The rows that are asked for. Raises ``ValidationError`` where a filter holds what cannot be."""
    chosen = filters(without_empty(asked), queryset=rows, request=viewer)
    if not chosen.is_valid():
        raise ValidationError(chosen.errors.as_data())
    found: QuerySet[Any] = chosen.qs
    return found


def without_empty(asked: QueryDict) -> QueryDict:
    """What was asked without the fields of a form that were left empty."""
    filled = asked.copy()
    for name, values in asked.lists():
        filled.setlist(name, [value for value in values if value])
        if not filled.getlist(name):
            del filled[name]
    return filled


def in_chunks(rows: Any) -> Iterator[list[Row]]:
    """Rows of ``values`` with disclosed columns, some hundreds at a time, under the names of the table."""
    listed = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(listed, CHUNK)):
        yield [{name.removeprefix("shown_"): value for name, value in row.items()} for row in chunk]


# --- Ways to write a cell ----------------------------------------------------------------------------------------


def plain(title: str | Promise, tag: str, source: str) -> SheetColumn:
    """A value as it is."""
    return SheetColumn(title, tag, lambda row, labels: row[source])


def coded(title: str | Promise, tag: str, source: str, choices: Any) -> SheetColumn:
    """A code in words; nothing where it is hidden."""
    return SheetColumn(title, tag, lambda row, labels: dict(choices.choices).get(row[source], ""))


def yes(title: str | Promise, tag: str, source: str) -> SheetColumn:
    """“Yes” where it is so; empty where it is not, or not told."""
    return SheetColumn(title, tag, lambda row, labels: _("yes") if row[source] else "")


def yes_or_no(title: str | Promise, tag: str, source: str) -> SheetColumn:
    """Both in words; empty where it is not told."""
    return SheetColumn(
        title, tag, lambda row, labels: "" if row[source] is None else _("yes") if row[source] else _("no")
    )


def several(title: str | Promise, tag: str, source: str) -> SheetColumn:
    """Several texts in one cell."""
    return SheetColumn(title, tag, lambda row, labels: LIST_SIGN.join(row[source] or ()))


AREA_COLUMNS = (
    plain(gettext_lazy("Region"), "#adm1+name", "region"),
    plain(gettext_lazy("P-code of the region"), "#adm1+code+v_pcode", "region_pcode"),
    plain(gettext_lazy("Cercle"), "#adm2+name", "cercle"),
    plain(gettext_lazy("P-code of the cercle"), "#adm2+code+v_pcode", "cercle_pcode"),
    plain(gettext_lazy("Commune"), "#adm3+name", "commune"),
    plain(gettext_lazy("P-code of the commune"), "#adm3+code+v_pcode", "commune_pcode"),
)
"""Where a row lies, by name and by code."""
AREA_FIELDS = tuple(name for level in ("region", "cercle", "commune") for name in (level, f"{level}_pcode"))
"""The fields of a table that these columns read."""
