"""Reporting, the receipt, and what became of a report."""

import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from incidents.access import may_learn_outcome, own_reports
from incidents.disclosure import REPORT
from incidents.forms.reports import AdditionForm, CodeForm, ReportForm
from incidents.intake.web import Sent, receive_from_page
from incidents.models import IncidentType, Report
from incidents.outcomes import outcome_of
from incidents.services.prompts import prompts_heard
from incidents.services.reports import add_to_report, grouped, report_by_code
from incidents.views import throttle
from incidents.views.tokens import is_forged, posted
from orgs.access import viewer_of
from orgs.crypto import seal, unseal

RECEIPT_COOKIE = "receipt"
SENT_COOKIE = "sent"
RECEIPT_KEPT = timedelta(minutes=15)
OWN_SHOWN = 100


# --- Reporting ---------------------------------------------------------------------------------------------------


# Not "no-store": on a link that breaks, the back button must find what was typed.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
def report(request: HttpRequest) -> HttpResponse:
    """The report form. Everything typed comes back with whatever is wrong."""
    signed_in = viewer_of(request).user_id is not None
    if request.method != "POST":
        return _form_page(request, ReportForm(signed_in=signed_in))
    data = posted(request)
    if data is None:
        return _too_much(request, ReportForm(signed_in=signed_in))
    language = data.get("language", "")
    if language in dict(settings.LANGUAGES):
        return _in_language(request, language, signed_in)
    form = ReportForm(data, signed_in=signed_in)
    if is_forged(request):
        form.add_error(None, _expired())
        return _form_page(request, form, status=403)
    if not form.is_valid():
        return _form_page(request, form)
    received, sent = receive_from_page(
        form,
        viewer=viewer_of(request),
        browser=request.META.get("CSRF_COOKIE", ""),
        last=_sent_last(request),
        language=(get_language() or "fr")[:2],
    )
    return _to_receipt(received.code, sent)


def _form_page(request: HttpRequest, form: ReportForm, *, status: int = 200) -> HttpResponse:
    return render(request, "incidents/reports/report.html", {"form": form, "prompts": prompts_heard()}, status=status)


def _too_much(request: HttpRequest, form: ReportForm) -> HttpResponse:
    context = {"form": form, "too_much": True}
    return render(request, "incidents/reports/report.html", context, status=413)


def _in_language(request: HttpRequest, language: str, signed_in: bool) -> HttpResponse:
    """The same form with the same words in it, in the other language."""
    translation.activate(language)
    words = {name: value for name, value in request.POST.items() if name not in ("language", "csrfmiddlewaretoken")}
    response = _form_page(request, ReportForm(signed_in=signed_in, initial=words))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def _expired() -> str:
    return _("This page had been open for too long. Nothing is lost: send it again.")


def _to_receipt(code: str, sent: Sent) -> HttpResponseRedirect:
    """To the receipt. The code travels sealed, in a cookie of that one page, and not in an address."""
    response = HttpResponseRedirect(reverse("report-sent"), status=303)
    _put_sealed(response, RECEIPT_COOKIE, {"code": code}, path=reverse("report-sent"))
    _put_sealed(response, SENT_COOKIE, asdict(sent), path=reverse("report"))
    return response


def _put_sealed(response: HttpResponse, name: str, value: dict[str, str], *, path: str) -> None:
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


def _sealed(request: HttpRequest, name: str) -> dict[str, Any]:
    try:
        return unseal(request.COOKIES.get(name, "").encode())
    except (InvalidToken, ValueError):
        return {}


def _sent_last(request: HttpRequest) -> Sent | None:
    found = _sealed(request, SENT_COOKIE)
    return Sent(**found) if found.keys() == {"number", "content"} else None


@require_safe
@never_cache
def report_sent(request: HttpRequest) -> HttpResponse:
    """The receipt: the code, what it is for, and what happens next."""
    code = _sealed(request, RECEIPT_COOKIE).get("code", "")
    if not code:
        return redirect("report")
    # On a narrow screen the code breaks in the middle and nowhere else.
    halves = [grouped(code[:8]).replace(" ", "\xa0"), grouped(code[8:]).replace(" ", "\xa0")]
    return render(request, "incidents/reports/sent.html", {"code": " ".join(halves)})


# --- Following up ------------------------------------------------------------------------------------------------


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def follow_up(request: HttpRequest) -> HttpResponse:
    """What became of a report, for whoever has its code; and words to add to it."""
    if request.method != "POST":
        return _code_page(request, CodeForm())
    data = posted(request)
    if data is None:
        return _code_page(request, CodeForm(), status=413, problem=_("This was too long to be taken in one piece."))
    form, addition = CodeForm(data), AdditionForm(data) if "text" in data else None
    if is_forged(request):
        return _code_page(request, form, addition, status=403, problem=_expired())
    if throttle.is_blocked(request):
        problem = _("Too many wrong codes came from your network. Wait ten minutes, then try again.")
        return _code_page(request, form, addition, status=429, problem=problem)
    if not form.is_valid():
        return _code_page(request, form, addition)
    return _followed(request, form, addition)


def _followed(request: HttpRequest, form: CodeForm, addition: AdditionForm | None) -> HttpResponse:
    started = time.monotonic()
    code = form.cleaned_data["code"]
    found = report_by_code(code)
    if found is None:
        throttle.count_wrong(request)
        form.add_error("code", _("No report has this code. Look at it again, digit by digit."))
        response = _code_page(request, form, addition)
        throttle.wait_until(started)
        return response
    if addition is None:
        return _report_page(request, found, AdditionForm(), code=code)
    return _add(request, found, addition, code)


def _add(request: HttpRequest, found: Report, form: AdditionForm, code: str) -> HttpResponse:
    if not form.is_valid():
        return _report_page(request, found, form, code=code)
    try:
        add_to_report(report=found, text=form.cleaned_data["text"])
    except ValidationError as error:
        form.add_error(None, error)
        return _report_page(request, found, form, code=code)
    return _report_page(request, found, AdditionForm(), code=code, added=True)


def _code_page(
    request: HttpRequest, form: CodeForm, addition: AdditionForm | None = None, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    """The question for the code. Words that somebody was adding stay on it."""
    context = {"form": form, "addition": addition, "problem": problem}
    response = render(request, "incidents/reports/code.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(throttle.WINDOW_SECONDS)
    return response


def _report_page(
    request: HttpRequest, found: Report, form: AdditionForm, *, code: str, added: bool = False
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "code": code,
        "outcome": outcome_of(found),
        "additions": found.additions.values_list("received_at", flat=True),
        "added": added,
    }
    return render(request, "incidents/reports/follow_up.html", context)


@login_required
@require_safe
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """The reports that the signed-in person sent in, newest first."""
    viewer = viewer_of(request)
    rows = own_reports(viewer).select_related("incident").order_by("-received_at", "-pk")[:OWN_SHOWN]
    kinds = {kind.pk: kind for kind in IncidentType.objects.all()}
    reports = [
        {
            **REPORT.show(row, "own"),
            "kind": kinds.get(row.type_id or ""),
            "outcome": outcome_of(row, may_learn=may_learn_outcome(viewer, row)),
        }
        for row in rows
    ]
    return render(request, "incidents/reports/own.html", {"reports": reports})
