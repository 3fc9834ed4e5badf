"""Forms of support to organisations. They read and explain; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orgs.access import support as access
from orgs.access.directory import KEEPERS, ORGANISATIONS
from orgs.accounts.pages import AreaChoices
from orgs.models import (
    AgeBand,
    Area,
    FundingCall,
    Level,
    Measure,
    Need,
    Organisation,
    Programme,
    Qualifier,
    Sex,
    SubGrant,
    Term,
    Training,
)
from orgs.models.areas import words_of
from orgs.models.support import SupportRow
from orgs.models.support_activities import LARGEST_COUNT
from orgs.policy import Viewer
from orgs.presentation.forms import CountInput, DayInput
from orgs.services.support import CODED
from orgs.support_lists import find_body

Choices = list[tuple[str, Any]]
CURRENCIES = ("XOF", "EUR", "USD", "CAD", "CHF", "CNY", "DKK", "GBP", "JPY", "NOK", "SEK")


def terms_of(vocabulary: str, chosen: set[str]) -> Choices:
    """The terms that may be chosen, and those that were chosen before and are retired since."""
    rows = [term for term in Term.objects.of(vocabulary) if term.is_active or term.code in chosen]
    return [(term.code, term.label) for term in rows]


def area_groups() -> list[tuple[str, Choices]]:
    """Today's régions, each with its cercles, in one query."""
    rows = Area.objects.current().filter(level__in=(Level.REGION, Level.CERCLE)).select_related("region")
    rows = rows.defer("geometry", "region__geometry").order_by("region__name_key", "-level", "name_key")
    groups: dict[str, Choices] = {}
    for area in rows:
        groups.setdefault(words_of(area.region or area), []).append((str(area.pk), words_of(area)))
    return list(groups.items())


class BodyField(forms.CharField):
    """An organisation by its name as it is typed; where that is allowed, one that is not in the directory."""

    def __init__(self, *, free: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)
        self.free = free
        self.viewer = Viewer()

    def clean(self, value: Any) -> Any:
        """The organisation, or the words themselves."""
        words = super().clean(value)
        if not words:
            return None
        found, alike = find_body(self.viewer, words)
        if found is not None or self.free:
            return found or words
        if alike:
            names = "; ".join(f"{one.name} ({one.slug})" for one in alike)
            said = _now("Which one is meant? Write its name, or the word in brackets: %(names)s")
            raise ValidationError(said % {"names": names})
        raise ValidationError(_now("There is no organisation of this name in the directory."))


class SupportForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the forms of all kinds share: who may be named, which codes there are, from which version it was made."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    owner: str = ""
    """The field that says whose the row is; an editor chooses among their own organisations there."""
    bodies: dict[str, bool] = {}
    """Fields that name an organisation, and whether words may stand for one."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.conflict = False
        self.initial.setdefault("version", self.instance.version if self.instance.pk else None)
        for name, free in self.bodies.items():
            self._name_body(name, free)
        for name, vocabulary in CODED.get(self._meta.model._meta.model_name or "", {}).items():
            self._offer_terms(name, vocabulary)
        if "area" in self.fields:
            self._offer_areas()
        if "currency" in self.fields:
            self._offer_currencies()

    def _name_body(self, name: str, free: bool) -> None:
        old = self.fields[name]
        own = access.edited_organisations(self.viewer)
        if name == self.owner and own and not self.viewer.roles & set(KEEPERS):
            rows = ORGANISATIONS.rows(self.viewer).filter(pk__in=own)
            self.fields[name] = forms.ModelChoiceField(rows, label=old.label, empty_label=None)
            return
        hint = (
            _("As in the directory: name or short name.") if not free else _("Name; linked if it is in the directory.")
        )
        field = BodyField(free=free, label=old.label, required=old.required or free, help_text=hint)
        if name == "organiser":
            field.required = False
        field.viewer = self.viewer
        self.fields[name] = field
        current = getattr(self.instance, name) if self.instance.pk else None
        self.initial[name] = self.initial.get(name) if current is None else current.name
        if self.instance.pk and current is None:
            self.initial[name] = getattr(self.instance, f"{name}_text", "")

    def _offer_terms(self, name: str, vocabulary: str) -> None:
        old, value = self.fields[name], getattr(self.instance, name)
        if isinstance(value, str):
            choices = [("", _("Choose")), *terms_of(vocabulary, {value})]
            self.fields[name] = forms.ChoiceField(label=old.label, choices=choices, required=old.required)
            return
        self.fields[name] = forms.MultipleChoiceField(
            label=old.label,
            choices=terms_of(vocabulary, set(value)),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=old.help_text,
        )

    def _offer_currencies(self) -> None:
        """Those in which money comes to Mali, and the one that the row has."""
        codes = [*dict.fromkeys([*CURRENCIES, self.instance.currency or CURRENCIES[0]])]
        self.fields["currency"] = forms.ChoiceField(
            label=self.fields["currency"].label, choices=[(code, code) for code in codes]
        )

    def _offer_areas(self) -> None:
        groups: list[Any] = [("", _("Choose")), *area_groups()]
        area = self.instance.area
        if area is not None and str(area.pk) not in {key for _group, rows in groups[1:] for key, _label in rows}:
            groups.insert(1, (str(area.pk), area.label()))
        self.fields["area"].widget.choices = groups

    def clean(self) -> dict[str, Any]:
        """Where words stand for an organisation, they go into the column of words."""
        given = super().clean() or self.cleaned_data
        for name, free in self.bodies.items():
            value = given.get(name)
            if free and name in given:
                given[name] = value if isinstance(value, Organisation) else None
                setattr(self.instance, f"{name}_text", value if isinstance(value, str) else "")
        return given

    def areas(self) -> list[Area] | None:
        """The areas that were ticked; ``None`` for a kind without."""
        return None

    def start_again_from(self, stored: SupportRow) -> None:
        """After a conflict: what was typed stays, and saves over what stands now, which the page shows beside it."""
        self.conflict = True
        typed: Any = self.data
        self.data = typed.copy()
        typed = self.data
        typed["version"] = str(stored.version)


class TrainingForm(SupportForm):
    """A training."""

    owner, bodies = "organiser", {"organiser": True}

    class Meta:
        model = Training
        fields = ("title", "topic", "organiser", "starts_on", "ends_on", "area", "place_text", "spoken", "source")
        widgets = {"starts_on": DayInput, "ends_on": DayInput}


class GrantForm(SupportForm):
    """A sub-grant."""

    owner, bodies = "recipient", {"recipient": False, "funder": True}

    class Meta:
        model = SubGrant
        fields = (
            "recipient", "funder", "amount", "currency", "starts_on", "ends_on", "purpose", "status", "source",
        )  # fmt: skip
        widgets = {"starts_on": DayInput, "ends_on": DayInput, "purpose": forms.Textarea({"rows": 3})}


class NeedForm(SupportForm):
    """A need."""

    owner, bodies = "organisation", {"organisation": False}

    class Meta:
        model = Need
        fields = ("organisation", "kind", "words", "stated_on", "stated_by", "source")
        widgets = {"stated_on": DayInput, "words": forms.Textarea({"rows": 3})}


class CallForm(SupportForm):
    """A call for funding."""

    bodies = {"funder": True}
    areas_chosen = forms.MultipleChoiceField(
        label=_("Areas"), required=False, widget=AreaChoices, help_text=_("None: the whole country.")
    )
    link = forms.URLField(label=_("Link"), required=False, max_length=300, assume_scheme="https")
    field_order = (
        "title", "funder", "areas_chosen", "themes", "opens_on", "closes_on", "amount_min", "amount_max", "currency",
        "who_may_apply", "link", "is_public", "source",
    )  # fmt: skip

    class Meta:
        model = FundingCall
        fields = (
            "title", "funder", "themes", "opens_on", "closes_on", "amount_min", "amount_max", "currency",
            "who_may_apply", "link", "is_public", "source",
        )  # fmt: skip
        widgets = {"opens_on": DayInput, "closes_on": DayInput, "who_may_apply": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas_chosen"].choices = area_groups()  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["areas_chosen"] = [str(pk) for pk in self.instance.areas.values_list("pk", flat=True)]

    def areas(self) -> list[Area] | None:
        """The areas that were ticked."""
        return list(Area.objects.filter(pk__in=self.cleaned_data["areas_chosen"]))


class ProgrammeForm(SupportForm):
    """A programme."""

    owner, bodies = "organisation", {"organisation": False}

    class Meta:
        model = Programme
        fields = (
            "title", "organisation", "kind", "area", "place_text", "starts_on", "ends_on", "funding",
            "self_financed_since", "source",
        )  # fmt: skip
        widgets = {"starts_on": DayInput, "ends_on": DayInput}


FORMS: dict[type[SupportRow], type[SupportForm]] = {
    Training: TrainingForm,
    SubGrant: GrantForm,
    Need: NeedForm,
    FundingCall: CallForm,
    Programme: ProgrammeForm,
}


# --- Numbers of people -------------------------------------------------------------------------------------------


class PeopleForm(forms.Form):
    """A grid of numbers: a line an age band, a column a sex. Each person stands in one field only."""

    def __init__(self, *args: Any, cells: dict[tuple[str, str], int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for age, age_label in AgeBand.choices:
            for sex, sex_label in Sex.choices:
                self.fields[f"n_{sex}_{age}"] = forms.IntegerField(
                    label=f"{sex_label}, {age_label}",
                    required=False,
                    min_value=0,
                    max_value=LARGEST_COUNT,
                    widget=CountInput({"aria-label": f"{sex_label}, {age_label}"}),
                    initial=(cells or {}).get((sex, age)),
                )

    def grid(self) -> list[tuple[str, list[Any]]]:
        """Age bands with their fields, in the order of ``Sex``."""
        return [(str(label), [self[f"n_{sex}_{age}"] for sex in Sex.values]) for age, label in AgeBand.choices]

    def cells(self) -> dict[tuple[str, str], int]:
        """What was typed."""
        pairs = ((sex, age) for sex in Sex.values for age in AgeBand.values)
        return {(sex, age): self.cleaned_data[f"n_{sex}_{age}"] or 0 for sex, age in pairs}


class AttendanceForm(PeopleForm):
    """Who came, of one organisation or of none."""

    organisation = BodyField(
        label=_("Of which organisation"),
        required=False,
        help_text=_(
            "As in the directory. Leave empty for people who came for themselves, or where nobody wrote it down."
        ),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, BodyField)
        field.viewer = viewer


class CountsForm(PeopleForm):
    """Whom a programme reached in a period."""

    measure = forms.ChoiceField(label=_("What is counted"), choices=Measure.choices)
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    ends_on = forms.DateField(label=_("Until"), widget=DayInput)
    qualifier = forms.ChoiceField(
        label=_("How the numbers are meant"), choices=Qualifier.choices, help_text=_("“Over 100” is “at least”.")
    )


class DueForm(forms.Form):
    """A report that is due."""

    due_on = forms.DateField(label=_("Report due on"), widget=DayInput)
