"""What oversight sees of the conduct of forces, and what others may know of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import conduct as counts
from incidents.access.conduct import CONDUCT, CONDUCT_PATTERNS, MINIMUM, may_see_totals
from incidents.disclosed_conduct import CONDUCT as CONDUCT_SHOWN
from incidents.disclosed_conduct import CONDUCT_PATTERN
from incidents.forms.conduct import ConductFilterForm, ConductNoteForm, ConductPatternForm, first_and_last
from incidents.models import Act, ConductFeedback, ConductState, Force, Judgement
from incidents.services import conduct
from incidents.services.errors import NotAllowed
from incidents.views.steps import signed_in
from orgs.access import viewer_of
from orgs.models import Role
from orgs.paging import BadToken, Page, keyset
from orgs.policy import Viewer

PAGE = 30
QUARTERS = 4
MOST_PATTERNS = 20
ORDER = (("received_at", "desc"), ("id", "desc"))
_TONES = {Judgement.GOOD: "done", Judgement.BAD: "stopped", Judgement.MIXED: "doing"}


@signed_in
@require_safe
def conduct_overview(request: HttpRequest) -> HttpResponse:
    """Oversight: each, with patterns over time. Others with a post in the area: quarters that are over, patterns."""
    viewer = viewer_of(request)
    if not may_see_totals(viewer):
        raise Http404
    context = {"patterns": _patterns(viewer), "minimum": MINIMUM, "is_oversight": Role.OVERSIGHT in viewer.roles}
    if Role.OVERSIGHT in viewer.roles:
        context |= _overseen(request, viewer)
    else:
        quarters = counts.quarters_before(timezone.localdate(), QUARTERS)
        context["quarters"] = [(quarter, counts.quarter_by_area(viewer, quarter)) for quarter in quarters]
    return render(request, "incidents/conduct/overview.html", context)


def _overseen(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    form = ConductFilterForm(request.GET)
    rows = _chosen(CONDUCT.rows_as(viewer, "oversight"), form)
    months = counts.by_month(rows)
    return {
        "filter": form,
        "page_of": _shown(_page(rows.select_related("region", "cercle"), request)),
        "pager": _page(rows, request),
        "months": months,
        "most": counts.largest(months),
        "forces": [(Force(one.label).label, one) for one in counts.by_force(rows)],
        "areas": counts.by_area(rows),
        "query": _without_page(request),
    }


def _without_page(request: HttpRequest) -> str:
    given = request.GET.copy()
    given.pop("after", None)
    return given.urlencode()


def _chosen(rows: QuerySet[ConductFeedback], form: ConductFilterForm) -> QuerySet[ConductFeedback]:
    if not form.is_valid():
        return rows
    data, (first, last) = form.cleaned_data, first_and_last(form)
    area = data["area"]
    wanted = {
        "force": data["force"],
        "judgement": data["judgement"],
        "state": data["state"],
        "occurred_on__gte": first,
        "occurred_on__lte": last,
        **({str(area.level): area.pk} if area is not None else {}),
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def _page(rows: Any, request: HttpRequest) -> Page[Any]:
    try:
        return keyset(rows, order=ORDER, after=request.GET.get("after"), size=PAGE)
    except BadToken as error:
        raise Http404 from error


def _shown(page: Page[Any]) -> list[dict[str, Any]]:
    return [_in_words(row) for row in page.rows]


def _in_words(row: ConductFeedback) -> dict[str, Any]:
    shown = CONDUCT_SHOWN.show(row, "oversight")
    return {
        **shown,
        "erased": row.erased_at is not None,
        "what": [Act(act).label for act in shown["acts"]],
        "who": Force(shown["force"]).label,
        "tone": _TONES[Judgement(shown["judgement"])],
        "judged": Judgement(shown["judgement"]).label,
        "stands": ConductState(shown["state"]).label,
    }


def _patterns(viewer: Viewer) -> list[dict[str, Any]]:
    rows = CONDUCT_PATTERNS.rows(viewer).select_related("region", "cercle", "written_by")
    audience = "oversight" if Role.OVERSIGHT in viewer.roles else "reader"
    return [CONDUCT_PATTERN.show(row, audience) for row in rows[:MOST_PATTERNS]]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def conduct_one(request: HttpRequest, number: int) -> HttpResponse:
    """One. What was written is opened by a button, and that is noted; a note is added, never changed."""
    viewer = viewer_of(request)
    row = CONDUCT.rows_as(viewer, "oversight").filter(pk=number).select_related("region", "cercle").first()
    if row is None:
        raise Http404
    opens = request.method == "POST" and "open" in request.POST
    form = ConductNoteForm(request.POST if request.method == "POST" and not opens else None)
    if form.is_valid() and _noted(viewer, row, form):
        messages.success(request, _("Noted."))
        return redirect("conduct-one", number=number)
    context: dict[str, Any] = {"feedback": _in_words(row), "form": form, "opened": opens}
    if opens:
        context["words"], context["notes"] = conduct.open_words(viewer=viewer, feedback=row)
    return render(request, "incidents/conduct/one.html", context, status=422 if form.errors else 200)


def _noted(viewer: Viewer, row: ConductFeedback, form: ConductNoteForm) -> bool:
    try:
        conduct.add_note(viewer=viewer, feedback=row, **form.cleaned_data)
    except (ValidationError, NotAllowed) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
    return not form.errors


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def conduct_pattern(request: HttpRequest) -> HttpResponse:
    """Write what is seen again and again, for coordinators and facilitators of the area."""
    viewer = viewer_of(request)
    if Role.OVERSIGHT not in viewer.roles:
        raise Http404
    form = ConductPatternForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            conduct.write_pattern(viewer=viewer, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Written. Coordinators and facilitators of the area read it now."))
            return redirect("conduct-overview")
    return render(request, "incidents/conduct/pattern.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_POST
def conduct_pattern_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a pattern back."""
    viewer = viewer_of(request)
    pattern = CONDUCT_PATTERNS.rows_as(viewer, "oversight").filter(pk=number).first()
    if pattern is None:
        raise Http404
    conduct.withdraw_pattern(viewer=viewer, pattern=pattern)
    messages.success(request, _("Taken back: nobody but oversight reads it any more."))
    return redirect("conduct-overview")
