"""Phone numbers in the one form in which they are kept: E.164 (+22370123456)."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

HOME_REGION = "ML"


def normal_phone(text: str) -> str:
    """The E.164 form of a number as people type it ("70 12 34 56", "00223 70.12.34.56", "+223-70123456").

    A number without a country is a Malian one. Raises ``ValidationError`` for what cannot be a phone number.
    """
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(
            _("This is not a phone number. Type it like this: 70 12 34 56, or +221 … for another country."),
            code="invalid_phone",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
