"""Commitments as a file: titles in the reader's language, HXL tags, each row as this reader may see it."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dialogues.access import COMMITMENTS
from dialogues.commitments_shown import in_words
from dialogues.disclosed_commitments import COMMITMENT
from dialogues.models import Commitment
from orgs.listing import columns_for
from orgs.policy import Viewer

CHUNK = 500
_TAGS = {
    "code": "#activity+code",
    "uid": "#activity+id",
    "what": "#activity+name",
    "owner": "#org+name",
    "owner_kind": "#org+type",
    "region": "#adm1+name",
    "region_pcode": "#adm1+code+v_pcode",
    "cercle": "#adm2+name",
    "cercle_pcode": "#adm2+code+v_pcode",
    "commune": "#adm3+name",
    "commune_pcode": "#adm3+code+v_pcode",
    "promised_on": "#date+start",
    "due_on": "#date+due",
    "state": "#status+code",
    "state_label": "#status+name",
    "days_late": "#indicator+days+late",
    "evidence": "#description+evidence",
    "public": "#meta+public",
    "demo": "#meta+demo",
}


def lines(viewer: Viewer, rows: QuerySet[Commitment]) -> Iterator[list[Any]]:
    """Titles, HXL tags, a line a commitment; some hundreds are held at a time."""
    titles = _titles()
    yield [titles[name] for name in _TAGS]
    yield list(_TAGS.values())
    columns = columns_for(COMMITMENTS, COMMITMENT, viewer)
    if not columns:
        return
    listed = rows.order_by("order_on", "id").values(
        "id", "order_on", audience=COMMITMENTS.audience_column(viewer), **columns
    )
    found = listed.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        for row in in_words(viewer, chunk):
            yield [_cell(row, name) for name in _TAGS]


def _cell(row: Mapping[str, Any], name: str) -> Any:
    if name in ("public", "demo"):
        return _("yes") if row[f"is_{name}"] else ""
    return "" if name == "days_late" and not row["days_late"] else row[name]


def _titles() -> dict[str, str]:
    return {
        "code": _("Code"),
        "uid": _("Number"),
        "what": _("What was promised"),
        "owner": _("Who promised"),
        "owner_kind": _("Sort of owner"),
        "region": _("Region"),
        "region_pcode": _("P-code of the region"),
        "cercle": _("Cercle"),
        "cercle_pcode": _("P-code of the cercle"),
        "commune": _("Commune"),
        "commune_pcode": _("P-code of the commune"),
        "promised_on": _("Promised on"),
        "due_on": _("By when"),
        "state": _("State (code)"),
        "state_label": _("State"),
        "days_late": _("Days late"),
        "evidence": _("How will one see that it is kept?"),
        "public": _("Public"),
        "demo": _("Demonstration"),
    }
