"""A page whose form survives a stale or forged CSRF token: refused, but with everything that was typed still in it.

Django's own refusal is a page without the form. The view is exempted from it and makes the very same check itself.
"""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware


class _Check(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _never_called(request: HttpRequest) -> HttpResponse:
    raise AssertionError


def is_forged(request: HttpRequest) -> bool:
    """Whether this POST lacks the token that our own page would have sent."""
    return _Check(_never_called).process_view(request, _never_called, (), {}) is not None


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted; ``None`` when it is more than the product takes in one piece."""
    try:
        return request.POST
    except (RequestDataTooBig, TooManyFieldsSent):
        return None
