"""The page that works without network: its shell, what installs it, and where it sends reports."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LogoutView
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from incidents import offline_shell
from incidents.forms.reports import ReportForm
from incidents.intake.offline import BadPackage, Opened, open_package, receive_from_phone
from incidents.offline_shell import Shell, cercles_by_name, comes_from_script, refused
from incidents.services.prompts import prompts_heard
from incidents.views import flood
from incidents.wording_offline import said_by_scripts

SCRIPTS = (
    "js/offline/box.js",
    "js/offline/link.js",
    "js/offline/sender.js",
    "js/offline/media.js",
    "js/offline/shell.js",
    "js/offline/page.js",
)
WORKER_SCRIPTS = ("js/offline/box.js", "js/offline/link.js", "js/offline/sender.js", "js/offline/worker.js")


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


def _shell() -> Shell:
    return Shell(
        name="shell",
        pages={reverse("offline"): "fr", reverse("offline-english"): "en"},
        home=reverse("report"),
        manifest=reverse("offline-manifest"),
        styles=("css/passerelle.css", "css/offline.css"),
        scripts=SCRIPTS,
        worker_scripts=WORKER_SCRIPTS,
        render=_text,
    )


def _text(request: HttpRequest, language: str) -> str:
    form = ReportForm(initial={"form_id": "0" * 32})
    form.fields["where"].required = False  # a picture and a voice are enough
    context = {
        "form": form,
        "shell_language": language,
        "cercles": cercles_by_name(),
        "prompts": prompts_heard(),
        "words": said_by_scripts(),
        "scripts": SCRIPTS,
    }
    return render(request, "incidents/offline/page.html", context).content.decode()


@require_safe
@cache_control(no_cache=True)
def offline(request: HttpRequest, language: str = "fr") -> HttpResponse:
    """The page itself, in one language."""
    request.user = AnonymousUser()
    return offline_shell.page(_shell(), request, language)


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at ``/report/`` so that it serves that part of the site and no other."""
    request.user = AnonymousUser()
    return offline_shell.worker(_shell(), request)


@require_safe
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page among its programs."""
    return offline_shell.manifest(_shell())


# --- Signing out -------------------------------------------------------------------------------------------------


class SignOut(LogoutView):
    """Signing out also makes the browser forget what the offline page keeps: keys, drafts, what waits."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out, then have everything that pages stored erased."""
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response
