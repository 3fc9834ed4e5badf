"""Forms of committees: the body, a seat, who holds it, a meeting, a decision."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.access import PROCESSES, RECORDERS
from dialogues.forms.agreements import MARKINGS
from dialogues.forms.own_areas import OwnAreaField
from dialogues.models import (
    MOST_MONTHS,
    AgeBand,
    Committee,
    CommitteeKind,
    CommitteeState,
    Consent,
    DecisionState,
    Group,
    Process,
    Seat,
    Session,
    Sex,
)
from dialogues.services.committees import CommitteeSaid, DecisionSaid, HolderSaid, SeatSaid
from dialogues.services.holder_names import LONGEST_NAME
from incidents.forms.fields import DayField, WordsField
from incidents.services.identities import LONGEST_REASON
from orgs.access import ORGANISATIONS
from orgs.models import Organisation, Tlp
from orgs.policy import Viewer
from orgs.presentation.forms import CountInput

MOST_LISTED = 100
_HOLDER_SEXES = [
    (Sex.WOMEN.value, _("A woman")),
    (Sex.MEN.value, _("A man")),
    (Sex.UNKNOWN.value, _("I do not write it down")),
]


class OrganisationField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An organisation that the viewer sees in the directory, or the one that stands there already."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Organisation.objects.none(), required=False, empty_label="–", **options)
        self.hidden: int | None = None

    def offer(self, viewer: Viewer, kept: int | None = None) -> None:
        """Set the choices; one that hides stays in its place without its name."""
        seen = ORGANISATIONS.rows(viewer, Organisation.objects.active())
        self.hidden = kept if kept and not ORGANISATIONS.rows(viewer).filter(pk=kept).exists() else None
        rows = Organisation.objects.filter(pk__in=seen.values("pk"))
        self.queryset = (rows | Organisation.objects.filter(pk=kept) if kept else rows).order_by("name_key", "id")

    def label_from_instance(self, obj: Any) -> str:
        """Its name, if the viewer may know it."""
        return _now("An organisation that does not wish to be named") if obj.pk == self.hidden else str(obj.name)


class CommitteeForm(forms.Form):
    """What a committee is."""

    name = WordsField(label=_("Name"), longest=200, widget=forms.TextInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=CommitteeKind.choices, widget=forms.RadioSelect)
    area = OwnAreaField(label=_("Area"), required=False)
    created_on = DayField(label=_("Created on"), help_text=_("If you do not know exactly, choose a day that is near."))
    meets_every = forms.IntegerField(
        label=_("Meets every so many months"), min_value=1, max_value=MOST_MONTHS, initial=3, widget=CountInput
    )
    process: "forms.ModelChoiceField[Process]" = forms.ModelChoiceField(
        label=_("Process"), queryset=Process.objects.none(), required=False, empty_label="–"
    )
    state = forms.ChoiceField(label=_("State"), choices=CommitteeState.choices, initial=CommitteeState.ACTIVE)
    tlp = forms.ChoiceField(
        label=_("Marking"),
        choices=MARKINGS,
        initial=Tlp.GREEN,
        help_text=_("Who learns that there is this committee. What it decides is read by its members alone."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, viewer: Viewer, row: Committee | None = None) -> None:
        super().__init__(data, initial=_initial(row) if row is not None else None)
        area: Any = self.fields["area"]
        area.offer(viewer, RECORDERS, nowhere=_("The whole country"), kept=_area_of(row))
        process: Any = self.fields["process"]
        # One that hides from this viewer stays linked only where it is not asked for.
        process.queryset = PROCESSES.rows(viewer)
        if row is not None and row.process_id and not process.queryset.filter(pk=row.process_id).exists():
            del self.fields["process"]

    def said(self, row: Committee | None) -> CommitteeSaid:
        """What was written."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "process" not in self.fields and row is not None:
            data["process"] = row.process
        return CommitteeSaid(**data)


def _area_of(row: Committee | None) -> int | None:
    return None if row is None else row.commune_id or row.cercle_id or row.region_id


def _initial(row: Committee) -> dict[str, Any]:
    names = ("name", "kind", "created_on", "meets_every", "process", "state", "tlp", "version")
    return {**{name: getattr(row, name) for name in names}, "area": _area_of(row)}


