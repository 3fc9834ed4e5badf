"""Inviting people, seeing who is there, ending their posts; and the pages behind an invitation's link."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs import access
from orgs.accounts.pages import SIGNS_IN, FirstAdministratorForm, PasswordForm, PersonForm
from orgs.models import Membership, User
from orgs.paging import BadToken, keyset
from orgs.policy import Viewer
from orgs.services import invitations, memberships
from orgs.services.errors import NotAllowed

TOKEN_IN_SESSION = "invitation"  # noqa: S105 (the name of a place, not a secret)
FIRST_TOKEN_IN_SESSION = "first_administrator"  # noqa: S105


# --- People ------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The people of my areas (all, for administrators), the newest first, with what may be done about each."""
    viewer = _inviter(request)
    rows = access.people_listed(viewer, words=request.GET.get("q", ""))
    try:
        page = keyset(rows, order=(("id", "desc"),), after=request.GET.get("page"), size=50)
    except BadToken:
        raise Http404 from None
    shown = [
        {
            "post": post,
            "may_change": access.may_change_membership(viewer, post),
            "invitation": next(iter(post.person.open_invitations), None),  # type: ignore[attr-defined]
        }
        for post in page.rows
    ]
    return render(request, "orgs/accounts/people.html", {"rows": shown, "page_of": page, "q": request.GET.get("q", "")})


@never_cache
@login_required
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody, or add somebody who is only told things."""
    viewer = _inviter(request)
    form = PersonForm(request.POST if request.method == "POST" else None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        try:
            said = _add(viewer, dict(form.cleaned_data))
        except ValidationError as error:
            form.add_error(None, error)
        except NotAllowed:
            form.add_error(None, _("You may not give this role in these areas."))
        else:
            messages.success(request, said)
            return redirect("people")
    return render(request, "orgs/accounts/invite.html", {"form": form})


def _add(viewer: Viewer, given: dict[str, Any]) -> str:
    if given.pop("how") != SIGNS_IN:
        person = memberships.add_recipient(viewer=viewer, **given)
        return _("%(name)s will be told from now on.") % {"name": person.name}
    invitation = invitations.invite(viewer=viewer, **given)
    name = invitation.person.name
    if invitation.accepted_at:
        return _("%(name)s has an account already and has the new role from now on.") % {"name": name}
    days = invitations.DAYS_TO_ACCEPT
    return _("The link is on its way to %(name)s. It works for %(days)s days.") % {"name": name, "days": days}


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's post: asks once more, and can be taken back."""
    viewer = _inviter(request)
    post = _post(viewer, pk)
    if request.method == "POST":
        try:
            memberships.end_membership(viewer=viewer, membership=post)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("people")
        return redirect("post-ended", pk=pk)
    return render(request, "orgs/accounts/end_post.html", {"post": post})


@never_cache
@login_required
@require_GET
def post_ended(request: HttpRequest, pk: int) -> HttpResponse:
    """It has ended; take it back here."""
    return render(request, "orgs/accounts/post_ended.html", {"post": _post(_inviter(request), pk)})


@login_required
@require_POST
def resume_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the end of a post."""
    viewer = _inviter(request)
    post = _post(viewer, pk)
    memberships.resume_membership(viewer=viewer, membership=post)
    messages.success(request, _("%(name)s keeps the role.") % {"name": post.person.name})
    return redirect("people")


@login_required
@require_POST
def resend_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link; the old one stops working."""
    viewer = _inviter(request)
    invitation = get_object_or_404(access.invitations_listed(viewer), pk=pk)
    _or_404(invitations.resend, viewer=viewer, invitation=invitation)
    messages.success(request, _("A new link is on its way to %(name)s.") % {"name": invitation.person.name})
    return redirect("people")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def revoke_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back: asks once more."""
    viewer = _inviter(request)
    invitation = get_object_or_404(access.invitations_listed(viewer), pk=pk)
    if request.method == "POST":
        _or_404(invitations.revoke, viewer=viewer, invitation=invitation)
        messages.success(request, _("The invitation of %(name)s is taken back.") % {"name": invitation.person.name})
        return redirect("people")
    return render(request, "orgs/accounts/revoke_invitation.html", {"invitation": invitation})


def _inviter(request: HttpRequest) -> Viewer:
    viewer = access.viewer_of(request)
    if not access.may_invite(viewer):
        raise Http404
    return viewer


def _post(viewer: Viewer, pk: int) -> Membership:
    """A post that this person may change; 404 otherwise."""
    rows = access.MEMBERSHIPS.rows(viewer).select_related("person", "organisation").prefetch_related("areas")
    post: Membership = get_object_or_404(rows, pk=pk)
    if not access.may_change_membership(viewer, post):
        raise Http404
    return post


def _or_404(service: Any, **arguments: Any) -> None:
    try:
        service(**arguments)
    except NotAllowed:
        raise Http404 from None


# --- Behind the link ---------------------------------------------------------------------------------------------


@never_cache
@require_GET
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, so that it stays in no history; opening a link changes nothing else."""
    request.session[TOKEN_IN_SESSION] = token
    return redirect("invitation")


@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Accept an invitation by choosing a password."""
    token = request.session.get(TOKEN_IN_SESSION, "")
    found = invitations.find_invitation(token) if token else None
    if found is None:
        return render(request, "orgs/accounts/invitation_dead.html", status=410)
    form = PasswordForm(request.POST if request.method == "POST" else None, person=found.person)
    if request.method == "POST" and form.is_valid():
        try:
            person = invitations.accept(token=token, password=form.cleaned_data["password1"])
        except NotAllowed:
            return render(request, "orgs/accounts/invitation_dead.html", status=410)
        return _sign_in(request, person)
    posts = invitations.open_posts(found.person).select_related("organisation").prefetch_related("areas")
    return render(request, "orgs/accounts/invitation.html", {"form": form, "invitation": found, "posts": posts})


@never_cache
@require_GET
def first_administrator_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address."""
    request.session[FIRST_TOKEN_IN_SESSION] = token
    return redirect("first-administrator")


@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(["GET", "POST"])
def first_administrator(request: HttpRequest) -> HttpResponse:
    """Become the administrator of a fresh installation."""
    token = request.session.get(FIRST_TOKEN_IN_SESSION, "")
    if not token or not invitations.is_first_administrator_token(token):
        return render(request, "orgs/accounts/invitation_dead.html", status=410)
    form = FirstAdministratorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            person = invitations.become_first_administrator(
                token=token, name=given["name"], email=given["email"], password=given["password1"]
            )
        except NotAllowed:
            return render(request, "orgs/accounts/invitation_dead.html", status=410)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _sign_in(request, person)
    return render(request, "orgs/accounts/first_administrator.html", {"form": form})


def _sign_in(request: HttpRequest, person: User) -> HttpResponse:
    """Sign in whoever has just chosen a password; whoever was signed in here before is signed out."""
    logout(request)
    response: HttpResponse = perform_password_login(request, {}, Login(user=person, email=person.email))
    return response
