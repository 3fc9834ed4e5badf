"""What the desk's pages share beside ``orgs.views.steps``: who may come in, what is said when somebody was faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext as _

from incidents.access import may_use_desk
from incidents.services.errors import ChangedMeanwhile
from incidents.services.timeline import words_of
from orgs.views import steps
from orgs.views.steps import address_of_page, ask_to_sign_in, signed_in, status_of

__all__ = ["Conflict", "address_of_page", "ask_to_sign_in", "coordinators_only", "signed_in", "status_of", "take"]

Given = TypeVar("Given")

coordinators_only = steps.only(may_use_desk)
"""For coordinators alone."""


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
        return steps.take(form, step)
    except ChangedMeanwhile as error:
        form.data = _with_version(form.data, error.version)
        form.conflict = Conflict(error, form, now() if now else {})  # type: ignore[attr-defined]
        form.add_error(None, _("Somebody else changed this while you were writing. Nothing was overwritten."))
    return None


def _with_version(data: Any, version: int | None) -> Any:
    changed = data.copy()
    changed["version"] = str(version or "")
    return changed


def _in_words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(str(value), value))  # type: ignore[arg-type]
    return "" if value is None else str(value)
