"""What is looked at on the pages of inclusion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from dialogues.forms.processes import areas_by_pcode
from dialogues.left_behind import MONTHS
from orgs.presentation.forms import DayInput


class InclusionForm(forms.Form):
    """Which area, which time."""

    area = forms.ChoiceField(label=_("Area"), required=False)
    from_on = forms.DateField(label=_("From"), required=False, widget=DayInput)
    to_on = forms.DateField(label=_("Until"), required=False, widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The whole country")), *areas_by_pcode()]


class LeftForm(forms.Form):
    """For how many months, and in which région."""

    months = forms.TypedChoiceField(
        label=_("No dialogue for"),
        coerce=int,
        required=False,
        choices=[(n, ngettext_lazy("%(n)d month", "%(n)d months", n) % {"n": n}) for n in MONTHS],
    )
    area = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, *args: Any, regions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The whole country")), *regions]
