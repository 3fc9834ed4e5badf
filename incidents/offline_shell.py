"""What every page that works without network needs of the server: its worker, its entry among a phone's programs.

A shell is the same for everybody who may open it: no account, no cookie, no token stands in it, so a phone may keep it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils import translation

from orgs.models import Area, Level

KEPT_SECONDS = 300
ICONS = ("img/icon-192.png", "img/icon-512.png")
TRUST = "application/json"


@dataclass(frozen=True)
class Shell:
    """A page that works without network.

    ``name`` tells its caches from another's; ``pages`` are addresses and their languages; ``home`` is the part of the
    site that its worker serves; ``render`` gives a page's text in a language; ``signed_in`` says that the page is given
    only to those who have signed in.
    """

    name: str
    pages: Mapping[str, str]
    home: str
    manifest: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    worker_scripts: tuple[str, ...]
    render: Callable[[HttpRequest, str], str]
    signed_in: bool = False


def text_of(shell: Shell, request: HttpRequest, language: str) -> str:
    """The page's text. Kept for a few minutes: it is the same for everybody, and the worker's version follows it."""
    key = f"offline-{shell.name}-{language}-{settings.STATIC_URL}"
    text: str | None = cache.get(key)
    if text is None:
        text = shell.render(request, language)
        cache.set(key, text, KEPT_SECONDS)
    return text


def page(shell: Shell, request: HttpRequest, language: str) -> HttpResponse:
    """The page itself, in one language."""
    with translation.override(language):
        response = HttpResponse(text_of(shell, request, language))
    response["Content-Language"] = language
    return response


def worker(shell: Shell, request: HttpRequest) -> HttpResponse:
    """The service worker. It differs, and is installed anew, whenever anything of the shell differs."""
    hashed = hashlib.sha256()
    for language in shell.pages.values():
        with translation.override(language):
            hashed.update(text_of(shell, request, language).encode())
    files = [*shell.styles, *shell.scripts, *ICONS]
    assets = [*shell.pages, shell.manifest, *(asset(path) for path in files)]
    scripts = [asset(path) for path in shell.worker_scripts]
    hashed.update(json.dumps([assets, scripts]).encode())
    facts = {
        "name": shell.name,
        "version": hashed.hexdigest()[:16],
        "assets": assets,
        "pages": list(shell.pages),
        "home": shell.home,
        "credentials": "same-origin" if shell.signed_in else "omit",
    }
    body = f"self.SHELL = {json.dumps(facts)};\nimportScripts({', '.join(json.dumps(one) for one in scripts)});\n"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = shell.home
    return response


def manifest(shell: Shell) -> HttpResponse:
    """What a phone needs to put the page among its programs. Its name there says nothing of what it is for."""
    icons = [
        {"src": asset(path), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for path, size in zip(ICONS, (192, 512), strict=True)
    ]
    data: dict[str, Any] = {
        "name": "Passerelle",
        "short_name": "Passerelle",
        "lang": "fr",
        "start_url": next(iter(shell.pages)),
        "scope": shell.home,
        "display": "standalone",
        "background_color": "#fdfbf7",
        "theme_color": "#221d18",
        "icons": icons,
    }
    return HttpResponse(json.dumps(data), content_type="application/manifest+json")


def asset(path: str) -> str:
    """The address of a static file, also where no collected one is known."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


def cercles_by_name() -> list[dict[str, str]]:
    """Today's cercles by name, for the list that is on the phone."""
    rows = Area.objects.current().at(Level.CERCLE).with_names()
    return sorted(({"pcode": area.pcode, "name": area.name} for area in rows), key=lambda one: one["name"])


def comes_from_script(request: HttpRequest, media_type: str = TRUST) -> bool:
    """Whether a request can only have been sent by our own page or by a program.

    A form of another site cannot send these types of content, and its scripts would need our leave (CORS), which nobody
    gets. The page may be days old, when no token would be valid any more.
    """
    if request.method in ("GET", "HEAD"):
        return True
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site in ("same-origin", "none") and request.content_type == media_type


def comes_from_own_page(request: HttpRequest) -> bool:
    """The same for what comes with a person's cookie: a browser that names the site it comes from names this one."""
    origin = request.headers.get("Origin", "")
    return comes_from_script(request) and (not origin or urlsplit(origin).netloc == request.get_host())


def refused(code: str, status: int, *, retry_after: int = 0) -> JsonResponse:
    """Why a request was not taken, as a code that the page has words for."""
    response = JsonResponse({"refused": code}, status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response
