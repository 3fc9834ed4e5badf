"""Who was in the room, who never was, and where nobody met."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.access import PROCESSES, SESSIONS
from dialogues.addresses import area_address, process_address
from dialogues.disclosure import PROCESS
from dialogues.forms.inclusion import InclusionForm, LeftForm
from dialogues.inclusion import Sums, missing, sums_by, sums_by_quarter, sums_of
from dialogues.left_behind import MONTHS_AT_FIRST, by_region, drawing_of, level_for, since
from dialogues.left_behind import left_behind as areas_left
from dialogues.process_rows import session_words, sessions_shown
from dialogues.shares import BENCHMARK, PARITY
from dialogues.views.pages import around, page_or_404
from dialogues.views.processes import BY_DAY
from orgs.access import viewer_of
from orgs.listing import columns_for
from orgs.maps import shapes
from orgs.maps.narrowing import division
from orgs.models import Area, Level
from orgs.policy import Viewer

SESSIONS_SHOWN = 20
Lines = list[tuple[str, str, Sums]]


@require_safe
@never_cache
def inclusion(request: HttpRequest) -> HttpResponse:
    """Shares of women and of the young: in all, by area, process, quarter and session; and who was never there."""
    viewer = viewer_of(request)
    form = InclusionForm(request.GET)
    condition, area = _asked(form)
    rows = SESSIONS.rows(viewer).filter(condition)
    page = page_or_404(request, sessions_shown(viewer, rows), BY_DAY, SESSIONS_SHOWN)
    context = {
        "filter": form,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "benchmark": BENCHMARK,
        "parity": PARITY,
        "sums": sums_of(viewer, rows),
        "areas": _by_area(viewer, rows, area),
        "processes": _by_process(viewer, rows),
        "quarters": _by_quarter(viewer, rows),
        "missing": missing(viewer, condition),
        "sessions": [session_words(row) for row in page.rows],
        **around(request, page),
    }
    return render(request, "dialogues/inclusion/inclusion.html", context)


def _asked(form: InclusionForm) -> tuple[Q, Area | None]:
    if not form.is_valid():
        return Q(), None
    data = form.cleaned_data
    days = sorted(day for day in (data["from_on"], data["to_on"]) if day)
    first, last = days if len(days) == 2 else (data["from_on"], data["to_on"])
    area = Area.objects.current().filter(pcode=data["area"]).first() if data["area"] else None
    condition = Q(**{area.level: area.pk}) if area is not None else Q()
    condition &= Q(held_on__gte=first) if first else Q()
    return condition & (Q(held_on__lte=last) if last else Q()), area


def _by_area(viewer: Viewer, rows: Any, area: Area | None) -> Lines:
    """By région, or by cercle of the région that was chosen; what lies in none stands last."""
    if area is not None and area.level != Level.REGION:
        return []
    found = sums_by(viewer, rows, "region" if area is None else "cercle")
    names = dict(Area.objects.filter(pk__in=[pk for pk in found if pk]).order_by("name_key").values_list("pk", "name"))
    pcodes = dict(Area.objects.filter(pk__in=names).values_list("pk", "pcode"))
    lines: Lines = [(names[pk], area_address(pcodes[pk]), found[pk]) for pk in names]
    return lines + ([(_("Abroad, or in no area"), "", found[None])] if None in found else [])


def _by_process(viewer: Viewer, rows: Any) -> Lines:
    """By process that the viewer may see; sessions of none are left out."""
    found = sums_by(viewer, rows, "process")
    columns = columns_for(PROCESSES, PROCESS, viewer, only=("uid", "title"))
    seen: Any = PROCESSES.rows(viewer).filter(pk__in=[pk for pk in found if pk]).values("pk", **columns)
    return [(row["shown_title"], process_address(row["shown_uid"]), found[row["pk"]]) for row in seen.order_by("-pk")]


def _by_quarter(viewer: Viewer, rows: Any) -> Lines:
    return [(_quarter(day), "", sums) for day, sums in sums_by_quarter(viewer, rows)]


def _quarter(day: date) -> str:
    return _("Quarter %(n)d of %(year)d") % {"n": (day.month + 2) // 3, "year": day.year}


@require_safe
@never_cache
def left_behind(request: HttpRequest) -> HttpResponse:
    """Where no dialogue was held for some months: a list, and a map."""
    viewer, areas, stamp = viewer_of(request), division(), shapes.stamp()
    asked = areas.choose(request.GET.get("area", "")[:20])
    region = areas.by_id.get(asked.region_id or 0) if asked else None
    regions = [(row.pcode, row.name) for row in areas.regions]
    form = LeftForm(
        {"months": request.GET.get("months", MONTHS_AT_FIRST), "area": region.pcode if region else ""}, regions=regions
    )
    months = form.cleaned_data["months"] or MONTHS_AT_FIRST if form.is_valid() else MONTHS_AT_FIRST
    level = level_for(viewer)
    left, total = areas_left(viewer, level, since(months, timezone.localdate()), region)
    context = {
        "filter": form,
        "months": months,
        "region": region,
        "communes": level == Level.COMMUNE,
        "left": left,
        "groups": by_region(left),
        "total": total,
        "drawing": drawing_of(left, areas, stamp, region),
        "stamp": stamp,
        "keep": f"months={months}",
    }
    return render(request, "dialogues/inclusion/left_behind.html", context)
