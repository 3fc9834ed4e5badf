"""What cannot be true of a session, in words for whoever wrote it. Every problem at once, by field."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialogues.models import (
    MOST_PEOPLE,
    AgeBand,
    Country,
    Group,
    Need,
    SessionKind,
    SessionState,
    Sex,
)
from dialogues.said import SessionSaid
from incidents.services.places import place_of_pcode
from orgs.models import Organisation, Term, Tlp, User, Vocabulary
from orgs.wording import held_words

EARLIEST = date(1990, 1, 1)
LONGEST_TITLE = 200
LONGEST_LINE = 500
LONGEST_TEXT = 20_000
MOST_LINES = 60
PLANNED_AHEAD = timedelta(days=730)
MOST_BY_KIND = {
    SessionKind.INTERVIEW: 20,
    SessionKind.FOCUS_GROUP: 100,
    SessionKind.COMMITTEE: 500,
    SessionKind.WORKSHOP: 500,
}
"""People who can take part in a session of a kind; more is a slip of the finger. Others: ``MOST_IN_A_ROOM``."""
MOST_IN_A_ROOM = 5_000

_ONE_OF_LIST = gettext_lazy("Choose one of the list.")

Problem = tuple[str, str | list[str]]


def limits() -> dict[str, Any]:
    """The limits of a session, for a phone that finds what cannot be true while there is no network."""
    return {
        "earliest": EARLIEST.isoformat(),
        "days_ahead": PLANNED_AHEAD.days,
        "most_by_kind": {str(kind): most for kind, most in MOST_BY_KIND.items()},
        "most_in_a_room": MOST_IN_A_ROOM,
        "most_people": MOST_PEOPLE,
    }


def check(said: SessionSaid) -> None:
    """Raise ``ValidationError`` by field of ``SessionSaid``."""
    problems: dict[str, list[str]] = {}
    for name, words in _problems(said):
        problems.setdefault(name, []).extend([words] if isinstance(words, str) else words)
    if problems:
        raise ValidationError(problems)


def _problems(said: SessionSaid) -> Iterator[Problem]:
    yield from _choices(said)
    yield from _when(said)
    yield from _where(said)
    yield from _people(said)
    yield from _groups(said)
    yield from _bodies(said)
    yield from _words(said)


def _choices(said: SessionSaid) -> Iterator[Problem]:
    for name, choices in (
        ("kind", SessionKind),
        ("state", SessionState),
        ("country", Country),
        ("tlp", Tlp),
    ):
        if getattr(said, name) not in choices.values:
            yield name, str(_ONE_OF_LIST)
    spoken = set(Term.objects.of(Vocabulary.SPOKEN).values_list("code", flat=True))
    for name in ("spoken", "interpreted"):
        if not set(getattr(said, name)) <= spoken:
            yield name, _("There is no such language in the list.")
    needs = {need for one in said.issues for need in one.needs}
    themes = {theme for one in said.issues for theme in one.themes}
    if not needs <= set(Need.values):
        yield "issues", _("There is no such need in the list.")
    if themes and not themes <= set(Term.objects.of(Vocabulary.THEME).values_list("code", flat=True)):
        yield "issues", _("There is no such theme in the list.")


def _when(said: SessionSaid) -> Iterator[Problem]:
    if said.held_on is None:
        yield "held_on", _("Write the day.")
        return
    today = timezone.localdate()
    if said.held_on < EARLIEST:
        yield "held_on", _("This day is before %(year)d.") % {"year": EARLIEST.year}
    elif said.state == SessionState.HELD and said.held_on > today:
        yield "held_on", _("This day has not come yet: a session of a day to come is planned, not held.")
    elif said.held_on > today + PLANNED_AHEAD:
        yield "held_on", _("This day is more than two years ahead.")
    if said.starts_at and said.ends_at and said.ends_at <= said.starts_at:
        yield "ends_at", _("This is before the beginning.")


def _where(said: SessionSaid) -> Iterator[Problem]:
    if said.country == Country.MALI:
        if not said.area:
            yield "area", _("Choose the commune, the cercle or the region.")
        elif place_of_pcode(said.area, of_today=True) is None:
            yield "area", _("There is no area of this P-code in today’s division.")
        return
    if said.area:
        yield "area", _("An area of Mali and another country do not go together.")
    if not said.place_text:
        yield "place_text", _("Write the camp or the town.")


def _people(said: SessionSaid) -> Iterator[Problem]:
    most = MOST_BY_KIND.get(SessionKind(said.kind), MOST_IN_A_ROOM) if said.kind in SessionKind.values else MOST_PEOPLE
    if said.people < 0 or said.spectators < 0 or any(one.count < 0 for one in said.attendance):
        yield "people", _("A number of people cannot be less than nothing.")
    elif said.people > most:
        yield (
            "people",
            _("%(n)d people cannot take part in a session of this kind: at most %(most)d.")
            % {
                "n": said.people,
                "most": most,
            },
        )
    if said.state == SessionState.HELD and said.people == 0 and said.spectators == 0:
        yield "people", _("Write how many people took part.")
    if said.spectators > MOST_PEOPLE:
        yield "spectators", _("At most %(n)d.") % {"n": MOST_PEOPLE}
    if said.spectators and said.kind != SessionKind.SCREENING:
        yield "spectators", _("Only the screening of a film has spectators.")
    yield from _lines(said)
    yield from _sums(said)


def _lines(said: SessionSaid) -> Iterator[Problem]:
    cells = Counter((one.sex, one.age_band, one.group) for one in said.attendance)
    if any(count > 1 for count in cells.values()):
        yield "attendance", _("The same people stand in two lines.")
    unknown = [one.age_band for one in said.attendance if one.age_band not in AgeBand.values]
    if unknown:
        yield "attendance", _("“%(band)s” overlaps the age bands: 0-14, 15-35, 36-60, 61+.") % {"band": unknown[0]}
    if any(one.sex not in Sex.values or one.group not in Group.values for one in said.attendance):
        yield "attendance", str(_ONE_OF_LIST)


def _sums(said: SessionSaid) -> Iterator[Problem]:
    women = sum(one.count for one in said.attendance if one.sex == Sex.WOMEN)
    too_many = sum(one.count for one in said.attendance) - said.people
    if women > said.people:
        words = _("More women (%(women)d) than people (%(people)d).")
        yield "attendance", words % {"women": women, "people": said.people}
    elif said.attendance and too_many > 0:
        words = ngettext(
            "The lines make %(n)d person more than took part.",
            "The lines make %(n)d people more than took part.",
            too_many,
        )
        yield "attendance", words % {"n": too_many}
    elif said.attendance and too_many < 0:
        words = ngettext(
            "%(n)d person is missing in the lines. Add them, as “not recorded” if you do not know.",
            "%(n)d people are missing in the lines. Add them, as “not recorded” if you do not know.",
            -too_many,
        )
        yield "attendance", words % {"n": -too_many}


def _groups(said: SessionSaid) -> Iterator[Problem]:
    known = set(Group.values) - {Group.UNKNOWN}
    if not {*said.invited, *said.absent} <= known:
        yield "invited", str(_ONE_OF_LIST)
    if not set(said.absent) <= set(said.invited):
        yield "absent", _("A group that was not invited cannot be missing.")
    there = {one.group for one in said.attendance if one.count} & set(said.absent)
    if there:
        yield "absent", _("“%(group)s” is counted as present.") % {"group": Group(sorted(there)[0]).label}


def _bodies(said: SessionSaid) -> Iterator[Problem]:
    wanted = {*said.present, *([said.led_by] if said.led_by is not None else [])}
    kept = set(Organisation.objects.filter(pk__in=wanted, merged_into__isnull=True).values_list("pk", flat=True))
    if said.led_by is not None and said.led_by not in kept:
        yield "led_by", _("This organisation is not in the directory any more.")
    if not set(said.present) <= kept:
        yield "present", _("One of these organisations is not in the directory any more.")
    if said.facilitators:
        known = User.objects.active().filter(pk__in=said.facilitators).count()
        if known != len(said.facilitators):
            yield "facilitators", _("One of these people has no account any more.")


def _words(said: SessionSaid) -> Iterator[Problem]:
    if not said.title:
        yield "title", _("Give it a title.")
    yield from _text("title", said.title, LONGEST_TITLE)
    yield from _text("place_text", said.place_text, LONGEST_TITLE)
    for name in ("agenda", "minutes"):
        yield from _text(name, getattr(said, name), LONGEST_TEXT)
    lines = {
        "issues": [one.words for one in said.issues],
        "agreements": said.agreements,
        "disagreements": said.disagreements,
    }
    for name, each in lines.items():
        if len(each) > MOST_LINES:
            yield name, _("At most %(n)d lines.") % {"n": MOST_LINES}
        for words in each:
            yield from _text(name, words, LONGEST_LINE)


def _text(name: str, words: str, longest: int) -> Iterator[Problem]:
    """Never where forces are or move, never how to reach a person: not even in what few may read."""
    if len(words) > longest:
        yield name, _("At most %(n)d characters.") % {"n": longest}
    if held := held_words(words):
        yield name, held
