"""Forms of alerts: whom to tell, what to do, and the answers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from incidents.access import AUDIENCE_ROLES, may_have_rendition, people_who_may_be_told
from incidents.forms.fields import PhoneField
from incidents.models import Audience, DeclineReason, Did, Helped, Incident, Missing, ReplyKind, Who
from incidents.preview import words_of_line
from incidents.services.alerts import LONGEST_INSTRUCTION, Line
from incidents.services.replies import LONGEST_TEXT, CallResult
from orgs.access import ORGANISATIONS
from orgs.models import NETWORK_ROLES, Area, Level, Membership, Organisation, OrganisationKind, Role, User
from orgs.models.areas import words_of
from orgs.policy import Viewer


def areas_of(incident: Incident) -> list[Area]:
    """The areas that hold the place of an incident, the smallest first, and the whole country."""
    ids = [incident.commune_id, incident.cercle_id, incident.region_id]
    found = Area.objects.with_names().in_bulk([area_id for area_id in ids if area_id is not None])
    country = Area.objects.current().filter(level=Level.COUNTRY).with_names()
    return [*(found[area_id] for area_id in ids if area_id is not None), *country]


def suggested_lines(incident: Incident) -> list[Line]:
    """The choices that fit most alerts: first who is on duty and who subscribed, then liaisons and network around the
    place, and the public where it may know."""
    near = [area for area in areas_of(incident) if area.level in (Level.CERCLE, Level.REGION)]
    wanted = [Line(Audience.LIAISON, who=Who.ON_DUTY), Line(Audience.LIAISON, who=Who.SUBSCRIBERS)]
    wanted += [Line(Audience.NETWORK, who=Who.ON_DUTY), Line(Audience.NETWORK, who=Who.SUBSCRIBERS)]
    wanted += [Line(Audience.LIAISON, area=area) for area in near]
    wanted += [Line(Audience.NETWORK, area=area) for area in near]
    wanted.append(Line(Audience.PUBLIC))
    return [line for line in wanted if may_have_rendition(incident, line.audience)]


HOLDS = (
    ("", _("as long as usual for its severity")),
    (6, _("6 hours")),
    (12, _("12 hours")),
    (24, _("24 hours")),
    (48, _("2 days")),
    (72, _("3 days")),
    (168, _("7 days")),
    (336, _("14 days")),
    (720, _("30 days")),
)
"""For how long an alert may be said to hold, in hours."""


class WordsForm(forms.Form):
    """What the reader should do, and whom to call."""

    instruction = forms.CharField(
        label=_("What to do"),
        required=False,
        max_length=LONGEST_INSTRUCTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two short sentences. Never write where forces are or where they go."),
    )
    call_number = PhoneField(
        label=_("Number to call"),
        required=False,
        help_text=_("For those without internet. Needed above TLP:GREEN, where messages carry no content."),
    )
    holds_hours = forms.TypedChoiceField(
        label=_("Holds for"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=HOLDS,
        help_text=_("From its release. When its time is over it stops by itself, and those who had it learn so."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NewAlertForm(WordsForm):
    """A first choice of recipients with the words; everything can be changed on the next page."""

    lines = forms.MultipleChoiceField(
        label=_("Who must know"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "You see the exact numbers on the next page, before anything leaves. You can add other lines there."
        ),
        required=False,
    )
    field_order = ["lines", "instruction", "call_number", "holds_hours", "version"]

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested = {str(number): line for number, line in enumerate(suggested_lines(incident))}
        choices = [(number, f"{_label(line)} · {words_of_line(line)}") for number, line in self.suggested.items()]
        self.fields["lines"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> list[Line]:
        """The lines that were ticked."""
        return [self.suggested[number] for number in self.cleaned_data["lines"]]


def _label(line: Line) -> str:
    return str(Audience(line.audience).label)


class LineForm(forms.Form):
    """One more line of recipients."""

    audience = forms.ChoiceField(label=_("Audience"), choices=Audience.choices)
    area = forms.ModelChoiceField(
        queryset=Area.objects.none(), label=_("Area"), required=False, empty_label=_("Everywhere")
    )
    who = forms.ChoiceField(
        label=_("Of these"),
        choices=Who.choices,
        required=False,
        help_text=_("Subscriptions and rosters are read at the moment of release."),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(), label=_("Organisation"), required=False, empty_label=_("Any")
    )
    kind = forms.ChoiceField(label=_("Kind of organisation"), required=False)
    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("One person"),
        required=False,
        empty_label=_("Everybody whom the rest means"),
        help_text=_("A liaison or a member of an oversight body. Those who may not be told are not in the list."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, incident: Incident, viewer: Viewer, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "line_%s")
        super().__init__(*args, **kwargs)
        allowed = [choice for choice in Audience.choices if may_have_rendition(incident, choice[0])]
        self.fields["audience"].choices = allowed  # type: ignore[attr-defined]
        area = self.fields["area"]
        area.queryset = _areas_to_choose(incident)  # type: ignore[attr-defined]
        area.label_from_instance = words_of  # type: ignore[attr-defined]
        roles = [role for role in Role if role in (Role.LIAISON, Role.OVERSIGHT, Role.COORDINATOR, *NETWORK_ROLES)]
        any_choice = ("", _now("Any"))
        self.fields["role"].choices = [any_choice, *((role, role.label) for role in roles)]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [any_choice, *OrganisationKind.choices]  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = ORGANISATIONS.rows(viewer)  # type: ignore[attr-defined]
        person = self.fields["person"]
        person.queryset = _people_to_choose(incident)  # type: ignore[attr-defined]
        person.label_from_instance = _name_and_service  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A role must belong to its audience; an organisation concerned must be named."""
        data = super().clean() or self.cleaned_data
        role, audience = data.get("role"), data.get("audience", "")
        if role and role not in AUDIENCE_ROLES.get(audience, ()):
            self.add_error("role", ValidationError(_("This role does not belong to this audience.")))
        if data.get("person") and audience not in (Audience.LIAISON, Audience.OVERSIGHT):
            self.add_error("person", ValidationError(_("One person is chosen as a liaison or for oversight.")))
        if audience == Audience.ORGANISATION and not data.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", ValidationError(_("Say which organisation is concerned.")))
        return data

    def line(self) -> Line:
        """The line that was described."""
        data = self.cleaned_data
        return Line(
            data["audience"],
            data["role"],
            data["area"],
            data["organisation"],
            data["kind"],
            data["person"],
            data["who"] or Who.ALL,
        )


