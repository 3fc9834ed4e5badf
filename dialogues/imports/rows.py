"""What a line of a file says of a session: cells into ``SessionSaid``, with every problem by its column."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dialogues.checking import check
from dialogues.imports import attendance
from dialogues.imports.bodies import Bodies
from dialogues.imports.columns import field_of
from dialogues.imports.fields import WRONG_BAND, label_of
from dialogues.imports.problems import checked, problem
from dialogues.imports.words import code_of, days, group_of, hour, number
from dialogues.models import Country, SessionState
from dialogues.said import Raised, SessionSaid, cleaned
from orgs.imports.cells import LIST_SIGNS, listed, meant
from orgs.imports.files import CELL_LIMIT
from orgs.imports.places import Gazetteer
from orgs.imports.problems import has_error, is_error
from orgs.imports.words import Terms
from orgs.models import Tlp, Vocabulary
from orgs.policy import Viewer
from orgs.wording import held_words

SESSION_SPACE = uuid.UUID("6c1f2f0e-8a52-5b36-9d0a-3f6f3f0b7a11")
"""Uids of sessions that come from files are made in here of what the line is about: the same line, the same session."""
LINES = ("issues", "agreements", "disagreements", "proposals")
_PLACE_FIELDS = ("region", "region_code", "cercle", "cercle_code", "commune", "commune_code")
_COLUMN_OF = {"area": "area", "place_text": "place", "attendance": "people"}
"""Field of ``SessionSaid`` -> the column that says it, where that has another name."""
_MARKS = re.compile(r"\[(?P<needs>[^\]]*)\]|\{(?P<themes>[^}]*)\}")
_BULLET = re.compile(r"^\s*(?:[-–—*•]|\d{1,2}[.)])\s+")


@dataclass
class Line:
    """One line, understood."""

    said: SessionSaid = field(default_factory=SessionSaid)
    key: str = ""
    process: str = ""
    process_kind: str = ""
    proposals: tuple[str, ...] = ()
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_broken(self) -> bool:
        """Whether something keeps it from coming in."""
        return has_error(self.problems)

    def identity(self) -> str:
        """What tells this session from every other: its key, or what it is about."""
        said = self.said
        if self.key:
            return f"key|{self.process.casefold()}|{self.key}"
        facts = (
            self.process,
            said.number,
            said.kind,
            said.held_on,
            said.country,
            said.area,
            said.place_text,
            said.title,
        )
        return "|".join(str(fact).strip().casefold() for fact in facts)

    def session_uid(self) -> uuid.UUID:
        """The uid of its session: the same each time that the line is brought. Files that went out have it as key."""
        try:
            return uuid.UUID(self.key)
        except ValueError:
            pass
        return uuid.uuid5(SESSION_SPACE, self.identity())


class Understanding:
    """Reads the lines of one file; what needs the database is looked up for many lines at once."""

    def __init__(self, columns: Sequence[Mapping[str, Any]], viewer: Viewer) -> None:
        self.columns = [(int(one["place"]), code) for one in columns if (code := field_of(one))]
        self.titles: dict[str, str] = {}
        for one in columns:
            if code := field_of(one):
                self.titles.setdefault(code, str(one["title"] or one["tag"]))
        self.places = Gazetteer()
        self.terms = Terms()
        self.bodies = Bodies(viewer)

    def prepare(self, lines: Iterable[Sequence[str]]) -> None:
        """Look up the places and bodies of these lines, in a few queries."""
        values = [self.values(cells) for cells in lines]
        self.places.prepare([value[name] for value in values for name in ("area", "place") if name in value])
        self.bodies.prepare([value[name] for value in values for name in ("led_by", "present") if name in value])

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells by field; several columns of one field are put under each other."""
        found: dict[str, str] = {}
        for place, code in self.columns:
            text = cells[place] if place < len(cells) else ""
            if text:
                found[code] = f"{found[code]}\n{text}" if code in found else text
        return found

    def read(self, cells: Sequence[str], faulty: Sequence[int] = ()) -> Line:
        """What a line says, with all that is wrong with it."""
        return _Reading(self, self.values(cells), faulty).line()

    def title_of(self, name: str) -> str:
        """The column that says a field, as the file calls it; our own word where the file has none."""
        code = _COLUMN_OF.get(name, name)
        return self.titles.get(code) or label_of(code)


