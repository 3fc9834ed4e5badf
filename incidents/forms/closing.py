"""Saying what an alert turned out to be, and choosing a period of the rates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import Truth, WhyClosed
from incidents.models.closings import LONGEST_CLOSING_WORD


class ClosingForm(forms.Form):
    """What it turned out to be, and why it is thought so."""

    truth = forms.ChoiceField(label=_("What did it turn out to be?"), choices=Truth.choices, widget=forms.RadioSelect)
    why = forms.ChoiceField(label=_("Why do you think so?"), choices=[("", ""), *WhyClosed.choices])
    word = forms.CharField(
        label=_("In a word, if you like"),
        required=False,
        max_length=LONGEST_CLOSING_WORD,
        help_text=_("For the coordinators of the area. No names, no numbers, nothing of where forces are."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
