"""Forms of ladders: a plan with its steps on one page, the choice for one alert, stopping, the last call."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from incidents.access import AUDIENCE_ROLES, LADDERS
from incidents.forms.fields import PhoneField
from incidents.models import Alert, Audience, CallOutcome, IncidentType, Ladder, LadderStep, Severity, Who
from incidents.services.ladder_plans import (
    LONGEST_NAME,
    LONGEST_RESUME,
    LONGEST_WAIT,
    LONGEST_WORDS,
    MOST_STEPS,
    Rung,
    Wanted,
)
from orgs.access import MEMBERSHIPS, ORGANISATIONS
from orgs.models import NETWORK_ROLES, Area, Level, Organisation, OrganisationKind, Role, User
from orgs.models.areas import name_key, words_of
from orgs.policy import OwnAreas, Viewer

TOLD_STEPS = MOST_STEPS - 1
MOST_NAMES = 500
_LEVELS = (Level.COUNTRY, Level.REGION, Level.CERCLE)
TOLD_AUDIENCES = [choice for choice in Audience.choices if choice[0] in AUDIENCE_ROLES]
TOLD_ROLES = (Role.LIAISON, Role.COORDINATOR, Role.OVERSIGHT, *NETWORK_ROLES)


def areas_kept(viewer: Viewer) -> Any:
    """The areas for which this coordinator may keep a ladder: from the whole country down to cercles, or communes."""
    posts = viewer.posts_as((Role.COORDINATOR,))
    inside = OwnAreas().rows(viewer, posts)
    areas = Area.objects.current().with_names()
    if inside is None:
        return areas.none()
    wide = any(post.nationwide or post.region_ids for post in posts)
    levels = _LEVELS if wide else (*_LEVELS, Level.COMMUNE)
    return areas.filter(inside, level__in=levels).order_by("level", "name_key")


def people_to_name(viewer: Viewer) -> Any:
    """The people of a coordinator's areas who may be named in a step."""
    posts = MEMBERSHIPS.rows(viewer).filter(role__in=TOLD_ROLES, person__is_active=True)
    return User.objects.active().filter(pk__in=posts.values("person"))


class LadderForm(forms.Form):
    """What a ladder stands for."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    area = forms.ModelChoiceField(queryset=Area.objects.none(), label=_("Area"))
    types = forms.ModelMultipleChoiceField(
        queryset=IncidentType.objects.none(),
        label=_("Types"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all types."),
    )
    severity = forms.ChoiceField(
        label=_("From this severity on"),
        choices=[(value, label) for value, label in reversed(Severity.choices)],
        initial=Severity.UNKNOWN,
    )
    resume_after = forms.IntegerField(
        label=_("Goes on after so many hours"),
        required=False,
        min_value=1,
        max_value=LONGEST_RESUME,
        help_text=_("After an answer the ladder rests. If nobody says that it is done, it goes on after these hours."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["area"]
        area.queryset, area.label_from_instance = areas_kept(viewer), words_of
        types: Any = self.fields["types"]
        types.queryset, types.label_from_instance = IncidentType.objects.filter(is_active=True), _label_of_type

    def wanted(self, rungs: list[Rung]) -> Wanted:
        """The ladder that was described."""
        data = self.cleaned_data
        return Wanted(
            name=data["name"],
            area=data["area"],
            types=list(data["types"]),
            severity=data["severity"],
            resume_after=data["resume_after"],
            is_active=data["is_active"],
            rungs=rungs,
        )


def _label_of_type(kind: IncidentType) -> str:
    return kind.label


class RungForm(forms.Form):
    """One step that tells people. Empty: there is no such step."""

    wait = forms.IntegerField(
        label=_("Wait so many minutes"), required=False, min_value=1, max_value=LONGEST_WAIT, initial=15
    )
    audience = forms.ChoiceField(label=_("Then tell"), required=False)
    who = forms.ChoiceField(label=_("Of these"), choices=Who.choices, required=False, initial=Who.ALL)
    role = forms.ChoiceField(label=_("Role"), required=False)
    area = forms.CharField(label=_("Area"), required=False, max_length=120, help_text=_("Empty: everywhere."))
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind of organisation"), required=False)
    person = forms.CharField(label=_("One person"), required=False, max_length=120)

    def __init__(self, *args: Any, viewer: Viewer, number: int, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"s{number}")
        # A browser sends the wait of a step that nobody described; alone it makes no step.
        super().__init__(*args, **kwargs)
        self.viewer, self.number = viewer, number
        anybody = ("", _now("Any"))
        fields: Any = self.fields
        fields["audience"].choices = [("", _now("– no further step –")), *TOLD_AUDIENCES]
        fields["role"].choices = [anybody, *((role, role.label) for role in TOLD_ROLES)]
        fields["kind"].choices = [anybody, *OrganisationKind.choices]
        for name, shared in (("area", "areas"), ("organisation", "organisations"), ("person", "people")):
            fields[name].widget.attrs["list"] = f"ladder-{shared}"

    def clean_area(self) -> Area | None:
        """An area by its name, as the list shows it."""
        said = self.cleaned_data["area"]
        if not said:
            return None
        found = [area for area in steps_areas() if name_key(words_of(area)) == name_key(said)]
        if not found:
            found = list(Area.objects.current().filter(level__in=_LEVELS, name_key=name_key(said)).with_names())
        area: Area = _one(found)
        return area

    def clean_organisation(self) -> Organisation | None:
        """An organisation by its name."""
        said = self.cleaned_data["organisation"]
        return _one(list(ORGANISATIONS.rows(self.viewer).filter(name_key=name_key(said))[:2])) if said else None

    def clean_person(self) -> User | None:
        """A person of the coordinator's areas by their name."""
        said = self.cleaned_data["person"]
        return _one(list(people_to_name(self.viewer).filter(name__iexact=said)[:2])) if said else None

    def clean(self) -> dict[str, Any]:
        """A step that says whom must say how long to wait; one that says anything must say whom."""
        data = super().clean() or self.cleaned_data
        if self.is_described and not data.get("wait") and "wait" not in self.errors:
            self.add_error("wait", ValidationError(_("Say how many minutes to wait.")))
        if not self.is_described and any(data.get(name) for name in ("area", "organisation", "person", "role", "kind")):
            self.add_error("audience", ValidationError(_("Say who is told.")))
        if data.get("audience") == Audience.ORGANISATION and not data.get("organisation"):
            self.add_error("organisation", ValidationError(_("Say which organisation is concerned.")))
        return data

    @property
    def is_described(self) -> bool:
        """Whether there is such a step."""
        return bool(self.cleaned_data.get("audience"))

    def rung(self) -> Rung:
        """The step that was described."""
        data = self.cleaned_data
        return Rung(
            wait=data["wait"],
            audience=data["audience"],
            role=data["role"],
            area=data["area"],
            organisation=data["organisation"],
            kind=data["kind"],
            person=data["person"],
            who=data["who"] or Who.ALL,
        )


