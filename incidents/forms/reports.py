"""The report form, the code of a receipt, and words added later.

Checking is kept light: at most one query for the kinds (kept for a minute) and one or two for the place.
"""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from incidents.forms.fields import HeadCountField, PastDayField, PhoneField, WordsField
from incidents.models import Harm, HowKnown, IncidentType, TimePrecision, Way
from incidents.said import LONGEST_PLACE, LONGEST_TEXT, Whereabouts
from incidents.services.locating import at_position, picked_place, understand
from orgs.areas.resolve import resolve_point
from orgs.areas.search import Candidate
from orgs.models import Area, Level
from orgs.presentation.forms import PictureChoice

KINDS_KEPT_SECONDS = 60
NONE_OF_THESE = "none"
TODAY, YESTERDAY, THIS_WEEK, THAT_DAY = "today", "yesterday", "week", "day"
HARM_FIELDS: Mapping[str, str] = {
    "killed": Harm.KILLED,
    "injured": Harm.INJURED,
    "abducted": Harm.ABDUCTED,
    "displaced": Harm.DISPLACED,
}


def kinds_on_form() -> list[tuple[str, str, str, str]]:
    """Code, French and English words, and pictogram of the kinds that the form offers, in order."""
    kinds: list[tuple[str, str, str, str]] | None = cache.get("kinds-on-form")
    if kinds is None:
        rows = IncidentType.objects.filter(on_form=True, is_active=True)
        kinds = list(rows.values_list("code", "label_fr", "label_en", "pictogram"))
        cache.set("kinds-on-form", kinds, KINDS_KEPT_SECONDS)
    return kinds


