"""Pages of agreements: the list, one with what became of it, writing it, assessing a provision."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues import agreements as reading
from dialogues.access import (
    AGREEMENTS,
    may_assess,
    may_begin_agreement,
    may_edit_agreement,
)
from dialogues.disclosed_agreements import AGREEMENT, PROVISION
from dialogues.forms.agreements import AgreementForm, AssessmentForm, ProvisionsForm, TouchForm, lines_of
from dialogues.models import Agreement, AgreementKind, Provision, Verdict
from dialogues.services import agreements as writing
from dialogues.views.exports import downloads
from dialogues.views.pages import around, page_or_404
from dialogues.views.versions import take
from incidents.desk import SHAPES
from orgs.access import viewer_of
from orgs.listing import columns_for
from orgs.policy import Viewer
from orgs.views import steps

ORDER = (("signed_on", "desc"), ("id", "desc"))
_LISTED = ("uid", "title", "kind", "signed_on", "region", "cercle", "tlp", "ended_on", "is_demo")

writers_only = steps.only(may_begin_agreement)
people_only = steps.only(lambda viewer: viewer.user_id is not None)


@never_cache
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """The list, the latest signed first."""
    viewer = viewer_of(request)
    rows = AGREEMENTS.rows(viewer)
    kind = request.GET.get("kind", "")
    if kind in AgreementKind.values:
        rows = rows.filter(kind=kind)
    columns = columns_for(AGREEMENTS, AGREEMENT, viewer, only=_LISTED)
    page = page_or_404(request, rows.annotate(**columns).values("id", "signed_on", *columns), ORDER)
    tallies = reading.tallies(row["id"] for row in page.rows)
    listed: list[dict[str, Any]] = [
        {**{name: row[f"shown_{name}"] for name in _LISTED}, "tally": tallies[row["id"]],
         "kind_words": AgreementKind(row["shown_kind"]).label}
        for row in page.rows
    ]  # fmt: skip
    context = {
        "rows": listed,
        "kinds": AgreementKind.choices,
        "kind": kind,
        **around(request, page),
        "may_begin": may_begin_agreement(viewer),
        "download": downloads(request, "agreements"),
    }
    return render(request, "dialogues/agreements/list.html", context)


@never_cache
@require_safe
def agreement(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One agreement: its provisions with what each assessor finds, how that changed, incidents that touch it."""
    viewer = viewer_of(request)
    found = agreement_or_404(viewer, uid)
    audience = AGREEMENTS.audience(viewer, found) or "public"
    provisions = reading.shown_provisions(viewer, found, audience)
    halves = reading.progress(found, timezone.localdate())
    context = {
        **_head(viewer, found),
        "provisions": provisions,
        "disputed": sum(one.disagree for one in provisions),
        "unassessed": sum(not one.verdicts for one in provisions),
        "progress": halves,
        "height": reading.ROW * len(halves),
        "verdicts": Verdict.choices,
        "may_assess": may_assess(viewer, found),
    }
    return render(request, "dialogues/agreements/agreement.html", context)


def agreement_or_404(viewer: Viewer, uid: uuid.UUID) -> Agreement:
    """The agreement, if the viewer may see it."""
    rows = AGREEMENTS.rows(viewer).select_related("region", "cercle", "commune").defer(*SHAPES)
    return get_object_or_404(rows, uid=uid)


def _head(viewer: Viewer, found: Agreement) -> dict[str, Any]:
    shown = AGREEMENT.show(found, AGREEMENTS.audience(viewer, found) or "public")
    return {
        "agreement": {**shown, "kind_words": AgreementKind(shown["kind"]).label},
        "may_edit": may_edit_agreement(viewer, found),
    }


@writers_only
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_new(request: HttpRequest) -> HttpResponse:
    """Enter an agreement."""
    return _form_page(request, viewer_of(request), None)


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_edit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Change one."""
    viewer = viewer_of(request)
    return _form_page(request, viewer, _to_edit(viewer, agreement_or_404(viewer, uid)))


def _to_edit(viewer: Viewer, found: Agreement) -> Agreement:
    if not may_edit_agreement(viewer, found):
        raise PermissionDenied
    return found


def _form_page(request: HttpRequest, viewer: Viewer, found: Agreement | None) -> HttpResponse:
    form = AgreementForm(request.POST if request.method == "POST" else None, viewer=viewer, row=found)
    if form.is_valid():
        kept = take(
            form,
            lambda: writing.keep_agreement(
                viewer=viewer, said=form.said(), agreement=found, version=form.cleaned_data["version"]
            ),
        )
        if kept is not None:
            messages.success(request, _("Saved.") if found else _("Saved. Now write what was promised in it."))
            return redirect("agreement" if found else "agreement-provisions", uid=kept.uid)
    context = {"form": form, **(_head(viewer, found) if found else {})}
    return render(request, "dialogues/agreements/form.html", context, status=steps.status_of(form))


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_provisions(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Write all provisions as lines."""
    viewer = viewer_of(request)
    found = _to_edit(viewer, agreement_or_404(viewer, uid))
    if request.method == "POST":
        form = ProvisionsForm(request.POST)
        if form.is_valid():
            lines, version = form.cleaned_data["lines"], form.cleaned_data["version"]
            count = take(
                form,
                lambda: writing.write_provisions(viewer=viewer, agreement=found, lines=lines, version=version),
            )
            if count is not None:
                messages.success(request, _("Saved: %(n)d provisions.") % {"n": count})
                return redirect("agreement", uid=found.uid)
    else:
        rows = list(found.provisions.order_by("position", "id"))
        form = ProvisionsForm(initial={"lines": lines_of(rows), "version": found.version})
    context = {"form": form, **_head(viewer, found)}
    return render(request, "dialogues/agreements/provisions.html", context, status=steps.status_of(form))


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def provision_assess(request: HttpRequest, number: int) -> HttpResponse:
    """Say what became of a provision, in the name of one's own organisation."""
    viewer = viewer_of(request)
    provision = _provision_or_404(viewer, number)
    if not may_assess(viewer, provision.agreement):
        raise PermissionDenied
    form = AssessmentForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if form.is_valid():
        said = {**form.cleaned_data, "assessor": form.cleaned_data["assessor"].pk}
        if take(form, lambda: writing.assess(viewer=viewer, provision=provision, **said)) is not None:
            messages.success(request, _("Written. Whoever reads the agreement sees it beside those of others."))
            return redirect(f"{_address(provision.agreement)}#p{provision.pk}")
    return _provision_page(request, viewer, provision, form)


def _provision_page(request: HttpRequest, viewer: Viewer, provision: Provision, form: AssessmentForm) -> HttpResponse:
    audience = AGREEMENTS.audience(viewer, provision.agreement) or "public"
    context = {
        **_head(viewer, provision.agreement),
        "form": form,
        "provision": PROVISION.show(provision, audience),
        "history": reading.history_of(viewer, provision, audience),
    }
    return render(request, "dialogues/agreements/assess.html", context, status=steps.status_of(form))


def _provision_or_404(viewer: Viewer, number: int) -> Provision:
    found = reading.provision_seen(viewer, number)
    if found is None:
        raise Http404
    return found


def _address(found: Agreement) -> str:
    return reverse("agreement", args=[found.uid])


@people_only
@require_POST
def provision_touch(request: HttpRequest, number: int) -> HttpResponse:
    """Say that an incident touches a provision."""
    viewer = viewer_of(request)
    provision = _provision_or_404(viewer, number)
    _to_edit(viewer, provision.agreement)
    form = TouchForm(request.POST, auto_id=False)
    if form.is_valid():
        ref = form.cleaned_data["ref"]
        if take(form, lambda: writing.link_incident(viewer=viewer, provision=provision, ref=ref)) is not None:
            messages.success(request, _("Linked. Those who may not read the incident do not see the link either."))
            return redirect(f"{_address(provision.agreement)}#p{provision.pk}")
    for problem in form.errors.get("ref", form.non_field_errors()):
        messages.error(request, str(problem))
    return redirect(f"{_address(provision.agreement)}#p{provision.pk}")


@people_only
@require_POST
def provision_untouch(request: HttpRequest, number: int) -> HttpResponse:
    """Take such a link back."""
    viewer = viewer_of(request)
    touch = reading.touch_seen(viewer, number)
    if touch is None:
        raise Http404
    _to_edit(viewer, touch.provision.agreement)
    writing.unlink_incident(viewer=viewer, touch=touch)
    messages.success(request, _("The link is taken back."))
    return redirect(f"{_address(touch.provision.agreement)}#p{touch.provision_id}")
