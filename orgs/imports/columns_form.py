"""The form on which a person says what each column of a file holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.imports.fields import BY_CODE, TARGETS
from orgs.models import ImportJob


@dataclass(frozen=True)
class ShownColumn:
    """One column on the page."""

    title: str
    tag: str
    samples: list[str]
    field: BoundField


@dataclass(frozen=True)
class ShownSheet:
    """One sheet on the page: its columns that fill a field, and those that do not."""

    name: str
    take: BoundField
    has_tags: bool
    known: list[ShownColumn]
    unknown: list[ShownColumn]


class ColumnsForm(forms.Form):
    """Sheets to take, a field for each of their columns, and how known entries are treated."""

    source = forms.CharField(
        label=gettext_lazy("Where does this list come from?"),
        help_text=gettext_lazy("It is noted with each organisation. Without it, the name of the file is noted."),
        max_length=200,
        required=False,
    )
    fills_only = forms.TypedChoiceField(
        label=gettext_lazy("If an organisation is known already"),
        choices=[
            ("", gettext_lazy("The file is newer: what it says replaces what we have")),
            ("1", gettext_lazy("Only fill what is empty: what we have stays")),
        ],
        coerce=bool,
        empty_value="",
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Nothing is ever taken away: themes, areas, names and contacts are only added."),
    )

    def __init__(self, data: Any = None, *, job: ImportJob) -> None:
        chosen = job.mapping
        super().__init__(data, initial={"source": job.source, "fills_only": "1" if job.fills_only else ""})
        self.job = job
        choices = [("", _("– left aside –")), *((target.code, target.label) for target in TARGETS)]
        for place, sheet in enumerate(job.sheets):
            self.fields[f"take-{place}"] = forms.BooleanField(
                label=_("Take this sheet"), required=False, initial=sheet["name"] in chosen
            )
            picked = chosen.get(sheet["name"], {})
            for column in sheet["columns"]:
                guess = picked.get(str(column["place"]), "" if picked else column["guess"])
                self.fields[f"column-{place}-{column['place']}"] = forms.ChoiceField(
                    label=self.title(column), choices=choices, required=False, initial=guess
                )
        if len(job.sheets) == 1:
            self.fields["take-0"].initial = True

    @staticmethod
    def title(column: dict[str, Any]) -> str:
        """What a column is called; one without a title goes by its number."""
        return str(column["title"] or column["tag"] or _("Column %(number)d") % {"number": column["place"] + 1})

    def mapping(self) -> dict[str, dict[str, str]]:
        """What was chosen: sheet -> column -> field."""
        given = self.cleaned_data
        return {
            sheet["name"]: {
                str(column["place"]): field
                for column in sheet["columns"]
                if (field := given.get(f"column-{place}-{column['place']}"))
            }
            for place, sheet in enumerate(self.job.sheets)
            if given.get(f"take-{place}") or len(self.job.sheets) == 1
        }

    def sheets(self) -> Iterator[ShownSheet]:
        """The sheets with their columns, those with a guess first."""
        for place, sheet in enumerate(self.job.sheets):
            shown = [
                ShownColumn(
                    self.title(column), column["tag"], column["samples"], self[f"column-{place}-{column['place']}"]
                )
                for column in sheet["columns"]
            ]
            known = [column for column in shown if column.field.value()]
            unknown = [column for column in shown if not column.field.value()]
            yield ShownSheet(sheet["name"], self[f"take-{place}"], sheet["has_tags"], known, unknown)


def unused_columns(job: ImportJob) -> list[str]:
    """The columns of the sheets that are taken which fill nothing."""
    return [
        ColumnsForm.title(column)
        for sheet in job.sheets
        if sheet["name"] in job.mapping
        for column in sheet["columns"]
        if job.mapping[sheet["name"]].get(str(column["place"])) not in BY_CODE
    ]
