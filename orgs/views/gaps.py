"""Where coverage has gaps: a table, a map, a file."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from orgs.access import may_keep_state_services, may_read_gaps, viewer_of
from orgs.maps import gaps, shapes
from orgs.maps.gaps_csv import as_csv
from orgs.maps.gaps_drawing import drawing_of
from orgs.maps.narrowing import Division, Row, division
from orgs.models import Role
from orgs.views.maps import AreaForm
from orgs.views.steps import only

HEADINGS = (("name", _("Cercle")), ("region", _("Region")), ("here", _("Organisations")), ("gaps", _("Gaps")))
SEES_EVERY_CONTACT = {Role.COORDINATOR, Role.ADMINISTRATOR}


class GapForm(forms.Form):
    """Which gap is looked at."""

    gap = forms.ChoiceField(label=_("What is missing"), required=False)

    def __init__(self, gap: str) -> None:
        super().__init__(initial={"gap": gap})
        self.fields["gap"].choices = [("", _("anything")), *gaps.choices()]  # type: ignore[attr-defined]


def _asked(request: HttpRequest, areas: Division) -> tuple[Row | None, str, str]:
    """The région, the gap and the order that an address names."""
    area = areas.choose(request.GET.get("area", ""))
    region = areas.by_id.get(area.region_id or 0) if area else None
    order = request.GET.get("sort", "")
    return region, gaps.known(request.GET.get("gap", "")), order if order in gaps.ORDERS else "gaps"


@require_safe
@only(may_read_gaps)
def coverage_gaps(request: HttpRequest) -> HttpResponse:
    """Every cercle with what it lacks."""
    viewer, areas, stamp = viewer_of(request), division(), shapes.stamp()
    region, gap, order = _asked(request, areas)
    found = gaps.coverage(viewer, areas)
    rows = gaps.ordered(gaps.narrowed(found.cercles, region, gap), order)
    context = {
        "rows": rows,
        "nationwide": found.nationwide,
        "region": region,
        "gap": gap,
        "gap_words": gaps.words_of(gap) if gap else "",
        "drawing": drawing_of(found.cercles, areas, stamp, region, gap),
        "panel": [AreaForm(areas, region, cercles=False)["area"], GapForm(gap)["gap"]],
        "narrowed": bool(region or gap),
        "headings": [(name, words, _query(region, gap, name), name == order) for name, words in HEADINGS],
        "order": order,
        "keep": _query(None, gap, order),
        "query": _query(region, gap, order),
        "stamp": stamp,
        "limited": not viewer.roles & SEES_EVERY_CONTACT,
        "may_state": may_keep_state_services(viewer),
    }
    return render(request, "orgs/maps/gaps.html", context)


@require_safe
@only(may_read_gaps)
def gaps_csv(request: HttpRequest) -> HttpResponse:
    """The same table as a file, with an HXL row."""
    viewer, areas = viewer_of(request), division()
    region, gap, order = _asked(request, areas)
    rows = gaps.ordered(gaps.narrowed(gaps.coverage(viewer, areas).cercles, region, gap), order)
    # The mark at the beginning tells spreadsheets that the accents are UTF-8.
    answer = HttpResponse(f"\ufeff{as_csv(rows)}", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="passerelle-gaps.csv"'
    return answer


def _query(region: Row | None, gap: str, order: str) -> str:
    query = QueryDict(mutable=True)
    given = {"area": region.pcode if region else "", "gap": gap, "sort": order if order != "gaps" else ""}
    query.update({name: value for name, value in given.items() if value})
    return query.urlencode()
