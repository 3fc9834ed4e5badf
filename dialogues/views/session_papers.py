"""Photos of a session and of the pages of its minutes: added, looked at, taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from dialogues.access import SESSIONS, may_record, papers_of
from dialogues.disclosed_sessions import PAPER
from dialogues.forms.session_sealed import PapersForm
from dialogues.models import Session, SessionPaper
from dialogues.services.session_papers import MOST_PAPERS, add_papers, drop_paper
from dialogues.views.session_sealed import own_session
from dialogues.views.sessions import session_or_404
from incidents.media import store
from incidents.views.uploads import LARGEST_FILE, taking_files
from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.views.steps import only, take


@taking_files
@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def session_papers(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The photos of a session, and more of them. What is refused is said in words; the rest is kept."""
    viewer = viewer_of(request)
    found = own_session(viewer, uid)
    form = PapersForm(request.POST, request.FILES) if request.method == "POST" else PapersForm()
    if form.is_bound and form.is_valid():
        refused = take(form, lambda: _add(viewer, found, form))
        if refused is not None:
            _say(request, len(form.cleaned_data["pictures"]) - len(refused), refused)
            return redirect("dialogue-session-papers", uid=uid)
    audience = SESSIONS.audience(viewer, found) or ""
    context = {
        "session": {"uid": found.uid, "title": found.title},
        "papers": [PAPER.show(one, audience) for one in papers_of(viewer, found)],
        "form": form,
        "most": MOST_PAPERS,
    }
    return render(request, "dialogues/sessions/papers.html", context, status=422 if form.errors else 200)


def _add(viewer: Viewer, session: Session, form: PapersForm) -> list[str]:
    data = form.cleaned_data
    files = [_bytes(file) for file in data["pictures"]]
    return add_papers(
        viewer=viewer,
        session=session,
        files=files,
        kind=data["kind"],
        consent=data["consent"],
        caption=data["caption"],
    )


def _bytes(file: Any) -> bytes:
    """The bytes of a file; of one that was cut since it was too heavy, so many that it is refused as that."""
    data: bytes = file.read()
    return data if data or not file.size else b"\xff\xd8\xff" + bytes(LARGEST_FILE)


def _say(request: HttpRequest, kept: int, refused: list[str]) -> None:
    if kept:
        messages.success(request, ngettext("%(n)d file was kept.", "%(n)d files were kept.", kept) % {"n": kept})
    for words in refused:
        messages.error(request, words)


@require_safe
@only(may_record)
@cache_control(private=True, no_store=True)
def session_paper(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """The bytes of a photo, for those who write in its session."""
    viewer = viewer_of(request)
    paper = _paper_or_404(viewer, session_or_404(viewer, uid), number)
    data = store.read(paper.name)
    if data is None:
        raise Http404
    response = HttpResponse(data, content_type=paper.media_type)
    response["Content-Disposition"] = f'inline; filename="{paper.pk}.jpg"'
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@only(may_record)
def session_paper_remove(request: HttpRequest, uid: UUID, number: int) -> HttpResponse:
    """Delete a photo, after asking once more."""
    viewer = viewer_of(request)
    found = own_session(viewer, uid)
    paper = _paper_or_404(viewer, found, number)
    if request.method == "POST":
        drop_paper(viewer=viewer, session=found, paper=paper)
        messages.success(request, _("Deleted for good."))
        return redirect("dialogue-session-papers", uid=uid)
    context = {"session": {"uid": found.uid, "title": found.title}, "number": paper.pk}
    return render(request, "dialogues/sessions/paper_remove.html", context)


def _paper_or_404(viewer: Viewer, session: Session, number: int) -> SessionPaper:
    found = papers_of(viewer, session).filter(pk=number).first()
    if found is None:
        raise Http404
    return found
