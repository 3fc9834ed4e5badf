"""What a session proposes, one a line; a priority in words; a rating round."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.grouping import themes
from dialogues.models import MOST_SLIPS, Group, RatingMethod
from incidents.forms.fields import WordsField


class LinesForm(forms.Form):
    """Proposals of a session, one a line."""

    lines = WordsField(
        label=_("Proposals, one a line"),
        longest=40_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("As it was said, in one sentence. No names. Never write where forces are or where they go."),
        error_messages={"required": _("Write at least one proposal.")},
    )
    theme = forms.ChoiceField(
        label=_("Theme"), required=False, help_text=_("Only if all of these lines are about the same theme.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["theme"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *themes().items()]

    def clean_lines(self) -> list[str]:
        """The lines that hold something."""
        return [line.lstrip("-–•* \t") for line in self.cleaned_data["lines"].split("\n") if line.strip()]


class PriorityForm(forms.Form):
    """A priority in words."""

    title = WordsField(
        label=_("What is to be done"),
        longest=200,
        widget=forms.TextInput,
        help_text=_("A few words that a hall can read from the last row."),
        error_messages={"required": _("Write what is to be done, in a few words.")},
    )
    words = WordsField(label=_("In more words"), longest=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    theme = WordsField(
        label=_("Theme"),
        longest=100,
        required=False,
        widget=forms.TextInput,
        help_text=_("Priorities of the same theme stand together."),
    )


class RoundForm(forms.Form):
    """A rating round: what is rated, where, and how."""

    title = WordsField(label=_("Title"), longest=200, widget=forms.TextInput)
    method = forms.ChoiceField(
        label=_("How is it rated?"),
        choices=RatingMethod.choices,
        widget=forms.RadioSelect,
        help_text=_("One round has one way. The two are never mixed."),
        error_messages={"required": _("Choose one answer.")},
    )
    slips = forms.IntegerField(
        label=_("How many slips, each with a code for one person?"),
        help_text=_(
            "For phones, if nobody shall rate twice: you print the slips, people draw them, each lets one phone rate. "
            "Left empty, there is one code on the screen for everybody."
        ),
        required=False,
        min_value=0,
        max_value=MOST_SLIPS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )
    session = forms.ChoiceField(label=_("In which session?"), required=False)
    priorities = forms.MultipleChoiceField(
        label=_("What is rated?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one priority.")},
    )

    def __init__(
        self, data: Any, *, sessions: list[tuple[int, str]], priorities: list[tuple[int, str]], **options: Any
    ) -> None:
        super().__init__(data, initial={"priorities": [pk for pk, _title in priorities]}, **options)
        for name, choices in (("session", [("", "–"), *sessions]), ("priorities", priorities)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


class DissentForm(forms.Form):
    """Who does not agree with how a priority was rated."""

    item = forms.ChoiceField(label=_("On which priority?"))
    group = forms.ChoiceField(
        label=_("Who does not agree?"), choices=Group.choices, help_text=_("A group, never a name.")
    )
    words = WordsField(label=_("What they say"), longest=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any, *, items: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["item"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = items


class MoreSlipsForm(forms.Form):
    """How many more slips a round needs."""

    number = forms.IntegerField(
        label=_("How many more?"),
        min_value=1,
        max_value=MOST_SLIPS,
        error_messages={"required": _("Write a number.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )


class RoundCodeForm(forms.Form):
    """The code of a round, as it is typed from the screen in the hall."""

    code = WordsField(
        label=pgettext_lazy("rating", "The code on the screen or on your slip"),
        longest=40,
        help_text=_("6 digits on the screen, 8 on a slip."),
        error_messages={"required": _("Write the code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )
