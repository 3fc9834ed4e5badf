"""The life of an entry: verify it, doubt it, retire it, take that back, confirm one's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orgs import access
from orgs.access import viewer_of
from orgs.living.forms import StepForm, VerifyForm
from orgs.services import verification
from orgs.views.living.shared import address_of, back_to, own_entry, signed_in, step, take, version_in
from orgs.views.steps import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def verify(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how the entry was checked."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_decide_on)
    form = VerifyForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        how, version = form.cleaned_data["how"], form.cleaned_data["version"]
        done = take(
            form,
            lambda: verification.verify_organisation(viewer=viewer, organisation=found, how=how, version=version),
        )
        if done is not None:
            messages.success(request, _("Verified."))
            return back_to(found)
    context = {"form": form, "organisation": found, "back": address_of(found)}
    return render(request, "orgs/living/verify.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Mark as no longer active: asks once more, can be taken back."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_decide_on)
    form = StepForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        done = take(form, lambda: verification.retire_organisation(viewer=viewer, organisation=found, version=version))
        if done is not None:
            messages.success(request, _("Marked as no longer active. You can take this back on this page."))
            return back_to(found)
    context = {"form": form, "organisation": found, "back": address_of(found)}
    return render(request, "orgs/living/retire.html", context, status=status_of(form))


@require_POST
@signed_in
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """It is active after all."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_decide_on)
    return step(
        request,
        lambda: verification.take_back_organisation(viewer=viewer, organisation=found, version=version_in(request)),
        _("Taken back: the organisation is active."),
        back_to(found),
    )


@require_POST
@signed_in
def doubt(request: HttpRequest, slug: str) -> HttpResponse:
    """It must be checked again."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_decide_on)
    return step(
        request,
        lambda: verification.doubt_organisation(viewer=viewer, organisation=found, version=version_in(request)),
        _("Marked: to be checked again."),
        back_to(found),
    )


@require_POST
@signed_in
def right(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own organisation: all is right."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_edit)
    return step(
        request,
        lambda: verification.confirm_as_own(viewer=viewer, organisation=found),
        _("Thank you: noted that all is right today."),
        back_to(found),
    )
