"""One priority: its words, what is in it, merging it with another, taking it back."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dialogues import carried_out, grouping
from dialogues.access import may_group
from dialogues.forms.proposals import PriorityForm
from dialogues.models import Priority
from dialogues.services import proposals as writing
from dialogues.views.pages import around
from dialogues.views.proposals import not_found, process_to_group
from orgs.access import viewer_of
from orgs.paging import BadToken
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from orgs.views.steps import signed_in, status_of, take


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def priority_new(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A priority that no proposal stands behind yet."""
    viewer, process, shown = process_to_group(request, uid)
    form = PriorityForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = take(form, lambda: writing.make_priority(viewer=viewer, process=process, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("The priority stands."))
            return redirect("proposals-process", uid=uid)
    context = {"form": form, "process": shown}
    return render(request, "dialogues/proposals/priority_new.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def priority(request: HttpRequest, number: int) -> HttpResponse:
    """One priority: readers read it; who groups changes its words and what is in it."""
    viewer = viewer_of(request)
    found = grouping.priority_of(viewer, number)
    if found is None:
        return not_found(request, viewer)
    row, shown = found
    may = may_group(viewer, row.process)
    if request.method == "POST" and not may:
        raise Http404
    if request.method == "POST" and "words" not in request.POST:
        return _step(request, viewer, row)
    form = PriorityForm(request.POST if request.method == "POST" else None, initial=shown)
    if form.is_valid() and _written(viewer, row, form) is not None:
        messages.success(request, _("Saved."))
        return redirect("priority", number=number)
    context = {
        "priority": shown, "form": form, "may_group": may, **_promised(viewer, row), **_inside(request, viewer, row),
    }  # fmt: skip
    return render(request, "dialogues/proposals/priority.html", context, status=status_of(form))


def _written(viewer: Viewer, row: Priority, form: PriorityForm) -> Priority | None:
    return take(form, lambda: writing.write_priority(viewer=viewer, priority=row, **form.cleaned_data))


def _promised(viewer: Viewer, row: Priority) -> dict[str, Any]:
    merged = carried_out.merged_in(viewer, row.process)
    return {
        "promises": carried_out.promises_about(viewer, merged, [row.pk])[row.pk],
        "promise_form": carried_out.filled(carried_out.form_of(viewer, row.process), merged, row.pk),
    }


def _inside(request: HttpRequest, viewer: Viewer, row: Priority) -> dict[str, Any]:
    process = grouping.process_of(viewer, row.process.uid)
    try:
        rows, page = grouping.proposals_in(viewer, row, request.GET.get("page"))
    except BadToken as error:
        raise Http404 from error
    return {
        "process": process[1] if process else None,
        "rows": rows,
        "others": [one for one in grouping.priorities(viewer, row.process) if one["id"] != row.pk],
        **around(request, page),
    }


def _step(request: HttpRequest, viewer: Viewer, row: Priority) -> HttpResponse:
    try:
        gone = _done(request, viewer, row)
    except (ValidationError, NotAllowed) as error:
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        messages.error(request, words or _("You may not do this, or not any more."))
        gone = False
    if gone:
        return redirect("proposals-process", uid=row.process.uid)
    return redirect("priority", number=row.pk)


def _done(request: HttpRequest, viewer: Viewer, row: Priority) -> bool:
    """Take the step that was asked for; whether the priority is gone by it."""
    if "out" in request.POST:
        proposal = grouping.proposal_of(viewer, _number(request, "out"))
        if proposal is not None and proposal.priority_id == row.pk:
            writing.take_out(viewer=viewer, proposal=proposal)
            messages.success(request, _("Taken out. It waits to be grouped again."))
        return False
    if "merge" in request.POST:
        other = grouping.priority_of(viewer, _number(request, "other"))
        if other is None:
            raise ValidationError(_("Choose another priority of this process."))
        writing.merge(viewer=viewer, kept=other[0], other=row)
        messages.success(request, _("Merged into “%(title)s”. You can undo it.") % {"title": other[0].title})
        return True
    if "withdraw" in request.POST:
        writing.withdraw(viewer=viewer, priority=row)
        messages.success(request, _("Taken back. You can undo it."))
        return True
    raise ValidationError(_("Nothing was chosen."))


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
