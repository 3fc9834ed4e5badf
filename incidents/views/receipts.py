"""A receipt's code travels in a sealed cookie of one page, for a quarter of an hour, and never in an address."""

from datetime import timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from orgs.crypto import seal, unseal

RECEIPT_KEPT = timedelta(minutes=15)


def put_sealed(response: HttpResponse, name: str, value: dict[str, str], *, path: str) -> None:
    """A cookie that says nothing to whoever finds it, for a quarter of an hour."""
    response.set_cookie(
        name,
        seal(value).decode(),
        max_age=RECEIPT_KEPT,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def sealed(request: HttpRequest, name: str) -> dict[str, Any]:
    """What such a cookie holds; nothing when it is not there, or not ours."""
    try:
        return unseal(request.COOKIES.get(name, "").encode())
    except (InvalidToken, ValueError):
        return {}
