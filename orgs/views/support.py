"""Support to organisations: an overview, a list of each kind, one row, and the steps on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import support as access
from orgs.access import viewer_of
from orgs.forms.support import FORMS, DueForm, SupportForm
from orgs.forms.support_filters import FILTERS, SupportFilters
from orgs.models import FundingCall, Measure, Need, NeedState, Programme, Sex, SubGrant, Training
from orgs.models.support import SupportRow
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer
from orgs.presentation.support import KINDS, Kind, act, facts
from orgs.services import support as services
from orgs.services.errors import NotAllowed
from orgs.support_lists import (
    BENCHMARK,
    attendance_by_body,
    bare,
    counts_by_period,
    known_of,
    late_grants,
    one_row,
    overdue_reports,
    people_reached,
    people_trained,
    rows_for,
    rows_for_one,
    shown,
    still_open,
    sums_by_region,
)
from orgs.views.steps import CONFLICT, address_of_page, ask_to_sign_in, take

Given = TypeVar("Given", bound=HttpResponseBase)
PAGE = 50
SEXES = [label for _sex, label in Sex.choices]


def kind_of(request: HttpRequest, key: str) -> Kind:
    """The kind, if its list is this person's page; anyone else is asked to sign in, or told that it is not theirs."""
    kind = KINDS[key]
    if not access.may_list(viewer_of(request), kind.model):
        raise PermissionDenied
    return kind


def guarded(view: Callable[..., Given]) -> Callable[..., Given | HttpResponse]:
    """Ask people without an account to sign in, except for the list of public calls; keep pages out of every store."""

    def guard(request: HttpRequest, *args: Any, key: str, **kwargs: Any) -> Given | HttpResponse:
        if not request.user.is_authenticated and access.READERS[KINDS[key].model] is not None:
            return ask_to_sign_in(request)
        return view(request, *args, key=key, **kwargs)

    return never_cache(guard)


def tabs(viewer: Viewer, current: str = "") -> list[dict[str, Any]]:
    """The kinds whose lists are this person's pages."""
    return [
        {"label": kind.title, "address": kind.address(), "current": kind.key == current}
        for kind in KINDS.values()
        if access.may_list(viewer, kind.model)
    ]


# --- Overview ----------------------------------------------------------------------------------------------------


@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """What there is of each kind, and what is late."""
    viewer = viewer_of(request)
    tiles = []
    for kind in KINDS.values():
        if access.may_list(viewer, kind.model):
            rows = rows_for(kind, viewer)
            rows = still_open(rows) if kind.model is FundingCall else rows
            tiles.append({"kind": kind, "address": kind.address(), "count": rows.count()})
    context = {
        "tiles": tiles,
        "tabs": tabs(viewer),
        "overdue": overdue_reports(viewer) if access.may_list(viewer, SubGrant) else 0,
        "grants": KINDS["grants"].address(),
    }
    return render(request, "orgs/support/overview.html", context)


# --- Lists -------------------------------------------------------------------------------------------------------


@require_safe
@guarded
def listed(request: HttpRequest, *, key: str) -> HttpResponse:
    """One kind, as this viewer may read it."""
    viewer, kind = viewer_of(request), kind_of(request, key)
    filters = FILTERS[kind.model](request.GET, queryset=rows_for(kind, viewer), viewer=viewer)
    rows = shown(kind, viewer, filters.qs)
    try:
        page = keyset(rows, order=kind.order, after=request.GET.get("page", ""), size=PAGE)
    except BadToken:
        page = keyset(rows, order=kind.order, size=PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "kind": kind,
        "tabs": tabs(viewer, key),
        "filters": filters.form,
        "narrowed": filters.chosen,
        "address": kind.address(),
        "rows": _lines(kind, viewer, [bare(row) for row in page.rows]),
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
        "new": kind.address("new") if access.may_add(viewer, kind.model) else "",
        "file": kind.address("file") + (f"?{query.urlencode()}" if query else ""),
        "signed_in": viewer.user_id is not None,
        **_sums(kind, viewer, filters, first=not request.GET.get("page")),
    }
    return render(request, "orgs/support/list.html", context)


