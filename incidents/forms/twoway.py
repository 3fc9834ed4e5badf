"""Forms of what goes both ways: questions, answers, and advisories."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.forms.fields import PhoneField, WordsField
from incidents.models import Advisory, AdvisoryKind, Audience, HoldReason, IncidentType, Severity
from incidents.preview import words_of_line
from incidents.services.advisories import (
    LONGEST_INSTRUCTION,
    LONGEST_NOTE,
    LONGEST_WORDS,
    MARKINGS,
    MOST_AREAS,
    Told,
)
from incidents.services.alerts import Line
from incidents.services.questions import LONGEST_ANSWER, LONGEST_QUESTION
from orgs.models import Area, Level, Organisation, Role, Tlp
from orgs.models.areas import words_of
from orgs.policy import Viewer
from orgs.presentation.forms import MomentInput

_AREA = forms.Textarea(attrs={"rows": 3})
NO_FORCES = _("Never write where forces are or where they go.")


class AskForm(forms.Form):
    """A question to the coordinators of an alert."""

    text = WordsField(
        label=_("Your question"),
        longest=LONGEST_QUESTION,
        widget=_AREA,
        help_text=_("The coordinators answer. They never say who reported, so do not ask for it."),
    )


class AnswerQuestionForm(forms.Form):
    """What the desk answers."""

    text = WordsField(
        label=_("Your answer"),
        longest=LONGEST_ANSWER,
        widget=_AREA,
        help_text=_("In your own words. Nothing that could show who reported: no name, no phone, no house, no job."),
    )
    to_all = forms.BooleanField(
        label=_("Tell all recipients of this alert"),
        required=False,
        help_text=_("They read your answer without the question: it must be understood alone."),
    )
    confirmed = forms.BooleanField(
        label=_("I have read it again: nothing in it leads to who reported."), required=False
    )


class HoldForm(forms.Form):
    """Why an advisory is not passed on."""

    reason = forms.ChoiceField(label=_("Why?"), choices=[("", ""), *HoldReason.choices])
    note = WordsField(
        label=_("Word to the service"), longest=LONGEST_NOTE, required=False, widget=_AREA, help_text=NO_FORCES
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class _AdvisoryWordsForm(forms.Form):
    words = WordsField(
        label=_("What people should know"),
        longest=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is to be feared or what happened, and where. No names, no communities. %(forces)s")
        % {"forces": NO_FORCES},
    )
    instruction = WordsField(
        label=_("What they should do"),
        longest=LONGEST_INSTRUCTION,
        widget=_AREA,
        help_text=_("One or two short sentences: which road to avoid, whom to tell, what not to touch."),
    )


class RewriteForm(_AdvisoryWordsForm):
    """The words anew, on the side of the service."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class AdvisoryForm(_AdvisoryWordsForm):
    """An advisory of a liaison."""

    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none(), label=_("Your service"))
    kind = forms.ChoiceField(label=_("It is"), choices=AdvisoryKind.choices, widget=forms.RadioSelect)
    type = forms.ModelChoiceField(queryset=IncidentType.objects.none(), label=_("What it is about"))
    areas = forms.ModelMultipleChoiceField(
        queryset=Area.objects.none(),
        label=_("Where"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One to %(n)s areas. Name areas, never a point.") % {"n": MOST_AREAS},
    )
    starts_at = forms.DateTimeField(label=_("From"), widget=MomentInput)
    ends_at = forms.DateTimeField(
        label=_("Until"), widget=MomentInput, help_text=_("When it no longer holds. You can give it again.")
    )
    severity = forms.ChoiceField(label=_("How grave"), choices=Severity.choices, initial=Severity.MODERATE)
    tlp = forms.ChoiceField(
        label=_("Who may read it"),
        choices=[(value, label) for value, label in Tlp.choices if value in MARKINGS],
        help_text=_("CLEAR: everybody, the home page too. GREEN: civil society. AMBER: those who need it."),
    )
    field_order = (
        "organisation", "kind", "type", "areas", "starts_at", "ends_at", "severity", "words", "instruction", "tlp",
    )  # fmt: skip

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = viewer.posts_as((Role.LIAISON,))
        own = sorted({post.organisation_id for post in posts if post.organisation_id is not None})
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=own)  # type: ignore[attr-defined]
        if len(own) == 1:
            self.fields["organisation"].initial = own[0]
            self.fields["organisation"].widget = forms.HiddenInput()
        types = self.fields["type"]
        types.queryset = IncidentType.objects.filter(is_active=True)  # type: ignore[attr-defined]
        types.label_from_instance = lambda one: one.label  # type: ignore[attr-defined]
        areas = self.fields["areas"]
        areas.queryset = areas_to_choose(viewer)  # type: ignore[attr-defined]
        areas.label_from_instance = words_of  # type: ignore[attr-defined]
        self.fields["starts_at"].initial = lambda: timezone.localtime().replace(second=0, microsecond=0)

    def told(self) -> Told:
        """What was written."""
        data = self.cleaned_data
        return Told(
            kind=data["kind"],
            type_code=data["type"].pk,
            areas=list(data["areas"]),
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            severity=data["severity"],
            tlp=data["tlp"],
            words=data["words"],
            instruction=data["instruction"],
        )


