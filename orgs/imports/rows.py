"""From the cells of a line to what it says of an organisation; and several lines of one organisation made one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orgs.imports import cells, words
from orgs.imports.places import Gazetteer
from orgs.imports.problems import problem
from orgs.models import OrganisationKind, Vocabulary
from orgs.models.areas import name_key

Parsed = dict[str, Any]
Problems = list[dict[str, str]]

CODED = {
    "themes": Vocabulary.THEME,
    "served": Vocabulary.SERVED,
    "spoken": Vocabulary.SPOKEN,
    "capacities": Vocabulary.CAPACITY,
}
LISTS = ("names", *CODED, "links", "areas", "unplaced")
SCALARS = (
    "slug", "name", "acronym", "kind", "founded", "legal_number", "legal_scheme", "description", "description_en",
    "visibility", "agreed_on", "source",
)  # fmt: skip
LENGTHS = {"acronym": 40, "legal_number": 60, "source": 200, "slug": 80, "description": 4000, "description_en": 4000}
NAME_LENGTH = 200
MOST_IN_A_LIST = 200
TOLD_TWICE = ("kind", "founded", "legal_number", "visibility")
"""Facts of which an organisation has one: lines that differ are told to the person."""


@dataclass
class Columns:
    """Which column of a sheet fills which field, and what each is called in the file."""

    by_field: dict[str, list[int]] = field(default_factory=dict)
    titles: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, chosen: Mapping[str, str], found: Sequence[Mapping[str, Any]]) -> Columns:
        """From the choice of a person (column number -> field) and what was found of the columns."""
        columns = cls()
        for place, name in sorted(chosen.items(), key=lambda pair: int(pair[0])):
            if name:
                columns.by_field.setdefault(name, []).append(int(place))
        for one in found:
            columns.titles[int(one["place"])] = one["title"] or one["tag"] or f"{int(one['place']) + 1}"
        return columns

    def text(self, line: Sequence[str], name: str) -> str:
        """What a line says in the columns of a field, one a line of text."""
        places = self.by_field.get(name, ())
        return "\n".join(line[place] for place in places if place < len(line) and line[place])

    def title(self, name: str) -> str:
        """What the file calls the column of a field."""
        return next((self.titles.get(place, "") for place in self.by_field.get(name, ())), "")


class Understanding:
    """Reads lines: what all lines of a file need is fetched once."""

    def __init__(self) -> None:
        self.terms = words.Terms()
        self.places = Gazetteer()

    def prepare(self, lines: Iterable[Sequence[str]], columns: Columns) -> None:
        """Fetch at once what these lines will ask for."""
        self.places.prepare(text for line in lines for name in ("seat", "areas") if (text := columns.text(line, name)))

    def read(self, line: Sequence[str], columns: Columns, faulty: Sequence[int] = ()) -> tuple[Parsed, Problems]:
        """What one line says, and what is wrong with it."""
        return _Line(self, line, columns, faulty).read()


class _Line:
    def __init__(self, given: Understanding, line: Sequence[str], columns: Columns, faulty: Sequence[int]) -> None:
        self.given, self.line, self.columns = given, line, columns
        self.parsed: Parsed = {}
        self.problems: Problems = []
        used = {place for places in columns.by_field.values() for place in places}
        for place in faulty:
            if place in used:
                self.problems.append(problem("no_result", column=columns.titles.get(place, "")))

    def read(self) -> tuple[Parsed, Problems]:
        self._names()
        self._kind()
        self._plain()
        for name, vocabulary in CODED.items():
            self._codes(name, vocabulary)
        self._legal_scheme()
        self._visibility()
        self._links()
        self._places()
        self._contacts()
        return {name: value for name, value in self.parsed.items() if value not in ("", None, [])}, self.problems

    def _text(self, name: str) -> str:
        return cells.meant(self.columns.text(self.line, name))

    def _say(self, code: str, name: str, given: str = "") -> None:
        self.problems.append(problem(code, column=self.columns.title(name), given=given))

    def _names(self) -> None:
        name, acronym = self._text("name"), self._text("acronym")
        if not name_key(name):
            name = acronym
        if not name_key(name):
            self._say("no_name", "name")
        elif len(name) > NAME_LENGTH:
            self._say("long_name", "name", name)
        self.parsed["name"] = name[:NAME_LENGTH]
        self.parsed["acronym"] = self._cut("acronym", acronym)
        self.parsed["slug"] = self._cut("slug", self._text("slug").strip("/").rsplit("/", 1)[-1].lower())
        others = [other[:NAME_LENGTH] for other in cells.listed(self.columns.text(self.line, "names"))]
        self.parsed["names"] = [other for other in others if other != name][:MOST_IN_A_LIST]

    def _cut(self, name: str, text: str) -> str:
        limit = LENGTHS[name]
        if len(text) > limit:
            self._say("cut", name)
        return text[:limit].strip()

    def _kind(self) -> None:
        text = self._text("kind")
        if not text:
            return
        kind = words.kinds().get(words.plain(text))
        if kind is None:
            self._say("kind", "kind", text)
        self.parsed["kind"] = kind or OrganisationKind.OTHER

    def _plain(self) -> None:
        for name in ("legal_number", "source"):
            self.parsed[name] = self._cut(name, self._text(name))
        for name in ("description", "description_en"):
            self.parsed[name] = self._cut(name, self.columns.text(self.line, name).strip())
        founded, agreed = self._text("founded"), self._text("agreed_on")
        if founded:
            self.parsed["founded"] = cells.year(founded)
            if self.parsed["founded"] is None:
                self._say("year", "founded", founded)
        if agreed:
            day = cells.day(agreed)
            self.parsed["agreed_on"] = day.isoformat() if day else None
            if day is None:
                self._say("day", "agreed_on", agreed)

    def _codes(self, name: str, vocabulary: str) -> None:
        text = self.columns.text(self.line, name)
        if not cells.meant(text):
            return
        codes, unknown = self.given.terms.read(vocabulary, text)
        self.parsed[name] = codes
        for word in unknown:
            if cells.meant(word):
                self._say("term", name, cells.meant(word))

    def _legal_scheme(self) -> None:
        text = self._text("legal_scheme")
        if text:
            self.parsed["legal_scheme"] = words.schemes().get(words.plain(text), "")
            if not self.parsed["legal_scheme"]:
                self._say("scheme", "legal_scheme", text)

    def _visibility(self) -> None:
        text = self._text("visibility")
        if text:
            self.parsed["visibility"] = words.visibilities().get(words.plain(text), "")
            if not self.parsed["visibility"]:
                self._say("visibility", "visibility", text)

    def _links(self) -> None:
        found, wrong = cells.links(self.columns.text(self.line, "links"))
        self.parsed["links"] = found[:MOST_IN_A_LIST]
        for text in wrong:
            self._say("link", "links", text)

    def _places(self) -> None:
        names = ("region", "region_code", "cercle", "cercle_code", "commune", "areas", "seat")
        values = {name: self.columns.text(self.line, name) for name in names}
        where = self.given.places.read(values, {name: self.columns.title(name) for name in names})
        self.parsed |= {"areas": where.areas, "seats": where.seats, "unplaced": where.unplaced}
        self.problems += where.problems

    def _contacts(self) -> None:
        contacts, problems = read_contacts(self.line, self.columns)
        self.parsed["contacts"] = contacts
        self.problems += problems


CONTACT_FIELDS = ("contact_name", "contact_role", "phone", "email", "emergency")
BESIDE = "|"
"""In our own exports the parts of several contacts stand in the same order, parted by this sign."""


def read_contacts(line: Sequence[str], columns: Columns) -> tuple[list[dict[str, Any]], Problems]:
    """The contacts in a line: one for each phone, with the e-mail, name and role that stand beside it."""
    texts = {name: columns.text(line, name) for name in CONTACT_FIELDS}
    if not any(texts.values()):
        return [], []
    contacts: list[dict[str, Any]] = []
    problems: Problems = []
    for each in _one_by_one(texts):
        _join_contacts(contacts, _contacts(each, columns, problems))
    return contacts[:MOST_IN_A_LIST], problems


def _one_by_one(texts: Mapping[str, str]) -> list[dict[str, str]]:
    if BESIDE not in texts["phone"] + texts["email"]:
        return [dict(texts)]
    parts = {name: text.split(BESIDE) for name, text in texts.items()}
    return [{name: _at(each, place) for name, each in parts.items()} for place in range(max(map(len, parts.values())))]


def _contacts(texts: Mapping[str, str], columns: Columns, problems: Problems) -> list[dict[str, Any]]:
    phones, wrong = cells.phones(texts["phone"])
    problems += [problem("phone", column=columns.title("phone"), given=text) for text in wrong]
    emails, wrong = cells.emails(texts["email"])
    problems += [problem("email", column=columns.title("email"), given=text) for text in wrong]
    names = _people(texts["contact_name"], phones, emails)
    roles = cells.listed(texts["contact_role"])
    flags = [words.plain(part) in words.YES for part in cells.listed(texts["emergency"])]
    contacts = []
    for place in range(max(len(phones), len(emails))):
        contact: dict[str, Any] = {
            "phone": _at(phones, place),
            "email": _at(emails, place),
            "name": (_at(names, place) or (names[0] if len(names) == 1 else ""))[:120],
            "role": (_at(roles, place) or (roles[0] if len(roles) == 1 else ""))[:120],
            "emergency": flags[place] if place < len(flags) else len(flags) == 1 and flags[0],
        }
        contacts.append({name: value for name, value in contact.items() if value})
    if names and not contacts:
        problems.append(problem("contact_alone", column=columns.title("contact_name"), given=names[0]))
    return contacts


def _people(text: str, phones: list[str], emails: list[str]) -> list[str]:
    """The names in a cell about contacts; numbers and addresses that stand there too are taken as such."""
    names = []
    for part in cells.listed(text):
        found, wrong = cells.phones(part)
        written, _ = cells.emails(part)
        if found and not wrong:
            phones += [number for number in found if number not in phones]
        elif written:
            emails += [address for address in written if address not in emails]
        else:
            names.append(part)
    return names


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""


# --- Several lines of one organisation -----------------------------------------------------------------------------


def merged(lines: Sequence[Parsed]) -> tuple[Parsed, Problems]:
    """What all lines of one organisation say together: lists are joined, of single facts the first counts."""
    whole: Parsed = {}
    problems: Problems = []
    for line in lines:
        for name in SCALARS:
            value = line.get(name)
            if value in (None, ""):
                continue
            first = whole.setdefault(name, value)
            if name in TOLD_TWICE and first != value:
                problems.append(problem("differs", given=str(value), hint=str(first)))
        for name in LISTS:
            kept = whole.setdefault(name, [])
            kept += [one for one in line.get(name, ()) if one not in kept]
        _join_contacts(whole.setdefault("contacts", []), line.get("contacts", ()))
        seats = whole.setdefault("seats", [])
        seats += [seat for seat in line.get("seats", ()) if seat not in seats]
    _settle(whole)
    once = {tuple(sorted(one.items())): one for one in problems}
    return {name: value for name, value in whole.items() if value not in ("", None, [], {})}, list(once.values())


def _join_contacts(kept: list[dict[str, Any]], more: Iterable[dict[str, Any]]) -> None:
    for contact in more:
        same = next((one for one in kept if is_same_contact(one, contact)), None)
        if same is None:
            kept.append(dict(contact))
        else:
            same.update({name: value for name, value in contact.items() if not same.get(name)})


def is_same_contact(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two contacts are reached in the same way: the same phone, or the same e-mail where one has no phone."""
    if one.get("phone") and other.get("phone"):
        return bool(one["phone"] == other["phone"])
    return bool(one.get("email")) and one.get("email") == other.get("email")


def _settle(whole: Parsed) -> None:
    """One seat is the seat; several are places where it works."""
    seats = whole.pop("seats", [])
    if len(seats) == 1:
        whole["seat"] = seats[0]
    elif seats:
        whole["areas"] += [seat["area"] for seat in seats if seat.get("area") and seat["area"] not in whole["areas"]]
    unplaced = whole.pop("unplaced", [])
    if unplaced:
        whole["place_text"] = ", ".join(unplaced)[:200].strip()
    if whole.get("kind") == OrganisationKind.SECURITY:
        whole.pop("seat", None)
        whole.pop("place_text", None)
