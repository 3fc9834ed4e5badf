"""Numbers from 1 to 5 for every priority and criterion: on a phone, from paper, or by consensus."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from dialogues.models import MOST_PEOPLE, SCALE, Criterion

QUESTIONS = {
    Criterion.URGENCY: _("Is it urgent?"),
    Criterion.FEASIBILITY: _("Can it be done?"),
    Criterion.IMPACT: _("Will it change much?"),
}


@dataclass(frozen=True)
class Asked:
    """A priority with its three questions."""

    item: dict[str, Any]
    fields: list[BoundField]


class BallotForm(forms.Form):
    """Every priority by three criteria. What is left empty is not counted. Also for a consensus."""

    def __init__(self, data: Any, *, items: list[dict[str, Any]], marks: Mapping[tuple[int, str], int]) -> None:
        super().__init__(data)
        self.items = items
        for item in items:
            for criterion, question in QUESTIONS.items():
                self.fields[_name(item["id"], criterion)] = forms.TypedChoiceField(
                    label=question,
                    choices=[(value, str(value)) for value in SCALE],
                    coerce=int,
                    empty_value=None,
                    required=False,
                    initial=marks.get((item["id"], criterion)),
                    widget=forms.RadioSelect,
                )

    def asked(self) -> list[Asked]:
        """The questions, priority by priority."""
        return [Asked(item, [self[_name(item["id"], criterion)] for criterion in QUESTIONS]) for item in self.items]

    def marks(self) -> dict[tuple[int, str], int]:
        """(priority in the round, criterion) -> value, of what was answered."""
        found = {
            (item["id"], str(criterion)): self.cleaned_data.get(_name(item["id"], criterion))
            for item in self.items
            for criterion in QUESTIONS
        }
        return {key: value for key, value in found.items() if value}


def _name(item: int, criterion: str) -> str:
    return f"p{item}_{criterion}"


class PaperForm(forms.Form):
    """How many hands or papers gave 1, 2, 3, 4, 5 to one priority, by three criteria."""

    def __init__(self, data: Any, *, people: Mapping[tuple[str, int], int]) -> None:
        super().__init__(data)
        for criterion, label in Criterion.choices:
            for value in SCALE:
                self.fields[f"{criterion}_{value}"] = forms.IntegerField(
                    label=_("%(criterion)s: how many gave %(value)d") % {"criterion": label, "value": value},
                    required=False,
                    min_value=0,
                    max_value=MOST_PEOPLE,
                    initial=people.get((criterion, value)) or None,
                    widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                )

    def rows(self) -> list[tuple[str, list[tuple[int, BoundField]]]]:
        """Criterion in words, and its field for each value."""
        return [
            (str(label), [(value, self[f"{criterion}_{value}"]) for value in SCALE])
            for criterion, label in Criterion.choices
        ]

    def people(self) -> dict[tuple[str, int], int]:
        """(criterion, value) -> people."""
        return {
            (criterion, value): self.cleaned_data.get(f"{criterion}_{value}") or 0
            for criterion in Criterion.values
            for value in SCALE
        }
