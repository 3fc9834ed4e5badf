"""Forms of the actor map, and the reading of the long form by which an organisation says how it finds actors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs.models import Actor, ActorLevel, ActorRole, ActorSector, ActorView, Area, CivilRole, Reach, Trust, Wish
from orgs.presentation.forms import DayInput
from orgs.services.actors import Statement

NO_ANSWER = ""


class RoleForm(forms.Form):
    """What an actor does for civilians in an area."""

    role = forms.ChoiceField(label=_("What it does for civilians"), choices=[("", _("Choose"))])
    area = forms.ModelChoiceField(
        label=_("Area"),
        queryset=Area.objects.none(),
        help_text=_("The country, a region or a cercle. Never a smaller place."),
        empty_label=_("Choose"),
    )
    office = forms.CharField(
        label=_("Office or desk"),
        max_length=80,
        required=False,
        help_text=_("Its name only, such as “Desk for women”. No address, no place, no number."),
    )
    phone = forms.CharField(
        label=_("Phone for civilians"), max_length=30, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    email = forms.EmailField(label=_("E-mail for civilians"), required=False)
    source = forms.CharField(label=_("Who says so"), max_length=200, help_text=_("The body or the text, not a person."))
    as_of = forms.DateField(label=_("True on"), widget=DayInput)

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role, area = self.fields["role"], self.fields["area"]
        role.choices = [("", _("Choose")), *CivilRole.choices]  # type: ignore[attr-defined]
        area.queryset = areas  # type: ignore[attr-defined]
        self.fields["as_of"].initial = timezone.localdate

    def written_to(self, role: ActorRole) -> ActorRole:
        """The role with what the form holds."""
        for name, value in self.cleaned_data.items():
            setattr(role, name, value)
        return role


# --- How an organisation finds actors ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One answer of a scale."""

    value: str
    short: str
    words: str | Promise
    checked: bool


@dataclass(frozen=True)
class Scale:
    """One question on one actor."""

    name: str
    words: str | Promise
    choices: list[Choice]


@dataclass
class Entry:
    """One actor in the form, with what was said of it when the form was shown."""

    actor: Actor
    was: tuple[str, str, str] = ("", "", "")
    now: tuple[str, str, str] = ("", "", "")

    @property
    def remembered(self) -> str:
        """What was said before, as the form carries it."""
        return "/".join(self.was)

    @property
    def is_answered(self) -> bool:
        """Whether something is said of it."""
        return any(self.now)

    @property
    def scales(self) -> list[Scale]:
        """The three questions."""
        key = self.actor.pk
        return [
            Scale(f"reach_{key}", _("How reachable?"), _numbers(Reach, self.now[0])),
            Scale(f"trust_{key}", _("How trusted?"), _numbers(Trust, self.now[1])),
            Scale(f"wish_{key}", _("Do you wish to work with it?"), _words(self.now[2])),
        ]


def _numbers(scale: Any, now: str) -> list[Choice]:
    answers = [Choice(str(value), str(value), label, str(value) == now) for value, label in scale.choices]
    return [*answers, Choice(NO_ANSWER, "–", gettext("No answer"), now == NO_ANSWER)]


def _words(now: str) -> list[Choice]:
    short = {Wish.YES: _("Yes"), Wish.NO: _("No"), Wish.CANNOT: _("Yes, but cannot")}
    answers = [Choice(value, str(short[Wish(value)]), label, value == now) for value, label in Wish.choices]
    return [*answers, Choice(NO_ANSWER, "–", gettext("No answer"), now == NO_ANSWER)]


@dataclass
class Part:
    """The actors of one cell of the map."""

    level: str | Promise
    sector: str | Promise
    entries: list[Entry] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """Of how many something is said."""
        return sum(1 for entry in self.entries if entry.is_answered)


def entries_of(actors: Iterable[Actor], views: Iterable[ActorView]) -> list[Entry]:
    """Every actor that may be rated, with what the organisation says of it now."""
    said = {view.actor_id: (str(view.reach or ""), str(view.trust or ""), view.wish) for view in views}
    blank = ("", "", "")
    return [Entry(actor, said.get(actor.pk, blank), said.get(actor.pk, blank)) for actor in actors]


def parts_of(entries: Iterable[Entry]) -> list[Part]:
    """The entries by cell of the map, in its order."""
    parts = {(level, sector): Part(level.label, sector.label) for level in ActorLevel for sector in ActorSector}
    for entry in entries:
        parts[ActorLevel(entry.actor.level), ActorSector(entry.actor.sector)].entries.append(entry)
    return [part for part in parts.values() if part.entries]


def read_statements(entries: Iterable[Entry], posted: Mapping[str, str]) -> list[Statement]:
    """What somebody changed on the form: only that is said, so that a colleague's newer word on another actor stays.

    Leaves what was chosen in the entries, for the form to be shown again. Raises ``ValidationError`` for answers that
    are on no scale.
    """
    statements = []
    for entry in entries:
        key = entry.actor.pk
        if f"was_{key}" not in posted:
            continue
        entry.now = (
            posted.get(f"reach_{key}", ""),
            posted.get(f"trust_{key}", ""),
            posted.get(f"wish_{key}", ""),
        )
        if "/".join(entry.now) != posted[f"was_{key}"]:
            statements.append(Statement(key, _number(entry.now[0]), _number(entry.now[1]), entry.now[2]))
    return statements


def _number(text: str) -> int | None:
    if text == "":
        return None
    if text not in ("1", "2", "3", "4"):
        raise ValidationError(_("Choose one of the answers."))
    return int(text)
