"""Forms of processes, and of what ties them to organisations, incidents and patterns."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.models import DialogueLevel, Process, ProcessKind, ProcessState, Track
from dialogues.services.processes import LONGEST_PURPOSE, LONGEST_TITLE, PARTS, ProcessSaid
from incidents.forms.fields import WordsField
from orgs.access import ORGANISATIONS
from orgs.forms.support import BodyField
from orgs.models import Area, Level, Organisation, Tlp
from orgs.policy import Viewer
from orgs.presentation.forms import DayInput

Choices = list[tuple[str, Any]]


def areas_by_pcode(chosen: str = "") -> Choices:
    """Today's régions, each with its cercles, by P-code; and the chosen area where it is a commune."""
    rows = Area.objects.current().filter(level__in=(Level.REGION, Level.CERCLE)).order_by("name_key")
    regions: Choices = []
    cercles: dict[int | None, Choices] = {}
    for pk, level, pcode, name, region in rows.values_list("pk", "level", "pcode", "name", "region"):
        if level == Level.REGION:
            regions.append((pcode, (pk, name)))
        else:
            cercles.setdefault(region, []).append((pcode, f"\u2003{name}"))
    found: Choices = []
    for pcode, (pk, name) in regions:
        found += [(pcode, name), *cercles.get(pk, [])]
    if chosen and chosen not in dict(found):
        other = Area.objects.current().filter(pcode=chosen).first()
        found += [(other.pcode, other.name)] if other is not None else []
    return found


_CARRIERS = _("those who carry it, coordinators and analysts of the area")
_ROOM = _("those who hold it or were there, coordinators and analysts of the area")
_READERS = {Tlp.CLEAR: _("everybody"), Tlp.GREEN: _("the network of the area too")}
_ONLY = {**_READERS, Tlp.RED: _("only those who hold it, coordinators and analysts of the area")}
PROCESS_MARKINGS = [(tlp.value, format_lazy("{} – {}", tlp.label, _READERS.get(tlp, _CARRIERS))) for tlp in Tlp]
SESSION_MARKINGS = [(tlp.value, format_lazy("{} – {}", tlp.label, _ONLY.get(tlp, _ROOM))) for tlp in Tlp]
"""Markings with who reads what bears them, as ``dialogues.access`` has it."""


class ProcessForm(forms.Form):
    """What a process is. ``version`` is the one that the writer had before them."""

    title = WordsField(label=_("Title"), longest=LONGEST_TITLE, help_text=_("As the people of the place call it."))
    purpose = WordsField(
        label=_("Purpose"),
        longest=LONGEST_PURPOSE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is to be different at the end. Never where forces are or go."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=ProcessKind.choices)
    level = forms.ChoiceField(
        label=pgettext_lazy("of a dialogue", "Level"), choices=DialogueLevel.choices, initial=DialogueLevel.COMMUNAL
    )
    track = forms.ChoiceField(label=_("Track"), choices=Track.choices, initial=Track.LOCAL, widget=forms.RadioSelect)
    area = forms.ChoiceField(label=_("Area"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=ProcessState.choices)
    starts_on = forms.DateField(label=_("From"), required=False, widget=DayInput)
    ends_on = forms.DateField(label=_("Until"), required=False, widget=DayInput)
    funders_text = WordsField(
        label=_("Other funders"),
        longest=LONGEST_TITLE,
        required=False,
        help_text=_("Those who are not in the directory."),
    )
    tlp = forms.ChoiceField(label=_("Who may read it"), choices=PROCESS_MARKINGS, initial=Tlp.GREEN)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"uid": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        chosen = str(kwargs["initial"].get("area", "") or "")
        field.choices = [("", _("The whole country")), *areas_by_pcode(chosen)]

    def said(self) -> ProcessSaid:
        """What was written."""
        data = self.cleaned_data
        return ProcessSaid(**{name: data[name] for name in data if name not in ("version", "uid", "convener")})


class BeginForm(ProcessForm):
    """A new process, with the organisation that convenes it."""

    convener = forms.ModelChoiceField(
        label=_("Convened by"), queryset=Organisation.objects.none(), required=False, empty_label=_("nobody yet")
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        own = ORGANISATIONS.rows(viewer).filter(pk__in=sorted(viewer.organisation_ids)).order_by("name_key")
        first = own.first()
        kwargs["initial"] = {"convener": first.pk if first else None, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        field = self.fields["convener"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = own
        if first is None:
            del self.fields["convener"]


class BodyForm(forms.Form):
    """One more organisation of a process."""

    part = forms.ChoiceField(label=_("As what"), widget=forms.RadioSelect)
    organisation = BodyField(label=_("Organisation"), help_text=_("As in the directory: name or short name."))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        part, body = self.fields["part"], self.fields["organisation"]
        assert isinstance(part, forms.ChoiceField)
        assert isinstance(body, BodyField)
        part.choices = [(name, Process._meta.get_field(name).verbose_name) for name in PARTS]  # type: ignore[union-attr]
        body.viewer = viewer


class RowForm(forms.Form):
    """One of some rows that were shown, by its number."""

    row = forms.TypedChoiceField(coerce=int, error_messages={"required": _("Choose one of the list.")})

    def __init__(self, *args: Any, label: Any, rows: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["row"]
        assert isinstance(field, forms.TypedChoiceField)
        field.label = label
        field.choices = [("", "–"), *((str(pk), words) for pk, words in rows)]


class PlanForm(forms.Form):
    """A session that is planned because of an incident."""

    title = WordsField(
        label=_("Title"), longest=LONGEST_TITLE, help_text=_("What people will talk about. Do not name the incident.")
    )
    held_on = forms.DateField(label=_("Which day"), widget=DayInput)
    area = forms.ChoiceField(label=_("Area"))
    tlp = forms.ChoiceField(label=_("Who may read it"), choices=SESSION_MARKINGS, initial=Tlp.AMBER)
    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"uid": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *areas_by_pcode(str(kwargs["initial"].get("area", "") or ""))]


class ProcessFilterForm(forms.Form):
    """What is looked for in the list."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *ProcessState.choices], required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *ProcessKind.choices], required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The whole country")), *areas_by_pcode()]