def _people_to_choose(incident: Incident) -> QuerySet[User]:
    """The people who may be told by name: liaisons and oversight, by the same rule as at the moment of sending."""
    found = User.objects.none()
    for audience in (Audience.LIAISON, Audience.OVERSIGHT):
        if may_have_rendition(incident, audience):
            found = found | people_who_may_be_told(incident, tlp=incident.tlp, audience=audience)
    posts = Membership.objects.current().filter(person=OuterRef("pk"), role__in=(Role.LIAISON, Role.OVERSIGHT))
    service = Subquery(posts.order_by("pk").values("organisation__name")[:1])
    named: QuerySet[User] = found.annotate(service=service).order_by("name", "pk")
    return named


def _name_and_service(person: Any) -> str:
    return f"{person.name} – {person.service}" if person.service else str(person.name)


def _areas_to_choose(incident: Incident) -> Any:
    """The areas around the place, every région and the cercles of its own région."""
    own = [area.pk for area in areas_of(incident)]
    areas = Area.objects.current().with_names()
    near = areas.filter(pk__in=own) | areas.filter(level=Level.REGION)
    if incident.region_id is not None:
        near |= areas.filter(level=Level.CERCLE, region=incident.region_id)
    return near.order_by("name_key")


class FollowForm(WordsForm):
    """An update or a correction: what to do now; who else is to be told beside those who had the earlier one."""

    lines = forms.MultipleChoiceField(
        label=_("Who else must know"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those who had the earlier alert are told in any case, by the channel that brought it."),
        required=False,
    )
    field_order = ["instruction", "call_number", "holds_hours", "lines", "version"]

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested = {str(number): line for number, line in enumerate(suggested_lines(incident))}
        choices = [(number, f"{_label(line)} · {words_of_line(line)}") for number, line in self.suggested.items()]
        self.fields["lines"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> list[Line]:
        """The lines that were ticked."""
        return [self.suggested[number] for number in self.cleaned_data["lines"]]


class ReleaseForm(forms.Form):
    """The decision itself; carries what was previewed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    incident_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


_REASONS = [("", ""), *DeclineReason.choices]
_HELPED = [("", ""), *Helped.choices]
_WORDS_HINT = _("Never write where forces are or where they go.")
_GOES_WITH: dict[str, tuple[str, ...]] = {
    ReplyKind.DECLINE: ("reason",),
    ReplyKind.NEED_MORE: ("missing",),
    ReplyKind.OUTCOME: ("did", "helped"),
}
"""What must be said besides, by kind of answer."""


class AnswerForm(forms.Form):
    """A recipient's answer. It asks for what goes with its kind, and for nothing else."""

    kind = forms.ChoiceField(choices=ReplyKind.choices, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=_REASONS,
        error_messages={
            "invalid_choice": _("Choose one of the list."),
            "required": _("Say why you cannot act: it helps to find somebody who can."),
        },
    )
    missing = forms.MultipleChoiceField(
        label=_("What is missing?"),
        choices=Missing.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say what is missing: the coordinators look for exactly that.")},
    )
    did = forms.MultipleChoiceField(
        label=_("What was done?"),
        choices=Did.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say what was done, also if nothing was found.")},
    )
    helped = forms.ChoiceField(
        label=_("Did it help?"),
        choices=_HELPED,
        error_messages={"required": _("Say whether it helped. If you do not know, say so.")},
    )
    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_WORDS_HINT,
    )

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        kind = kind or str(args[0].get("kind", "") if args else "")
        kwargs.setdefault("auto_id", f"{kind or 'answer'}_%s")
        super().__init__(*args, **kwargs)
        asked = _GOES_WITH.get(kind, ())
        for name in {"reason", "missing", "did", "helped"} - set(asked):
            del self.fields[name]
        self.fields["kind"].initial = kind

    def said(self) -> dict[str, Any]:
        """What was answered, as the service takes it."""
        return dict(self.cleaned_data)


class CallForm(forms.Form):
    """What came of a call."""

    result = forms.ChoiceField(
        label=_("What came of it"),
        choices=[
            (CallResult.ACKNOWLEDGED, _("Reached: has understood")),
            (CallResult.ACTING, _("Reached: is acting")),
            (CallResult.DONE, _("Reached: it is done")),
            (CallResult.DECLINED, _("Reached: cannot act")),
            (CallResult.NEED_MORE, _("Reached: needs to know more")),
            (CallResult.OUTCOME, _("Reached: tells what came of it")),
            (CallResult.NO_ANSWER, _("Nobody answered")),
            (CallResult.RECALLED, _("Told that it is over")),
        ],
    )
    reason = forms.ChoiceField(label=_("If they cannot act: why?"), choices=_REASONS, required=False)
    missing = forms.MultipleChoiceField(
        label=_("If they need to know more: what?"),
        choices=Missing.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    did = forms.MultipleChoiceField(
        label=_("If they tell what came of it: what was done?"),
        choices=Did.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    helped = forms.ChoiceField(label=_("Did it help?"), choices=_HELPED, required=False)
    text = forms.CharField(
        label=_("In their words"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_WORDS_HINT,
    )  # fmt: skip
