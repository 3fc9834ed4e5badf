"""Taking a step from a form that carries the version it was made of."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms

from orgs.services.errors import Faster
from orgs.views import steps

Given = TypeVar("Given")


def take(form: forms.Form, step: Callable[[], Given]) -> Given | None:
    """Take a step; what is refused is said in the form, which keeps all that was typed.

    Where somebody else was faster, the form carries from then on the version that stands: sending it again is a
    decision made with knowledge.
    """

    def watched() -> Given:
        try:
            return step()
        except Faster as error:
            changed: Any = form.data.copy()  # type: ignore[attr-defined]
            changed["version"] = str(error.version or "")
            form.data = changed
            form.conflict = True  # type: ignore[attr-defined]
            raise

    return steps.take(form, watched)
