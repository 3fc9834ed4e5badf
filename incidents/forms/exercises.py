"""Forms of drills."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.forms.ladders import areas_kept
from incidents.models import Exercise, IncidentType, Severity, Urgency
from incidents.services.exercises import (
    LONGEST_LESSONS,
    LONGEST_NAME,
    LONGEST_PURPOSE,
    LONGEST_SUMMARY,
    Example,
    Outline,
    people_to_choose,
)
from orgs.models import Area, Role, Tlp, User
from orgs.models.areas import words_of
from orgs.policy import Viewer
from orgs.presentation.forms import MomentInput


class ExerciseForm(forms.Form):
    """What a drill is."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    purpose = forms.CharField(
        label=_("What is to be tried"),
        required=False,
        max_length=LONGEST_PURPOSE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    area = forms.ModelChoiceField(queryset=Area.objects.none(), label=_("Area"))
    starts_at = forms.DateTimeField(label=_("Starts"), widget=MomentInput(), input_formats=["%Y-%m-%dT%H:%M"])
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["area"]
        area.queryset, area.label_from_instance = areas_kept(viewer), words_of

    def outline(self) -> Outline:
        """The drill that was described."""
        data = self.cleaned_data
        return Outline(data["name"], data["area"], data["starts_at"], data["purpose"])


def values_of(exercise: Exercise) -> dict[str, Any]:
    """What the form holds at first."""
    return {
        "name": exercise.name,
        "purpose": exercise.purpose,
        "area": exercise.area_id,
        "starts_at": timezone.localtime(exercise.starts_at),
        "version": exercise.version,
    }


class ParticipantsForm(forms.Form):
    """People of one's areas, to be ticked; narrowed by role and words first."""

    people = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), label=_("People"), widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(
        self, *args: Any, viewer: Viewer, exercise: Exercise, found: list[int] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["people"]
        rows = people_to_choose(viewer).exclude(exercises=exercise).order_by("name", "pk")
        people.queryset = rows if found is None else rows.filter(pk__in=found)
        people.label_from_instance = _name_of


def _name_of(person: Any) -> str:
    return str(person.name)


class FindForm(forms.Form):
    """Narrowing the people to choose from."""

    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("Any")), *Role.choices])
    q = forms.CharField(label=_("Name"), required=False, max_length=60)


class StartForm(forms.Form):
    """The made-up incident."""

    type = forms.ModelChoiceField(queryset=IncidentType.objects.none(), label=_("Type"))
    area = forms.ModelChoiceField(queryset=Area.objects.none(), label=_("Area"))
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.MODERATE)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, initial=Urgency.IMMEDIATE)
    tlp = forms.ChoiceField(label=_("Marking"), choices=Tlp.choices, initial=Tlp.GREEN)
    summary = forms.CharField(
        label=_("What happens, in the exercise"),
        max_length=LONGEST_SUMMARY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The word EXERCISE is put before it. No names, never where forces are or where they go."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["type"]
        kind.queryset, kind.label_from_instance = IncidentType.objects.filter(is_active=True), _label_of
        area: Any = self.fields["area"]
        area.queryset, area.label_from_instance = areas_kept(viewer), words_of

    def example(self) -> Example:
        """The incident that was described."""
        data = self.cleaned_data
        return Example(data["type"].pk, data["severity"], data["urgency"], data["tlp"], data["summary"], data["area"])


def _label_of(kind: Any) -> str:
    return str(kind.label)


class EndForm(forms.Form):
    """The end of a drill."""

    aborted = forms.BooleanField(label=_("It is broken off before its end."), required=False)


class LessonsForm(forms.Form):
    """What was learnt."""

    lessons = forms.CharField(
        label=_("Lessons"), required=False, max_length=LONGEST_LESSONS, widget=forms.Textarea(attrs={"rows": 6})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """Whether somebody chosen takes part."""

    participation = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
