"""Forms of agreements: the agreement, its provisions as lines, what became of one."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dialogues.access import assessing_organisations
from dialogues.access.agreements import WRITING_ROLES
from dialogues.forms.own_areas import OwnAreaField
from dialogues.models import Agreement, AgreementKind, Provision, Verdict
from dialogues.models.agreements import SHARED
from dialogues.services.agreements import AgreementSaid, ProvisionSaid
from incidents.forms.fields import DayField, WordsField
from orgs.models import Organisation, Tlp
from orgs.policy import Viewer

MARKINGS = [(value, label) for value, label in Tlp.choices if value in SHARED]


class AgreementForm(forms.Form):
    """What was signed, by whom, where and when."""

    title = WordsField(label=_("Title"), longest=200, widget=forms.TextInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=AgreementKind.choices, widget=forms.RadioSelect)
    area = OwnAreaField(label=_("Area"), required=False)
    signed_on = DayField(label=_("Signed on"))
    place_text = WordsField(label=_("Signed at"), longest=200, required=False, widget=forms.TextInput)
    parties = WordsField(
        label=_("Parties"),
        longest=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Bodies, one a line. No names of people."),
    )
    source = WordsField(
        label=_("Source"),
        longest=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where the text can be read."),
    )
    tlp = forms.ChoiceField(
        label=_("Marking"),
        choices=MARKINGS,
        initial=Tlp.CLEAR,
        help_text=_("What is CLEAR is read by everybody, with its assessments."),
    )
    ended_on = DayField(
        label=_("Ended on"),
        required=False,
        help_text=_("Only if a party declared it over, or another agreement took its place."),
    )
    ended_how = WordsField(label=_("How it ended"), longest=300, required=False, widget=forms.TextInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, viewer: Viewer, row: Agreement | None = None) -> None:
        super().__init__(data, initial=_initial(row) if row is not None else None)
        area: Any = self.fields["area"]
        area.offer(viewer, WRITING_ROLES, nowhere=_("The whole country"), kept=_area_of(row))

    def said(self) -> AgreementSaid:
        """What was written."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        lines = (" ".join(line.split()) for line in data["parties"].splitlines())
        return AgreementSaid(**{**data, "parties": tuple(line for line in lines if line)})


def _area_of(row: Agreement | None) -> int | None:
    return None if row is None else row.commune_id or row.cercle_id or row.region_id


def _initial(row: Agreement) -> dict[str, Any]:
    names = ("title", "kind", "signed_on", "place_text", "source", "tlp", "ended_on", "ended_how", "version")
    return {
        **{name: getattr(row, name) for name in names},
        "area": _area_of(row),
        "parties": "\n".join(row.parties),
    }


class ProvisionsForm(forms.Form):
    """All provisions as lines: ``number | what was promised | seen by | by when``."""

    lines = WordsField(
        label=_("Provisions, one a line"),
        longest=120_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_(
            "Number | what was promised | how one sees that it is kept | by which day. The last two may be left out."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_lines(self) -> list[ProvisionSaid]:
        """Read the lines; every line that cannot be read is named."""
        found, problems = [], []
        for place, line in enumerate(filter(None, map(str.strip, self.cleaned_data["lines"].splitlines())), start=1):
            parts = [" ".join(part.split()) for part in line.split("|")]
            if not 2 <= len(parts) <= 4:
                problems.append(_now("Line %(n)d: put “|” between the number and what was promised.") % {"n": place})
                continue
            number, words, benchmark, due = [*parts, "", ""][:4]
            day = _day(due)
            if due and day is None:
                problems.append(
                    _now("Line %(n)d: “%(day)s” is not a day. Write day/month/year.") % {"n": place, "day": due}
                )
                continue
            found.append(ProvisionSaid(number, words, benchmark, day))
        if problems:
            raise ValidationError(problems)
        return found


def lines_of(provisions: list[Provision]) -> str:
    """The provisions as lines that ``ProvisionsForm`` reads back to the same."""
    lines = []
    for row in provisions:
        parts = [row.number, row.words, row.benchmark, f"{row.due_on:%d/%m/%Y}" if row.due_on else ""]
        while not parts[-1] and len(parts) > 2:
            parts.pop()
        lines.append(" | ".join(parts))
    return "\n".join(lines)


def _day(text: str) -> date | None:
    field = DayField(required=False)
    try:
        day: date | None = field.clean(text)
    except ValidationError:
        return None
    return day


class AssessmentForm(forms.Form):
    """What became of a provision, as one's own organisation sees it."""

    assessor: "forms.ModelChoiceField[Organisation]" = forms.ModelChoiceField(
        label=_("In the name of"), queryset=Organisation.objects.none(), empty_label=None
    )
    verdict = forms.ChoiceField(label=_("What became of it?"), choices=Verdict.choices, widget=forms.RadioSelect)
    as_of = DayField(label=_("As of"))
    words = WordsField(
        label=_("Why"),
        longest=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence or two. No names of people, never where forces are."),
    )
    evidence = WordsField(
        label=_("Evidence"),
        longest=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What others can look up: a decree, a report, an address on the Internet."),
    )

    def __init__(self, data: Any = None, *, viewer: Viewer) -> None:
        super().__init__(data, initial={"as_of": timezone.localdate()})
        field: Any = self.fields["assessor"]
        field.queryset = assessing_organisations(viewer)


class TouchForm(forms.Form):
    """The reference of an incident."""

    ref = WordsField(
        label=_("Reference of the incident"),
        longest=20,
        widget=forms.TextInput(attrs={"class": "short", "autocapitalize": "characters"}),
        help_text=_("Only an incident that you may read yourself."),
    )
