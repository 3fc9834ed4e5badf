"""Keeping the contacts of an organisation: its editors, and those who decide on its entry."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import access
from orgs.access import CONTACTS, viewer_of
from orgs.disclosed import KEPT_CONTACT
from orgs.living.forms import ContactForm, ProofForm
from orgs.living.words import Words
from orgs.models import Channel, Contact, Organisation, OrganisationVisibility, ProvedHow
from orgs.policy import Viewer
from orgs.services import contacts as services
from orgs.services.contacts import mark_of
from orgs.views.living.shared import address_of, own_entry, signed_in, step, take, with_value
from orgs.views.steps import status_of


@require_safe
@signed_in
def contacts(request: HttpRequest, slug: str) -> HttpResponse:
    """Every contact, those that ended at the end."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_keep_contacts)
    rows = list(CONTACTS.rows(viewer).filter(organisation=found).select_related("organisation"))
    words = Words([("spoken", row.spoken) for row in rows])
    shown = [_shown(viewer, row, words) for row in rows]
    context = {
        "organisation": found,
        "back": address_of(found),
        "rows": [row for row in shown if row["ended_at"] is None],
        "ended": [row for row in shown if row["ended_at"] is not None],
    }
    return render(request, "orgs/living/contacts.html", context)


def _shown(viewer: Viewer, row: Contact, words: Words) -> dict[str, Any]:
    shown = KEPT_CONTACT.show(row, CONTACTS.audience(viewer, row) or "public")
    wishes = [
        (shown["do_not_call"], _("do not call")),
        (shown["do_not_sms"], _("no SMS")),
        (shown["do_not_email"], _("no e-mail")),
    ]
    return {
        **shown,
        "channel": Channel(shown["channel"]).label,
        "visibility": OrganisationVisibility(shown["visibility"]).label,
        "spoken": words.say("spoken", shown["spoken"]),
        "wishes": [label for holds, label in wishes if holds],
        "proved_how": ProvedHow(shown["proved_how"]).label if shown["proved_how"] else "",
        "proof": ProofForm(auto_id=f"proof_{row.pk}_%s"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """Add one."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_keep_contacts)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.given()
        if take(form, lambda: services.add_contact(viewer=viewer, organisation=found, given=given)) is not None:
            messages.success(request, _("Added."))
            return redirect("org-contacts", slug=found.slug)
    return _page(request, found, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change one."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_keep_contacts)
    row = _contact_or_404(viewer, found, pk)
    mark = mark_of(row)
    form = ContactForm(request.POST if request.method == "POST" else None, contact=row, initial={"mark": mark})
    if request.method == "POST" and form.is_valid():
        given, sent = form.given(), form.cleaned_data["mark"]
        changed = take(form, lambda: services.change_contact(viewer=viewer, contact=row, given=given, mark=sent))
        if changed is not None:
            messages.success(request, _("Saved."))
            return redirect("org-contacts", slug=found.slug)
        if getattr(form, "conflict", False):
            # Sending it again is then a decision made with knowledge.
            form.data = with_value(form.data, "mark", mark)
    return _page(request, found, form, row)


def _page(request: HttpRequest, found: Organisation, form: ContactForm, row: Contact | None) -> HttpResponse:
    context = {
        "form": form,
        "organisation": found,
        "back": address_of(found),
        "is_new": row is None,
        "conflict": getattr(form, "conflict", False),
        "stands": row,
    }
    return render(request, "orgs/living/contact.html", context, status=status_of(form))


@require_POST
@signed_in
def end_contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """It no longer stands; can be taken back below."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_keep_contacts)
    row = _contact_or_404(viewer, found, pk)
    return step(
        request,
        lambda: services.end_contact(viewer=viewer, contact=row),
        _("Ended: nobody is shown this contact any more. You can take it back below."),
        redirect("org-contacts", slug=found.slug),
    )


@require_POST
@signed_in
def resume_contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """It stands after all."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_keep_contacts)
    row = _contact_or_404(viewer, found, pk)
    return step(
        request,
        lambda: services.resume_contact(viewer=viewer, contact=row),
        _("Taken back: the contact stands again."),
        redirect("org-contacts", slug=found.slug),
    )


@require_POST
@signed_in
def prove_contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Note whether it works."""
    viewer = viewer_of(request)
    found = own_entry(viewer, slug, access.may_keep_contacts)
    row = _contact_or_404(viewer, found, pk)
    how = request.POST.get("how", "")
    back = redirect("org-contacts", slug=found.slug)
    if how == ProofForm.FAILED:
        done = _("Noted: it did not work.")
        return step(request, lambda: services.note_fails(viewer=viewer, contact=row), done, back)
    done = _("Noted: it works.")
    return step(request, lambda: services.note_works(viewer=viewer, contact=row, how=how), done, back)


def _contact_or_404(viewer: Viewer, found: Organisation, pk: int) -> Contact:
    row = CONTACTS.rows(viewer).filter(organisation=found, pk=pk).first()
    if row is None:
        raise Http404
    return row
