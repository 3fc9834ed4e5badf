"""Merging two entries, undoing it, and looking for entries that are likely the same."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import merges as access
from orgs.access import viewer_of
from orgs.duplicates import dismissed, likely_duplicates, merges_seen, organisation_called
from orgs.forms.merges import MergeForm, PairForm
from orgs.models import Merge, Organisation
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer
from orgs.presentation.merges import compared, moved_words, what_moves
from orgs.services import merges as services
from orgs.services.errors import NotAllowed
from orgs.services.merge_choices import proposed
from orgs.views.steps import address_of_page, only, status_of, take

PAGE = 30
NEWEST_FIRST = (("id", "desc"),)


# --- Merging -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@only(access.may_merge_at_all)
def merge(request: HttpRequest) -> HttpResponse:
    """Two entries side by side: choose whose value is kept, see what moves, and merge them."""
    viewer = viewer_of(request)
    asked = request.GET
    if not asked.get("keep") or not asked.get("gone") or "find" in asked:
        return _choose(request, viewer)
    kept, gone = _entry(viewer, asked["keep"]), _entry(viewer, asked["gone"])
    if not access.may_merge(viewer, kept, gone):
        context = {"kept": kept, "gone": gone}
        return render(request, "orgs/merges/not_these.html", context, status=403)
    return _side_by_side(request, viewer, kept, gone)


def _choose(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Which two, by their names."""
    form = PairForm(request.GET if "find" in request.GET else None, viewer=viewer, initial=request.GET.dict())
    if form.is_bound and form.is_valid():
        pair = {name: form.cleaned_data[name].slug for name in ("keep", "gone")}
        return redirect(f"{reverse('merge-organisations')}?{urlencode(pair)}")
    return render(request, "orgs/merges/choose.html", {"form": form}, status=status_of(form))


def _side_by_side(request: HttpRequest, viewer: Viewer, kept: Organisation, gone: Organisation) -> HttpResponse:
    lines, moves = compared(kept, gone), what_moves(gone)
    first = {f"part_{key}": whose for key, whose in proposed(kept, gone).items()}
    form = MergeForm(
        request.POST if request.method == "POST" else None,
        initial=first,
        different={line.key for line in lines if line.differs},
        people_words=moves.people_words(),
    )
    if form.is_bound and form.is_valid():
        done = take(form, lambda: _merged(viewer, kept, gone, form))
        if done is not None:
            messages.success(request, _("Merged. This can be undone here."))
            return redirect("merge", number=done.pk)
    for line in lines:
        line.field = form[f"part_{line.key}"] if f"part_{line.key}" in form.fields else None
    turned = urlencode({"keep": gone.slug, "gone": kept.slug})
    context = {"kept": kept, "gone": gone, "lines": lines, "moves": moves, "form": form, "turned": turned}
    return render(request, "orgs/merges/side_by_side.html", context, status=status_of(form))


def _merged(viewer: Viewer, kept: Organisation, gone: Organisation, form: MergeForm) -> Merge:
    confirmed = bool(form.cleaned_data.get("people"))
    return services.merge_organisations(
        viewer=viewer, kept=kept, gone=gone, choices=form.choices(), people_confirmed=confirmed
    )


def _entry(viewer: Viewer, slug: str) -> Organisation:
    found = organisation_called(viewer, slug)
    if found is None:
        raise Http404
    return found


# --- Merges that were made ---------------------------------------------------------------------------------------


@require_safe
@only(access.may_merge_at_all)
def merges(request: HttpRequest) -> HttpResponse:
    """What was merged, newest first."""
    viewer = viewer_of(request)
    try:
        page = keyset(merges_seen(viewer), order=NEWEST_FIRST, after=request.GET.get("page", ""), size=PAGE)
    except BadToken:
        page = keyset(merges_seen(viewer), order=NEWEST_FIRST, size=PAGE)
    context = {
        "rows": page.rows,
        "next": address_of_page(request, page.next),
        "previous": address_of_page(request, page.previous),
    }
    return render(request, "orgs/merges/list.html", context)


def _merge_or_404(viewer: Viewer, number: int) -> Merge:
    found = merges_seen(viewer).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@require_safe
@only(access.may_merge_at_all)
def one_merge(request: HttpRequest, number: int) -> HttpResponse:
    """One merge: what was moved, what stayed, and the way back."""
    viewer = viewer_of(request)
    found = _merge_or_404(viewer, number)
    context = {
        "merge": found,
        "moved": moved_words(found.record["moved"]),
        "stayed": moved_words(found.record["stayed"]),
        "left": moved_words([{**one, "ids": [one["id"]]} for one in found.left]),
        "may_undo": access.may_undo(viewer, found),
    }
    return render(request, "orgs/merges/one.html", context)


@require_POST
@only(access.may_merge_at_all)
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Put back what a merge moved and changed."""
    viewer = viewer_of(request)
    found = _merge_or_404(viewer, number)
    try:
        left = services.undo_merge(viewer=viewer, merge=found)
    except NotAllowed as error:
        # Somebody else was faster: whoever sees a merge may undo it.
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Undone: the two entries are apart again."))
        if left:
            words = ngettext(
                "One thing had changed since, and was left as it is.",
                "%(n)s things had changed since, and were left as they are.",
                len(left),
            )
            messages.warning(request, words % {"n": len(left)})
    return redirect("merge", number=number)


# --- Duplicates --------------------------------------------------------------------------------------------------


@require_safe
@only(access.may_merge_at_all)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that are likely one organisation."""
    viewer = viewer_of(request)
    given = request.GET.get("after", "")
    after = int(given) if given.isdecimal() and len(given) < 18 else 0
    pairs, further = likely_duplicates(viewer, after)
    context = {"pairs": pairs, "further": further, "after": after, "dismissed": [] if after else dismissed(viewer)}
    return render(request, "orgs/merges/duplicates.html", context)


@require_POST
@only(access.may_merge_at_all)
def dismiss(request: HttpRequest) -> HttpResponse:
    """Say that two entries are two organisations, or take that back."""
    viewer = viewer_of(request)
    first, second = (_entry(viewer, request.POST.get(name, "")) for name in ("first", "second"))
    again = request.POST.get("step") == "again"
    try:
        (services.propose_again if again else services.say_not_duplicate)(viewer=viewer, first=first, second=second)
    except NotAllowed:
        raise PermissionDenied from None
    words = (
        _("They are proposed again.") if again else _("They are not proposed any more. You can take that back below.")
    )
    messages.success(request, words)
    return redirect("duplicates")
