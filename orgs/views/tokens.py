"""Keys for programs: made, shown once, revoked."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from orgs import access
from orgs.accounts.pages import TokenForm
from orgs.services import tokens


@never_cache
@login_required
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "POST"])
def api_tokens(request: HttpRequest) -> HttpResponse:
    """My keys; a new one is shown on the answer to the form, and never again."""
    viewer = access.viewer_of(request)
    if not access.may_have_token(viewer):
        raise Http404
    form = TokenForm(request.POST if request.method == "POST" else None)
    made, plain = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, plain = tokens.make_token(viewer=viewer, **form.cleaned_data)
            form = TokenForm()
        except ValidationError as error:
            form.add_error(None, error)
    kept = access.own_tokens(viewer)
    return render(request, "orgs/accounts/tokens.html", {"form": form, "made": made, "plain": plain, "tokens": kept})


@login_required
@require_POST
def revoke_api_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my keys."""
    viewer = access.viewer_of(request)
    token = get_object_or_404(access.own_tokens(viewer), pk=pk)
    tokens.revoke_token(viewer=viewer, token=token)
    messages.success(request, _("The key “%(label)s” no longer works.") % {"label": token.label})
    return redirect("api-tokens")
