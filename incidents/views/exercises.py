"""Pages of drills: the list, one, who takes part, starting, ending, the report."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import exercise_desk
from incidents.access import EXERCISES
from incidents.forms.exercises import (
    AnswerForm,
    EndForm,
    ExerciseForm,
    FindForm,
    LessonsForm,
    ParticipantsForm,
    StartForm,
    values_of,
)
from incidents.models import Exercise
from incidents.services import exercises
from incidents.views.steps import coordinators_only, signed_in, status_of, take
from orgs.access import MEMBERSHIPS, viewer_of
from orgs.models import Role
from orgs.models.areas import words_of
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer

PAGE = 30
MOST_SHOWN = 200
NEWEST_FIRST = (("starts_at", "desc"), ("id", "desc"))


@signed_in
@require_safe
def exercises_page(request: HttpRequest) -> HttpResponse:
    """The drills for which one is chosen; for coordinators also those of their areas."""
    viewer = viewer_of(request)
    coordinates = Role.COORDINATOR in viewer.roles
    try:
        page = keyset(exercise_desk.listed(viewer), order=NEWEST_FIRST, after=request.GET.get("after"), size=PAGE)
    except BadToken as error:
        raise Http404 from error
    context = {
        "own": list(exercise_desk.own_participations(viewer)[:MOST_SHOWN]),
        "coordinates": coordinates,
        "rows": [{"exercise": row, "state": exercise_desk.shown_state(row)} for row in page.rows],
        "page_of": page,
    }
    return render(request, "incidents/exercises/list.html", context)


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def exercise_new(request: HttpRequest) -> HttpResponse:
    """Plan a drill."""
    viewer = viewer_of(request)
    form = ExerciseForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if form.is_valid():
        made = take(form, lambda: exercises.plan_exercise(viewer=viewer, outline=form.outline()))
        if made is not None:
            return redirect("exercise", number=made.pk)
    return render(request, "incidents/exercises/form.html", {"form": form}, status=status_of(form))


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def exercise_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change a drill that has not started."""
    viewer, found = _exercise(request, number)
    posted = request.POST if request.method == "POST" else None
    form = ExerciseForm(posted, viewer=viewer, initial=values_of(found))
    if form.is_valid():
        given: dict[str, Any] = {"version": form.cleaned_data["version"] or 0, "outline": form.outline()}
        if take(form, lambda: exercises.change_exercise(viewer=viewer, exercise=found, **given)) is not None:
            return redirect("exercise", number=number)
    context = {"form": form, "exercise": found, "conflict": getattr(form, "conflict", None)}
    return render(request, "incidents/exercises/form.html", context, status=status_of(form))


@coordinators_only
@require_safe
def exercise_page(request: HttpRequest, number: int) -> HttpResponse:
    """One drill: what comes next, who takes part, its incidents and alerts."""
    viewer, found = _exercise(request, number)
    people = list(exercise_desk.participants_of(viewer, found))
    context = {
        "exercise": found,
        "state": exercise_desk.shown_state(found),
        "area": words_of(found.area),
        "people": people,
        "untold": sum(1 for row in people if row.invited_at is None),
        "coming": exercises.taking_part(found).count(),
        "alerts": exercise_desk.alerts_of(found),
        "incidents": exercise_desk.incidents_of(found),
    }
    return render(request, "incidents/exercises/exercise.html", context)


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def exercise_participants(request: HttpRequest, number: int) -> HttpResponse:
    """Choose people of one's areas."""
    viewer, found = _exercise(request, number)
    if request.method == "POST":
        form = ParticipantsForm(request.POST, viewer=viewer, exercise=found)
        if form.is_valid():
            people = [person.pk for person in form.cleaned_data["people"]]
            chosen = take(form, lambda: exercises.choose_participants(viewer=viewer, exercise=found, people=people))
            if chosen is not None:
                words = ngettext("%(n)s person chosen.", "%(n)s people chosen.", chosen)
                messages.success(request, words % {"n": chosen})
                return redirect("exercise", number=number)
    else:
        form = ParticipantsForm(viewer=viewer, exercise=found, found=_narrowed(viewer, request))
    context = {"exercise": found, "form": form, "find": FindForm(request.GET or None)}
    return render(request, "incidents/exercises/participants.html", context, status=status_of(form))


def _narrowed(viewer: Viewer, request: HttpRequest) -> list[int]:
    posts = MEMBERSHIPS.rows_as(viewer, "coordinator").filter(role__in=exercises.TOLD_ROLES)
    if request.GET.get("role") in exercises.TOLD_ROLES:
        posts = posts.filter(role=request.GET["role"])
    for word in request.GET.get("q", "").split()[:5]:
        posts = posts.filter(person__name__icontains=word[:60])
    return list(posts.order_by("person__name").values_list("person", flat=True)[:MOST_SHOWN])


