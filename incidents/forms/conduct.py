"""What somebody says of the conduct of forces; what oversight looks for, notes and writes."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from incidents.forms.fields import PastDayField, WordsField
from incidents.models import Act, ConductState, Force, Judgement
from incidents.services.conduct import LONGEST_NOTE, LONGEST_PATTERN, LONGEST_WORDS
from orgs.models import Area, Level
from orgs.presentation.forms import DayInput


def area_choices() -> list[Any]:
    """Cercles under their regions, and each region itself for those who do not know the cercle."""
    rows = Area.objects.current().filter(level__in=(Level.REGION, Level.CERCLE))
    found = list(rows.values_list("pk", "level", "region", "name", "name_key").order_by("name_key"))
    cercles: dict[int, list[tuple[int, str]]] = {}
    for pk, level, region, name, _key in found:
        if level == Level.CERCLE and region is not None:
            cercles.setdefault(region, []).append((pk, name))
    somewhere = _("%(region)s: I do not know the cercle")
    regions = [(pk, name) for pk, level, _region, name, _key in found if level == Level.REGION]
    return [(name, [*cercles.get(pk, []), (pk, somewhere % {"region": name})]) for pk, name in regions]


class AreaChoiceField(forms.TypedChoiceField):
    """A cercle or a region of the edition in force."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=lambda: [("", "–"), *area_choices()], coerce=int, empty_value=None, **options)

    def clean(self, value: Any) -> Area | None:
        """The area itself."""
        number = super().clean(value)
        return None if number is None else Area.objects.with_names().get(pk=number)


class ConductForm(forms.Form):
    """How forces behaved: whose people, what they did, where and when; words only if wished."""

    acts = forms.MultipleChoiceField(
        label=_("What did they do?"),
        choices=Act.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Good or bad. Several answers are possible."),
        error_messages={"required": _("Choose at least one answer.")},
    )
    force = forms.ChoiceField(
        label=_("Who were they?"),
        choices=Force.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one answer; “I do not know” is one.")},
    )
    area = AreaChoiceField(label=_("In which cercle?"), error_messages={"required": _("Choose the cercle.")})
    day = PastDayField(label=_("Which day?"), help_text=_("If you do not know exactly, choose a day that is near."))
    words = WordsField(
        label=_("What happened, in your words"),
        longest=LONGEST_WORDS,
        required=False,
        help_text=_(
            "Only if you want to. Leave out names and whatever shows who you are. Never write where forces are now."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    form_id = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data.copy() if data is not None else None, initial={"form_id": uuid.uuid4().hex})

    def number(self) -> str:
        """The form's own number; a new one, put into the form, where it was lost on the way."""
        number = str(self.data.get("form_id", ""))
        if not 16 <= len(number) <= 64:
            number = uuid.uuid4().hex
            self.data["form_id"] = number  # type: ignore[index]
        return number


class ConductFilterForm(forms.Form):
    """What oversight looks for."""

    area = AreaChoiceField(label=_("Area"), required=False)
    force = forms.ChoiceField(label=_("Force"), choices=[("", _("All")), *Force.choices], required=False)
    judgement = forms.ChoiceField(label=_("Good or bad"), choices=[("", _("All")), *Judgement.choices], required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *ConductState.choices], required=False)
    from_on = forms.DateField(label=_("From"), required=False, widget=DayInput)
    to_on = forms.DateField(label=_("Until"), required=False, widget=DayInput)


class ConductNoteForm(forms.Form):
    """What was done with it."""

    words = WordsField(label=_("Your note"), longest=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 4}))
    close = forms.BooleanField(label=_("Nothing more is to be done: close it"), required=False)


class ConductPatternForm(forms.Form):
    """What is seen again and again, for those who prepare dialogues."""

    area = AreaChoiceField(label=_("Area"))
    from_on = forms.DateField(label=_("From"), widget=DayInput)
    to_on = forms.DateField(label=_("Until"), widget=DayInput)
    words = WordsField(
        label=_("What is seen again and again"),
        longest=LONGEST_PATTERN,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence that a dialogue can take up. No names, no single case, never where forces are."),
    )


def first_and_last(form: ConductFilterForm) -> tuple[date | None, date | None]:
    """The days of a filter, in their order whichever way they were typed."""
    days = sorted(filter(None, (form.cleaned_data["from_on"], form.cleaned_data["to_on"])))
    if len(days) == 2:
        return days[0], days[1]
    return form.cleaned_data["from_on"], form.cleaned_data["to_on"]
