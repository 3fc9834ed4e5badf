"""What somebody writes down of a commitment, and what they look for among them."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.access import COMMITMENTS, PROCESSES
from dialogues.carried_out import choices, merged_in
from dialogues.commitments_shown import owner_code, owners_of
from dialogues.models import OPEN_STATES, Commitment, CommitmentState, Consent, OwnerKind, Priority, Process, Session
from dialogues.services.commitments import LONGEST_LINE, LONGEST_NAME, LONGEST_NOTE, NamedPerson, Promise, steps_for
from incidents.forms.conduct import AreaChoiceField
from incidents.forms.fields import DayField, PastDayField, WordsField
from orgs.access import ACTORS
from orgs.forms.support import BodyField
from orgs.models import Actor, ActorSector, Organisation
from orgs.policy import Viewer

MOST_OWNERS = 300
_LINE = {"rows": 2}


class WordingForm(forms.Form):
    """What was promised, by when, and by what one will see it."""

    what = WordsField(
        label=_("What was promised"),
        longest=LONGEST_LINE,
        widget=forms.Textarea(attrs=_LINE),
        help_text=_("One promise in one or two sentences. Never where forces are or go, no names, no phone numbers."),
        error_messages={"required": _("Write what was promised.")},
    )
    due_on = DayField(
        label=_("By when"), required=False, help_text=_("Leave it empty if no day was named: then nobody is reminded.")
    )
    evidence = WordsField(
        label=_("How will one see that it is kept?"),
        longest=LONGEST_LINE,
        required=False,
        widget=forms.Textarea(attrs=_LINE),
        help_text=_("For example: the well gives water; the post answers the phone at night."),
    )


class ChangeWordsForm(WordingForm):
    """The same, put right before anybody followed it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class PriorityChoiceField(forms.TypedChoiceField):
    """Which priority of the process is carried out; may be left open."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Which priority of the process does it carry out?"),
            coerce=int, empty_value=None, required=False, **options,
        )  # fmt: skip

    def offer(self, priorities: dict[int, Any]) -> None:
        """Let one of these be chosen."""
        self.choices = [("", "–"), *((pk, one.shown_title) for pk, one in priorities.items())]


class CarryOutForm(forms.Form):
    """Which priority a commitment carries out."""

    priority = PriorityChoiceField()

    def __init__(self, data: QueryDict | None, *, viewer: Viewer, commitment: Commitment) -> None:
        self.offered = choices(viewer, commitment.process)
        super().__init__(data, initial={"priority": _standing(viewer, commitment)})
        field: Any = self.fields["priority"]
        field.offer(self.offered)

    def chosen(self) -> Priority | None:
        """What a valid form says."""
        return self.offered.get(self.cleaned_data["priority"] or 0)


def _standing(viewer: Viewer, commitment: Commitment) -> int | None:
    if commitment.process is None or commitment.priority_id is None:
        return None
    return merged_in(viewer, commitment.process).standing(commitment.priority_id)


class PromiseForm(WordingForm):
    """A new commitment: its words, who made it, and what it carries out."""

    priority = PriorityChoiceField()
    present = forms.TypedChoiceField(
        label=_("Who promised it? Organisations that were in the room"), coerce=int, empty_value=None, required=False
    )
    body = BodyField(
        label=_("Or another organisation, by its name"),
        required=False,
        help_text=_("As it stands in the directory; its short name is enough."),
    )
    actor: Any = forms.ModelChoiceField(
        label=_("Or an actor of the actor map"), queryset=Actor.objects.none(), required=False, empty_label="–"
    )
    name = WordsField(
        label=_("Or a person: their name"),
        longest=LONGEST_NAME,
        required=False,
        help_text=_("Only if they agreed that their name be kept. It is locked away; whoever opens it must say why."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = WordsField(
        label=_("How to reach this person, if they wish"),
        longest=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Locked away with the name. The product sends no messages to it."),
    )
    consent = forms.ChoiceField(label=_("How they agreed"), choices=[("", "–"), *Consent.choices], required=False)
    consented_on = PastDayField(label=_("On which day"), required=False)
    agreed_public_on = PastDayField(
        label=_("They agreed on this day that everybody may read it"),
        required=False,
        help_text=_("Leave it empty if it is not for the public."),
    )
    uid = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("priority", "present", "body", "actor", "what", "due_on", "evidence", "agreed_public_on")

    def __init__(self, data: QueryDict | None, *, viewer: Viewer, place: Session | Process, priority: str = "") -> None:
        initial = {"uid": uuid.uuid4(), "consented_on": _day_of(place), "priority": priority}
        super().__init__(data, initial=initial)
        self.priorities = choices(viewer, place.process if isinstance(place, Session) else place)
        self._offer_priorities()
        self.bodies = _in_the_room(place)
        present: Any = self.fields["present"]
        present.choices = [("", "–"), *((one.pk, one.name) for one in self.bodies.values())]
        if not self.bodies:
            del self.fields["present"]
            self.fields["body"].label = _("Who promised it? An organisation, by its name")
        body: Any = self.fields["body"]
        body.viewer = viewer
        actors: Any = self.fields["actor"]
        actors.queryset = ACTORS.rows(viewer).exclude(sector=ActorSector.ARMED_GROUP)

    def _offer_priorities(self) -> None:
        field: Any = self.fields["priority"]
        field.offer(self.priorities)
        if not self.priorities:
            del self.fields["priority"]

    def said(self) -> Promise:
        """What a valid form says."""
        data = self.cleaned_data
        chosen = [self.bodies.get(data.get("present") or 0), data["body"]]
        bodies = {one.pk: one for one in chosen if one is not None}
        if len(bodies) > 1:
            self.add_error("body", _("Two organisations are chosen. Write one commitment for each."))
        return Promise(
            what=data["what"],
            organisation=next(iter(bodies.values()), None),
            actor=data["actor"],
            person=_person(data),
            due_on=data["due_on"],
            evidence=data["evidence"],
            agreed_public_on=data["agreed_public_on"],
            priority=self.priorities.get(data.get("priority") or 0),
        )


def _person(data: dict[str, Any]) -> NamedPerson | None:
    if not (data["name"] or data["contact"] or data["consent"]):
        return None
    return NamedPerson(data["name"], data["consent"], data["consented_on"], data["contact"])


def _day_of(place: Session | Process) -> Any:
    return place.held_on if isinstance(place, Session) else timezone.localdate()


def _in_the_room(place: Session | Process) -> dict[int, Organisation]:
    if isinstance(place, Session):
        wanted = Q(pk__in=place.present.values("pk")) | Q(pk=place.led_by_id)
    else:
        between = (place.conveners, place.steering, place.partners)
        wanted = Q(pk__in=[pk for each in between for pk in each.values_list("pk", flat=True)])
    return {one.pk: one for one in Organisation.objects.filter(wanted).order_by("name_key", "id")}


class FollowForm(forms.Form):
    """What became of it since."""

    state = forms.ChoiceField(label=_("How far is it?"), required=False, widget=forms.RadioSelect)
    words = WordsField(
        label=_("Your note"),
        longest=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was done, what is missing, who should help. It is added and cannot be changed."),
    )
    evidence = WordsField(label=_("What shows it"), longest=LONGEST_LINE, required=False, widget=forms.TextInput)

    def __init__(self, data: QueryDict | None, *, viewer: Viewer, commitment: Commitment) -> None:
        super().__init__(data, initial={"state": ""})
        steps = steps_for(viewer, commitment)
        state: Any = self.fields["state"]
        state.choices = [("", _("As before")), *((step, CommitmentState(step).label) for step in steps)]
        if not steps:
            del self.fields["state"]


class CorrectForm(forms.Form):
    """A state that was wrong, put right."""

    state = forms.ChoiceField(
        label=_("What is right"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the state that is right.")},
    )
    words = WordsField(
        label=_("Why it was wrong"),
        longest=LONGEST_NOTE,
        widget=forms.Textarea(attrs=_LINE),
        error_messages={"required": _("Write why it was wrong.")},
    )

    def __init__(self, data: QueryDict | None, *, commitment: Commitment) -> None:
        super().__init__(data)
        state: Any = self.fields["state"]
        state.choices = [(code, label) for code, label in CommitmentState.choices if code != commitment.state]


class PublicForm(forms.Form):
    """Since when everybody may read it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    agreed_public_on = PastDayField(label=_("On which day did they agree?"))


