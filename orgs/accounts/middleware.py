"""Nobody whose role needs a second factor works without one."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.access import lacks_second_factor, viewer_of

# What still works: setting it up, signing out, changing the language, and what shows nothing of anybody.
OPEN_VIEWS = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "set_language",
        "javascript-catalog",
        "health-live",
        "health-ready",
    }
)
OPEN_PREFIX = "mfa_"


class SecondFactorMiddleware:
    """Sends such people to set it up first; programs get 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; the rule is asked once its view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Stop the request before its view unless it may go on."""
        if _is_open(request) or not request.user.is_authenticated or not lacks_second_factor(viewer_of(request)):
            return None
        if _wants_data(request):
            return JsonResponse({"detail": _("Set up the second step of sign-in first.")}, status=403)
        return HttpResponseRedirect(f"{reverse('mfa_index')}")


def _is_open(request: HttpRequest) -> bool:
    name = request.resolver_match.url_name if request.resolver_match else None
    return name is not None and (name in OPEN_VIEWS or name.startswith(OPEN_PREFIX))


def _wants_data(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json")
