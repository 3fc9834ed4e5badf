"""Committees as a file: one line a committee, no name of anybody who sits there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.access import COMMITTEES
from dialogues.api.filters import CommitteeFilters
from dialogues.committee_figures import figures
from dialogues.committees import DUE, OVERDUE, PLANNED
from dialogues.disclosed_agreements import COMMITTEE
from dialogues.exports.sheets import (
    AREA_COLUMNS,
    AREA_FIELDS,
    Labels,
    Row,
    Sheet,
    SheetColumn,
    coded,
    completed_rows,
    plain,
    yes,
    yes_or_no,
)
from dialogues.models import CommitteeKind, CommitteeState
from orgs.policy import Viewer

_FIELDS = (
    "uid", "name", "kind", "state", "created_on", "meets_every", *AREA_FIELDS, "tlp", "is_demo",
)  # fmt: skip
_STANDING = {
    OVERDUE: pgettext_lazy("meeting", "Should have met"),
    PLANNED: pgettext_lazy("meeting", "Planned"),
    DUE: pgettext_lazy("meeting", "To come"),
}


def _rows(viewer: Viewer, asked: QueryDict) -> Iterator[Row]:
    order = ("name", "id")
    return completed_rows(
        viewer, asked, COMMITTEES, COMMITTEE, CommitteeFilters, fields=_FIELDS, order=order, complete=_completed
    )


def _completed(viewer: Viewer, rows: Sequence[Row]) -> Iterator[Row]:
    told = figures(viewer, {row["pk"]: row["seen_as"] for row in rows})
    return (row | told[row["pk"]] for row in rows)


def _standing(row: Mapping[str, Any], labels: Labels) -> Any:
    return _STANDING.get(row["standing"], "")


SHEET = Sheet(
    "committees",
    _("Committees"),
    (
        plain(_("Number"), "#org+id", "uid"),
        plain(_("Name"), "#org+name", "name"),
        coded(_("Kind"), "#org+type", "kind", CommitteeKind),
        coded(_("State"), "#status", "state", CommitteeState),
        *AREA_COLUMNS,
        plain(_("Created on"), "#date+start", "created_on"),
        plain(_("Meets every (months)"), "#x_frequency+months", "meets_every"),
        plain(_("Meetings held that you may see"), "#activity+meetings+num", "meetings_held"),
        plain(_("Last meeting"), "#date+meeting+last", "last_held"),
        plain(_("Next meeting planned"), "#date+meeting+planned", "next_planned"),
        plain(_("Next meeting due"), "#date+meeting+due", "next_due"),
        SheetColumn(_("Next meeting"), "#status+meeting", _standing),
        plain(_("Seats"), "#capacity+seats+num", "seats"),
        plain(_("Seats held"), "#capacity+seats+held+num", "held"),
        plain(_("Seats vacant"), "#capacity+seats+vacant+num", "vacant"),
        plain(_("Women in seats"), "#population+f+num", "women"),
        plain(_("Of how many the sex is known"), "#population+sex+known+num", "women_of"),
        yes_or_no(_("Women hold at least 30 %"), "#indicator+f+bool", "women_reach"),
        plain(_("People of 15 to 35 in seats"), "#population+youth+num", "youth"),
        plain(_("Of how many the age is known"), "#population+age+known+num", "youth_of"),
        yes_or_no(_("People of 15 to 35 hold at least 30 %"), "#indicator+youth+bool", "youth_reach"),
        plain(_("Decisions to be done"), "#activity+decisions+open+num", "decisions_open"),
        plain(_("Decisions that are late"), "#activity+decisions+late+num", "decisions_late"),
        plain(_("Marking"), "#meta+tlp", "tlp"),
        yes(_("Demonstration"), "#meta+demo", "is_demo"),
    ),
    _rows,
)