class _Reading:
    def __init__(self, known: Understanding, values: dict[str, str], faulty: Sequence[int]) -> None:
        self.known, self.values = known, values
        self.result = Line()
        by_place = dict(known.columns)
        for place in faulty:
            if place in by_place:
                self._say("no_result", by_place[place])

    def line(self) -> Line:
        people = attendance.count(self.values, self.known.titles)
        held_on, agenda = self._day()
        country = self._choice("country", Country.MALI)
        said = SessionSaid(
            title=self._text("title"),
            kind=self._choice("kind", SessionSaid.kind),
            state=self._choice("state", _state_on(held_on)),
            number=self._number("number"),
            held_on=held_on,
            starts_at=self._hour("starts_at"),
            ends_at=self._hour("ends_at"),
            country=country,
            area=self._area(country),
            place_text=self._text("place"),
            spoken=self._languages("spoken"),
            interpreted=self._languages("interpreted"),
            led_by=next(iter(self._bodies("led_by")), None),
            present=self._bodies("present"),
            people=people.people,
            spectators=people.spectators,
            attendance=people.attendance,
            invited=self._groups("invited"),
            absent=self._groups("absent"),
            agenda=agenda,
            minutes=self.values.get("minutes", ""),
            issues=tuple(self._issues()),
            agreements=self._lines("agreements"),
            disagreements=self._lines("disagreements"),
            tlp=self._choice("tlp", Tlp.GREEN),
        )
        self.result.problems += people.problems
        said = replace(said, invited=tuple({*said.invited, *said.absent}))
        return self._finished(cleaned(said))

    def _finished(self, said: SessionSaid) -> Line:
        line = self.result
        line.said, line.key = said, self._text("key")
        line.process, line.process_kind = self._text("process")[:200], self._choice("process_kind", "")
        line.proposals = self._lines("proposals")
        for code in (WRONG_BAND, *self.values):
            text = self.values.get(code, "")
            if code == WRONG_BAND and meant(text) and number(text) != 0:
                self._say("session_band", code, text)
            elif len(text) >= CELL_LIMIT:
                self._say("session_long", code)
        for code, words in (("process", line.process), *(("proposals", one) for one in line.proposals)):
            self.result.problems += [checked(self.known.title_of(code), held) for held in held_words(words)]
        self._check(said)
        return line

    def _check(self, said: SessionSaid) -> None:
        """What the check of every session says besides; a column that could not be read has been named already."""
        told = {one.get("column") for one in self.result.problems if is_error(one)}
        if WRONG_BAND in self.values or any(one["code"].startswith("session_group") for one in self.result.problems):
            told.add(self.known.title_of("attendance"))
        try:
            check(said)
        except ValidationError as error:
            for name, words in error.message_dict.items():
                if self.known.title_of(name) in told:
                    continue
                self.result.problems += [checked(self.known.title_of(name), one) for one in words]

    # --- One field -----------------------------------------------------------------------------------------------

    def _say(self, code: str, column: str, given: str = "", hint: str = "") -> None:
        self.result.problems.append(problem(code, column=self.known.title_of(column), given=given, hint=hint))

    def _text(self, code: str) -> str:
        return meant(self.values.get(code, ""))

    def _choice(self, code: str, otherwise: str) -> str:
        text = self._text(code)
        if not text:
            return str(otherwise)
        found = code_of(code, text)
        if not found:
            self._say(f"session_{code}", code, text)
        return found or str(otherwise)

    def _day(self) -> tuple[date | None, str]:
        """The day, and the agenda: with all its days on top, where there are several."""
        text, agenda = self._text("held_on"), self.values.get("agenda", "")
        first, last = days(text)
        if text and first is None:
            self._say("session_day", "held_on", text)
        if last is not None:
            self._say("session_days", "held_on", text)
            agenda = f"{text}\n{agenda}".strip()
        return first, agenda

    def _hour(self, code: str) -> Any:
        text = self._text(code)
        found = hour(text) if text else None
        if text and found is None:
            self._say("session_hour", code, text)
        return found

    def _number(self, code: str) -> int | None:
        text = self._text(code)
        found = number(text) if text else None
        if text and (found is None or not 0 <= found <= 32_767):
            self._say("session_number", code, text)
            return None
        return found

    def _area(self, country: str) -> str:
        if country != Country.MALI:
            return self._text("area")
        asked = {name: self.values.get(name, "") for name in _PLACE_FIELDS} | {"areas": self.values.get("area", "")}
        titles = {**self.known.titles, "areas": self.known.titles.get("area", "")}
        where = self.known.places.read(asked, titles)
        self.result.problems += where.problems
        if len(where.areas) > 1:
            names = [area.name for pk in where.areas if (area := self.known.places.known(pk))]
            self._say("session_areas", "area", ", ".join(names))
        area = self.known.places.known(where.areas[0]) if where.areas else None
        return area.pcode if area is not None else ""

    def _languages(self, code: str) -> tuple[str, ...]:
        codes, unknown = self.known.terms.read(Vocabulary.SPOKEN, self._text(code))
        for word in unknown:
            self._say("session_language", code, word)
        return tuple(codes)

    def _groups(self, code: str) -> tuple[str, ...]:
        found: list[str] = []
        for part in listed(self.values.get(code, "").replace(",", ";")):
            group = group_of(part)
            if group:
                found.append(group)
            else:
                self._say("session_group", code, part)
        return tuple(found)

    def _bodies(self, code: str) -> tuple[int, ...]:
        found: list[int] = []
        for name in listed(self.values.get(code, "")):
            known = self.known.bodies.named(name)
            if len(known) == 1:
                found.append(next(iter(known)))
            else:
                self._say("session_bodies" if known else "session_body", code, name)
        return tuple(found)

    def _lines(self, code: str) -> tuple[str, ...]:
        parts = (_BULLET.sub("", part).strip() for part in LIST_SIGNS.split(self.values.get(code, "")))
        return tuple(part for part in parts if meant(part))

    def _issues(self) -> Iterable[Raised]:
        for words in self._lines("issues"):
            needs: list[str] = []
            themes: list[str] = []
            for mark in _MARKS.finditer(words):
                for word in listed((mark["needs"] or "").replace(",", ";")):
                    needs += [need] if (need := code_of("need", word)) else self._unknown("session_need", word)
                codes, unknown = self.known.terms.read(Vocabulary.THEME, mark["themes"] or "")
                themes += codes
                for word in unknown:
                    self._unknown("session_theme", word)
            bare = " ".join(_MARKS.sub(" ", words).split())
            yield Raised(bare, tuple(dict.fromkeys(needs)), tuple(dict.fromkeys(themes)))

    def _unknown(self, code: str, word: str) -> list[str]:
        self._say(code, "issues", word)
        return []


def _state_on(held_on: date | None) -> str:
    """Where a line does not say whether it was held, the day does."""
    is_to_come = held_on is not None and held_on > timezone.localdate()
    return str(SessionState.PLANNED if is_to_come else SessionState.HELD)