@coordinators_only
@require_POST
def exercise_drop(request: HttpRequest, number: int, participation: int) -> HttpResponse:
    """Take somebody off again."""
    viewer, found = _exercise(request, number)
    row = exercise_desk.participants_of(viewer, found).select_related("exercise").filter(pk=participation).first()
    if row is None:  # a second tap, or a second coordinator
        return redirect("exercise", number=number)
    form = forms.Form(request.POST)
    form.is_valid()
    if take(form, lambda: exercises.drop_participant(viewer=viewer, participation=row) or True):  # type: ignore[func-returns-value]
        messages.success(request, _("Taken off."))
    return _back(request, found, form)


@coordinators_only
@require_POST
def exercise_invite(request: HttpRequest, number: int) -> HttpResponse:
    """Tell those chosen that they are; each once."""
    viewer, found = _exercise(request, number)
    form = forms.Form(request.POST)
    form.is_valid()
    told = take(form, lambda: exercises.invite(viewer=viewer, exercise=found))
    if told is not None:
        words = ngettext("%(n)s person is told of the exercise.", "%(n)s people are told of the exercise.", told)
        messages.success(request, words % {"n": told})
    return _back(request, found, form)


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def exercise_start(request: HttpRequest, number: int) -> HttpResponse:
    """Make the example incident; the alert is then prepared as always."""
    viewer, found = _exercise(request, number)
    if found.ended_at is not None:
        return redirect("exercise", number=number)
    posted = request.POST if request.method == "POST" else None
    form = StartForm(posted, viewer=viewer, initial={"area": found.area_id})
    if form.is_valid():
        made = take(form, lambda: exercises.start_exercise(viewer=viewer, exercise=found, example=form.example()))
        if made is not None:
            messages.success(request, _("The exercise runs. Prepare its alert now, as you would a real one."))
            return redirect("alert-new", ref=made.ref)
    context = {"exercise": found, "form": form, "coming": exercises.taking_part(found).count()}
    return render(request, "incidents/exercises/start.html", context, status=status_of(form))


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def exercise_end(request: HttpRequest, number: int) -> HttpResponse:
    """End a drill, after being asked once more."""
    viewer, found = _exercise(request, number)
    if found.ended_at is not None:
        return redirect("exercise-report", number=number)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        aborted = form.cleaned_data["aborted"]
        if take(form, lambda: exercises.end_exercise(viewer=viewer, exercise=found, aborted=aborted)) is not None:
            messages.success(request, _("The exercise is over. Those who had an alert of it are told so."))
            return redirect("exercise-report", number=number)
    return render(request, "incidents/exercises/end.html", {"exercise": found, "form": form}, status=status_of(form))


@coordinators_only
@require_safe
def exercise_report(request: HttpRequest, number: int) -> HttpResponse:
    """Who was told when, who answered after how long, what failed, what was learnt; made to be printed."""
    viewer, found = _exercise(request, number)
    return _report_page(
        request, viewer, found, LessonsForm(initial={"lessons": found.lessons, "version": found.version})
    )


@coordinators_only
@require_POST
def exercise_lessons(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what was learnt."""
    viewer, found = _exercise(request, number)
    form = LessonsForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        if take(form, lambda: exercises.keep_lessons(viewer=viewer, exercise=found, **given)) is not None:
            messages.success(request, _("Noted."))
            return redirect("exercise-report", number=number)
    return _report_page(request, viewer, found, form)


def _report_page(request: HttpRequest, viewer: Viewer, found: Exercise, form: LessonsForm) -> HttpResponse:
    context = {
        "exercise": found,
        "state": exercise_desk.shown_state(found),
        "area": words_of(found.area),
        "report": exercise_desk.report_of(viewer, found),
        "form": form,
        "conflict": getattr(form, "conflict", None),
    }
    return render(request, "incidents/exercises/report.html", context, status=status_of(form))


@signed_in
@require_POST
def exercise_answer(request: HttpRequest) -> HttpResponse:
    """Take part, or not."""
    viewer = viewer_of(request)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Http404
    row = exercise_desk.own_participations(viewer).filter(pk=form.cleaned_data["participation"]).first()
    if row is None:
        raise Http404
    agrees = form.cleaned_data["answer"] == "yes"
    if take(form, lambda: exercises.answer_invitation(viewer=viewer, participation=row, agrees=agrees)) is not None:
        said = _("Thank you: you take part.") if agrees else _("Noted: you get nothing of this exercise.")
        messages.success(request, said)
    else:
        messages.error(request, _("This exercise is over."))
    return redirect("exercises")


def _exercise(request: HttpRequest, number: int) -> tuple[Viewer, Exercise]:
    """The drill, for coordinators of its area."""
    viewer = viewer_of(request)
    rows = EXERCISES.rows(viewer).select_related("area").defer("area__geometry")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return viewer, found


def _back(request: HttpRequest, found: Exercise, form: forms.Form) -> HttpResponse:
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect("exercise", number=found.pk)