def _lines(kind: Kind, viewer: Viewer, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = known_of(viewer, rows)
    late = late_grants(row["id"] for row in rows) if kind.model is SubGrant and rows else set()
    return [
        {
            "name": kind.name(row, known),
            "address": kind.address("one", row["id"]),
            "facts": facts(kind, row, known, listed=True),
            "late": row["id"] in late,
        }
        for row in rows
    ]


def _sums(kind: Kind, viewer: Viewer, filters: SupportFilters, *, first: bool) -> dict[str, Any]:
    """Sums beside the first page of a list."""
    if not first:
        return {}
    if kind.model is Training:
        return {"people": [("", people_trained(filters.qs))], "sexes": SEXES, "benchmark": BENCHMARK}
    if kind.model is Programme:
        return {"people": measured(people_reached(filters.qs)), "sexes": SEXES, "benchmark": BENCHMARK}
    if kind.model is SubGrant and access.may_read_sums(viewer):
        return {"money": sums_by_region(viewer), "sums_only": True, "smallest": access.SMALLEST_GROUP}
    return {}


def measured(people: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Numbers by what is counted, in words."""
    words = dict(Measure.choices)
    return [(words[measure], each) for measure, each in people.items()]


# --- One row -----------------------------------------------------------------------------------------------------


def found_or_404(request: HttpRequest, key: str, number: int) -> tuple[Kind, SupportRow, dict[str, Any]]:
    """The row and what may be read of it; what may not be seen is not there."""
    kind = KINDS[key]
    found = one_row(kind, viewer_of(request), number)
    if found is None:
        raise Http404
    return (kind, *found)


def kept_or_refused(request: HttpRequest, key: str, number: int) -> tuple[Kind, Any, dict[str, Any]]:
    """The row, for somebody who keeps it; somebody who only reads it is told that they may not."""
    kind, row, shown_row = found_or_404(request, key, number)
    if not access.may_keep(viewer_of(request), row):
        raise PermissionDenied
    return kind, row, shown_row


@require_safe
@guarded
def one(request: HttpRequest, number: int, *, key: str) -> HttpResponse:
    """One row as this viewer may read it."""
    viewer = viewer_of(request)
    kind, row, shown_row = found_or_404(request, key, number)
    known = known_of(viewer, [shown_row])
    may_keep = access.may_keep(viewer, row)
    context = {
        "kind": kind,
        "tabs": tabs(viewer, key),
        "row": row,
        "name": kind.name(shown_row, known),
        "facts": facts(kind, shown_row, known),
        "may_keep": may_keep,
        "withdrawn": row.withdrawn_at,
        "list": kind.address(),
        "steps": {name: kind.address(name, number) for name in ("edit", "state")},
        "moments": [(entry.at, act(entry.verb)) for entry in services.history(row)] if may_keep else [],
        "sexes": SEXES,
        "benchmark": BENCHMARK,
        **_besides(viewer, row, may_keep),
    }
    return render(request, "orgs/support/one.html", context)


def _besides(viewer: Viewer, row: SupportRow, may_keep: bool) -> dict[str, Any]:
    """What else stands on the page of a row of this kind."""
    if isinstance(row, Training):
        return {"attendance": attendance_by_body(viewer, row), "people": [("", people_trained(rows_for_one(row)))]}
    if isinstance(row, Programme):
        return {
            "periods": [(Measure(measure).label, *rest, measure) for measure, *rest in counts_by_period(row.pk)],
            "people": measured(people_reached(rows_for_one(row))),
        }
    if isinstance(row, SubGrant):
        return {"reports": list(row.reports.all()), "due": DueForm() if may_keep else None}
    return {"need_open": row.state == NeedState.OPEN} if isinstance(row, Need) else {}


# --- Steps -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def new(request: HttpRequest, *, key: str) -> HttpResponse:
    """Enter a row."""
    viewer = viewer_of(request)
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    kind = kind_of(request, key)
    if not access.may_add(viewer, kind.model):
        raise PermissionDenied
    initial = {"organisation": request.GET.get("for", ""), "recipient": request.GET.get("for", "")}
    form = FORMS[kind.model](request.POST or None, viewer=viewer, initial={k: v for k, v in initial.items() if v})
    return _written(request, kind, form, title=kind.add, back=kind.address())


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def edit(request: HttpRequest, number: int, *, key: str) -> HttpResponse:
    """Change a row."""
    viewer = viewer_of(request)
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    kind, row, _shown = kept_or_refused(request, key, number)
    form = FORMS[kind.model](request.POST or None, viewer=viewer, instance=row)
    return _written(request, kind, form, title=_("Change"), back=kind.address("one", number))


def _written(request: HttpRequest, kind: Kind, form: SupportForm, *, title: Any, back: str) -> HttpResponse:
    viewer = viewer_of(request)
    if request.method == "POST" and not form.is_bound:
        form = type(form)({}, viewer=viewer, instance=form.instance)
    stands: list[Any] = []
    if form.is_bound and form.is_valid():
        number = form.instance.pk
        done = take(form, lambda: _keep(viewer, form))
        if done:
            messages.success(request, _("Saved."))
            return redirect(kind.address("one", form.instance.pk))
        stands = _what_stands(kind, viewer, form, number)
    status = 200 if not form.is_bound else CONFLICT if form.conflict else 422
    context = {
        "kind": kind, "form": form, "title": title, "back": back, "list": kind.address(), "stands": stands,
        "tabs": tabs(viewer, kind.key),
    }  # fmt: skip
    return render(request, "orgs/support/edit.html", context, status=status)


def _keep(viewer: Viewer, form: SupportForm) -> bool:
    version = form.cleaned_data["version"]
    services.keep(viewer=viewer, row=form.instance, version=version, areas=form.areas())
    return True


def _what_stands(kind: Kind, viewer: Viewer, form: SupportForm, number: int | None) -> list[Any]:
    """After a conflict: what somebody else saved meanwhile, beside what was typed."""
    found = one_row(kind, viewer, number) if number else None
    if found is None or found[0].version == form.cleaned_data["version"]:
        return []
    form.start_again_from(found[0])
    return facts(kind, found[1], known_of(viewer, [found[1]]))


@require_POST
@guarded
def state(request: HttpRequest, number: int, *, key: str) -> HttpResponse:
    """Withdraw a row, put it back, say that a need was met or is there again."""
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    kind, row, _shown = kept_or_refused(request, key, number)
    viewer, step = viewer_of(request), request.POST.get("step", "")
    steps: dict[str, Callable[[], None]] = {
        "withdraw": partial(services.withdraw, viewer=viewer, row=row),
        "put-back": partial(services.put_back, viewer=viewer, row=row),
    }
    if isinstance(row, Need):
        steps["met"] = partial(services.meet_need, viewer=viewer, need=row)
        steps["open"] = partial(services.reopen_need, viewer=viewer, need=row)
    done = {
        "withdraw": _("Withdrawn: it stands on no list any more. You can put it back here."),
        "put-back": _("Put back."),
        "met": _("Marked as met."),
        "open": _("Open again."),
    }
    if step in steps:
        try:
            steps[step]()
        except NotAllowed:
            raise PermissionDenied from None
        messages.success(request, done[step])
    return redirect(kind.address("one", number))