class ReportForm(forms.Form):
    """What happened, where, when, to whom, how it is known, and how to call back.

    After ``is_valid``, ``whereabouts`` says what the place was resolved to. A place that may be several, or that
    nobody knows, is asked about once: the second time the form is sent as it is, the words stand.
    """

    what = forms.ChoiceField(
        label=_("What is happening?"),
        widget=PictureChoice,
        error_messages={
            "required": _("Choose the picture that is nearest."),
            "invalid_choice": _("Choose one of the pictures."),
        },
    )
    where = WordsField(
        label=_("Where?"),
        longest=LONGEST_PLACE,
        error_messages={"required": _("Write where it is. If you do not know, write what you do know.")},
        help_text=_("Name of the village, the neighbourhood or the road, and the cercle if you know it."),
        widget=forms.TextInput,
    )
    pick = forms.CharField(label=_("Which place do you mean?"), required=False, widget=forms.RadioSelect)
    when = forms.ChoiceField(
        label=_("When?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (TODAY, _("Today")),
            (YESTERDAY, _("Yesterday")),
            (THIS_WEEK, _("In the last 7 days")),
            (THAT_DAY, _("Another day:")),
        ],
        error_messages={"invalid_choice": _("Choose one of these answers.")},
    )
    day = PastDayField(label=_("Which day?"), required=False)
    killed = HeadCountField(label=_("Dead"), required=False)
    injured = HeadCountField(label=_("Injured"), required=False)
    abducted = HeadCountField(label=_("Taken or missing"), required=False)
    displaced = HeadCountField(label=_("Fled"), required=False)
    words = WordsField(
        label=_("What happened, in your words"),
        longest=LONGEST_TEXT,
        required=False,
        help_text=_("In any language. Without the names of people who could be harmed."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    how = forms.ChoiceField(
        label=_("How do you know?"),
        required=False,
        widget=PictureChoice,
        choices=[(value, label) for value, label in HowKnown.choices if value != HowKnown.UNKNOWN],
        error_messages={"invalid_choice": _("Choose one of these answers.")},
    )
    phone = PhoneField(label=_("Your number"), required=False)
    name = WordsField(
        label=_("Your name"),
        longest=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    no_contact = forms.BooleanField(
        label=_("Do not contact me again"),
        required=False,
        help_text=_("Then we send you nothing. With your code you can still see what became of it."),
    )
    call_me = forms.BooleanField(label=_("You may call me on the number of my account"), required=False)
    without_account = forms.BooleanField(
        label=_("Send without my account"),
        required=False,
        help_text=_("Then this report does not stand in your list; you follow it by its code."),
    )
    # Hidden. What a browser garbles here is put right without a word: it is not the person's mistake.
    form_id = forms.CharField(required=False, widget=forms.HiddenInput)
    as_account = forms.CharField(required=False, widget=forms.HiddenInput)
    place_asked = forms.CharField(required=False, widget=forms.HiddenInput)
    lat = forms.CharField(required=False, widget=forms.HiddenInput)
    lon = forms.CharField(required=False, widget=forms.HiddenInput)
    accuracy = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, signed_in: bool = False, initial: dict[str, Any] | None = None
    ) -> None:
        first = {"form_id": uuid.uuid4().hex, "as_account": "1" if signed_in else ""}
        super().__init__(data.copy() if data is not None else None, initial={**first, **(initial or {})})
        self.signed_in = signed_in
        # Who gives a position need not know the place's name.
        self.fields["where"].required = not (self.data.get("lat") and self.data.get("lon"))
        self.whereabouts: Whereabouts | None = None
        self.position: tuple[float, float] | None = None
        if not signed_in:
            del self.fields["call_me"], self.fields["without_account"]
        kinds = kinds_on_form()
        french = not (get_language() or "fr").startswith("en")
        self.fields["what"].choices = [(code, fr if french else en) for code, fr, en, _pictogram in kinds]  # type: ignore[attr-defined]
        self.fields["what"].widget.pictograms = {code: pictogram for code, _fr, _en, pictogram in kinds}

    def renumbered(self) -> str:
        """The form's number; a new one, put into the form, where the old one was lost on the way."""
        number: str = self.cleaned_data.get("form_id") or uuid.uuid4().hex
        self._put("form_id", number)
        return number

    @property
    def asks_which_place(self) -> bool:
        """Whether the form has come back to ask which place was meant."""
        return bool(self.fields["pick"].widget.choices)

    def clean_form_id(self) -> str:
        """The form's number; empty when it is not one of ours."""
        try:
            return uuid.UUID(self.cleaned_data["form_id"]).hex
        except ValueError:
            return ""

    def clean(self) -> dict[str, Any]:
        """Check what hangs together: the day, the place, who is signed in."""
        data = super().clean() or self.cleaned_data
        self._clean_day(data)
        if "where" in data:
            self._clean_place(data)
        if data.get("as_account") and not self.signed_in:
            self._put("as_account", "")
            self.add_error(
                None,
                _("You are no longer signed in. Send again to report without your account, or sign in first."),
            )
        return data

    def _clean_day(self, data: dict[str, Any]) -> None:
        """A day that was written counts, also where the answer beside it was not chosen."""
        if data.get("when") == THAT_DAY and data.get("day") is None and "day" not in self.errors:
            self.add_error("day", _("Write or choose the day."))

    # --- The place -----------------------------------------------------------------------------------------------

    def _clean_place(self, data: dict[str, Any]) -> None:
        text = data["where"]
        if data.get("lat") or data.get("lon"):
            self._clean_position(data)
        if text and self.whereabouts is None and "where" not in self.errors:
            self._clean_words_of_place(text, data)

    def _clean_position(self, data: dict[str, Any]) -> None:
        """A position that is wrong is taken off the form, so that the place's name can stand for it."""
        found = None
        try:
            self.position = (float(data["lat"]), float(data["lon"]))
            found = resolve_point(*self.position)
        except ValueError:
            self.position = None
        if found is not None and found.area_id is not None:
            self.whereabouts = at_position(*self.position) if found.region_id is not None else None  # type: ignore[misc]
            return
        self.position = None
        for name in ("lat", "lon", "accuracy"):
            self._put(name, "")
        why = found.reason if found is not None else _("This position cannot be read.")
        self.add_error("where", f"{why} {_('Your position was left out: write the name of the place.')}")

    def _clean_words_of_place(self, text: str, data: dict[str, Any]) -> None:
        asked_before = data.get("place_asked") == text
        if asked_before and data.get("pick"):
            kind, _colon, number = data["pick"].partition(":")
            picked = picked_place(kind, int(number)) if number.isdecimal() and len(number) < 10 else None
            if picked is not None:
                self.whereabouts = picked
            elif data["pick"] != NONE_OF_THESE:
                self._ask_which(text, _("This place is no longer in the list: choose again."))
            return
        understood = understand(text)
        self.whereabouts = understood.certain
        if understood.certain is None and not asked_before:
            self._ask_which(text, _("Choose the place, or the last answer, then send again."))

    def _ask_which(self, text: str, words: Any) -> None:
        choices: list[tuple[str, Any]] = [(f"{one.kind}:{one.id}", _label(one)) for one in understand(text).candidates]
        if choices:
            choices.append((NONE_OF_THESE, _("None of these: keep what I wrote")))
        else:
            regions = Area.objects.current().at(Level.REGION).with_names()
            choices = [(f"area:{area.pk}", area.label()) for area in regions]
            choices.append((NONE_OF_THESE, _("I do not know")))
            self["pick"].label = _("We do not know this place. In which region is it?")
        self.fields["pick"].widget.choices = choices
        self.fields["pick"].required = True
        self._put("place_asked", text)
        self.add_error("pick", words)

    def _put(self, name: str, value: str) -> None:
        self.data[name] = value  # type: ignore[index]  # a mutable copy, made in __init__

    # --- What the cleaned answers mean ------------------------------------------------------------------------------

    def day_and_precision(self) -> tuple[Any, str]:
        """The day that was meant, and how exactly it is known. "In the last 7 days" is today, to the week."""
        data, today = self.cleaned_data, timezone.localdate()
        if data.get("day") is not None:
            return data["day"], TimePrecision.DAY
        if data["when"] == THIS_WEEK:
            return today, TimePrecision.WEEK
        return {TODAY: today, YESTERDAY: today - timedelta(days=1)}.get(data["when"]), TimePrecision.DAY


def _label(candidate: Candidate) -> str:
    """A place in words. Its division is told only where it is not today's."""
    return candidate.label.rpartition(" – ")[0] if candidate.is_current else candidate.label


class CodeForm(forms.Form):
    """The code of a receipt, as typed. Nothing here says whether a code is right."""

    code = WordsField(
        label=_("Your code"),
        longest=100,
        help_text=_("16 digits, as on your receipt."),
        error_messages={"required": _("Write your code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class AdditionForm(forms.Form):
    """Words added to a report later."""

    text = WordsField(
        label=pgettext_lazy("report", "Add something"),
        longest=LONGEST_TEXT,
        help_text=_("What changed, or what you forgot. Never write where forces are or where they go."),
        error_messages={"required": _("Write what you want to add.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class EraseForm(CodeForm):
    """The code again, and a plain yes."""

    sure = forms.BooleanField(
        label=_("Yes, erase everything I said here"),
        error_messages={"required": _("Tick the box if you really want to erase it.")},
    )


class ProxyForm(ReportForm):
    """A report that somebody enters for the person who says it."""

    way = forms.ChoiceField(
        label=_("How did the person come to you?"),
        widget=forms.RadioSelect,
        choices=[(value, label) for value, label in Way.choices if value != Way.PROGRAM],
        error_messages={
            "required": _("Say how the person came to you."),
            "invalid_choice": _("Choose one of these answers."),
        },
    )

    def __init__(
        self, data: QueryDict | None = None, *, signed_in: bool = True, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, signed_in=signed_in, initial=initial)
        # The account is of who enters, not of who reports.
        for name in ("call_me", "without_account"):
            self.fields.pop(name, None)
        self.fields["what"].label = _("What is happening, in their words?")
        self.fields["phone"].label = _("Their number")
        self.fields["name"].label = _("Their name")
        self.fields["no_contact"].label = _("They do not want to be contacted again")
        self.fields["no_contact"].help_text = ""
        self.fields["words"].label = _("What happened, in their own words")
        self.fields["how"].label = _("How do they know?")
