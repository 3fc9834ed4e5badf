"""The pages behind the link that a contact was sent. Reading them changes nothing; a button does, once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from orgs.disclosed import ENTRY
from orgs.disclosure import Treatment
from orgs.living import entry
from orgs.living.forms import ChangedForm
from orgs.living.words import Words, label_of
from orgs.models import Channel, ConfirmationAnswer
from orgs.services import confirmations
from orgs.services.changes import Asked
from orgs.services.confirmations import Opened
from orgs.services.errors import NotAllowed
from orgs.views.living.shared import take
from orgs.views.living.tries import count_wrong, is_blocked
from orgs.views.steps import status_of

GONE = 410
AUDIENCE = "member"
"""A contact reads of the entry what the organisation's own people read. No contact, not even their own."""
LEAVES = ("name", "acronym", "description")

Page = Callable[[HttpRequest, str, Opened], HttpResponse]


def _by_link(page: Page) -> Callable[..., HttpResponse]:
    """Open the link, in the language of its contact; a link that opens nothing says so, and is counted."""

    @never_cache
    @sensitive_variables("token")
    @wraps(page)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        if is_blocked(request):
            return render(request, "429.html", status=429)
        found = confirmations.find(token)
        if found is None:
            count_wrong(request)
            return render(request, "orgs/living/confirm_gone.html", status=GONE)
        with translation.override(found.confirmation.contact.language):
            if found.answer:
                return _thanks(request, found)
            return page(request, token, found)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def confirm(request: HttpRequest, token: str, found: Opened) -> HttpResponse:
    """What we hold; one button says that it is right, another that nobody should ask again."""
    asked = found.confirmation
    if request.method == "POST":
        answers = {
            ConfirmationAnswer.RIGHT: confirmations.answer_right,
            ConfirmationAnswer.STOP: confirmations.answer_stop,
        }
        answer = answers.get(request.POST.get("answer", ""))  # type: ignore[call-overload]
        if answer is not None:
            # The second of two taps is refused: the page says what the first one did.
            with suppress(NotAllowed):
                answer(confirmation=asked)
            return redirect("confirm", token=token)
    held = asked.organisation
    shown = {
        name: value
        for name, value in entry.values_of(held).items()
        if ENTRY.treatment(name, AUDIENCE, "clear") is not Treatment.HIDE
    }
    words = Words(shown.items())
    context = {
        "token": token,
        "organisation": held,
        "facts": [(label_of(name), ", ".join(words.say(name, value))) for name, value in shown.items()],
        "by_sms": asked.channel == Channel.SMS,
    }
    return render(request, "orgs/living/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def changed(request: HttpRequest, token: str, found: Opened) -> HttpResponse:
    """Say what has changed; a coordinator looks at it."""
    held = found.confirmation.organisation
    first: dict[str, Any] = {name: getattr(held, name) for name in LEAVES}
    form = ChangedForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name].replace("\r\n", "\n") for name in LEAVES}
        asked = Asked(values=values, version=held.version, note=form.cleaned_data["note"])
        if take(form, lambda: confirmations.answer_changed(confirmation=found.confirmation, asked=asked)) is not None:
            return redirect("confirm", token=token)
    context = {"form": form, "token": token, "organisation": held}
    return render(request, "orgs/living/changed.html", context, status=status_of(form))


def _thanks(request: HttpRequest, found: Opened) -> HttpResponse:
    return render(request, "orgs/living/thanks.html", {"answer": found.answer})
