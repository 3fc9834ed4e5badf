"""Forms of the desk. They read and explain; the services decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from incidents.models import (
    Certainty,
    ClaimGrade,
    Finding,
    Harm,
    IncidentType,
    RejectReason,
    Report,
    Severity,
    SourceGrade,
    TimePrecision,
    Urgency,
)
from incidents.services.content import (
    LONGEST_NARRATIVE,
    LONGEST_REPORTER_NOTE,
    LONGEST_SUMMARY,
    Account,
    Grading,
)
from incidents.services.conversations import LONGEST_WORD
from incidents.services.incidents import LARGEST_FIGURE, LONGEST_SOURCE
from incidents.services.triage import LONGEST_NOTE
from orgs.models import Actor, Tlp
from orgs.presentation.badges import MARKINGS
from orgs.presentation.forms import CountInput, DayInput


class StepForm(forms.Form):
    """A form that knows which version of the thing it was made from, so that nothing is overwritten unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Several of these stand on one page: each needs ids of its own.
        kwargs.setdefault("auto_id", f"{type(self).__name__.removesuffix('Form').lower()}_%s")
        super().__init__(*args, **kwargs)


def type_choices() -> list[tuple[str, str]]:
    """Types with their ACLED equivalent, or that there is none."""
    return [(kind.code, f"{kind.label} – {_acled(kind)}") for kind in IncidentType.objects.filter(is_active=True)]


def _acled(kind: IncidentType) -> str:
    if not kind.acled_sub_event_type:
        return _now("no ACLED equivalent")
    return _now("ACLED: %(type)s") % {"type": kind.acled_sub_event_type}


def _graded(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(code, f"{code} – {words}") for code, words in choices]


class GradeForm(StepForm):
    """The grades of an incident: source and claim apart; type; CAP's severity, urgency, certainty; marking; day."""

    type_code = forms.ChoiceField(label=_("What kind of incident"))
    occurred_on = forms.DateField(label=_("Which day"), widget=DayInput)
    time_precision = forms.ChoiceField(label=_("How exactly the day is known"), choices=TimePrecision.choices)
    source_grade = forms.ChoiceField(
        label=_("How reliable the source is"),
        help_text=_("Whoever told us, whatever they told. A source that we do not know is F, not E."),
        initial=SourceGrade.F,
    )
    claim_grade = forms.ChoiceField(
        label=_("How credible the claim is"),
        help_text=_("What was told, whoever told it. A claim that nobody has checked is 6, not 5."),
        initial=ClaimGrade.UNJUDGED,
    )
    severity = forms.ChoiceField(
        label=_("How grave"), choices=Severity.choices, help_text=_("The harm done or feared.")
    )
    urgency = forms.ChoiceField(
        label=_("How urgent"), choices=Urgency.choices, help_text=_("How soon something must be done.")
    )
    certainty = forms.ChoiceField(
        label=_("How certain"), choices=Certainty.choices, help_text=_("That it happened, or that it will.")
    )
    tlp = forms.ChoiceField(label=_("Who may read it"), widget=forms.RadioSelect, initial=Tlp.AMBER)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("type_code", type_choices())
        self._choose("source_grade", _graded(SourceGrade.choices))
        self._choose("claim_grade", _graded(ClaimGrade.choices))
        self._choose("tlp", [(str(code), _marking(str(code))) for code in Tlp.values])

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def grading(self) -> Grading:
        """What was chosen."""
        return Grading(**{name: self.cleaned_data[name] for name in _GRADES})


_GRADES = tuple(Grading.__dataclass_fields__)


def _marking(code: str) -> str:
    marking = MARKINGS[code.replace("_", "-")]
    return f"{marking.name} – {marking.readers}"


class WordsForm(StepForm):
    """The words of an incident, by who reads them."""

    narrative = forms.CharField(
        label=_("Internal narrative"),
        help_text=_("Read by coordinators of the area only. What happened, what is known, what is not."),
        widget=forms.Textarea({"rows": 8}),
        max_length=LONGEST_NARRATIVE,
        required=False,
    )
    summary = forms.CharField(
        label=_("Public summary"),
        help_text=_(
            "Read by all who may see the incident, and put into alerts. Places and acts; no names, no communities, "
            "never where forces are or where they go."
        ),
        widget=forms.Textarea({"rows": 4}),
        max_length=LONGEST_SUMMARY,
        required=False,
    )
    reporter_note = forms.CharField(
        label=_("Word to the reporters"),
        help_text=_("They read it when they follow up their report. What came of it, in words that endanger nobody."),
        widget=forms.Textarea({"rows": 3}),
        max_length=LONGEST_REPORTER_NOTE,
        required=False,
    )

    def account(self) -> Account:
        """What was written, with line ends as they are kept."""
        words = {
            name: self.cleaned_data[name].replace("\r\n", "\n") for name in ("narrative", "summary", "reporter_note")
        }
        return Account(**words)


