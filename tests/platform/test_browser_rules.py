"""What every answer tells the browser, and that the CSRF check works with it over HTTPS."""

import re

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.urls import path


def form(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponse("posted")
    template = engines["django"].from_string("<form method=post>{% csrf_token %}</form>")
    return HttpResponse(template.render({}, request))


urlpatterns = [path("form", form)]

SECURE = {"SECURE_SSL_REDIRECT": True, "CSRF_COOKIE_SECURE": True, "SECURE_HSTS_SECONDS": 60}


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True, HTTP_HOST="localhost")


def token(client: Client) -> str:
    page = client.get("/form", secure=True).content.decode()
    found = re.search(r'value="(\w+)"', page)
    assert found
    return found[1]


@override_settings(ROOT_URLCONF=__name__, **SECURE)
def test_headers_of_every_answer(client: Client) -> None:
    headers = client.get("/form", secure=True).headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert "max-age=60" in headers["Strict-Transport-Security"]


@override_settings(ROOT_URLCONF=__name__, **SECURE)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        # What browsers send under "same-origin": always the origin, and the referrer to ourselves.
        ({"origin": "https://localhost", "referer": "https://localhost/form"}, 200),
        ({"referer": "https://localhost/form"}, 200),
        # What they would send under "no-referrer", and what a forger's page makes them send.
        ({"origin": "null"}, 403),
        ({}, 403),
        ({"origin": "https://elsewhere.example", "referer": "https://elsewhere.example/"}, 403),
    ],
)
def test_csrf_over_https(client: Client, headers: dict[str, str], status: int) -> None:
    data = {"csrfmiddlewaretoken": token(client)}
    assert client.post("/form", data, secure=True, headers=headers).status_code == status


@override_settings(ROOT_URLCONF=__name__, **SECURE)
def test_a_forged_token_is_refused(client: Client) -> None:
    token(client)
    headers = {"origin": "https://localhost"}
    data = {"csrfmiddlewaretoken": "x" * 64}
    assert client.post("/form", data, secure=True, headers=headers).status_code == 403


def test_cookies_are_not_for_scripts_or_other_sites() -> None:
    for name in ("SESSION", "CSRF"):
        assert getattr(settings, f"{name}_COOKIE_HTTPONLY")
        assert getattr(settings, f"{name}_COOKIE_SAMESITE") == "Lax"
