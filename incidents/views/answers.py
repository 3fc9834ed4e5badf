"""How alerts are answered: the tables of a quarter, as a page and as a file."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents import reciprocity
from incidents.access import may_see_figures
from incidents.reciprocity import Figures, Shown
from orgs.access import viewer_of
from orgs.models import Level
from orgs.views import steps

both_sides = steps.only(may_see_figures)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"
HXL = (
    "#meta+group", "#meta+name", "#reached+told", "#indicator+unanswered+pct", "#reached+answered",
    "#indicator+minutes+answer+median", "#reached+acted", "#indicator+minutes+act+median", "#reached+outcome",
    "#indicator+minutes+outcome+median", "#output+advisories+given", "#output+advisories+passed",
)  # fmt: skip


@both_sides
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """The tables of one quarter, for both sides."""
    quarter = reciprocity.quarter_from(request.GET.get("quarter", ""))
    found = reciprocity.figures_for(viewer_of(request), quarter)
    assert found is not None
    context = {
        "figures": found,
        "quarters": reciprocity.quarters(),
        "tables": [
            (Level(found.level).label, _("By area"), found.areas),
            (_("Service"), _("By service"), found.services),
        ],
        "bars": _bars(found.areas),
        "by_region": found.level == Level.REGION,
    }
    return render(request, "incidents/twoway/figures.html", context)


def _bars(rows: list[Shown]) -> list[dict[str, Any]]:
    """The medians of the first answer as bars, the slowest first; of rows that show one."""
    shown = [(row.label, row.to_answer) for row in rows if row.to_answer is not None]
    longest = max((seconds for _label, seconds in shown), default=0) or 1
    ordered = sorted(shown, key=lambda one: (-one[1], one[0]))
    return [
        {"label": label, "seconds": seconds, "width": max(1, round(60 * seconds / longest)), "y": 8 * place}
        for place, (label, seconds) in enumerate(ordered)
    ]


@both_sides
@require_safe
def answers_csv(request: HttpRequest) -> HttpResponse:
    """The same tables as a file, as this reader may see them; what is kept back is an empty cell."""
    quarter = reciprocity.quarter_from(request.GET.get("quarter", ""))
    found = reciprocity.figures_for(viewer_of(request), quarter)
    assert found is not None
    answer = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="passerelle-alert-answers-{quarter.code}.csv"'
    writer = csv.writer(answer)
    writer.writerow(_titles())
    writer.writerow(HXL)
    for group, rows in _groups(found):
        for row in rows:
            writer.writerow([_safe(cell) for cell in (group, *_cells(row))])
    return answer


def _groups(found: Figures) -> list[tuple[str, list[Shown]]]:
    mine = [("person", [found.mine])] if found.mine is not None else []
    return [("all", [found.total]), (found.level, found.areas), ("service", found.services), *mine]


def _titles() -> list[str]:
    return [
        _("Group"), _("Name"), _("People told"), _("Without answer (%)"), _("Answered"),
        _("Minutes to the first answer (median)"), _("Acted"), _("Minutes to act (median)"), _("Told what came of it"),
        _("Minutes to tell what came of it (median)"), _("Advisories given"), _("Advisories passed on"),
    ]  # fmt: skip


def _cells(row: Shown) -> tuple[Any, ...]:
    return (
        row.label, row.told, row.share_unanswered, row.answered, _minutes(row.to_answer), row.acted,
        _minutes(row.to_act), row.outcomes, _minutes(row.to_outcome), row.given, row.passed,
    )  # fmt: skip


def _minutes(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds / 60)


def _safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text