class MakeForm(GradeForm, WordsForm):
    """Everything that makes an incident of a report; other new reports that say the same may join it."""

    together = forms.MultipleChoiceField(
        label=_("These new reports say the same: attach them too"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    field_order = (
        "together", "type_code", "occurred_on", "time_precision", "source_grade", "claim_grade", "severity", "urgency",
        "certainty", "tlp", "narrative", "summary", "reporter_note", "version",
    )  # fmt: skip

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("together", others)
        if not others:
            del self.fields["together"]

    def chosen_together(self) -> list[tuple[int, int]]:
        """The number and version of each report that joins."""
        pairs = (value.split(".") for value in self.cleaned_data.get("together", ()))
        return [(int(number), int(version)) for number, version in pairs]

    @classmethod
    def first_guess(cls, report: Report) -> dict[str, Any]:
        """What the form starts with: what the report itself says; no judgement of it."""
        return {
            "version": report.version,
            "type_code": report.type_id or "other",
            "occurred_on": report.occurred_on or timezone.localdate(report.received_at),
            "time_precision": report.time_precision,
            "severity": Severity.UNKNOWN,
            "urgency": Urgency.UNKNOWN,
            "certainty": Certainty.UNKNOWN,
            "narrative": report.narrative,
        }


class AttachForm(StepForm):
    """To which incident a report belongs."""

    ref = forms.CharField(
        label=_("Reference of the incident"),
        max_length=12,
        widget=forms.TextInput({"class": "short", "autocapitalize": "characters", "autocomplete": "off"}),
    )

    def clean_ref(self) -> str:
        """As references are kept: capitals, a hyphen in the middle."""
        letters = "".join(c for c in self.cleaned_data["ref"].upper() if c.isalnum())
        return f"{letters[:4]}-{letters[4:]}"


class RejectForm(StepForm):
    """Why a report is set aside."""

    reason = forms.ChoiceField(label=_("Why"), choices=RejectReason.for_the_desk, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note, internal"),
        help_text=_("For the other coordinators. The reporter never reads it."),
        widget=forms.Textarea({"rows": 2}),
        max_length=LONGEST_NOTE,
        required=False,
    )


class PlaceSearchForm(forms.Form):
    """A place to look for."""

    words = forms.CharField(
        label=_("Look for a place"),
        help_text=_("Village, town, commune, cercle or region. Accents and small slips do not matter."),
        max_length=200,
    )


class PlaceForm(StepForm):
    """Which of the candidates it is."""

    place = forms.ChoiceField(label=_("It is here"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, candidates: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(candidates)


class IdentityForm(forms.Form):
    """Why somebody opens who reported."""

    reason = forms.CharField(
        label=_("Why do you need to know who reported?"),
        help_text=_("It is written down with your name, and oversight reads it. Do not name the person here."),
        max_length=500,
    )


class FigureForm(StepForm):
    """What one source says of people harmed."""

    kind = forms.ChoiceField(label=_("Harm"), choices=Harm.choices)
    value = forms.IntegerField(label=_("How many people"), min_value=0, max_value=LARGEST_FIGURE, widget=CountInput)
    source = forms.CharField(
        label=_("According to"),
        help_text=_("An office, a radio, a hospital; never a person’s name."),
        max_length=LONGEST_SOURCE,
        required=False,
    )
    as_of = forms.DateField(label=_("As of"), widget=DayInput)
    report = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ResponsibleForm(StepForm):
    """Who is held responsible."""

    actor = forms.ModelChoiceField(label=_("Actor"), queryset=Actor.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["actor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Actor.objects.order_by("name_key", "pk")


class CloseForm(StepForm):
    """What an incident turned out to be."""

    finding = forms.ChoiceField(label=_("It turned out to be"), choices=Finding.choices, widget=forms.RadioSelect)
    reporter_note = forms.CharField(
        label=_("Word to the reporters"),
        help_text=_("They read it when they follow up their report. What came of it, in words that endanger nobody."),
        widget=forms.Textarea({"rows": 3}),
        max_length=LONGEST_REPORTER_NOTE,
        required=False,
    )


def today() -> date:
    """The day on which a figure is put down, unless it says otherwise."""
    return timezone.localdate()


class WordForm(forms.Form):
    """A question or a word to the reporter."""

    text = forms.CharField(
        label=_("Ask or tell the reporter something"),
        help_text=_(
            "They read it with their code. Never ask where forces are or where they go, nor for names; no number, no"
            " address, no place finer than a town."
        ),
        max_length=LONGEST_WORD,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