def areas_to_choose(viewer: Viewer) -> Any:
    """The régions in which the viewer works with their cercles; for the whole country, it and all régions."""
    posts = viewer.posts_as((Role.LIAISON,))
    ids = set().union(*(post.region_ids | post.cercle_ids | post.commune_ids for post in posts)) if posts else set()
    regions = Area.objects.filter(pk__in=ids).values("region")
    areas = Area.objects.current().with_names()
    if any(post.nationwide for post in posts):
        return areas.filter(level__in=(Level.COUNTRY, Level.REGION)).order_by("name_key")
    return areas.filter(level__in=(Level.REGION, Level.CERCLE), region__in=regions).order_by("region", "name_key")


class PassOnForm(_AdvisoryWordsForm):
    """To whom an advisory goes, in which words, how it is marked."""

    lines = forms.MultipleChoiceField(
        label=_("Who must know"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("You see the exact numbers on the next page, before anything leaves. You can add others there."),
    )
    tlp = forms.ChoiceField(label=_("Marking"), help_text=_("You can close it further, not open it."))
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices)
    call_number = PhoneField(
        label=_("Number to call"),
        required=False,
        help_text=_("For those without internet. Needed above TLP:GREEN, where messages carry no content."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("words", "instruction", "severity", "tlp", "lines", "call_number", "version")

    def __init__(self, *args: Any, advisory: Advisory, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tlps = Tlp.values[Tlp.values.index(advisory.tlp) :]
        self.fields["tlp"].choices = [(value, Tlp(value).label) for value in tlps]  # type: ignore[attr-defined]
        self.offered = {str(number): line for number, line in enumerate(_lines(advisory, areas))}
        choices = [
            (number, f"{Audience(line.audience).label} · {words_of_line(line)}")
            for number, line in self.offered.items()
        ]
        self.fields["lines"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A marking that is closed further leaves fewer audiences."""
        data = super().clean() or self.cleaned_data
        from incidents.access import may_be_sent_to

        chosen = [self.offered[number] for number in data.get("lines", ())]
        if data.get("tlp") and any(not may_be_sent_to(line.audience, data["tlp"]) for line in chosen):
            self.add_error("lines", ValidationError(_("This marking does not allow one of these audiences.")))
        return data

    def chosen(self) -> list[Line]:
        """The lines that were ticked."""
        return [self.offered[number] for number in self.cleaned_data["lines"]]


def _lines(advisory: Advisory, areas: Sequence[Area]) -> list[Line]:
    from incidents.access import may_be_sent_to

    wanted = [Line(Audience.NETWORK, area=area) for area in areas]
    wanted += [Line(Audience.LIAISON, area=area) for area in areas]
    wanted.append(Line(Audience.PUBLIC))
    return [line for line in wanted if may_be_sent_to(line.audience, advisory.tlp)]
