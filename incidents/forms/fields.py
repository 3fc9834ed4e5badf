"""Fields that forgive: whatever a person typed is kept, and said to be wrong in plain words."""

import re
from datetime import date
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.said import EARLIEST, MOST_HARMED, clean_words
from orgs.presentation.forms import DayInput

HOME_COUNTRY = "ML"


class WordsField(forms.Field):
    """Free words of at most ``longest`` characters, cleaned of bytes that nobody can type."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        self.longest = longest
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        """Clean the words."""
        return clean_words(str(value)) if value else ""

    def validate(self, value: str) -> None:
        """Refuse too long a text; it stays in the field."""
        super().validate(value)
        if len(value) > self.longest:
            raise ValidationError(
                _("This text is too long: %(length)d characters. Shorten it to %(longest)d at most."),
                code="too_long",
                params={"length": len(value), "longest": self.longest},
            )


class HeadCountField(forms.Field):
    """How many people: a whole number in any script's digits, or nothing."""

    # Not a number field: it would silently send nothing at all for "3 or 4".
    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "short"})

    def to_python(self, value: Any) -> int | None:
        """Read the number."""
        text = re.sub(r"\s", "", str(value or ""))
        if not text:
            return None
        if not re.fullmatch(r"[+-]?\d{1,18}", text):
            raise ValidationError(_("Write one number, in digits."), code="not_a_number")
        return int(text)

    def validate(self, value: int | None) -> None:
        """Refuse what cannot be a number of people."""
        super().validate(value)
        if value is not None and value < 0:
            raise ValidationError(_("A number of people cannot be below 0."), code="negative")
        if value is not None and value > MOST_HARMED:
            words = _("This number is too large to be true: at most %(most)d.")
            raise ValidationError(words, code="absurd", params={"most": MOST_HARMED})


class DayField(forms.DateField):
    """Any day, typed in figures where the phone has no calendar."""

    widget = DayInput

    def __init__(self, **options: Any) -> None:
        words = _("Write the day in figures: day/month/year.")
        formats = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"]
        super().__init__(input_formats=formats, error_messages={"invalid": words}, **options)


class PastDayField(DayField):
    """A day that has come, not before ``EARLIEST``."""

    def validate(self, value: date | None) -> None:
        """Refuse the future and the distant past."""
        super().validate(value)
        if value is not None and value > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        if value is not None and value < EARLIEST:
            words = _("This day is too long ago: this page takes what happened since %(year)d.")
            raise ValidationError(words, code="past", params={"year": EARLIEST.year})


class PhoneField(forms.Field):
    """A phone number, of Mali unless it begins with + and a country; read to E.164.

    The browser is told not to keep it: phones are shared.
    """

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        """Read the number."""
        text = clean_words(str(value or ""))
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, HOME_COUNTRY)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(_("This phone number is not complete, or has other signs in it."), code="invalid")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
