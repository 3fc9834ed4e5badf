"""Saying how forces behaved: the form, its receipt, and its erasing. No account, no address kept."""

import time

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.forms.conduct import ConductForm
from incidents.forms.reports import CodeForm, EraseForm
from incidents.models import ConductFeedback
from incidents.services import conduct
from incidents.services.reports import grouped, like_a_phone_number
from incidents.views import flood, throttle
from incidents.views.receipts import put_sealed, sealed
from incidents.views.tokens import is_forged, posted

RECEIPT_COOKIE = "conduct-receipt"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
def conduct_form(request: HttpRequest) -> HttpResponse:
    """The form. Everything typed comes back with whatever is wrong."""
    if request.method != "POST":
        return _form_page(request, ConductForm())
    data = posted(request)
    if data is None:
        return _form_page(request, ConductForm(), status=413)
    form = ConductForm(data)
    number = form.number()
    if is_forged(request):
        form.add_error(None, _("This page had been open for too long. Nothing is lost: send it again."))
        return _form_page(request, form, status=403)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    if seconds := flood.must_wait(request, number, data.get("ticket", "")):
        words = _("Many people are writing just now. Count slowly to ten, then send again. Nothing is lost.")
        form.add_error(None, words)
        response = _form_page(request, form, status=429, ticket=flood.ticket_for(number, data.get("ticket", "")))
        response["Retry-After"] = str(seconds)
        return response
    return _take_in(form, number)


def _take_in(form: ConductForm, number: str) -> HttpResponse:
    data = form.cleaned_data
    taken = conduct.take_in(
        form_id=number, force=data["force"], acts=data["acts"], occurred_on=data["day"], area=data["area"],
        words=data["words"],
    )  # fmt: skip
    response = redirect("conduct-sent")
    response.status_code = 303
    put_sealed(response, RECEIPT_COOKIE, {"code": taken.code}, path=reverse("conduct-sent"))
    return response


def _form_page(request: HttpRequest, form: ConductForm, *, status: int = 200, ticket: str = "") -> HttpResponse:
    context = {"form": form, "ticket": ticket, "too_much": status == 413}
    return render(request, "incidents/conduct/form.html", context, status=status)


@require_safe
@never_cache
def conduct_sent(request: HttpRequest) -> HttpResponse:
    """The receipt: the code, and what it is for."""
    code = sealed(request, RECEIPT_COOKIE).get("code", "")
    if not code:
        return redirect("conduct")
    halves = [grouped(code[:8]).replace(" ", "\xa0"), grouped(code[8:]).replace(" ", "\xa0")]
    context = {"code": " ".join(halves), "like_a_number": like_a_phone_number(code).replace(" ", "\xa0")}
    return render(request, "incidents/conduct/sent.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def conduct_follow_up(request: HttpRequest) -> HttpResponse:
    """How far it is, for whoever has the code."""
    if request.method != "POST":
        return _code_page(request, CodeForm())
    form = CodeForm(posted(request) or QueryDict())
    found = _opened(request, form)
    if isinstance(found, HttpResponse):
        return found
    return render(request, "incidents/conduct/follow_up.html", {"feedback": found, "code": form.cleaned_data["code"]})


@csrf_exempt
@require_POST
@never_cache
def conduct_erase(request: HttpRequest) -> HttpResponse:
    """Erasing it for good: asked once more, then done."""
    data = posted(request) or QueryDict()
    form = CodeForm(data)
    found = _opened(request, form)
    if isinstance(found, HttpResponse):
        return found
    code = form.cleaned_data["code"]
    asked = EraseForm(data if "confirm" in data else None, initial={"code": code})
    if found.erased_at is None and not asked.is_valid():
        return render(request, "incidents/conduct/erase.html", {"form": asked, "code": code})
    erased = conduct.erase(feedback=found)
    return render(request, "incidents/conduct/follow_up.html", {"feedback": erased, "code": code})


def _opened(request: HttpRequest, form: CodeForm) -> ConductFeedback | HttpResponse:
    if is_forged(request):
        problem = _("This page had been open for too long. Nothing is lost: send it again.")
        return _code_page(request, form, status=403, problem=problem)
    if throttle.is_blocked(request):
        problem = _("Too many wrong codes came from your network. Wait ten minutes, then try again.")
        return _code_page(request, form, status=429, problem=problem)
    if not form.is_valid():
        return _code_page(request, form)
    started = time.monotonic()
    found = conduct.by_code(form.cleaned_data["code"])
    if found is not None:
        return found
    throttle.count_wrong(request)
    form.add_error("code", _("Nothing has this code. Look at it again, digit by digit."))
    response = _code_page(request, form)
    throttle.wait_until(started)
    return response


def _code_page(request: HttpRequest, form: CodeForm, *, status: int = 200, problem: str = "") -> HttpResponse:
    context = {"form": form, "problem": problem}
    response = render(request, "incidents/conduct/code.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(throttle.WINDOW_SECONDS)
    return response
