"""Forms of the account pages: settings, invitations, people, keys for programs."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.db.models import Case, F, IntegerField, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.accounts.fields import PhoneField
from orgs.models import Area, Channel, Language, Level, Organisation, Role, User
from orgs.models.areas import words_of
from orgs.policy import Viewer
from orgs.services.tokens import LONGEST_DAYS

SIGNS_IN, IS_TOLD = "signs_in", "is_told"
_DEPTH = Case(
    When(level=Level.COUNTRY, then=Value(0)),
    When(level=Level.REGION, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def area_choices(viewer: Viewer) -> list[tuple[str, list[tuple[int, str]]]]:
    """The areas in which this person may give posts, under their régions."""
    areas = (
        access.areas_to_give(viewer)
        .select_related("region")
        .defer("geometry", "region__geometry")
        .exclude(level=Level.ARRONDISSEMENT)
        .order_by(F("region__name_key").asc(nulls_first=True), _DEPTH, "name_key")
    )
    return [
        (region, [(area.pk, words_of(area)) for area in group]) for region, group in groupby(areas, key=_name_of_region)
    ]


def _name_of_region(area: Area) -> str:
    return words_of(area.region) if area.region else gettext("Whole country")


class AreaChoices(forms.CheckboxSelectMultiple):
    """Boxes to tick, folded up by région; works without scripts."""

    template_name = "forms/widgets/areas.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Unfold the régions in which something is ticked, and the only one."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        groups = context["widget"]["optgroups"]
        context["widget"]["unfolded"] = [
            group for group, options, _index in groups if len(groups) == 1 or any(o["selected"] for o in options)
        ]
        return context


class PersonForm(forms.Form):
    """Somebody new: who they are, what they do and where, how they are reached."""

    name = forms.CharField(label=_("Name"), max_length=120)
    how = forms.ChoiceField(
        label=_("What they do here"),
        choices=[
            (SIGNS_IN, _("They sign in: we send them a link")),
            (IS_TOLD, _("They are only told things: no account, no password")),
        ],
        initial=SIGNS_IN,
        widget=forms.RadioSelect,
    )
    role = forms.ChoiceField(label=_("Role"))
    organisation: "forms.ModelChoiceField[Organisation]" = forms.ModelChoiceField(
        label=_("Organisation"), queryset=None, required=False, empty_label=_("None")
    )
    areas = forms.TypedMultipleChoiceField(
        label=_("Areas"),
        coerce=int,
        required=False,
        help_text=_("Each area counts with all that lies in it. Open a region to choose cercles."),
        widget=AreaChoices,
    )
    channel = forms.ChoiceField(
        label=_("How we reach them"),
        choices=[(Channel.EMAIL, _("E-mail")), (Channel.SMS, _("SMS")), (Channel.CALL, _("Phone call"))],
        widget=forms.RadioSelect,
        initial=Channel.EMAIL,
    )
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    phone = PhoneField(required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.FRENCH)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Role.choices)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((role, labels[role]) for role in access.roles_to_give(viewer)),
        ]
        self.fields["organisation"].queryset = access.ORGANISATIONS.rows(viewer)  # type: ignore[attr-defined]
        self.fields["areas"].choices = area_choices(viewer)  # type: ignore[attr-defined]
        self._areas_to_give = access.areas_to_give(viewer)

    def clean_areas(self) -> list[Area]:
        """The areas themselves."""
        return list(self._areas_to_give.filter(pk__in=self.cleaned_data["areas"]))

    def clean(self) -> dict[str, Any]:
        """An invitation is a link: it cannot be sent by a phone call."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("how") == SIGNS_IN and cleaned.get("channel") == Channel.CALL:
            self.add_error("channel", _("A link cannot be sent by a phone call: choose e-mail or SMS."))
        return cleaned


class SettingsForm(forms.Form):
    """How a person is named and written to."""

    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language of messages"), choices=Language.choices)


class PasswordForm(forms.Form):
    """A first password, twice."""

    password1 = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters. Several words that only you put together are best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password1(self) -> str:
        """Hold it to the rules."""
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        return cleaned


class FirstAdministratorForm(PasswordForm):
    """The first administrator of an installation."""

    field_order = ("name", "email", "password1", "password2")
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Your e-mail address"), max_length=254)


class TokenForm(forms.Form):
    """A key for a program."""

    label = forms.CharField(
        label=_("What is the key for?"), max_length=80, help_text=_("For example: nightly export to our spreadsheet.")
    )
    days = forms.IntegerField(
        label=_("For how many days?"), min_value=1, max_value=LONGEST_DAYS, initial=90, widget=forms.NumberInput
    )
