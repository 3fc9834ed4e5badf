"""The form by which a phone gets its credentials."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.access.doors import organisations_for_devices
from incidents.forms.fields import WordsField
from incidents.services.doors import LONGEST_LABEL
from orgs.access import people_listed
from orgs.models import User
from orgs.policy import Viewer

MOST_CHOICES = 1000


class DeviceForm(forms.Form):
    """Which phone, of which organisation, and whose if it is one person's."""

    label = WordsField(
        label=_("Which phone?"),
        longest=LONGEST_LABEL,
        help_text=_("By what you know it again, for example “Koro office, blue phone”. Never the name of a person."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write by what you know this phone again.")},
    )
    organisation: Any = forms.ModelChoiceField(
        label=_("Of which organisation?"),
        queryset=None,
        error_messages={
            "required": _("Choose the organisation."),
            "invalid_choice": _("Choose an organisation of your areas."),
        },
    )
    person = forms.ChoiceField(
        label=_("Only one person’s?"),
        required=False,
        help_text=_("What this phone sends then stands in their own list of reports. Who it is stays sealed."),
        error_messages={"invalid_choice": _("Choose somebody of the list.")},
    )

    def __init__(self, data: Any = None, *, viewer: Viewer) -> None:
        super().__init__(data)
        organisations = organisations_for_devices(viewer).order_by("name_key", "pk").only("name", "acronym")
        self.fields["organisation"].queryset = organisations[:MOST_CHOICES] if data is None else organisations  # type: ignore[attr-defined]
        posts = people_listed(viewer).filter(organisation__in=organisations_for_devices(viewer).values("pk"))
        named = posts.order_by("person__name", "pk").values_list("person", "person__name", "organisation__name")
        people = {str(pk): f"{name} – {where}" for pk, name, where in named[:MOST_CHOICES]}
        self.fields["person"].choices = [("", _("No, several people use it")), *people.items()]  # type: ignore[attr-defined]

    def clean_person(self) -> User | None:
        """The person behind the choice."""
        chosen = self.cleaned_data["person"]
        return User.objects.filter(pk=int(chosen)).first() if chosen else None
