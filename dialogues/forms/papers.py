"""What a facilitator wants on paper."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dialogues.papers.pack import PARTS
from dialogues.papers.words import second_languages

USUAL = ("agenda", "attendance", "rating")
"""The sheets that are chosen when the page opens: those without anybody's name."""


class SheetsForm(forms.Form):
    """Which sheets, and which language beside French."""

    parts = forms.MultipleChoiceField(
        label=_("Which sheets?"),
        choices=list(PARTS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one sheet.")},
    )
    second = forms.ChoiceField(
        label=_("Which language beside French?"),
        required=False,
        help_text=_("Where nobody has written the words of a language yet, lines are printed to write them on."),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"parts": USUAL})
        languages = [(one.code, one.label) for one in second_languages()]
        self.fields["second"].choices = [("", _("French alone")), *languages]  # type: ignore[attr-defined]