def _one(found: list[Any]) -> Any:
    if len(found) != 1:
        raise ValidationError(_("Choose a name from the list.") if not found else _("Several have this name."))
    return found[0]


def steps_areas() -> list[Area]:
    """The areas that a step may name: the country, régions, cercles."""
    return list(Area.objects.current().filter(level__in=_LEVELS).with_names().order_by("level", "name_key"))


class LastCallForm(forms.Form):
    """Who is called when nobody has answered any step."""

    wait = forms.IntegerField(
        label=_("Wait so many minutes"), required=False, min_value=1, max_value=LONGEST_WAIT, initial=30
    )
    call_name = forms.CharField(label=_("Then a coordinator calls"), required=False, max_length=LONGEST_NAME)
    call_phone = PhoneField(label=_("Phone number"), required=False)
    call_words = forms.CharField(
        label=_("What to say"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of victims, never where forces are or where they go."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "last")
        super().__init__(*args, **kwargs)

    @property
    def is_described(self) -> bool:
        """Whether somebody is to be called."""
        data = self.cleaned_data
        return bool(data.get("call_name") or data.get("call_phone") or data.get("call_words"))

    def rung(self) -> Rung:
        """The step that was described."""
        data = self.cleaned_data
        return Rung(
            wait=data["wait"] or 0,
            call_name=data["call_name"] or " ",
            call_phone=data["call_phone"],
            call_words=data["call_words"],
        )


def values_of(ladder: Ladder) -> dict[str, Any]:
    """What the form of a ladder holds at first."""
    return {
        "name": ladder.name,
        "area": ladder.area_id,
        "types": [kind.pk for kind in ladder.types.all()],
        "severity": ladder.severity,
        "resume_after": ladder.resume_after,
        "is_active": ladder.is_active,
        "version": ladder.version,
    }


def values_of_step(step: LadderStep) -> dict[str, Any]:
    """What the form of a step holds at first."""
    if step.is_call:
        return {name: getattr(step, name) for name in ("wait", "call_name", "call_phone", "call_words")}
    return {
        **{name: getattr(step, name) for name in ("wait", "audience", "who", "role", "kind")},
        "area": words_of(step.area) if step.area else "",
        "organisation": step.organisation.name if step.organisation else "",
        "person": step.person.name if step.person else "",
    }


class TryForm(forms.Form):
    """An alert that might be."""

    type = forms.ModelChoiceField(queryset=IncidentType.objects.none(), label=_("Type"))
    area = forms.ModelChoiceField(queryset=Area.objects.none(), label=_("Area"))
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.SEVERE)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["type"]
        kind.queryset, kind.label_from_instance = IncidentType.objects.filter(is_active=True), _label_of_type
        area: Any = self.fields["area"]
        area.queryset, area.label_from_instance = areas_kept(viewer), words_of


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ChoiceForm(ReasonForm):
    """Which ladder a draft gets, and why not the one that fits best."""

    ladder = forms.ChoiceField(label=_("Ladder"), widget=forms.RadioSelect)
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["ladder", "reason", "version"]

    NONE = "none"
    BEST = "best"

    def __init__(self, *args: Any, viewer: Viewer, alert: Alert, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = {str(row.pk): row for row in LADDERS.rows(viewer).filter(is_active=True)}
        choices = [(self.BEST, _now("The one that fits best")), *((pk, row.name) for pk, row in self.found.items())]
        ladder: Any = self.fields["ladder"]
        ladder.choices = [*choices, (self.NONE, _now("None: nobody else is told"))]
        self.fields["reason"].required = self.data.get("ladder") != self.BEST
        self.fields["reason"].help_text = _now("Not needed for the one that fits best.")


class CallNoteForm(forms.Form):
    """What came of the call at the end."""

    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=[choice for choice in CallOutcome.choices if choice[0]]
    )
    note = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Never write where forces are or where they go."),
    )
