"""Lists of support as files: CSV with a row of HXL tags, each row as this viewer may read it, never a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.access import viewer_of
from orgs.forms.support_filters import FILTERS
from orgs.models import AgeBand, Programme, Sex, Training
from orgs.policy import Viewer
from orgs.presentation.support import Kind, Money
from orgs.support_lists import bare, known_of, numbers_of, rows_for, shown
from orgs.views.support import guarded, kind_of

BATCH = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"
"""So that spreadsheets know the letters' code."""


class _Line:
    """Takes what the writer of CSV writes, and gives it back."""

    def write(self, text: str) -> str:
        """Give back the line."""
        return text


def safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula. Numbers and days are made here and stay as they are."""
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = "" if value is None else str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


@require_safe
@guarded
def file(request: HttpRequest, *, key: str) -> HttpResponseBase:
    """One kind as CSV, narrowed as the list is."""
    viewer, kind = viewer_of(request), kind_of(request, key)
    filters = FILTERS[kind.model](request.GET, queryset=rows_for(kind, viewer), viewer=viewer)
    writer = csv.writer(_Line())
    lines = _table(kind, viewer, filters.qs)
    body = (writer.writerow([safe(cell) for cell in line]) for line in lines)
    answer = StreamingHttpResponse(_with_bom(body), content_type="text/csv; charset=utf-8")
    name = f"passerelle-{kind.key}-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _with_bom(lines: Iterable[str]) -> Iterator[str]:
    yield BOM
    yield from lines


def _table(kind: Kind, viewer: Viewer, rows: Any) -> Iterator[list[Any]]:
    labels, tags = _heads(kind)
    yield labels
    yield tags
    order = [name if direction == "asc" else f"-{name}" for name, direction in kind.order]
    found = shown(kind, viewer, rows.order_by(*order)).iterator(chunk_size=BATCH)
    while batch := [bare(row) for row in islice(found, BATCH)]:
        known = known_of(viewer, batch)
        numbers = numbers_of(kind, [row["id"] for row in batch])
        for row in batch:
            line: list[Any] = []
            for one in kind.fields:
                value = one.value(row, known)
                line += [value.amount, value.currency] if isinstance(value, Money) else [value]
                if one.tag == "#value+amount" and value is None:
                    line.append(None)
            for cells in numbers.get(row["id"], [{}]):
                yield [*line, *(cells.get(column) for column in _columns(kind))]


def _columns(kind: Kind) -> list[Any]:
    """The columns of numbers: what is counted and how, then a number for each sex and age band."""
    cells: list[Any] = [(sex, age) for sex in Sex.values for age in AgeBand.values]
    if kind.model is Training:
        return cells
    return ["measure", "starts_on", "ends_on", "qualifier", *cells] if kind.model is Programme else []


HXL_SEX = {Sex.FEMALE: "+f", Sex.MALE: "+m", Sex.UNKNOWN: "+sex_unknown"}
HXL_AGE = {
    AgeBand.CHILD: "+age0_14",
    AgeBand.YOUTH: "+age15_35",
    AgeBand.ADULT: "+age36_59",
    AgeBand.ELDER: "+age60plus",
    AgeBand.UNKNOWN: "+age_unknown",
}


def _heads(kind: Kind) -> tuple[list[str], list[str]]:
    labels: list[str] = []
    tags: list[str] = []
    for one in kind.fields:
        labels.append(str(one.label))
        tags.append(one.tag)
        if one.tag == "#value+amount":
            labels.append(_("Currency"))
            tags.append("#value+currency")
    words = {
        "measure": (_("What is counted"), "#reached+type"),
        "starts_on": (_("Counted from"), "#date+start+reached"),
        "ends_on": (_("Counted until"), "#date+end+reached"),
        "qualifier": (_("How the numbers are meant"), "#reached+qualifier"),
    }
    for column in _columns(kind):
        if isinstance(column, str):
            label, tag = words[column]
        else:
            label = f"{Sex(column[0]).label}, {AgeBand(column[1]).label}"
            tag = f"#reached{HXL_SEX[Sex(column[0])]}{HXL_AGE[AgeBand(column[1])]}"
        labels.append(label)
        tags.append(tag)
    return labels, tags
