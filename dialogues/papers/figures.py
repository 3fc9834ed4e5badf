"""Numbers of people, said honestly: attendances and not persons, spectators apart, of how many each share is.

A share is said only of numbers that the reader is shown. Where women or men are few and left out, both are: with the
sum, one would give away the other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from dialogues.models import AgeBand, Group, Need, SessionState, Sex
from dialogues.papers.sections import Bar, Section
from dialogues.papers.shown import NOT_SAID

BENCHMARK = 30
"""Per cent. The law binds appointments with it (Mali, 2015); for dialogues it is a benchmark on the way to parity."""


@dataclass(frozen=True)
class People:
    """How many took part in some sessions. Shares are counted over the sessions whose counts are shown."""

    sessions: int
    people: int
    spectators: int
    women: int
    men: int
    youth: int
    aged: int
    of_sex: int
    """Over how many sessions women and men are counted."""
    of_age: int


def people_of(shown: Iterable[Mapping[str, Any]]) -> People:
    """Sum up sessions as they are shown (fields of ``disclosure.SESSION``); only those that were held count."""
    held = [one for one in shown if one["state"] == SessionState.HELD]
    by_sex = [one for one in held if _both(one, "women", "men", one["people"])]
    by_age = [one for one in held if _both(one, "youth", "aged", one["people"])]
    return People(
        sessions=len(held),
        people=sum(one["people"] for one in held),
        spectators=sum(one["spectators"] for one in held),
        women=sum(one["women"] for one in by_sex),
        men=sum(one["men"] for one in by_sex),
        youth=sum(one["youth"] for one in by_age),
        aged=sum(one["aged"] for one in by_age),
        of_sex=len(by_sex),
        of_age=len(by_age),
    )


def _both(one: Mapping[str, Any], first: str, second: str, people: int) -> bool:
    """Whether both numbers of a session are shown, and something was counted at all."""
    return one[first] is not None and one[second] is not None and one[first] + one[second] > 0 and people > 0


def people_section(people: People) -> Section:
    """Who took part: attendances, spectators apart, women and the young beside the benchmark."""
    lines = [
        ngettext("%(n)d attendance in all.", "%(n)d attendances in all.", people.people) % {"n": people.people},
    ]
    if people.sessions > 1:
        lines.append(_("Somebody who came twice counts twice: these are attendances, not persons."))
    if people.spectators:
        lines.append(
            ngettext(
                "%(n)d spectator of a film besides, who is not among the participants.",
                "%(n)d spectators of films besides, who are not among the participants.",
                people.spectators,
            )
            % {"n": people.spectators}
        )
    bars = list(_shares(people))
    note = (
        _("The line stands at %(n)d %%: a benchmark on the way to parity. The law asks it of appointments alone.")
        % {"n": BENCHMARK}
        if bars
        else _("Shares of women and of the young were not counted, or the numbers are too small to be shown.")
    )
    return Section(
        title=_("Who took part"), lines=lines, bars=bars, whole=100, benchmark=BENCHMARK if bars else None, note=note
    )


def _shares(people: People) -> Iterable[Bar]:
    known_sex = people.women + people.men
    if known_sex:
        words = _("%(n)d of the %(all)d whose sex was recorded (%(share)d %%)")
        yield Bar(pgettext("attendance", "Women"), *_share(people.women, known_sex, words))
    if people.aged:
        words = _("%(n)d of the %(all)d whose age was recorded (%(share)d %%)")
        yield Bar(_("Young people, 15 to 35"), *_share(people.youth, people.aged, words))


def _share(part: int, whole: int, words: str) -> tuple[float, str]:
    """The bar’s length, and its words in whole per cent: rounded down, as on the pages of inclusion."""
    return 100 * part / whole, words % {"n": part, "all": whole, "share": 100 * part // whole}


def cells_section(cells: Sequence[Mapping[str, Any]]) -> Section | None:
    """Attendance of one session by group, sex and age, as shown (``crowd.lines_shown``)."""
    told = [one for one in cells if one["group"] is not None]
    if not told:
        return None
    left_out = any(one["count"] is None for one in told)
    rows = [
        (
            Group(one["group"]).label,
            Sex(one["sex"]).label,
            AgeBand(one["age_band"]).label,
            NOT_SAID if one["count"] is None else one["count"],
        )
        for one in told
    ]
    return Section(
        title=_("Who was in the room"),
        headings=(_("Group"), _("Sex"), _("Age"), _("People")),
        rows=rows,
        note=_("“–” is a number left out: with few people, somebody could be recognised.") if left_out else "",
    )


def never_there(cells: Mapping[int, Sequence[Mapping[str, Any]]]) -> Section | None:
    """The groups that were in none of the sessions whose attendance is known and shown (session -> its cells)."""
    known = [one for one in cells.values() if any(cell["group"] not in (None, Group.UNKNOWN) for cell in one)]
    if not known:
        return None
    there = {cell["group"] for one in known for cell in one}
    absent = [str(group.label) for group in Group if group not in there | {Group.OTHER, Group.UNKNOWN}]
    count = ngettext(
        "Counted over %(n)d session whose attendance by group is known.",
        "Counted over %(n)d sessions whose attendance by group is known.",
        len(known),
    ) % {"n": len(known)}
    if not absent:
        return Section(title=_("Never in the room"), text=[_("Every group was there at least once.")], note=count)
    return Section(title=_("Never in the room"), lines=absent, note=count)


def needs_and_themes(issues: Iterable[Mapping[str, Any]], themes: Mapping[str, str]) -> list[Section]:
    """How many issues touch each need and each theme, as shown (``disclosure.ISSUE``); one issue can touch several."""
    told = [one for one in issues if one["needs"] is not None]
    by_need = Counter(need for one in told for need in one["needs"])
    by_theme = Counter(theme for one in told for theme in one["themes"] or ())
    note = _("One issue can touch several. It is counted by what was raised, not by how many people said it.")
    found = (
        (_("Issues by need"), [(str(Need(code).label), n) for code, n in _most(by_need)]),
        (_("Issues by theme"), [(themes.get(code, code), n) for code, n in _most(by_theme)]),
    )
    sections = [
        Section(title=title, bars=[Bar(label, n, str(n)) for label, n in counts]) for title, counts in found if counts
    ]
    return [*sections[:-1], *(replace(last, note=note) for last in sections[-1:])]


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
