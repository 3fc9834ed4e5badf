"""Forms for what is sealed beside a session: names, safety notes; and for its photos."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.models import Consent, PaperKind
from dialogues.services.names import LONGEST_NAME
from dialogues.services.safety_notes import LONGEST_NOTE
from dialogues.services.session_papers import LONGEST_CAPTION
from incidents.forms.fields import PastDayField, WordsField

_HOW = {"required": _("Without consent nobody’s name is kept.")}


class NameForm(forms.Form):
    """Somebody who agreed that it be kept that they were there."""

    name = WordsField(label=_("Name"), longest=LONGEST_NAME)
    body = WordsField(label=_("Organisation or function"), longest=LONGEST_NAME, required=False)
    contact = WordsField(
        label=_("Phone or other contact"),
        longest=LONGEST_NAME,
        required=False,
        help_text=_("Only if the person agreed to that too."),
    )
    consent = forms.ChoiceField(
        label=_("How did the person agree?"), choices=Consent.choices, widget=forms.RadioSelect, error_messages=_HOW
    )
    consented_on = PastDayField(label=_("On which day?"))


class TakeBackForm(forms.Form):
    """Somebody who wants that it be forgotten."""

    name = WordsField(label=_("Name, as it was written"), longest=LONGEST_NAME)


class OpenNamesForm(forms.Form):
    """Why somebody opens who was there."""

    reason = WordsField(
        label=_("Why do you need to know who was there?"),
        longest=500,
        help_text=_("It is written down with your name, and oversight reads it. Do not name the person here."),
    )


class SafetyNoteForm(forms.Form):
    """What others must know to keep somebody safe."""

    words = WordsField(
        label=_("What must others know?"),
        longest=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Such as: who must not be seen with whom, what must not be said aloud. Never where forces are or go."
        ),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class PapersField(forms.FileField):
    """Any number of files; what cannot be kept of them is said afterwards."""

    def __init__(self, **options: Any) -> None:
        attrs = {"multiple": True, "accept": "image/*"}
        super().__init__(allow_empty_file=True, widget=_Several(attrs=attrs), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files as they came."""
        found = [one for one in (data if isinstance(data, list) else [data]) if one]
        if not found:
            raise ValidationError(_("Choose at least one photo."), code="required")
        return found


class PapersForm(forms.Form):
    """Photos of a session, or of the pages of its minutes."""

    pictures = PapersField(
        label=_("Photos"), help_text=_("At most 8 MB each. Place and time that the camera wrote are removed.")
    )
    kind = forms.ChoiceField(
        label=_("What do they show?"),
        choices=PaperKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the list.")},
    )
    consent = forms.ChoiceField(
        label=_("Consent of everybody who can be recognised"),
        choices=[("", pgettext_lazy("consent", "It is a page of the minutes")), *Consent.choices],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Photos of a session are kept with consent alone."),
    )
    caption = WordsField(
        label=_("Caption"), longest=LONGEST_CAPTION, required=False, help_text=_("No names of people.")
    )
    in_report = forms.BooleanField(
        label=_("Everybody who can be recognised agreed that it stands in the report too"),
        required=False,
        help_text=_("In the report and its PDF of those who write in this session; others never see it."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["consent"].needed_when = _("needed for a photo of people")  # type: ignore[attr-defined]
