"""Ties between organisations as a file for spreadsheets, with a row of HXL hashtags below the headings."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from orgs.access import LINKS
from orgs.disclosed import ORGANISATION_LINK
from orgs.listing import columns_for
from orgs.models import LinkKind
from orgs.policy import Viewer

HXL = {
    "organisation_slug": "#org+code+from",
    "organisation_name": "#org+name+from",
    "kind": "#meta+tie",
    "other_slug": "#org+code+to",
    "other_name": "#org+name+to",
    "starts_on": "#date+start",
    "ends_on": "#date+end",
    "source": "#meta+source",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_BATCH = 2000


def lines(viewer: Viewer) -> Iterator[str]:
    """The file, piece by piece: the ties that this viewer may see, as they may read them."""
    yield "\ufeff" + _line(_headings()) + _line(list(HXL.values()))
    columns = columns_for(LINKS, ORGANISATION_LINK, viewer, only=tuple(HXL))
    if not columns:
        return
    rows = LINKS.rows(viewer).order_by("pk").annotate(**columns).values_list(*columns)
    kinds = dict(LinkKind.choices)
    place = list(HXL).index("kind")
    for row in rows.iterator(chunk_size=_BATCH):
        yield _line([kinds.get(cell, cell) if number == place else cell for number, cell in enumerate(row)])


def _headings() -> list[str]:
    return [
        _("Address"),
        _("Organisation"),
        _("Tie"),
        _("Address of the other"),
        _("Other organisation"),
        _("Since"),
        _("Until"),
        _("Source"),
    ]


def _line(cells: list[Any]) -> str:
    held = io.StringIO()
    csv.writer(held).writerow([_safe(cell) for cell in cells])
    return held.getvalue()


def _safe(cell: Any) -> str:
    """What somebody typed never becomes a formula in a spreadsheet."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
