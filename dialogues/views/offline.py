"""Writing a session down on a phone without network: the page, what installs it, where it sends what was written."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import get_urlconf, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from dialogues.access import may_record
from dialogues.checking import limits
from dialogues.intake import LARGEST_PACKAGE, Written, read_package
from dialogues.models import AgeBand, Country, Group, Need, SessionKind, SessionState, Sex
from dialogues.services import offline as service
from dialogues.services.sessions import Kept
from dialogues.wording_offline import said_by_scripts
from incidents import offline_shell
from incidents.intake.offline import BadPackage
from incidents.offline_shell import Shell, cercles_by_name, comes_from_own_page
from orgs.access import viewer_of
from orgs.forms.support import terms_of
from orgs.models import Vocabulary
from orgs.policy import Viewer
from orgs.presentation.navigation import is_served
from orgs.services.errors import NotAllowed
from orgs.views import steps

_SHARED = ("js/offline/box.js", "js/offline/link.js")
SCRIPTS = (
    *_SHARED,
    "js/offline/shell.js",
    "js/sessions_offline/sender.js",
    "js/sessions_offline/ticks.js",
    "js/sessions_offline/form.js",
    "js/sessions_offline/checks.js",
    "js/sessions_offline/review.js",
    "js/sessions_offline/queue.js",
    "js/sessions_offline/page.js",
)
WORKER_SCRIPTS = (*_SHARED, "js/sessions_offline/sender.js", "js/offline/worker.js")
STYLES = ("css/passerelle.css", "css/offline.css", "css/offline_sessions.css")
LANGUAGES = ("fr", "en")
_ANY = "00000000-0000-4000-8000-000000000000"

recorders_only = steps.only(may_record)


# --- The shell ---------------------------------------------------------------------------------------------------


def _shell() -> Shell:
    return Shell(
        name="sessions",
        pages={reverse("dialogue-offline"): "fr", reverse("dialogue-offline-english"): "en"},
        home=reverse("dialogue-offline"),
        manifest=reverse("dialogue-offline-manifest"),
        styles=STYLES,
        scripts=SCRIPTS,
        worker_scripts=WORKER_SCRIPTS,
        render=_text,
        signed_in=True,
    )


def _text(request: HttpRequest, language: str) -> str:
    context = {
        "shell_language": language,
        "cercles": cercles_by_name(),
        "kinds": SessionKind.choices,
        "states": SessionState.choices,
        "countries": Country.choices,
        "groups": Group.choices,
        "ages": AgeBand.choices,
        "sexes": Sex.choices,
        "languages": terms_of(Vocabulary.SPOKEN, set()),
        "invitable": [(value, label) for value, label in Group.choices if value != Group.UNKNOWN],
        "tags": [
            ("needs", _("Needs"), Need.choices),
            ("themes", _("Themes"), terms_of(Vocabulary.THEME, set())),
        ],
        "limits": limits(),
        "sessions_address": _served("/dialogues/"),
        "words": {**said_by_scripts(), "session_address": _session_address()},
        "scripts": SCRIPTS,
    }
    return render(request, "dialogues/offline/page.html", context).content.decode()


def _session_address() -> str:
    """Where a session's page is, with ``{uid}`` for its number."""
    address = _served(f"/dialogues/sessions/{_ANY}/")
    return address.replace(_ANY, "{uid}")


def _served(address: str) -> str:
    return address if is_served(address, get_urlconf()) else ""


@require_safe
@recorders_only
def offline(request: HttpRequest, language: str = "fr") -> HttpResponse:
    """The page itself, in one language: for whoever may write sessions down, and the same for all of them."""
    request.user = AnonymousUser()
    return offline_shell.page(_shell(), request, language)


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of this page alone. Says nothing that is not in the product's source."""
    request.user = AnonymousUser()
    return offline_shell.worker(_shell(), request)


@require_safe
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page among its programs."""
    return offline_shell.manifest(_shell())


# --- What comes in and goes out ------------------------------------------------------------------------------------


@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Who writes here, and (unless ``?sessions=no``) the newest sessions that they may change, as they stand."""
    viewer = viewer_of(request)
    if stop := _stop(viewer):
        return stop
    wanted = request.GET.get("sessions") != "no"
    sessions = service.sessions_for_phone(viewer) if wanted else []
    return JsonResponse(
        {
            "state": "ok",
            "writer": service.writer_of(viewer),
            "organisations": [{"id": one.pk, "name": one.name} for one in service.own_organisations(viewer)],
            "me": viewer.user_id,
            "colleagues": service.colleagues_for_phone(viewer, sessions) if wanted else [],
            "sessions": sessions,
        }
    )


@csrf_exempt
@require_POST
@never_cache
def send(request: HttpRequest) -> HttpResponse:
    """Take in one edit as JSON. The same again is the same edit, and gives the same answer.

    No token is asked for, since none would be valid after days: ``comes_from_own_page`` proves where it comes from.
    """
    viewer = viewer_of(request)
    if stop := _stop(viewer):
        return stop
    if not comes_from_own_page(request):
        return _refused("form", 415)
    try:
        if int(request.headers.get("Content-Length") or 0) > LARGEST_PACKAGE:
            raise BadPackage("large")
        written = read_package(request.body)
    except BadPackage as bad:
        return _refused(bad.code, 413 if bad.code == "large" else 400)
    except ValidationError as wrong:
        return _refused("problems", 422, wrong.message_dict)
    except (OSError, ValueError):  # the phone went away in the middle, or said a length that is none
        return _refused("unreadable", 400)
    return _keep(viewer, written)


def _keep(viewer: Viewer, written: Written) -> HttpResponse:
    if written.writer and written.writer != service.writer_of(viewer):
        return _sign_in("other_person", 403)
    with translation.override(written.language if written.language in LANGUAGES else translation.get_language()):
        try:
            kept = service.keep_from_phone(viewer=viewer, written=written)
        except ValidationError as wrong:
            return _refused("problems", 422, wrong.message_dict)
        except NotAllowed:
            return _refused("problems", 422, service.no_longer_allowed())
        return JsonResponse(_answer(viewer, kept), status=201 if kept.created else 200)


def _answer(viewer: Viewer, kept: Kept) -> dict[str, Any]:
    differs = service.differences(viewer, kept)
    return {
        "state": "waits" if kept.conflicts else "kept",
        "version": kept.session.version,
        "conflicts": [one.label for one in differs],
        "differs": [{"unit": one.unit, "label": one.label, "mine": one.mine, "stands": one.stands} for one in differs],
        "problems": {},
        "now": service.as_it_stands(kept.session),
    }


def _stop(viewer: Viewer) -> JsonResponse | None:
    """Why nothing is taken or given at all; the phone keeps everything."""
    if viewer.user_id is None:
        return _sign_in("sign_in", 401)
    return None if may_record(viewer) else _refused("role", 403)


def _sign_in(why: str, status: int) -> JsonResponse:
    return JsonResponse({"state": "sign-in", "why": why}, status=status)


def _refused(code: str, status: int, problems: dict[str, list[str]] | None = None) -> JsonResponse:
    return JsonResponse({"state": "refused", "refused": code, "problems": problems or {}}, status=status)