class ReasonForm(forms.Form):
    """Why a name is opened."""

    reason = WordsField(
        label=_("Why do you need to know?"),
        longest=LONGEST_LINE,
        widget=forms.Textarea(attrs=_LINE),
        help_text=_("Oversight sees that you opened it."),
    )


# --- The list ----------------------------------------------------------------------------------------------------

STATES = [
    ("", _("Still to be kept")),
    ("overdue", pgettext_lazy("commitments", "Overdue")),
    *CommitmentState.choices,
    ("all", pgettext_lazy("commitments", "All")),
]


class CommitmentFilterForm(forms.Form):
    """What somebody looks for among the commitments they may see."""

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    owner = forms.ChoiceField(label=_("Who promised"), required=False)
    area = AreaChoiceField(label=_("Area"), required=False)
    process = forms.ModelChoiceField(
        label=_("Process"), queryset=Process.objects.none(), required=False, empty_label="–"
    )
    mine = forms.BooleanField(label=_("Of my own organisation"), required=False)

    def __init__(self, data: QueryDict, *, viewer: Viewer) -> None:
        super().__init__(data)
        self.viewer = viewer
        owner: Any = self.fields["owner"]
        owner.choices = [("", pgettext_lazy("owner", "All")), *_owners(viewer)]
        process: Any = self.fields["process"]
        process.queryset = PROCESSES.rows(viewer).order_by("title", "id")
        if not viewer.organisation_ids:
            del self.fields["mine"]

    def rows(self) -> QuerySet[Commitment]:
        """The commitments that are looked for; those still to be kept where the choice cannot be."""
        data: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        rows: QuerySet[Commitment] = (
            COMMITMENTS.rows_as(self.viewer, "owner") if data.get("mine") else COMMITMENTS.rows(self.viewer)
        )
        rows = rows.filter(**_where(data))
        return _in_state(rows, data.get("state", ""))


