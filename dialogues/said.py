"""What a person wrote of a session, in one shape for every way in: page, phone, paper, spreadsheet.

As JSON it is what ``SessionEdit.said`` keeps. Fields that only make sense together (who was there and how many; the
place) form a *unit*: two edits are joined unit by unit, and a person settles a unit that both changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, time
from typing import Any

from dialogues.models import AgeBand, Country, Group, PointKind, Session, SessionKind, SessionState, Sex
from incidents.said import clean_words
from orgs.models import Tlp

UNITS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "kind": ("kind", "state"),
    "process": ("process", "number"),
    "when": ("held_on", "starts_at", "ends_at"),
    "place": ("country", "area", "place_text"),
    "languages": ("spoken", "interpreted"),
    "holders": ("led_by", "facilitators"),
    "present": ("present",),
    "people": ("people", "spectators", "attendance", "invited", "absent"),
    "agenda": ("agenda",),
    "minutes": ("minutes",),
    "issues": ("issues",),
    "agreements": ("agreements",),
    "disagreements": ("disagreements",),
    "tlp": ("tlp",),
}
"""Unit -> its fields of ``SessionSaid``. Every field is in exactly one."""

JOINABLE = ("agenda", "minutes", "issues", "agreements", "disagreements")
"""Units of which both versions can be kept, one behind the other."""


@dataclass(frozen=True)
class Counted:
    """People of one sex, age band and group."""

    sex: str = Sex.UNKNOWN
    age_band: str = AgeBand.UNKNOWN
    group: str = Group.UNKNOWN
    count: int = 0


@dataclass(frozen=True)
class Raised:
    """An issue: its words, the needs (``Need``) and themes (codes of ``orgs.Term``) it touches."""

    words: str
    needs: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SessionSaid:
    """A session as somebody wrote it down. ``area`` is a P-code; ``process`` its ``uid``; bodies are primary keys."""

    title: str = ""
    kind: str = SessionKind.DIALOGUE
    state: str = SessionState.HELD
    process: str = ""
    number: int | None = None
    held_on: date | None = None
    starts_at: time | None = None
    ends_at: time | None = None
    country: str = Country.MALI
    area: str = ""
    place_text: str = ""
    spoken: tuple[str, ...] = ()
    interpreted: tuple[str, ...] = ()
    led_by: int | None = None
    facilitators: tuple[int, ...] = ()
    present: tuple[int, ...] = ()
    people: int = 0
    spectators: int = 0
    attendance: tuple[Counted, ...] = ()
    invited: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    agenda: str = ""
    minutes: str = ""
    issues: tuple[Raised, ...] = ()
    agreements: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    tlp: str = field(default=Tlp.GREEN)


def cleaned(said: SessionSaid) -> SessionSaid:
    """The same, in words that can be kept, without empty lines and cells, in one order."""
    return replace(
        said,
        title=clean_words(said.title),
        place_text=clean_words(said.place_text),
        agenda=clean_words(said.agenda),
        minutes=clean_words(said.minutes),
        attendance=tuple(
            sorted((one for one in said.attendance if one.count), key=lambda one: (one.group, one.sex, one.age_band))
        ),
        issues=tuple(replace(one, words=clean_words(one.words)) for one in said.issues if clean_words(one.words)),
        agreements=_lines(said.agreements),
        disagreements=_lines(said.disagreements),
        spoken=_once(said.spoken),
        interpreted=_once(said.interpreted),
        facilitators=_once(said.facilitators),
        present=_once(said.present),
        invited=_once(said.invited),
        absent=_once(said.absent),
    )


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words for words in map(clean_words, lines) if words)


def _once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(set(values)))


def to_json(said: SessionSaid) -> dict[str, Any]:
    """As it is kept: only strings, numbers, lists and objects."""
    plain = asdict(said)
    for name in ("held_on", "starts_at", "ends_at"):
        plain[name] = plain[name].isoformat() if plain[name] is not None else None
    return {
        name: [*value] if isinstance(value, tuple) else str(value) if isinstance(value, str) else value
        for name, value in plain.items()
    }


def from_json(data: Mapping[str, Any]) -> SessionSaid:
    """What was kept by ``to_json``, or sent in its shape. Unknown names are left out.

    Raises ``ValueError``, ``TypeError`` or ``KeyError`` where a value is not of its kind.
    """
    known = {one.name: _READERS[one.name](data[one.name]) for one in fields(SessionSaid) if one.name in data}
    return cleaned(SessionSaid(**known))


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError("a list of texts, not a text")
    return tuple(str(one) for one in value or ())


def _numbers(value: Any) -> tuple[int, ...]:
    return tuple(int(one) for one in value or ())


def _number_or_none(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _cells(value: Any) -> tuple[Counted, ...]:
    return tuple(
        Counted(str(one["sex"]), str(one["age_band"]), str(one["group"]), int(one["count"])) for one in value or ()
    )


def _raised(value: Any) -> tuple[Raised, ...]:
    return tuple(Raised(str(one["words"]), _texts(one.get("needs")), _texts(one.get("themes"))) for one in value or ())


def _reader(name: str) -> Callable[[Any], Any]:
    if name in ("spoken", "interpreted", "invited", "absent", "agreements", "disagreements"):
        return _texts
    if name in ("facilitators", "present"):
        return _numbers
    if name in ("people", "spectators"):
        return lambda value: int(value or 0)
    if name in ("number", "led_by"):
        return _number_or_none
    special: dict[str, Callable[[Any], Any]] = {
        "held_on": lambda value: date.fromisoformat(value) if value else None,
        "starts_at": lambda value: time.fromisoformat(value) if value else None,
        "ends_at": lambda value: time.fromisoformat(value) if value else None,
        "attendance": _cells,
        "issues": _raised,
    }
    return special.get(name, lambda value: str(value or ""))


_READERS = {one.name: _reader(one.name) for one in fields(SessionSaid)}


def said_of(session: Session) -> SessionSaid:
    """What stands of a session now, in the shape in which it was written."""
    area = session.commune or session.cercle or session.region
    points = list(session.points.all())
    return cleaned(
        SessionSaid(
            title=session.title,
            kind=session.kind,
            state=session.state,
            process=str(session.process.uid) if session.process else "",
            number=session.number,
            held_on=session.held_on,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            country=session.country,
            area=area.pcode if area else "",
            place_text=session.place_text,
            spoken=tuple(session.spoken),
            interpreted=tuple(session.interpreted),
            led_by=session.led_by_id,
            facilitators=tuple(session.facilitators.values_list("pk", flat=True)),
            present=tuple(session.present.values_list("pk", flat=True)),
            people=session.people,
            spectators=session.spectators,
            attendance=tuple(Counted(one.sex, one.age_band, one.group, one.count) for one in session.attendance.all()),
            invited=tuple(session.invited),
            absent=tuple(session.absent),
            agenda=session.agenda,
            minutes=session.minutes,
            issues=tuple(Raised(one.words, tuple(one.needs), tuple(one.themes)) for one in session.issues.all()),
            agreements=tuple(one.words for one in points if one.kind == PointKind.AGREEMENT),
            disagreements=tuple(one.words for one in points if one.kind == PointKind.DISAGREEMENT),
            tlp=session.tlp,
        )
    )


def unit_of(said: SessionSaid, unit: str) -> tuple[Any, ...]:
    """What is said in one unit."""
    return tuple(getattr(said, name) for name in UNITS[unit])


def with_unit(said: SessionSaid, unit: str, other: SessionSaid) -> SessionSaid:
    """``said`` with one unit as ``other`` has it."""
    changed: SessionSaid = replace(said, **{name: getattr(other, name) for name in UNITS[unit]})
    return changed


def joined_unit(said: SessionSaid, unit: str, other: SessionSaid) -> SessionSaid:
    """``said`` with both versions of a unit of ``JOINABLE``: what stands first, then what ``other`` has besides."""
    (name,) = UNITS[unit]
    ours, theirs = getattr(said, name), getattr(other, name)
    if isinstance(ours, str):
        both: Any = ours if theirs in ours else f"{ours}\n\n{theirs}".strip()
    else:
        both = ours + tuple(one for one in theirs if one not in ours)
    changed: SessionSaid = replace(said, **{name: both})
    return changed


def join(base: SessionSaid, stands: SessionSaid, said: SessionSaid) -> tuple[SessionSaid, list[str]]:
    """Put what somebody wrote from ``base`` into what ``stands``: the result, and the units that both changed."""
    result, conflicts = stands, []
    for unit in UNITS:
        mine, before, now = unit_of(said, unit), unit_of(base, unit), unit_of(stands, unit)
        if mine in (before, now):
            continue
        if now == before:
            result = with_unit(result, unit, said)
        else:
            conflicts.append(unit)
    return result, conflicts
