"""Agreements as a file: one line a provision and assessor, with what that assessor finds now.

As on the page, each assessor's latest assessment stands; a provision that nobody has assessed has a line without one,
and an agreement without provisions a line of its own. Assessors who differ stand in lines below each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dialogues.access import AGREEMENTS
from dialogues.agreements import provisions_of
from dialogues.api.filters import AgreementFilters
from dialogues.disclosed_agreements import AGREEMENT
from dialogues.exports.sheets import AREA_COLUMNS, AREA_FIELDS, Row, Sheet, coded, completed_rows, plain, several, yes
from dialogues.models import AgreementKind, Verdict
from orgs.policy import Viewer

_FIELDS = (
    "uid", "title", "kind", "signed_on", "place_text", "parties", "source", "ended_on", "ended_how", *AREA_FIELDS,
    "tlp", "is_demo",
)  # fmt: skip
_OF_PROVISION = ("number", "words", "benchmark", "due_on")
_OF_ASSESSMENT = ("verdict", "as_of", "words", "evidence")


def _rows(viewer: Viewer, asked: QueryDict) -> Iterator[Row]:
    order = ("-signed_on", "-id")
    return completed_rows(
        viewer, asked, AGREEMENTS, AGREEMENT, AgreementFilters, fields=_FIELDS, order=order, complete=_completed
    )


def _completed(viewer: Viewer, rows: Sequence[Row]) -> Iterator[Row]:
    provisions = provisions_of(viewer, {row["pk"]: row["seen_as"] for row in rows})
    for row in rows:
        yield from _lines(row, provisions[row["pk"]])


def _lines(agreement: Row, provisions: Sequence[Row]) -> Iterator[Row]:
    nothing = {f"provision_{name}": None for name in _OF_PROVISION}
    unjudged = {f"found_{name}": None for name in _OF_ASSESSMENT} | {"assessor": ""}
    if not provisions:
        yield agreement | nothing | unjudged
    for provision in provisions:
        line = agreement | {f"provision_{name}": provision[name] for name in _OF_PROVISION}
        for one in provision["assessments"]:
            yield line | {f"found_{name}": one[name] for name in _OF_ASSESSMENT} | {"assessor": one["assessor"]}
        if not provision["assessments"]:
            yield line | unjudged


SHEET = Sheet(
    "agreements",
    _("Agreements"),
    (
        plain(_("Number of the agreement"), "#activity+agreement+id", "uid"),
        plain(_("Agreement"), "#activity+agreement+name", "title"),
        coded(_("Kind"), "#activity+agreement+type", "kind", AgreementKind),
        plain(_("Signed on"), "#date+signed", "signed_on"),
        plain(_("Signed at"), "#loc+signed+name", "place_text"),
        several(_("Parties"), "#org+parties+list", "parties"),
        plain(_("Source"), "#meta+source", "source"),
        plain(_("Ended on"), "#date+ended", "ended_on"),
        plain(_("How it ended"), "#description+ended", "ended_how"),
        *AREA_COLUMNS,
        plain(_("Provision"), "#activity+provision+id", "provision_number"),
        plain(_("What was promised"), "#activity+provision+name", "provision_words"),
        plain(_("Seen by"), "#description+benchmark", "provision_benchmark"),
        plain(_("By when"), "#date+due", "provision_due_on"),
        plain(_("Assessed by"), "#org+assessor+name", "assessor"),
        plain(_("Verdict (code)"), "#status+code", "found_verdict"),
        coded(_("Verdict"), "#status+name", "found_verdict", Verdict),
        plain(_("As of"), "#date+assessed", "found_as_of"),
        plain(_("Why"), "#description+reason", "found_words"),
        plain(_("Evidence"), "#description+evidence", "found_evidence"),
        plain(_("Marking"), "#meta+tlp", "tlp"),
        yes(_("Demonstration"), "#meta+demo", "is_demo"),
    ),
    _rows,
)