class SeatForm(forms.Form):
    """A seat, for whom it is."""

    label = WordsField(
        label=_("Seat"), longest=120, widget=forms.TextInput, help_text=_("Mayor, women’s association, herders…")
    )
    group = forms.ChoiceField(label=_("Group"), choices=Group.choices)
    organisation = OrganisationField(
        label=_("Kept for this organisation"),
        help_text=_("Its people read everything of the committee, its decisions too."),
    )

    def __init__(self, data: Any = None, *, viewer: Viewer, row: Seat | None = None) -> None:
        initial = {"label": row.label, "group": row.group, "organisation": row.organisation_id} if row else None
        super().__init__(data, initial=initial)
        field: Any = self.fields["organisation"]
        field.offer(viewer, row.organisation_id if row else None)

    def said(self) -> SeatSaid:
        """What was written."""
        return SeatSaid(**self.cleaned_data)


class HolderForm(forms.Form):
    """Who holds a seat. A name only with consent."""

    since = DayField(label=_("Since"))
    organisation = OrganisationField(label=_("For this organisation"))
    sex = forms.ChoiceField(label=_("Who is it?"), choices=_HOLDER_SEXES, widget=forms.RadioSelect)
    age_band = forms.ChoiceField(label=_("Age"), choices=AgeBand.choices, initial=AgeBand.UNKNOWN)
    name = WordsField(
        label=_("Name"),
        longest=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Only if they agreed. It is sealed; each opening is noted."),
    )
    consent = forms.ChoiceField(label=_("Consent"), choices=[("", "–"), *Consent.choices], required=False)
    consented_on = DayField(label=_("Agreed on"), required=False)

    def __init__(self, data: Any = None, *, viewer: Viewer, row: Seat) -> None:
        super().__init__(
            data,
            initial={"since": timezone.localdate(), "organisation": row.organisation_id, "sex": Sex.UNKNOWN.value},
            auto_id="holder_%s",
        )
        field: Any = self.fields["organisation"]
        field.offer(viewer, row.organisation_id)

    def said(self) -> HolderSaid:
        """What was written."""
        return HolderSaid(**self.cleaned_data)


class DayForm(forms.Form):
    """On which day somebody left, or a seat ended."""

    on = DayField(label=_("On which day?"))

    def __init__(self, data: Any = None, *, what: str) -> None:
        super().__init__(data, initial={"on": timezone.localdate()}, auto_id=f"{what}_%s")


class MeetingForm(forms.Form):
    """A session that was, or will be, a meeting."""

    session: "forms.ModelChoiceField[Session]" = forms.ModelChoiceField(
        label=_("Session"), queryset=Session.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, sessions: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["session"]
        field.queryset, field.label_from_instance = sessions, session_label


def session_label(session: Session) -> str:
    """Its day and title."""
    return f"{session.held_on:%d/%m/%Y} · {session.title}"


class DecisionForm(forms.Form):
    """What was decided, who is to do it, by when."""

    words = WordsField(
        label=_("What was decided?"),
        longest=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence or two. No names of people, never where forces are."),
    )
    decided_on = DayField(label=pgettext_lazy("decision", "Decided on"))
    session: "forms.ModelChoiceField[Session]" = forms.ModelChoiceField(
        label=_("At this meeting"), queryset=Session.objects.none(), required=False, empty_label="–"
    )
    owner = OrganisationField(label=_("To be done by"))
    owner_text = WordsField(
        label=_("Others who do it"),
        longest=200,
        required=False,
        widget=forms.TextInput,
        help_text=_("Bodies that are not in the directory. No names of people."),
    )
    due_on = DayField(label=_("By which day?"), required=False)

    def __init__(self, data: Any = None, *, viewer: Viewer, sessions: Any) -> None:
        super().__init__(data, initial={"decided_on": timezone.localdate()})
        owner: Any = self.fields["owner"]
        owner.offer(viewer)
        field: Any = self.fields["session"]
        field.queryset, field.label_from_instance = sessions, session_label

    def said(self) -> DecisionSaid:
        """What was written."""
        return DecisionSaid(**self.cleaned_data)


class FollowUpForm(forms.Form):
    """How a decision stands now."""

    state = forms.ChoiceField(label=_("How does it stand?"), choices=DecisionState.choices, widget=forms.RadioSelect)
    words = WordsField(
        label=_("Note"),
        longest=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence or two. No names of people, never where forces are."),
    )


class NameForm(forms.Form):
    """Why somebody opens the name of a holder."""

    reason = WordsField(
        label=_("Why do you need to know?"),
        longest=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("It is written down with your name, and oversight reads it. Do not name the person here."),
    )
