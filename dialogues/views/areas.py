"""An area's line of time: incidents and sessions before and after each other."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dialogues.area_line import HIGH, WIDE, line_of, months_of, read_token
from orgs.access import viewer_of
from orgs.models import Area, Level
from orgs.paging import BadToken

_LEVELS = (Level.COUNTRY, Level.REGION, Level.CERCLE, Level.COMMUNE)


@require_safe
@never_cache
def area_page(request: HttpRequest, pcode: str) -> HttpResponse:
    """What the viewer may see of an area, newest first, and the months side by side."""
    if "\x00" in pcode:
        raise Http404
    area = Area.objects.current().with_names().filter(pcode=pcode[:16].upper(), level__in=_LEVELS).first()
    if area is None:
        raise Http404
    viewer = viewer_of(request)
    try:
        after = read_token(request.GET.get("after", ""))
    except BadToken as error:
        raise Http404 from error
    entries, following = line_of(viewer, area, after)
    months = [] if after else months_of(viewer, area)
    context = {
        "area": area,
        "above": [one for one in (area.region, area.cercle) if one is not None and one.pk != area.pk],
        "entries": entries,
        "next": f"?after={following}" if following else "",
        "newest": request.path if after else "",
        "months": months,
        "some": any(month.incidents or month.sessions for month in months),
        "wide": len(months) * WIDE,
        "high": HIGH,
    }
    return render(request, "dialogues/inclusion/area.html", context)
