"""Forms of duty rosters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.choice import DAYS, AreasAndTypes, ClockInput
from incidents.models import DutyRoster
from incidents.rosters import organisations_for
from incidents.services.rosters import RosterSaid, people_for
from orgs.models import HOME_ZONE, Organisation, TimeZone, User
from orgs.policy import Viewer
from orgs.presentation.forms import DayInput


class RosterForm(AreasAndTypes):
    """What a roster is for."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("For instance “Nights in Koro”. Never write where forces are or where they go."),
    )
    organisation = forms.ModelChoiceField(
        label=_("Service or organisation"), queryset=Organisation.objects.none(), empty_label=None
    )
    time_zone = forms.ChoiceField(label=_("Clock"), choices=TimeZone.choices, initial=HOME_ZONE)
    field_order = ["name", "organisation", "areas", "types", "time_zone"]

    def __init__(self, *args: Any, viewer: Viewer, roster: DutyRoster | None = None, **kwargs: Any) -> None:
        if roster is not None:
            kwargs["initial"] = {
                "name": roster.name,
                "time_zone": roster.time_zone,
                "areas": [area.pk for area in roster.areas.all()],
                "types": list(roster.types.all()),
            }
        super().__init__(*args, viewer=viewer, **kwargs)
        areas = self.fields["areas"]
        areas.required, areas.help_text = True, _("For which areas they answer.")
        if roster is None:
            self.fields["organisation"].queryset = organisations_for(viewer)  # type: ignore[attr-defined]
        else:
            del self.fields["organisation"]

    def said(self) -> RosterSaid:
        """What was filled in."""
        data = self.cleaned_data
        return RosterSaid(data["name"], self.chosen_areas(), list(data["types"]), data["time_zone"])


class OfTheRoster(forms.Form):
    """Somebody of the roster's own people."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, roster: DutyRoster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_for(roster)
        person = self.fields["person"]
        person.queryset = User.objects.filter(pk__in=[one.pk for one in people]).order_by("name")  # type: ignore[attr-defined]
        person.label_from_instance = lambda one: one.name  # type: ignore[attr-defined]
        person.choices = [(one.pk, one.name) for one in people]  # type: ignore[attr-defined]


class ShiftForm(OfTheRoster):
    """Who is on duty when: every week, or once."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Every week on"), coerce=int, choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    on_date = forms.DateField(label=_("Or once, on this day"), required=False, widget=DayInput)
    from_time = forms.TimeField(label=_("From"), widget=ClockInput)
    to_time = forms.TimeField(
        label=_("Until"), widget=ClockInput, help_text=_("From 20:00 until 06:00 ends on the next morning.")
    )
    first_day = forms.DateField(label=_("First day"), required=False, widget=DayInput)
    last_day = forms.DateField(label=_("Last day"), required=False, widget=DayInput)
    field_order = ["person", "weekdays", "on_date", "from_time", "to_time", "first_day", "last_day"]


class ReplaceForm(OfTheRoster):
    """Who takes a shift on one day, or the rest of one that has begun."""

    shift = forms.IntegerField(widget=forms.HiddenInput)
    on_date = forms.DateField(widget=forms.HiddenInput)
    from_now = forms.BooleanField(widget=forms.HiddenInput, required=False)
