"""Form fields for addresses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from orgs.phones import normal_phone


class PhoneField(forms.CharField):
    """A phone number in any form; gives E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number"))
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Give the number in its one form, nothing for nothing."""
        typed = str(super().clean(value))
        return normal_phone(typed) if typed else ""


class AddressField(forms.CharField):
    """An e-mail address or a phone number; gives small letters or E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail address or phone number"))
        kwargs.setdefault("max_length", 254)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Give the address in the form in which it is looked up."""
        return normal_address(str(super().clean(value)))


def normal_address(typed: str) -> str:
    """The form in which an address is looked up. Raises ``ValidationError`` for what is neither."""
    if "@" not in typed:
        return normal_phone(typed)
    address = typed.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError(_("This is not an e-mail address. It looks like name@example.org.")) from None
    return address
