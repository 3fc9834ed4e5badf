"""Support on the page of one organisation: what it gave and got, needs and does, as far as the viewer may read it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from orgs.access import support as access
from orgs.models import Organisation
from orgs.policy import Viewer
from orgs.presentation.support import GRANT, KINDS, NEED, PROGRAMME, TRAINING, Kind, facts
from orgs.sections import Section
from orgs.support_lists import bare, known_of, rows_for, shown

NEWEST = 5
OWNERS = ((PROGRAMME, "organisation"), (TRAINING, "organiser"), (NEED, "organisation"), (GRANT, "recipient"))


def support_section(viewer: Viewer, organisation: Organisation) -> Section | None:
    """The newest rows of each kind; nothing for those who read none of them."""
    parts = []
    for kind, owner in OWNERS:
        if access.may_list(viewer, kind.model):
            part = _part(kind, owner, viewer, organisation)
            if part["rows"] or part["add"]:
                parts.append(part)
    return (
        Section("support", _("Support"), "orgs/support/section.html", {"parts": parts}, position=60) if parts else None
    )


def _part(kind: Kind, owner: str, viewer: Viewer, organisation: Organisation) -> dict[str, Any]:
    order = [name if direction == "asc" else f"-{name}" for name, direction in kind.order]
    found = shown(kind, viewer, rows_for(kind, viewer).filter(**{owner: organisation}).order_by(*order))
    rows = [bare(row) for row in found[:NEWEST]]
    known = known_of(viewer, rows) if rows else None
    may_add = access.may_keep(viewer, kind.model(**{owner: organisation}))
    return {
        "title": KINDS[kind.key].title,
        "add": f"{kind.address('new')}?for={organisation.slug}" if may_add else "",
        "add_words": kind.add,
        "rows": [
            (kind.name(row, known), kind.address("one", row["id"]), facts(kind, row, known, listed=True))
            for row in rows
            if known is not None
        ],
    }
