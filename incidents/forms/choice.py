"""Forms of subscriptions, rules and hours."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from incidents.access.choice import TOLD_ROLES
from incidents.choosing import areas_to_choose, neighbours_are_known, organisations_to_rule, types_to_choose
from incidents.models import IncidentType, Sending, Severity, Subscription
from incidents.services.subscriptions import Wanted
from incidents.services.wishes import LEAST_FIRST
from orgs.accounts.pages import AreaChoices
from orgs.models import Area, Organisation, Role, TimeZone
from orgs.models.areas import words_of
from orgs.policy import Viewer
from orgs.presentation.forms import DayInput
from orgs.services.hours import LARGEST_CAP, Hours

DAYS = [(str(number + 1), name) for number, name in WEEKDAYS.items()]


def area_groups(areas: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    """Areas as choices, under their régions."""
    return [
        (region, [(area.pk, words_of(area)) for area in group])
        for region, group in groupby(areas, key=lambda area: words_of(area.region or area))
    ]


class ClockInput(forms.TimeInput):
    """An hour, by the phone's own clock."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class AreasAndTypes(forms.Form):
    """Where and what; for subscriptions and for rosters."""

    areas = forms.TypedMultipleChoiceField(
        label=_("Areas"),
        coerce=int,
        required=False,
        widget=AreaChoices,
        help_text=_("Each area counts with everything inside it. None: the whole country."),
    )
    types = forms.ModelMultipleChoiceField(
        label=_("Types of incident"),
        queryset=IncidentType.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: every type."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {area.pk: area for area in areas_to_choose(viewer)}
        self.fields["areas"].choices = area_groups(self.known.values())  # type: ignore[attr-defined]
        types = self.fields["types"]
        types.queryset = types_to_choose()  # type: ignore[attr-defined]
        types.label_from_instance = lambda one: one.label  # type: ignore[attr-defined]

    def chosen_areas(self) -> list[Area]:
        """The areas that were ticked."""
        return [self.known[key] for key in self.cleaned_data["areas"]]


class SubscriptionForm(AreasAndTypes):
    """What somebody wishes to be told of."""

    with_neighbours = forms.BooleanField(label=_("Also the areas beside them"), required=False)
    min_severity = forms.ChoiceField(
        label=_("From this severity"),
        choices=[
            (level, _("Every severity") if level == Severity.UNKNOWN else Severity(level).label)
            for level in LEAST_FIRST
        ],
    )
    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        choices=DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: every day."),
    )
    from_time = forms.TimeField(label=_("From"), required=False, widget=ClockInput)
    to_time = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=ClockInput,
        help_text=_("By your own clock. From 20:00 until 06:00 means the night. Empty: at any hour."),
    )
    sending = forms.ChoiceField(
        label=_("How"),
        choices=Sending.choices,
        widget=forms.RadioSelect,
        initial=Sending.EACH,
        help_text=_("What is severe or extreme always comes at once."),
    )
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=None
    )
    role = forms.ChoiceField(label=_("For its people in this role"), required=False)
    field_order = [
        "organisation",
        "role",
        "areas",
        "with_neighbours",
        "types",
        "min_severity",
        "days",
        "from_time",
        "to_time",
        "sending",
    ]

    def __init__(
        self, *args: Any, viewer: Viewer, rule: bool = False, row: Subscription | None = None, **kwargs: Any
    ) -> None:
        if row is not None:
            kwargs["initial"] = _initial_of(row)
        super().__init__(*args, viewer=viewer, **kwargs)
        if not neighbours_are_known():
            self.fields["with_neighbours"].help_text = _now(
                "Which areas lie beside each other is not known yet: an administrator must load their shapes first."
            )
        if not rule:
            del self.fields["organisation"], self.fields["role"]
            return
        self.fields["organisation"].queryset = organisations_to_rule(viewer)  # type: ignore[attr-defined]
        roles = [(str(role), Role(role).label) for role in TOLD_ROLES if role != Role.OVERSIGHT]
        self.fields["role"].choices = [("", _now("Everybody")), *roles]  # type: ignore[attr-defined]
        if row is not None:
            del self.fields["organisation"]

    def wanted(self) -> Wanted:
        """What was filled in."""
        data = self.cleaned_data
        return Wanted(
            areas=self.chosen_areas(),
            with_neighbours=data["with_neighbours"],
            types=list(data["types"]),
            min_severity=data["min_severity"],
            days=data["days"],
            from_time=data["from_time"],
            to_time=data["to_time"],
            sending=data["sending"],
        )


def _initial_of(row: Subscription) -> dict[str, Any]:
    names = ("with_neighbours", "min_severity", "from_time", "to_time", "sending", "role")
    return {
        **{name: getattr(row, name) for name in names},
        "days": [str(day) for day in row.days],
        "areas": [area.pk for area in row.areas.all()],
        "types": list(row.types.all()),
    }


class PauseForm(forms.Form):
    """Until when; empty for until it is taken up again."""

    until = forms.DateField(label=_("Paused until (empty: until I take it up again)"), required=False, widget=DayInput)


class HoursForm(forms.Form):
    """When a person may be told of things."""

    time_zone = forms.ChoiceField(label=_("Your clock"), choices=TimeZone.choices)
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=ClockInput)
    quiet_to = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=ClockInput,
        help_text=_("What comes in between waits for the end. Severe and extreme alerts always come through."),
    )
    hour_cap = forms.IntegerField(
        label=_("Messages in an hour at most"),
        min_value=1,
        max_value=LARGEST_CAP,
        help_text=_("What is more comes in one message at the end of the hour. Extreme alerts always come at once."),
    )
    wants_digest = forms.BooleanField(
        label=_("Send me a digest"),
        required=False,
        help_text=_("Without it, small things are in your inbox only."),
    )
    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the digest"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )

    def hours(self) -> Hours:
        """What was filled in."""
        return Hours(**self.cleaned_data)
