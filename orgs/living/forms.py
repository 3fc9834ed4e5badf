"""Forms that keep entries alive. They read and explain; the services decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs.accounts.fields import PhoneField
from orgs.areas.search import Candidate, find_places
from orgs.living.entry import NO_SEAT, Values
from orgs.living.fields import Folded, LinksField, NamesField, area_choices, term_choices
from orgs.living.words import Words
from orgs.models import (
    Channel,
    Contact,
    Language,
    LegalScheme,
    OrganisationKind,
    OrganisationVisibility,
    ProvedHow,
    VerifiedHow,
    Vocabulary,
)
from orgs.models.organisations import FIRST_YEAR, LAST_YEAR
from orgs.services.changes import LONGEST_NOTE, Asked
from orgs.services.contacts import FIELDS as CONTACT_FIELDS
from orgs.services.contacts import Given
from orgs.services.organisations import CODED

AS_SAID, NOWHERE = "text", "none"
LONGEST_DESCRIPTION = 4000
EXACT = 1.0


def _ticks(label: Any, **options: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=Folded, **options)


class EntryForm(forms.Form):
    """The whole entry. What the viewer may not read or ask is left out by ``without``."""

    name = forms.CharField(label=_("Name"), max_length=200)
    acronym = forms.CharField(label=_("Acronym"), max_length=40, required=False)
    names = NamesField(
        label=_("Other names"),
        help_text=_("One on each line. Add the language in brackets where it is another one: Nyɛta (bambara)."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    founded = forms.IntegerField(
        label=_("Founded in"), help_text=_("Year."), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False
    )
    legal_number = forms.CharField(label=_("Legal number"), max_length=60, required=False)
    legal_scheme = forms.ChoiceField(
        label=_("Register"), choices=[("", _("Not said")), *LegalScheme.choices], required=False
    )
    seat_text = forms.CharField(
        label=_("Town or village of the seat"),
        help_text=_("Type its name: the next page lets you choose. A security service has no seat here."),
        max_length=200,
        required=False,
    )
    seat_choice = forms.ChoiceField(label=_("Which place is it?"), widget=forms.RadioSelect, required=False)
    areas = forms.TypedMultipleChoiceField(
        label=_("Areas where it works"),
        coerce=int,
        required=False,
        widget=Folded,
        help_text=_("Each area counts with all that lies in it. Open a region to choose cercles."),
    )
    themes = _ticks(_("Themes"))
    served = _ticks(_("People served"))
    capacities = _ticks(_("What it can do"))
    spoken = _ticks(_("Languages spoken"))
    description = forms.CharField(
        label=_("Description in French"),
        help_text=_("Two or three sentences. Name no person here."),
        widget=forms.Textarea({"rows": 4}),
        max_length=LONGEST_DESCRIPTION,
        required=False,
    )
    description_en = forms.CharField(
        label=_("Description in English"),
        widget=forms.Textarea({"rows": 4}),
        max_length=LONGEST_DESCRIPTION,
        required=False,
    )
    links = LinksField(label=_("Links"), help_text=_("Web page, Facebook page… One on each line."))
    visibility = forms.ChoiceField(
        label=_("Shown to"),
        choices=OrganisationVisibility.choices,
        widget=forms.RadioSelect,
        help_text=_("What the organisation itself agreed to."),
    )
    source = forms.CharField(
        label=_("How do you know?"),
        help_text=_("The source of what you change: a document, a visit, the radio… Name no person."),
        max_length=200,
        required=False,
    )
    note = forms.CharField(
        label=_("A word to the coordinator"),
        widget=forms.Textarea({"rows": 2}),
        max_length=LONGEST_NOTE,
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, values: Values, without: Sequence[str] = (), **kwargs: Any) -> None:
        """``values`` are those of the entry that the form is about."""
        self.values = values
        words = Words(values.items())
        self._seat_words = words.seat(values["seat"])
        first = {**values, "seat_text": self._seat_words, "names": "\n".join(words.say("names", values["names"]))}
        first["links"] = "\n".join(values["links"])
        kwargs["initial"] = {**first, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for field, vocabulary in CODED.items():
            self._choose(field, term_choices(vocabulary, values[field]))
        self._choose("areas", area_choices(values["areas"]))
        for name in without:
            for each in ("seat_text", "seat_choice") if name == "seat" else (name,):
                self.fields.pop(each, None)
        self._candidates = self._places() if "seat_text" in self.fields else []
        if self._candidates:
            self._choose("seat_choice", [*((_key(one), one.label) for one in self._candidates), *_others()])
        else:
            self.fields.pop("seat_choice", None)

    def _choose(self, name: str, choices: Any) -> None:
        if name in self.fields:
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _places(self) -> list[Candidate]:
        typed = str(self.data.get("seat_text", "")).strip() if self.is_bound else ""
        found = find_places(typed) if typed and typed != self._seat_words else []
        # Places of exactly this name; those that look like it only where there is none.
        return [one for one in found if one.score >= EXACT] or found

    def clean(self) -> dict[str, Any]:
        """The seat is a place of the list, or what was said."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "seat_text" in self.fields:
            cleaned["seat"] = self._seat(cleaned)
            if cleaned.get("kind") == OrganisationKind.SECURITY and cleaned["seat"] != NO_SEAT:
                self.add_error("seat_text", gettext("A security service has no seat here: leave this empty."))
        return cleaned

    def _seat(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        typed = cleaned.get("seat_text", "")
        if typed == self._seat_words:
            return dict(self.values["seat"])
        if not typed:
            return dict(NO_SEAT)
        as_said = {**NO_SEAT, "text": typed}
        if not self._candidates:
            return as_said
        chosen = cleaned.get("seat_choice", "")
        if chosen == AS_SAID:
            return as_said
        found = next((one for one in self._candidates if _key(one) == chosen), None)
        if found is None:
            self.add_error("seat_choice", gettext("Several places have this name: choose which one it is."))
            return as_said
        return {**NO_SEAT, "place" if found.kind == "place" else "area": found.id}

    def asked(self) -> Asked:
        """What was filled in, as values of an entry."""
        given = self.cleaned_data
        values = {name: given[name] for name in self.values if name in given}
        for name in (*CODED, "areas"):
            if name in values:
                values[name] = sorted(values[name])
        for name in ("description", "description_en"):
            if name in values:
                values[name] = values[name].replace("\r\n", "\n")
        return Asked(
            values=values, version=given["version"], note=given.get("note", ""), source=given.get("source", "")
        )


def _key(candidate: Candidate) -> str:
    return f"{candidate.kind}.{candidate.id}"


def _others() -> list[tuple[str, Any]]:
    return [(AS_SAID, _("None of these: keep it as I typed it"))]


class ChangedForm(forms.Form):
    """What a contact without an account says has changed: a few facts and their own words."""

    name = forms.CharField(label=_("Name"), max_length=200)
    acronym = forms.CharField(label=_("Acronym"), max_length=40, required=False)
    description = forms.CharField(
        label=_("What your organisation does"),
        widget=forms.Textarea({"rows": 4}),
        max_length=LONGEST_DESCRIPTION,
        required=False,
    )
    note = forms.CharField(
        label=_("What else has changed?"),
        help_text=_("Place, areas, languages, phone… Say it in your own words: somebody will read it."),
        widget=forms.Textarea({"rows": 4}),
        max_length=LONGEST_NOTE,
        required=False,
    )


class VerifyForm(forms.Form):
    """How an entry was checked."""

    how = forms.ChoiceField(label=_("How did you check it?"), choices=VerifiedHow.choices, widget=forms.RadioSelect)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class StepForm(forms.Form):
    """A step that needs no words."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ContactForm(forms.Form):
    """One way to reach an organisation."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.CharField(
        label=_("What they do there"),
        help_text=_("For example: president, radio desk."),
        max_length=120,
        required=False,
    )
    phone = PhoneField(required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    channel = forms.ChoiceField(
        label=_("Reached best by"),
        choices=[(Channel.CALL, _("Phone call")), (Channel.SMS, _("SMS")), (Channel.EMAIL, _("E-mail"))],
        widget=forms.RadioSelect,
    )
    do_not_call = forms.BooleanField(label=_("Do not call"), required=False)
    do_not_sms = forms.BooleanField(label=_("Do not send SMS"), required=False)
    do_not_email = forms.BooleanField(label=_("Do not send e-mail"), required=False)
    is_emergency = forms.BooleanField(
        label=_("Emergency contact"),
        help_text=_("May be called at any hour when something happens. They have agreed to it."),
        required=False,
    )
    visibility = forms.ChoiceField(
        label=_("Shown to"), choices=OrganisationVisibility.choices, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(label=_("Written to in"), choices=Language.choices)
    spoken = _ticks(_("Languages one can speak with them"))
    source = forms.CharField(
        label=_("How do you know?"), help_text=_("Who gave this contact, or where it stands."), max_length=200,
        required=False,
    )  # fmt: skip
    mark = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, contact: Contact | None = None, **kwargs: Any) -> None:
        if contact is not None:
            first = {name: getattr(contact, name) for name in CONTACT_FIELDS}
            kwargs["initial"] = {**first, **kwargs.get("initial", {})}
        else:
            kwargs.setdefault("initial", Given().__dict__)
        super().__init__(*args, **kwargs)
        chosen = contact.spoken if contact else []
        self.fields["spoken"].choices = term_choices(Vocabulary.SPOKEN, chosen)  # type: ignore[attr-defined]

    def given(self) -> Given:
        """What was filled in."""
        return Given(**{name: self.cleaned_data[name] for name in CONTACT_FIELDS})


class ProofForm(forms.Form):
    """Whether a contact works, and how one knows."""

    FAILED = "failed"
    how = forms.ChoiceField(
        label=_("Have you tried it?"),
        choices=[*ProvedHow.choices, (FAILED, _("It did not work"))],
        widget=forms.Select,
    )
