"""The actor map: the matrix, the most wished for, who to call for what, one actor and its civil roles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import access
from orgs.actor_map.calls import areas_to_call_from, calls_from, roles_of
from orgs.actor_map.forms import RoleForm
from orgs.actor_map.matrix import SECTORS, matrix_of, most_wanted, regions
from orgs.actor_map.totals import LEAST, Totals, totals
from orgs.disclosed import ACTOR, ACTOR_VIEW
from orgs.models import Actor, ActorRole, ActorSector, Area, Level, Reach, Trust, Wish
from orgs.models.areas import words_of
from orgs.policy import OwnAreas, Viewer
from orgs.services import actors as services
from orgs.services.errors import NotAllowed
from orgs.views.steps import only, status_of, take

MOST_STATEMENTS = 200


def chosen_area(request: HttpRequest, name: str, *levels: str) -> Area | None:
    """The area of today's division that the address names; ``None`` where it names none. 404 for one that is not."""
    number = request.GET.get(name, "")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise Http404
    found = Area.objects.current().filter(pk=number, level__in=levels).defer("geometry").first()
    if found is None:
        raise Http404
    return found


# --- The map -----------------------------------------------------------------------------------------------------


@require_safe
@only(access.may_read_actor_map)
def actor_map(request: HttpRequest) -> HttpResponse:
    """Every actor in its cell, with how reachable organisations find it; of one region, if asked."""
    viewer = access.viewer_of(request)
    region = chosen_area(request, "region", Level.REGION)
    context = {
        **_narrowed(viewer, region),
        "matrix": matrix_of(viewer, region),
        "sectors": [sector.label for sector in SECTORS],
        "levels": Reach.choices,
    }
    return render(request, "orgs/actors/map.html", context)


@require_safe
@only(access.may_read_actor_map)
def wanted_actors(request: HttpRequest) -> HttpResponse:
    """The actors most wished for and least reachable; of one region, if asked."""
    viewer = access.viewer_of(request)
    region = chosen_area(request, "region", Level.REGION)
    context = {**_narrowed(viewer, region), "wanted": most_wanted(viewer, region)}
    return render(request, "orgs/actors/wanted.html", context)


def _narrowed(viewer: Viewer, region: Area | None) -> dict[str, Any]:
    return {
        "region": region,
        "region_words": words_of(region) if region else "",
        "regions": regions(),
        "least": LEAST,
        "may_rate": access.may_rate_at_all(viewer),
    }


@require_safe
@only(access.may_read_actor_map)
def who_to_call(request: HttpRequest) -> HttpResponse:
    """Who to call for what in an area, from the area upward."""
    viewer = access.viewer_of(request)
    area = chosen_area(request, "area", Level.REGION, Level.CERCLE)
    context = {
        "area": area,
        "area_words": words_of(area) if area else "",
        "areas": areas_to_call_from(),
        "purposes": calls_from(viewer, area),
        "may_keep": access.may_keep_some_role(viewer),
    }
    return render(request, "orgs/actors/call.html", context)


# --- One actor ---------------------------------------------------------------------------------------------------


@require_safe
@only(access.may_see_some_actor)
def actor(request: HttpRequest, pk: int) -> HttpResponse:
    """One actor: what it is for, who to call, how organisations find it (totals; own and those one coordinates)."""
    viewer = access.viewer_of(request)
    found = _actor_or_404(viewer, pk)
    audience = access.ACTORS.audience(viewer, found) or ""
    is_armed = found.sector == ActorSector.ARMED_GROUP
    reads_totals = access.may_read_actor_map(viewer) and not is_armed
    of_actor = totals(found.pk) if reads_totals else Totals()
    statements = [] if is_armed else _statements(viewer, found)
    context = {
        "actor": ACTOR.show(found, audience),
        "level": found.get_level_display(),
        "sector": found.get_sector_display(),
        "is_armed": is_armed,
        "calls": roles_of(viewer, found.pk),
        "reads_totals": reads_totals,
        "country": of_actor.of(found.pk),
        "by_region": _by_region(of_actor, found.pk) if reads_totals else [],
        "least": LEAST,
        "statements": statements[:MOST_STATEMENTS],
        "more_statements": len(statements) > MOST_STATEMENTS,
        "may_keep": access.may_keep_some_role(viewer) and not is_armed,
        "may_rate": access.may_rate_at_all(viewer) and not is_armed,
    }
    return render(request, "orgs/actors/actor.html", context)


