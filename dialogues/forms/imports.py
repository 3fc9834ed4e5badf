"""The form on which a file of sessions is brought, and the one that says what its columns hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues.imports.columns import MOST_ASKED, field_of, name_of
from dialogues.imports.fields import TARGETS, WRONG_BAND, label_of
from dialogues.models import SessionImport
from orgs.imports.columns_form import ShownColumn


class SessionFileForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "Excel (.xlsx) or CSV, one line for each session. Nothing is kept before you have looked at it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    sheet = forms.CharField(
        label=gettext_lazy("Sheet"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Only where a workbook has several: the name of the one with the sessions."),
    )


class ColumnsForm(forms.Form):
    """A field of ours, or none, for each column of a file."""

    def __init__(self, data: Any = None, *, job: SessionImport) -> None:
        super().__init__(data)
        self.columns = job.columns[:MOST_ASKED]
        for column in self.columns:
            self.fields[_name(column)] = forms.ChoiceField(
                label=name_of(column), choices=_choices(), required=False, initial=field_of(column)
            )

    def fields_by_place(self) -> dict[int, str]:
        """What a valid form says: the field of each column, by its place."""
        return {int(column["place"]): self.cleaned_data[_name(column)] for column in self.columns}

    def shown(self) -> dict[str, list[ShownColumn]]:
        """The columns that fill a field, and those that are left out; what is typed does not move them."""
        used: list[ShownColumn] = []
        unused: list[ShownColumn] = []
        for column in self.columns:
            one = ShownColumn(name_of(column), _told(column), column["samples"], self[_name(column)])
            (used if field_of(column) else unused).append(one)
        return {"used": used, "unused": unused}


def _name(column: dict[str, Any]) -> str:
    return f"column-{column['place']}"


def _told(column: dict[str, Any]) -> str:
    """Beside a title: its tag, and what we had taken the column for where a person said something else."""
    words = [str(column["tag"])] if column["tag"] and column["title"] else []
    if column["guess"] == WRONG_BAND:
        words.append(_("These ages do not fit ours: under 15, 15 to 35, 36 to 60, over 60."))
    elif "chosen" in column and column["chosen"] != column["guess"] and column["guess"]:
        words.append(_("We had taken it for: %(field)s.") % {"field": label_of(column["guess"])})
    return " ".join(words)


def _choices() -> list[Any]:
    facts = [(one.code, one.label) for one in TARGETS if ":" not in one.code]
    people = [(one.code, one.label) for one in TARGETS if ":" in one.code and not one.code.startswith("group:")]
    groups = [(one.code, one.label) for one in TARGETS if one.code.startswith("group:")]
    return [
        ("", _("– left out –")),
        (_("Of the session"), facts),
        (_("How many, by sex and age"), people),
        (_("How many of a group"), groups),
    ]
