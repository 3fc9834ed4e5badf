"""A person's own account: settings, and ending every session."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from orgs import access
from orgs.accounts.pages import SettingsForm
from orgs.models import Channel, User
from orgs.services import accounts, channels


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """My account: how I am named and written to; the way to everything else about it."""
    user = request.user
    assert isinstance(user, User)
    kept = {"name": user.name, "language": user.language}
    form = SettingsForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.change_settings(actor=user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            with override(user.language):
                messages.success(request, _("Your settings are kept."))
            return redirect("account")
    viewer = access.viewer_of(request)
    return render(
        request,
        "orgs/accounts/account.html",
        {
            "form": form,
            "second_factor": viewer.second_factor,
            "needs_second_factor": access.needs_second_factor(viewer),
            "ways": [Channel(way).label for way in channels.ways_of(user)],
            "may_keep_ways_out": access.may_keep_ways_out(viewer),
            "may_invite": access.may_invite(viewer),
            "may_have_token": access.may_have_token(viewer),
            "posts": access.own_memberships(viewer),
        },
    )


@login_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all my sessions but this one."""
    user = request.user
    assert isinstance(user, User)
    accounts.sign_out_everywhere(actor=user)
    update_session_auth_hash(request, user)
    messages.success(request, _("You are signed out on all other devices."))
    return redirect("account")