def _actor_or_404(viewer: Viewer, pk: int) -> Actor:
    found = access.ACTORS.rows(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _by_region(of_actor: Totals, pk: int) -> list[tuple[str, Any]]:
    given = [(words_of(region), of_actor.of(pk, region.pk)) for region in regions()]
    return [(name, total) for name, total in given if total]


def _statements(viewer: Viewer, found: Actor) -> list[dict[str, Any]]:
    """What organisations said of it, as far as this viewer may read it: the latest of each first, older ones below."""
    rows = (
        access.ACTOR_VIEWS.rows(viewer)
        .filter(actor=found.pk)
        .select_related("organisation", "actor")
        .only(
            "reach",
            "trust",
            "wish",
            "said_at",
            "superseded_at",
            "is_entered_for",
            "organisation__name",
            "organisation__acronym",
            "organisation__slug",
            "organisation__reach",
            "organisation__visibility",
            "organisation__hidden_at",
            "organisation__merged_into",
            "actor__organisation",
        )
        .order_by("organisation__name_key", "organisation_id", "-said_at", "-id")[: MOST_STATEMENTS + 1]
    )
    reach, trust, wish = dict(Reach.choices), dict(Trust.choices), dict(Wish.choices)
    shown = []
    for row in rows:
        audience = "member" if row.organisation_id in viewer.organisation_ids else "coordinator"
        said = ACTOR_VIEW.show(row, audience)
        words = {"reach_words": reach.get(said["reach"], "–"), "trust_words": trust.get(said["trust"], "–")}
        shown.append({**said, **words, "wish_words": wish.get(said["wish"], "–"), "organisation": row.organisation})
    return shown


# --- Civil roles -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@only(access.may_keep_some_role)
def add_actor_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what an actor does for civilians in an area, and how civilians reach it."""
    viewer = access.viewer_of(request)
    found = _actor_or_404(viewer, pk)
    return _role_page(request, found, ActorRole(actor=found), _("Who to call at: %(name)s") % {"name": found.name})


@require_http_methods(["GET", "HEAD", "POST"])
@only(access.may_keep_some_role)
def change_actor_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is said."""
    role = _own_role(request, pk)
    return _role_page(request, role.actor, role, _("Correct: %(name)s") % {"name": role.actor.name})


def _role_page(request: HttpRequest, found: Actor, role: ActorRole, title: str) -> HttpResponse:
    viewer = access.viewer_of(request)
    areas = _areas_to_keep(viewer)
    kept = {name: getattr(role, name) for name in ("role", "office", "phone", "email", "source")}
    initial = {**kept, "area": role.area_id, "as_of": role.as_of} if role.pk else None
    form = RoleForm(request.POST, areas=areas) if request.method == "POST" else RoleForm(initial=initial, areas=areas)
    if form.is_bound and form.is_valid():
        written = form.written_to(role)

        def step() -> bool:
            services.keep_role(viewer=viewer, role=written)
            return True

        if take(form, step):
            messages.success(request, _("Saved."))
            return redirect(reverse("actor", args=[found.pk]) + "#calls")
    context = {"form": form, "actor": found, "title": title}
    return render(request, "orgs/actors/role.html", context, status=status_of(form))


def _areas_to_keep(viewer: Viewer) -> Any:
    """The country, regions and cercles in which this viewer may say who to call."""
    areas = Area.objects.current().filter(level__in=services.ROLE_LEVELS).defer("geometry")
    if not access.may_keep_directory(viewer):
        inside = OwnAreas().rows(viewer, viewer.posts_as(("coordinator",)))
        areas = areas.none() if inside is None else areas.filter(inside)
    return areas.order_by("level", "name_key")


def _own_role(request: HttpRequest, pk: int) -> ActorRole:
    """A role that this viewer keeps; somebody who only reads it is told that they may not."""
    viewer = access.viewer_of(request)
    rows = access.ACTOR_ROLES.rows(viewer).select_related("actor", "area").defer("area__geometry")
    found = rows.filter(Q(pk=pk)).first()
    if found is None:
        raise Http404
    if not access.may_keep_role_in(viewer, found.area):
        raise PermissionDenied
    return found


@require_POST
@only(access.may_keep_some_role)
def end_actor_role(request: HttpRequest, pk: int) -> HttpResponse:
    """It does this no longer; the page that follows lists it as ended, with a button to take that back."""
    role = _own_role(request, pk)
    services.end_role(viewer=access.viewer_of(request), role=role)
    messages.success(request, _("It is ended. You can take that back below."))
    return redirect(reverse("actor", args=[role.actor_id]) + "#calls")


@require_POST
@only(access.may_keep_some_role)
def resume_actor_role(request: HttpRequest, pk: int) -> HttpResponse:
    """It does this after all."""
    role = _own_role(request, pk)
    try:
        services.resume_role(viewer=access.viewer_of(request), role=role)
    except (ValidationError, NotAllowed) as error:
        messages.error(request, " ".join(getattr(error, "messages", [])) or _("This is not possible."))
    else:
        messages.success(request, _("It counts again."))
    return redirect(reverse("actor", args=[role.actor_id]) + "#calls")
