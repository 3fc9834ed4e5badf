"""Forms of the page on which a person says how they are told, and of the page of those who run the ways out."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orgs.models import SENDING, Channel, User
from orgs.services.channels import ALONE

SERVICES = ("signal", "signals", "whatsapp", "tgram", "matrix", "matrixs")


class WaysForm(forms.Form):
    """The order of a person's ways: the first, then what comes when that leads nowhere."""

    def __init__(self, *args: Any, person: User, available: Sequence[str], ways: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Channel.choices)
        order = (Channel.PUSH, Channel.SMS, Channel.EMAIL, Channel.WEBHOOK, Channel.NOTICE)
        sending = [(str(way), labels[way]) for way in order if way in available or way in ways]
        alone = [(str(way), labels[way]) for way in ALONE]
        for place in range(1, max(len(sending), 1) + 1):
            self.fields[f"way{place}"] = forms.ChoiceField(
                label=_("First") if place == 1 else _("If that leads nowhere") if place == 2 else _("And then"),
                choices=[*sending, *alone] if place == 1 else [("", _("nothing more")), *sending],
                required=place == 1,
                initial=ways[place - 1] if place <= len(ways) else "",
            )

    @property
    def chosen(self) -> list[str]:
        """The ways in their order; a gap is closed."""
        return [way for name, way in self.cleaned_data.items() if name.startswith("way") and way]

    def clean(self) -> dict[str, Any]:
        """Each way once."""
        cleaned = super().clean() or self.cleaned_data
        seen: set[str] = set()
        for name, way in list(cleaned.items()):
            if way and way in seen:
                self.add_error(name, _("This way stands further up already."))
            seen.add(way)
        return cleaned


class PushForm(forms.Form):
    """What a browser gives when notices are allowed; filled in by the page's script."""

    endpoint = forms.CharField(max_length=2000)
    p256dh = forms.CharField(max_length=200)
    auth = forms.CharField(max_length=60)
    label = forms.CharField(max_length=80)


class ProgramForm(forms.Form):
    """A program of an organisation."""

    prefix = "program"
    label = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("By which you know it again, for example: radio of Mopti.")
    )
    url = forms.CharField(
        label=_("Address of the program"),
        max_length=2000,
        help_text=_("It begins with https://"),
        widget=forms.URLInput,
    )


class NoticeForm(forms.Form):
    """An account at another service."""

    prefix = "notice"
    label = forms.CharField(label=_("Name"), max_length=80, help_text=_("For example: my Signal."))
    url = forms.CharField(label=_("Address of the account"), max_length=2000)


class TestForm(forms.Form):
    """One way that is to be tried."""

    channel = forms.ChoiceField(choices=[(str(way), way.label) for way in SENDING])
    address = forms.IntegerField(required=False, min_value=1)


class TermsForm(forms.Form):
    """What a way out costs and how much of it there is."""

    price = forms.DecimalField(
        label=_("Price of one SMS part"), required=False, min_value=0, max_digits=9, decimal_places=3
    )
    currency = forms.CharField(label=_("Currency"), required=False, max_length=8)
    per_minute = forms.IntegerField(
        label=_("Messages a minute, at most"),
        required=False,
        min_value=1,
        help_text=_("What your gateway allows. Empty: no limit."),
    )
