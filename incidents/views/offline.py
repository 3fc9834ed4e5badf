"""The page that works without network: its shell, what installs it, and where it sends reports.

The shell is the same for everybody: no account, no cookie, no token stands in it, so a phone may keep it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from allauth.account.views import LogoutView
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from incidents.forms.reports import ReportForm
from incidents.intake.offline import BadPackage, Opened, open_package, receive_from_phone
from incidents.services.prompts import prompts_heard
from incidents.views import flood
from incidents.wording_offline import said_by_scripts
from orgs.models import Area, Level

SHELL_KEPT_SECONDS = 300
SCRIPTS = ("js/offline/box.js", "js/offline/sender.js", "js/offline/media.js", "js/offline/page.js")
STYLES = ("css/passerelle.css", "css/offline.css")
WORKER_SCRIPTS = ("js/offline/box.js", "js/offline/sender.js", "js/offline/worker.js")
ICONS = ("img/icon-192.png", "img/icon-512.png")
TRUST = "application/json"


def comes_from_script(request: HttpRequest, media_type: str = TRUST) -> bool:
    """Whether a request can only have been sent by our own page or by a program.

    A form of another site cannot send these types of content, and its scripts would need our leave (CORS), which nobody
    gets. No cookie counts here, so there is nobody's power to be borrowed; and the page may be days old, when no token
    would be valid any more.
    """
    if request.method in ("GET", "HEAD"):
        return True
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site in ("same-origin", "none") and request.content_type == media_type


def refused(code: str, status: int, *, retry_after: int = 0) -> JsonResponse:
    """Why a request was not taken, as a code that the page has words for."""
    response = JsonResponse({"refused": code}, status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


# --- Reports come in ---------------------------------------------------------------------------------------------


@csrf_exempt
@require_POST
@never_cache
def offline_send(request: HttpRequest) -> HttpResponse:
    """Take in one report as JSON. The same again gives the same code.

    When too many come at once the phone is asked to wait: 429, ``Retry-After``, and a ticket that it sends along.
    """
    if not comes_from_script(request):
        return refused("form", 415)
    try:
        opened = open_package(request.body)
        if seconds := flood.must_wait(request, opened.number, opened.ticket):
            return _asked_to_wait(opened, seconds)
        received = receive_from_phone(opened)
    except BadPackage as bad:
        return refused(bad.code, 413 if bad.code == "large" else 400)
    except OSError:  # the phone went away in the middle; Django's own class of it is one
        return refused("unreadable", 400)
    return JsonResponse({"code": received.code, "new": received.created}, status=201 if received.created else 200)


def _asked_to_wait(opened: Opened, seconds: int) -> HttpResponse:
    ticket = flood.ticket_for(opened.number, earlier=opened.ticket)
    response = JsonResponse({"wait": seconds, "ticket": ticket}, status=429)
    response["Retry-After"] = str(seconds)
    return response


# --- The shell ---------------------------------------------------------------------------------------------------


@require_safe
@cache_control(no_cache=True)
def offline(request: HttpRequest, language: str = "fr") -> HttpResponse:
    """The page itself, in one language."""
    request.user = AnonymousUser()
    with translation.override(language):
        response = HttpResponse(_shell(request, language))
    response["Content-Language"] = language
    return response


def _shell(request: HttpRequest, language: str) -> str:
    """The page's text. Kept for a few minutes: it is the same for everybody, and the worker's version follows it."""
    key = f"offline-shell-{language}-{settings.STATIC_URL}"
    text: str | None = cache.get(key)
    if text is None:
        form = ReportForm(initial={"form_id": "0" * 32})
        form.fields["where"].required = False  # a picture and a voice are enough
        context = {
            "form": form,
            "shell_language": language,
            "cercles": _cercles(),
            "prompts": prompts_heard(),
            "words": said_by_scripts(),
            "scripts": SCRIPTS,
        }
        text = render(request, "incidents/offline/page.html", context).content.decode()
        cache.set(key, text, SHELL_KEPT_SECONDS)
    return text


def _cercles() -> list[dict[str, str]]:
    """Today's cercles by name, for the list that is on the phone."""
    rows = Area.objects.current().at(Level.CERCLE).with_names()
    return sorted(({"pcode": area.pcode, "name": area.name} for area in rows), key=lambda one: one["name"])


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at ``/report/`` so that it serves that part of the site and no other.

    It differs, and is installed anew, whenever anything of the shell differs.
    """
    request.user = AnonymousUser()
    pages = {reverse("offline"): "fr", reverse("offline-english"): "en"}
    hashed = hashlib.sha256()
    for language in pages.values():
        with translation.override(language):
            hashed.update(_shell(request, language).encode())
    files = [*STYLES, *SCRIPTS, *ICONS]
    assets = [*pages, reverse("offline-manifest"), *(_asset(path) for path in files)]
    scripts = [_asset(path) for path in WORKER_SCRIPTS]
    hashed.update(json.dumps([assets, scripts]).encode())
    facts = {"version": hashed.hexdigest()[:16], "assets": assets, "pages": list(pages), "report": reverse("report")}
    body = f"self.SHELL = {json.dumps(facts)};\nimportScripts({', '.join(json.dumps(one) for one in scripts)});\n"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("report")
    return response


def _asset(path: str) -> str:
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@require_safe
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page among its programs. Its name there says nothing about reports."""
    icons = [
        {"src": _asset(path), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for path, size in zip(ICONS, (192, 512), strict=True)
    ]
    data = {
        "name": "Passerelle",
        "short_name": "Passerelle",
        "lang": "fr",
        "start_url": reverse("offline"),
        "scope": reverse("report"),
        "display": "standalone",
        "background_color": "#fdfbf7",
        "theme_color": "#221d18",
        "icons": icons,
    }
    return HttpResponse(json.dumps(data), content_type="application/manifest+json")


# --- Signing out -------------------------------------------------------------------------------------------------


class SignOut(LogoutView):
    """Signing out also makes the browser forget what the offline page keeps: keys, drafts, what waits."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out, then have everything that pages stored erased."""
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response
