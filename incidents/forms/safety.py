"""The list that a person goes through before an alert goes out. Its fields follow from what was found."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import SafetyChoice, SafetyDecision, SafetyQuestion, WhoChecks
from incidents.models.safety import LONGEST_WORD
from incidents.safety.questions import HINTS
from incidents.services.safety import Standing
from incidents.services.safety_answers import Decided, Given, field_of
from orgs.presentation.forms import MomentInput

_WORD = "_word"
_REASON = "_reason"


def _words(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=LONGEST_WORD, widget=forms.Textarea(attrs={"rows": 2})
    )


class SafetyForm(forms.Form):
    """Questions, and a decision on each thing found. What this person answered and what still holds is filled in."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    incident_version = forms.IntegerField(widget=forms.HiddenInput)
    words_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        subject = standing.subject
        kwargs["initial"] = {
            "version": subject.alert.version,
            "incident_version": subject.incident.version,
            "words_hash": subject.hash,
            **kwargs.get("initial", {}),
        }
        kwargs.setdefault("auto_id", "safety_%s")
        super().__init__(*args, **kwargs)
        self.standing = standing
        self.me = standing.viewer_id
        for asked in standing.asked:
            self._ask(asked)
        for met in standing.to_decide:
            self._decide(met)
        if subject.is_rumour:
            self._ask_who_checks()
        if not self.is_bound:
            self._say_what_is_needed()

    def full_clean(self) -> None:
        """What is missing is said by the service, everything at once; the page says beforehand what is needed."""
        super().full_clean()
        self._say_what_is_needed()

    def _say_what_is_needed(self) -> None:
        for name, one in self.fields.items():
            one.required = not name.endswith((_WORD, _REASON))

    def _ask(self, asked: Any) -> None:
        own = asked.answers.get(self.me)
        self.fields[asked.question] = forms.ChoiceField(
            label=SafetyQuestion(asked.question).label,
            help_text=str(HINTS[asked.question]),
            choices=SafetyChoice.choices,
            widget=forms.RadioSelect,
            required=False,
            initial=own.answer if own else None,
        )
        self.fields[asked.question + _WORD] = _words(_("A word on it, where it is not as it should be"))
        self.fields[asked.question + _WORD].initial = own.word if own else ""

    def _decide(self, met: Any) -> None:
        own, name = met.decisions.get(self.me), field_of(met.found.fingerprint)
        self.fields[name] = forms.ChoiceField(
            label=met.found.label,
            choices=SafetyDecision.choices,
            widget=forms.RadioSelect,
            required=False,
            initial=own.decision if own else None,
        )
        self.fields[name + _REASON] = _words(_("Why it goes out all the same"))
        self.fields[name + _REASON].initial = own.reason if own else ""

    def _ask_who_checks(self) -> None:
        own = self.standing.checkers.get(self.me)
        self.fields["who_checks"] = forms.ChoiceField(
            label=_("Who finds out whether it is true?"),
            choices=WhoChecks.choices,
            widget=forms.RadioSelect,
            required=False,
            initial=own.who_checks if own else None,
        )
        self.fields["check_by"] = forms.DateTimeField(
            label=_("By when?"), required=False, widget=MomentInput(), initial=own.check_by if own else None
        )

    # --- For the page --------------------------------------------------------------------------------------------

    def questions(self) -> list[dict[str, Any]]:
        """Each question with its two fields, what others answered, and whether this person has to answer it now."""
        return [
            {
                "field": self[asked.question],
                "word": self[asked.question + _WORD],
                "others": [one for who, one in asked.answers.items() if who != self.me],
                "is_open": self.me not in asked.answers,
            }
            for asked in self.standing.asked
        ]

    def decisions(self) -> list[dict[str, Any]]:
        """The same for what was found."""
        return [
            {
                "found": met.found,
                "field": self[field_of(met.found.fingerprint)],
                "reason": self[field_of(met.found.fingerprint) + _REASON],
                "others": [one for who, one in met.decisions.items() if who != self.me],
                "is_open": self.me not in met.decisions,
            }
            for met in self.standing.to_decide
        ]

    def left_over(self) -> list[str]:
        """Words that were typed for something that is not asked any more: given back, so that they are not lost."""
        return [
            value
            for name, value in self.data.items()
            if name.endswith((_REASON, _WORD)) and name not in self.fields and str(value).strip()
        ]

    # --- For the service -----------------------------------------------------------------------------------------

    def answers(self) -> dict[str, Given]:
        """The answers that were given."""
        data = self.cleaned_data
        return {
            asked.question: Given(data[asked.question], data.get(asked.question + _WORD, ""))
            for asked in self.standing.asked
            if data.get(asked.question)
        }

    def decided(self) -> dict[str, Decided]:
        """The decisions that were taken, by fingerprint."""
        data = self.cleaned_data
        return {
            met.found.fingerprint: Decided(data[name], data.get(name + _REASON, ""))
            for met in self.standing.to_decide
            if data.get(name := field_of(met.found.fingerprint))
        }

    def rumour(self) -> dict[str, Any]:
        """Who checks, and by when."""
        check_by: datetime | None = self.cleaned_data.get("check_by")
        return {"who_checks": self.cleaned_data.get("who_checks") or "", "check_by": check_by}
