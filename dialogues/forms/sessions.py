"""The form of one session. It needs no scripts, can be filled in by keyboard alone, and forgets nothing on errors."""

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.access import PROCESSES, SESSIONS, TEAM_ROLES, WRITERS, people_to_name
from dialogues.checking import LONGEST_TEXT, LONGEST_TITLE, check
from dialogues.forms.session_lines import (
    CROWD_HINT,
    BodiesField,
    CrowdField,
    IssuesField,
    LinesField,
    TicksInput,
)
from dialogues.models import Country, Group, How, Process, Session, SessionKind, SessionState
from dialogues.said import SessionSaid
from incidents.forms.fields import HeadCountField, WordsField
from orgs.forms.support import BodyField, terms_of
from orgs.models import Area, Level, Organisation, Tlp, User, Vocabulary
from orgs.policy import OwnAreas, OwnAreasOfMany, Viewer
from orgs.presentation.forms import DayInput
from orgs.support_lists import bodies_for

MOST_PROPOSED = 200
MOST_PROCESSES = 200
MOST_COLLEAGUES = 60
BLANK_AFTER_MORE = 10
_GROUPS = [(value, label) for value, label in Group.choices if value != Group.UNKNOWN]
_DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"]
_WRONG_DAY = _("Write the day in figures: day/month/year.")
_WRONG_HOUR = _("Write the hour as 9:30.")
_NEEDED_WHEN = {
    "area": _("needed in Mali"),
    "place_text": _("needed outside Mali"),
    "people": _("needed once it was held"),
}
"""Fields that may be empty by themselves, and not with others: they say so where others say that they are optional."""
_ONE_OF_LIST = {"invalid_choice": _("Choose one of the list.")}


_READERS = [
    (Tlp.CLEAR.value, _("TLP:CLEAR – everybody reads that it was held; places and words stay here")),
    (Tlp.GREEN.value, _("TLP:GREEN – the network of the area; who was in the room reads what was agreed")),
    (Tlp.AMBER.value, _("TLP:AMBER – who was in the room reads what was agreed")),
    (Tlp.AMBER_STRICT.value, _("TLP:AMBER+STRICT – the same, and nobody passes it on")),
    (Tlp.RED.value, _("TLP:RED – those who hold it, coordinators and analysts alone")),
]


