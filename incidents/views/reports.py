"""Reporting, the receipt, and what became of a report."""

import time
from dataclasses import asdict
from typing import Any

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.access import may_learn_outcome, may_report_for_others, own_reports
from incidents.disclosure import REPORT
from incidents.forms.reports import AdditionForm, CodeForm, EraseForm, ReportForm
from incidents.intake.web import Sent, receive_from_page
from incidents.models import IncidentType, Report
from incidents.outcomes import outcome_of
from incidents.services.conversations import words_for_reporter
from incidents.services.erasure import erase_report
from incidents.services.prompts import prompts_heard
from incidents.services.reports import add_to_report, grouped, like_a_phone_number, report_by_code
from incidents.views import flood, throttle
from incidents.views.receipts import put_sealed, sealed
from incidents.views.tokens import is_forged, posted
from orgs.access import viewer_of

RECEIPT_COOKIE = "receipt"
SENT_COOKIE = "sent"
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
    return _take_in(request, form)


def _take_in(request: HttpRequest, form: ReportForm) -> HttpResponse:
    """A valid form becomes a report; or waits a moment, when too many come at once."""
    if seconds := flood.must_wait(request, form.cleaned_data["form_id"], request.POST.get("ticket", "")):
        return _asked_to_wait(request, form, seconds)
    received, sent = receive_from_page(
        form,
        viewer=viewer_of(request),
        browser=request.META.get("CSRF_COOKIE", ""),
        last=_sent_last(request),
        language=(get_language() or "fr")[:2],
    )
    return _to_receipt(received.code, sent)


def _form_page(request: HttpRequest, form: ReportForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "for_others": form.signed_in and may_report_for_others(viewer_of(request)),
        "prompts": prompts_heard(),
    }
    return render(request, "incidents/reports/report.html", context, status=status)


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


def _asked_to_wait(request: HttpRequest, form: ReportForm, seconds: int) -> HttpResponse:
    """The form as it was sent, with a ticket that lets it through in a few seconds."""
    number = form.renumbered()
    words = _("Many people are writing just now. Count slowly to ten, then send again. Nothing is lost.")
    form.add_error(None, words)
    context = {"form": form, "ticket": flood.ticket_for(number)}
    response = render(request, "incidents/reports/report.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _expired() -> str:
    return _("This page had been open for too long. Nothing is lost: send it again.")


def _to_receipt(code: str, sent: Sent) -> HttpResponseRedirect:
    """To the receipt. The code travels sealed, in a cookie of that one page, and not in an address."""
    response = HttpResponseRedirect(reverse("report-sent"), status=303)
    put_sealed(response, RECEIPT_COOKIE, {"code": code}, path=reverse("report-sent"))
    put_sealed(response, SENT_COOKIE, asdict(sent), path=reverse("report"))
    return response


def _sent_last(request: HttpRequest) -> Sent | None:
    found = sealed(request, SENT_COOKIE)
    return Sent(**found) if found.keys() == {"number", "content"} else None


@require_safe
@never_cache
def report_sent(request: HttpRequest) -> HttpResponse:
    """The receipt: the code, what it is for, and what happens next."""
    code = sealed(request, RECEIPT_COOKIE).get("code", "")
    if not code:
        return redirect("report")
    # On a narrow screen the code breaks in the middle and nowhere else.
    halves = [grouped(code[:8]).replace(" ", "\xa0"), grouped(code[8:]).replace(" ", "\xa0")]
    context = {"code": " ".join(halves), "like_a_number": like_a_phone_number(code).replace(" ", "\xa0")}
    return render(request, "incidents/reports/sent.html", context)


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
    found = _opened(request, form, addition)
    if isinstance(found, HttpResponse):
        return found
    code = form.cleaned_data["code"]
    if addition is None:
        return _report_page(request, found, AdditionForm(), code=code)
    return _add(request, found, addition, code)


def _opened(request: HttpRequest, form: CodeForm, addition: AdditionForm | None = None) -> Report | HttpResponse:
    """The report of the code that was typed; or the page that asks for the code again, and says why."""
    if is_forged(request):
        return _code_page(request, form, addition, status=403, problem=_expired())
    if throttle.is_blocked(request):
        problem = _("Too many wrong codes came from your network. Wait ten minutes, then try again.")
        return _code_page(request, form, addition, status=429, problem=problem)
    if not form.is_valid():
        return _code_page(request, form, addition)
    started = time.monotonic()
    found = report_by_code(form.cleaned_data["code"])
    if found is not None:
        return found
    throttle.count_wrong(request)
    form.add_error("code", _("No report has this code. Look at it again, digit by digit."))
    response = _code_page(request, form, addition)
    throttle.wait_until(started)
    return response


@csrf_exempt
@require_POST
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """Erasing a report for good, for whoever has its code: asked once more, then done."""
    data = posted(request)
    form = CodeForm(data)
    found = _opened(request, form) if data is not None else _code_page(request, CodeForm(), status=413)
    if isinstance(found, HttpResponse):
        return found
    code = form.cleaned_data["code"]
    asked = EraseForm(data if data is not None and "confirm" in data else None, initial={"code": code})
    if found.erased_at is None and not asked.is_valid():
        context = {"form": asked, "code": code, "has_incident": found.incident_id is not None}
        return render(request, "incidents/reports/erase.html", context)
    erased = erase_report(report=found)
    return _report_page(request, erased, AdditionForm(), code=code)


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
        "conversation": _conversation(found),
        "added": added,
        "erased": found.erased_at is not None,
        "incident_stays": found.erased_at is not None and found.incident_id is not None,
    }
    return render(request, "incidents/reports/follow_up.html", context)


def _conversation(found: Report) -> list[dict[str, Any]]:
    """The coordinators' words, and when the reporter wrote; not what, since others may look over their shoulder."""
    words = [{"at": word.written_at, "text": word.text} for word in words_for_reporter(report=found)]
    own = [{"at": at, "text": ""} for at in found.additions.values_list("received_at", flat=True)]
    return sorted([*words, *own], key=lambda one: one["at"])


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
