"""Commitments as a file: one line a commitment, as the list shows them."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dialogues.access import COMMITMENTS, that_may_leave
from dialogues.commitments_shown import in_words
from dialogues.disclosed_commitments import COMMITMENT
from dialogues.exports.sheets import IN_AREAS, Row, Sheet, SheetColumn, in_chunks, plain, yes
from dialogues.forms.commitments import CommitmentFilterForm
from dialogues.models import Commitment
from orgs.listing import columns_for
from orgs.policy import Viewer


def _rows(viewer: Viewer, asked: QueryDict) -> Iterator[Row]:
    """What the list shows with the same choice, all pages of it; all commitments where no state is chosen."""
    wanted = asked.copy()
    if "state" not in wanted:
        wanted["state"] = "all"
    form = CommitmentFilterForm(wanted, viewer=viewer)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return _read(viewer, that_may_leave(form.rows()))


def _read(viewer: Viewer, commitments: QuerySet[Commitment]) -> Iterator[Row]:
    columns = columns_for(COMMITMENTS, COMMITMENT, viewer)
    if not columns:
        return
    listed = commitments.order_by("order_on", "id").values(
        "id", "order_on", audience=COMMITMENTS.audience_column(viewer), **columns
    )
    for rows in in_chunks(listed):
        yield from in_words(viewer, rows)


SHEET = Sheet(
    "commitments",
    _("Commitments"),
    (
        plain(_("Code"), "#activity+code", "code"),
        plain(_("Number"), "#activity+id", "uid"),
        plain(_("What was promised"), "#activity+name", "what"),
        plain(_("Who promised"), "#org+name", "owner"),
        plain(_("Sort of owner"), "#org+type", "owner_kind"),
        *IN_AREAS,
        plain(_("Promised on"), "#date+start", "promised_on"),
        plain(_("By when"), "#date+due", "due_on"),
        plain(_("State (code)"), "#status+code", "state"),
        plain(_("State"), "#status+name", "state_label"),
        SheetColumn(_("Days late"), "#indicator+days+late", lambda row, labels: row["days_late"] or ""),
        plain(_("How will one see that it is kept?"), "#description+evidence", "evidence"),
        yes(_("Public"), "#meta+public", "is_public"),
        yes(_("Demonstration"), "#meta+demo", "is_demo"),
    ),
    _rows,
)