class HourField(forms.TimeField):
    """An hour of the day."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, **options: Any) -> None:
        formats = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"]
        super().__init__(required=False, input_formats=formats, error_messages={"invalid": _WRONG_HOUR}, **options)


class SessionForm(forms.Form):
    """One session. ``said`` gives it in the shape in which every way in writes it."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    edit_key = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    title = WordsField(label=_("Title"), longest=LONGEST_TITLE, help_text=_("What it was about, in a few words."))
    held_on = forms.DateField(
        label=_("Day"),
        widget=DayInput,
        input_formats=_DAYS,
        error_messages={"invalid": _WRONG_DAY, "required": _("Write the day.")},
    )
    starts_at = HourField(label=pgettext_lazy("hour", "From"))
    ends_at = HourField(label=pgettext_lazy("hour", "Until"))
    kind = forms.ChoiceField(label=_("Kind"), choices=SessionKind.choices, error_messages=_ONE_OF_LIST)
    state = forms.ChoiceField(label=_("State"), choices=SessionState.choices, error_messages=_ONE_OF_LIST)
    process = forms.ChoiceField(label=_("Process"), required=False, error_messages=_ONE_OF_LIST)
    number = forms.IntegerField(
        label=_("Number in the process"), required=False, min_value=1, max_value=9999, widget=forms.NumberInput
    )
    area = forms.ChoiceField(label=_("Area in Mali"), required=False, error_messages=_ONE_OF_LIST)
    place_text = WordsField(
        label=_("Place"), longest=LONGEST_TITLE, required=False, help_text=_("Village, quarter, hall, camp.")
    )
    country = forms.ChoiceField(label=_("Country"), choices=Country.choices, error_messages=_ONE_OF_LIST)
    led_by = BodyField(label=_("Held by"), required=False, help_text=_("As in the directory: name or short name."))
    facilitators = forms.MultipleChoiceField(
        label=_("Facilitators"), required=False, widget=TicksInput, error_messages=_ONE_OF_LIST
    )
    spoken = forms.MultipleChoiceField(label=_("Languages spoken"), required=False, widget=TicksInput)
    interpreted = forms.MultipleChoiceField(label=_("Languages interpreted"), required=False, widget=TicksInput)
    present = BodiesField(
        label=_("Organisations in the room"),
        help_text=_("Services of the state and forces included. They will read what was agreed here."),
    )

    people = HeadCountField(
        label=_("How many people took part?"), required=False, help_text=_("Leave it empty to take the sum below.")
    )
    spectators = HeadCountField(
        label=_("Spectators of a film"), required=False, help_text=_("They are not participants.")
    )
    attendance = CrowdField(label=_("Who was there?"), required=False, help_text=CROWD_HINT)
    invited = forms.MultipleChoiceField(
        label=_("Groups that were invited"), required=False, choices=_GROUPS, widget=TicksInput
    )
    absent = forms.MultipleChoiceField(
        label=_("Groups that were invited, and of which nobody came"),
        required=False,
        choices=_GROUPS,
        widget=TicksInput,
    )

    agenda = WordsField(
        label=_("Agenda"), longest=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    issues = IssuesField(label=_("What was raised"), required=False)
    agreements = LinesField(label=_("What was agreed"), help_text=_("One agreement on each line."))
    disagreements = LinesField(label=_("What was not agreed"), help_text=_("One disagreement on each line."))
    minutes = WordsField(
        label=_("Minutes"),
        longest=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("No names of people, no phone numbers, never where forces are or go."),
    )
    tlp = forms.ChoiceField(
        label=_("Who may read it"), choices=_READERS, widget=forms.RadioSelect, error_messages=_ONE_OF_LIST
    )
    how = forms.ChoiceField(
        label=_("Written down"),
        required=False,
        choices=[(one.value, one.label) for one in (How.PAGE, How.PAPER)],
        error_messages=_ONE_OF_LIST,
    )

    def __init__(self, data: Any = None, *, viewer: Viewer, stands: SessionSaid, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.viewer, self.stands = viewer, stands
        for name in ("led_by", "present"):
            self.fields[name].viewer = viewer  # type: ignore[attr-defined]
        for name in ("agreements", "disagreements"):
            self.fields[name].stands = getattr(stands, name)  # type: ignore[attr-defined]
        for name, words in _NEEDED_WHEN.items():
            self.fields[name].needed_when = words  # type: ignore[attr-defined]
        self._offer("process", [("", "–"), *_processes(viewer, stands)])
        self._offer("area", [("", "–"), *area_choices(viewer, stands.area)])
        self._offer("facilitators", colleagues(viewer, stands))
        languages = terms_of(Vocabulary.SPOKEN, {*stands.spoken, *stands.interpreted})
        for name in ("spoken", "interpreted"):
            self._offer(name, languages)

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def want_more_lines(self) -> None:
        """Show the form again with more blank lines, and find no fault in it yet."""
        self.fields["issues"].widget.blank = BLANK_AFTER_MORE
        self._errors = ErrorDict()

    def begin_at_title(self) -> None:
        """Let somebody who types from paper begin at once, without looking for the first field."""
        self.fields["title"].widget.attrs["autofocus"] = True

    def open_groups(self, groups: set[str]) -> None:
        """Let the tables of these groups stand open: the next session of a series has much the same people."""
        self.fields["attendance"].widget.opened = frozenset(groups)

    def proposed_bodies(self) -> list[str]:
        """Names that the fields of organisations propose."""
        return proposed_bodies(self.viewer)

    def clean(self) -> dict[str, Any] | None:
        """Besides what this form refuses, what :func:`check` will: all problems at once, not one after the other."""
        given = super().clean()
        if self.errors and not self.errors.keys() & _MADE_OF_SEVERAL:
            try:
                check(self.said())
            except ValidationError as problems:
                for name in [name for name in self.fields if name in problems.message_dict.keys() - self.errors.keys()]:
                    self.add_error(name, problems.message_dict[name])
        return given

    def said(self) -> SessionSaid:
        """What was written, in the shape of every way in. Only of a valid form."""
        given: dict[str, Any] = {
            name: value for name, value in self.cleaned_data.items() if name not in (*_HIDDEN, "how")
        }
        counted = sum(one.count for one in given["attendance"])
        return replace(
            self.stands,
            **{
                **given,
                **{name: tuple(given[name]) for name in ("spoken", "interpreted", "absent")},
                "led_by": given["led_by"].pk
                if given["led_by"] is not None
                else _unseen_holder(self.viewer, self.stands),
                "facilitators": tuple(int(pk) for pk in given["facilitators"]),
                "present": (*given["present"], *_unseen(self.viewer, self.stands)),
                "people": counted if given["people"] is None else given["people"],
                "spectators": given["spectators"] or 0,
                # Whoever did not come was invited: one tick is enough.
                "invited": tuple({*given["invited"], *given["absent"]}),
            },
        )


_HIDDEN = ("uid", "edit_key", "base_version")
_MADE_OF_SEVERAL = {
    "attendance", "people", "spectators", "led_by", "facilitators", "present", "spoken", "interpreted", "invited",
    "absent",
}  # fmt: skip
"""Without these fields it is not known what was meant; of others, what stands is as good for a first look."""


def initial_of(viewer: Viewer, said: SessionSaid, *, uid: uuid.UUID, version: int) -> dict[str, Any]:
    """What the form is filled with: a session as it stands, with the numbers that make a double send one."""
    holder = bodies_for(viewer).filter(pk=said.led_by or 0).values_list("name", flat=True).first()
    plain = {name: getattr(said, name) for name in _PLAIN}
    return {
        **plain,
        **{name: list(getattr(said, name)) for name in ("spoken", "interpreted", "invited", "absent")},
        "attendance": said.attendance,
        "issues": list(said.issues),
        "agreements": said.agreements,
        "disagreements": said.disagreements,
        "people": said.people or None,
        "spectators": said.spectators or None,
        "facilitators": [str(pk) for pk in said.facilitators],
        "led_by": holder or "",
        "uid": uid,
        "edit_key": uuid.uuid4(),
        "base_version": version,
        "how": How.PAGE,
    }


_PLAIN = (
    "title", "kind", "state", "process", "number", "held_on", "starts_at", "ends_at", "country", "area", "place_text",
    "agenda", "minutes", "tlp",
)  # fmt: skip


def names_present(viewer: Viewer, said: SessionSaid) -> list[str]:
    """The organisations in the room by the names that the form reads again; those that the viewer may see."""
    rows = list(bodies_for(viewer).filter(pk__in=said.present).order_by("name_key").values_list("name", "slug"))
    return [f"{name} ({slug})" for name, slug in rows]


def _unseen(viewer: Viewer, said: SessionSaid) -> tuple[int, ...]:
    """Bodies in the room that this writer may not see: they stay."""
    seen = set(bodies_for(viewer).filter(pk__in=said.present).values_list("pk", flat=True)) if said.present else set()
    return tuple(pk for pk in said.present if pk not in seen)


def _unseen_holder(viewer: Viewer, said: SessionSaid) -> int | None:
    """The organisation that held it, where this writer may not see it, or it is active no more: it stays."""
    return said.led_by if said.led_by and not bodies_for(viewer).filter(pk=said.led_by).exists() else None


def _processes(viewer: Viewer, said: SessionSaid) -> list[tuple[str, str]]:
    own = PROCESSES.rows_as(viewer, *WRITERS)
    rows = [(str(uid), title) for uid, title in own.values_list("uid", "title")[:MOST_PROCESSES]]
    if said.process and said.process not in dict(rows):
        kept = Process.objects.filter(uid=said.process).first()
        shown = kept.title if kept is not None and PROCESSES.sees(viewer, kept) else str(_("the process it is in"))
        rows.insert(0, (said.process, shown))
    return rows


def area_choices(viewer: Viewer, chosen: str = "") -> list[Any]:
    """Today's regions with their cercles, and the communes of the viewer's own areas; by P-code."""
    levels = Q(level__in=(Level.REGION, Level.CERCLE))
    own = OwnAreas().rows(viewer, viewer.posts)
    communes = Q(level=Level.COMMUNE) & own if own is not None else None
    rows = Area.objects.current().filter(levels | communes if communes else levels)
    if chosen:
        rows = rows | Area.objects.current().filter(pcode=chosen)
    order = ("region__name_key", "cercle__name_key", "commune__name_key")
    found = rows.order_by(*order).values_list("pcode", "level", "name", "region__name")
    groups: dict[str, list[tuple[str, str]]] = {}
    for pcode, level, name, region in sorted(found, key=lambda row: (row[3] or "", 0 if row[1] == Level.REGION else 1)):
        groups.setdefault(region or name, []).append((pcode, f"{name} ({Level(level).label})"))
    return list(groups.items())


def colleagues(viewer: Viewer, said: SessionSaid) -> list[tuple[str, str]]:
    """Who can have led the session: those who hold sessions for the viewer's organisations, and whoever is named."""
    may_name = people_to_name(viewer, said.led_by)
    rows = (may_name | User.objects.active().filter(pk__in=said.facilitators)).order_by("name", "pk")[:MOST_COLLEAGUES]
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def proposed_bodies(viewer: Viewer) -> list[str]:
    """Organisations of the viewer's areas, and their own."""
    own, areas = Q(pk__in=viewer.organisation_ids), OwnAreasOfMany(Organisation).rows(viewer, viewer.posts)
    rows = bodies_for(viewer).filter(own | areas if areas is not None and areas else own)
    return [*dict.fromkeys(rows.order_by("name_key", "pk").values_list("name", flat=True)[:MOST_PROPOSED])]


def copied(said: SessionSaid) -> SessionSaid:
    """The next session of a series: same process, place, languages, holders and groups; a new day, and no words."""
    kept = (
        "kind",
        "process",
        "country",
        "area",
        "place_text",
        "spoken",
        "interpreted",
        "led_by",
        "facilitators",
        "tlp",
    )
    return SessionSaid(
        **{name: getattr(said, name) for name in kept},
        invited=said.invited,
        number=said.number + 1 if said.number else None,
    )


def last_of(viewer: Viewer) -> Session | None:
    """The session that this person wrote down last."""
    return SESSIONS.rows_as(viewer, *WRITERS).filter(recorded_by=viewer.user_id).order_by("-recorded_at", "-pk").first()


def own_body(viewer: Viewer) -> int | None:
    """The organisation for which this person holds sessions, where it is one alone."""
    own = {post.organisation_id for post in viewer.posts_as(TEAM_ROLES) if post.organisation_id is not None}
    return own.pop() if len(own) == 1 else None
