"""Forms of merging: which two, and whose value is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.forms.support import BodyField
from orgs.policy import Viewer
from orgs.services.merge_choices import GONE, KEPT, PARTS


class PairForm(forms.Form):
    """Which entry stays, and which becomes part of it."""

    keep = BodyField(label=_("The entry that stays"), help_text=_("Name or short name, as in the directory."))
    gone = BodyField(label=_("The entry that becomes part of it"))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, BodyField):
                field.viewer = viewer


class MergeForm(forms.Form):
    """Whose value is kept, part by part; and that all of it is meant."""

    people = forms.BooleanField(required=False)
    same = forms.BooleanField(label=_("I compared the two entries: they are one and the same organisation"))

    def __init__(self, *args: Any, different: set[str], people_words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in PARTS:
            if part.key in different:
                self.fields[f"part_{part.key}"] = forms.ChoiceField(choices=[(KEPT, ""), (GONE, "")])
        if people_words:
            self.fields["people"].label = people_words
        else:
            del self.fields["people"]

    def choices(self) -> dict[str, str]:
        """The part and whose value it gets."""
        names = [name for name in self.fields if name.startswith("part_")]
        return {name.removeprefix("part_"): self.cleaned_data[name] for name in names}
