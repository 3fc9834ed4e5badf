"""What pages that take steps share: who may come in, what is refused is said in the form, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from orgs.access import viewer_of
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

Arguments = ParamSpec("Arguments")
Given = TypeVar("Given")
Asked = Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]
CONFLICT = 409


def only(may: Callable[[Viewer], bool]) -> Callable[[Asked[Arguments]], Asked[Arguments]]:
    """Let in the signed-in people for whom ``may`` holds; what they see is kept by no browser and no proxy."""

    def guard(view: Asked[Arguments]) -> Asked[Arguments]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            if not may(viewer_of(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("Asked[Arguments]", never_cache(guarded))

    return guard


def signed_in(view: Asked[Arguments]) -> Asked[Arguments]:
    """Let in whoever is signed in. What of it is theirs the view finds out; anything else is not there (404)."""
    return only(lambda _viewer: True)(view)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to sign-in; when a form was posted after the session ended, give back what was typed in it first."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    typed = [value for name, value in request.POST.items() if name != "csrfmiddlewaretoken" and _is_writing(value)]
    return render(request, "orgs/signed_out.html", {"typed": typed}, status=403)


def _is_writing(value: object) -> bool:
    return isinstance(value, str) and len(value) > 12 and " " in value.strip()


def take(form: forms.BaseForm, step: Callable[[], Given]) -> Given | None:
    """Take a step with what a valid form holds. What is refused is said in the form, which keeps all that was typed."""
    try:
        return step()
    except NotAllowed as error:
        form.add_error(None, str(error) or _("You may not do this, or not any more."))
    except ValidationError as error:
        for name, words in _by_field(error).items():
            form.add_error(name if name in form.fields else None, words)
    return None


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}


def status_of(form: forms.BaseForm) -> int:
    """The answer's status for a form that is shown again."""
    if not form.is_bound:
        return 200
    return CONFLICT if getattr(form, "conflict", None) else 422


def address_of_page(request: HttpRequest, token: str | None) -> str:
    """The address of another page of the list that is asked for; empty where there is none."""
    if token is None:
        return ""
    query: Any = request.GET.copy()
    query["page"] = token
    return f"?{query.urlencode()}"
