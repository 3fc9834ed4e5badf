"""What pages that take steps share: who may come in, what is said when somebody was faster, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from incidents.access import may_use_desk
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.timeline import words_of
from orgs.access import viewer_of

Arguments = ParamSpec("Arguments")
Given = TypeVar("Given")
Asked = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]
CONFLICT = 409


def coordinators_only(view: Asked[Arguments]) -> Asked[Arguments]:
    """Signed-in coordinators; what they see is kept by no browser and no proxy."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if not may_use_desk(viewer_of(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast("Asked[Arguments]", never_cache(guarded))


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to sign-in; when a form was posted after the session ended, give back what was typed in it first."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    typed = [value for name, value in request.POST.items() if name != "csrfmiddlewaretoken" and _is_writing(value)]
    return render(request, "incidents/desk/signed_out.html", {"typed": typed}, status=403)


def _is_writing(value: object) -> bool:
    return isinstance(value, str) and len(value) > 12 and " " in value.strip()


class Conflict:
    """What a person is told when somebody else was faster: who did what, when, and how their own entries differ."""

    def __init__(self, error: ChangedMeanwhile, form: forms.Form, now: dict[str, Any]) -> None:
        self.by = error.by
        self.at = error.at
        self.changes = [(words_of(entry), entry.actor, entry.at) for entry in error.changes]
        self.differences = [
            (field.label, _in_words(field.field, now[field.name]), _in_words(field.field, field.data))
            for field in form.visible_fields()
            if field.name in now and str(now[field.name] or "") != str(field.data or "")
        ]


def take(
    form: forms.Form, step: Callable[[], Given], *, now: Callable[[], dict[str, Any]] | None = None
) -> Given | None:
    """Take a step with what a valid form holds. What is refused is said in the form, which keeps all that was typed.

    After a conflict the form carries the version that stands now, so that sending it again is a decision made with
    knowledge; ``form.conflict`` says what changed. ``now`` gives the values that stand, for comparing.
    """
    try:
        return step()
    except ChangedMeanwhile as error:
        form.data = _with_version(form.data, error.version)
        form.conflict = Conflict(error, form, now() if now else {})  # type: ignore[attr-defined]
        form.add_error(None, _("Somebody else changed this while you were writing. Nothing was overwritten."))
    except NotAllowed as error:
        form.add_error(None, str(error) or _("You may not do this, or not any more."))
    except ValidationError as error:
        for name, words in _by_field(error).items():
            form.add_error(name if name in form.fields else None, words)
    return None


def _with_version(data: Any, version: int | None) -> Any:
    changed = data.copy()
    changed["version"] = str(version or "")
    return changed


def status_of(form: forms.Form) -> int:
    """The answer's status for a form that is shown again."""
    if not form.is_bound:
        return 200
    return CONFLICT if getattr(form, "conflict", None) else 422


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}


def _in_words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(str(value), value))  # type: ignore[arg-type]
    return "" if value is None else str(value)


def address_of_page(request: HttpRequest, token: str | None) -> str:
    """The address of another page of the list that is asked for; empty where there is none."""
    if token is None:
        return ""
    query = request.GET.copy()
    query["page"] = token
    return f"?{query.urlencode()}"