def _where(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if area := data.get("area"):
        found[str(area.level)] = area.pk
    if process := data.get("process"):
        found["process"] = process
    if owner := data.get("owner"):
        found |= {"owner_kind": OwnerKind.PERSON} if owner == "person" else _named(owner)
    return found


def _named(owner: str) -> dict[str, Any]:
    return {"organisation" if owner.startswith("o") else "actor": int(owner[1:])}


def _in_state(rows: QuerySet[Commitment], state: str) -> QuerySet[Commitment]:
    if state == "all":
        return rows
    if state == "overdue":
        return rows.filter(state__in=OPEN_STATES, order_on__lt=timezone.localdate())
    return rows.filter(state=state) if state else rows.filter(state__in=OPEN_STATES)


def _owners(viewer: Viewer) -> list[tuple[str, str]]:
    """Whoever promised something that this viewer sees, by name; one query and the names.

    Not those who are not named to this viewer: choosing one would tell which promises are of the same owner.
    """
    found = COMMITMENTS.rows(viewer).order_by().values("owner_kind", "organisation_id", "actor_id").distinct()
    rows: list[dict[str, Any]] = [
        {**row, "id": number, "audience": ""} for number, row in enumerate(found[:MOST_OWNERS])
    ]
    owners = owners_of(viewer, rows)
    named = {owner_code(row): owners[row["id"]].name for row in rows if owners[row["id"]].is_named}
    return sorted(named.items(), key=lambda one: one[1].casefold())
