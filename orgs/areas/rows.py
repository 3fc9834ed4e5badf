"""From the rows of a file to areas and villages: which column is which, and what is wrong with a row."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from orgs.areas.files import FileRefusedError, Record, Table
from orgs.areas.resolve import in_country
from orgs.areas.shapes import Kept, kept
from orgs.models.areas import NAME_LENGTH, PCODE_PATTERN, Level, PlaceKind, name_key

Progress = Callable[[int, int], None]

_PCODE = re.compile(PCODE_PATTERN)
_NUMBERS = {Level.REGION: (1,), Level.CERCLE: (2,), Level.ARRONDISSEMENT: (3,), Level.COMMUNE: (4, 3)}
_DIGITS = {Level.REGION: (2,), Level.CERCLE: (4,), Level.ARRONDISSEMENT: (6,), Level.COMMUNE: (6, 8)}
_LARGEST_TOWNS_RANK = 3


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row, in words."""

    row: int
    words: str

    def __str__(self) -> str:
        return _("Row %(row)d: %(words)s") % {"row": self.row, "words": self.words}


@dataclass(frozen=True)
class AreaRow:
    """One area of a file. Without P-codes in the file `pcode` is empty and the name decides."""

    number: int
    pcode: str
    name: str
    shape: Kept | None

    @property
    def digits(self) -> str:
        """The digits of the P-code, by which its parents are found."""
        return digits_of(self.pcode)


@dataclass(frozen=True)
class PlaceRow:
    """One village of a file, with what it says about where it lies."""

    number: int
    code: str
    name: str
    other_names: str
    kind: PlaceKind
    rank: int
    lat: float | None
    lon: float | None
    commune_pcode: str
    cercle_name: str


RowType = TypeVar("RowType", AreaRow, PlaceRow)


@dataclass
class Reading(Generic[RowType]):
    """What came out of a file: rows, what stops the import, and what is only worth knowing."""

    rows: list[RowType] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def digits_of(pcode: str) -> str:
    """ "ML-C01010203" and "ML0101" are "01010203" and "0101"."""
    return re.sub(r"[^0-9]", "", pcode)


def read_areas(table: Table, level: Level, progress: Progress) -> Reading[AreaRow]:
    """The areas of one level in a file. Raises `FileRefusedError` when its columns are not those of that level."""
    columns = _area_columns(table.columns, level)
    records = _of_level(table, level)
    reading: Reading[AreaRow] = Reading()
    seen: dict[str, int] = {}
    for done, record in enumerate(records, start=1):
        row = _area(record, columns, level, table.has_shapes, reading)
        if row is not None:
            _add_once(row, row.pcode or name_key(row.name), seen, reading)
        progress(done, len(records))
    return reading


def _area_columns(columns: list[str], level: Level) -> tuple[str, str]:
    """The names of the P-code's column ("" when there is none) and of the name's."""
    finest = max((n for n in range(5) if _first(columns, _pcode_names(n))), default=None)
    if finest is not None and finest not in _NUMBERS[level]:
        raise FileRefusedError(
            _("This file holds level %(number)d of its division, which is not the level “%(level)s”.")
            % {"number": finest, "level": level.label}
        )
    for number in _NUMBERS[level]:
        pcode, name = _first(columns, _pcode_names(number)), _first(columns, _name_names(number))
        if pcode and name:
            return pcode, name
    name = _first(columns, ["name", "nom", "shapename", "libelle"])
    if not name:
        raise FileRefusedError(
            _("No column with the areas’ names was found. Columns of this file: %(columns)s.")
            % {"columns": ", ".join(columns[:20])}
        )
    return _first(columns, ["p-code", "pcode", "id", "code"]), name


def _pcode_names(number: int) -> list[str]:
    return [f"adm{number}_pcode", f"admin{number}pcod", f"admin{number}pcode", f"admin{number}_pcode"]


def _name_names(number: int) -> list[str]:
    return [f"adm{number}_fr", f"adm{number}_name", f"admin{number}name", f"admin{number}_name", f"adm{number}_en"]


def _first(columns: list[str], wanted: list[str]) -> str:
    return next((name for name in wanted if name in columns), "")


def _of_level(table: Table, level: Level) -> list[Record]:
    """Lists that hold several levels say in a column which row is of which."""
    for column in ("admin level", "level"):
        if column in table.columns:
            wanted = {level.value, *(str(number) for number in _NUMBERS[level])}
            return [record for record in table.records if record.values.get(column, "").lower() in wanted]
    return list(table.records)


def _area(
    record: Record, columns: tuple[str, str], level: Level, has_shapes: bool, reading: Reading[AreaRow]
) -> AreaRow | None:
    pcode_column, name_column = columns
    pcode = record.values.get(pcode_column, "").upper() if pcode_column else ""
    name = tidy_name(record.values.get(name_column, ""), level)
    problem = record.problem or _name_problem(name) or (_pcode_problem(pcode, level) if pcode_column else "")
    shape = None
    if not problem and has_shapes:
        shape_or_problem = _("it has no shape") if record.shape is None else kept(record.shape)
        if isinstance(shape_or_problem, str):
            problem = shape_or_problem
        else:
            shape = shape_or_problem
    if problem:
        reading.problems.append(Problem(record.number, problem))
        return None
    if shape is not None and shape.was_mended:
        reading.warnings.append(
            str(Problem(record.number, _("the shape of %(name)s crossed itself and was mended") % {"name": name}))
        )
    return AreaRow(record.number, pcode, name, shape)


def _pcode_problem(pcode: str, level: Level) -> str:
    if not pcode:
        return _("it has no P-code")
    if not _PCODE.match(pcode):
        return _("“%(pcode)s” is not a P-code of Mali (ML and two to eight digits)") % {"pcode": pcode[:30]}
    if len(digits_of(pcode)) not in _DIGITS[level]:
        return _("the P-code %(pcode)s is not of the level “%(level)s”") % {"pcode": pcode, "level": level.label}
    return ""


def _name_problem(name: str) -> str:
    if not name_key(name):
        return _("it has no name")
    if len(name) > NAME_LENGTH:
        return _("its name is longer than %(count)d letters") % {"count": NAME_LENGTH}
    return ""


def tidy_name(name: str, level: Level | None = None) -> str:
    """A name with single spaces and typographic apostrophes; "Kayes Commune" is the commune of Kayes."""
    tidy = " ".join(name.replace("'", "’").split())
    return re.sub(r"(?i)(?<=.) commune$", "", tidy) if level == Level.COMMUNE else tidy


def _add_once(row: RowType, key: str, seen: dict[str, int], reading: Reading[RowType]) -> None:
    if key in seen:
        words = _("%(key)s is already in row %(row)d") % {"key": key, "row": seen[key]}
        reading.problems.append(Problem(row.number, words))
        return
    seen[key] = row.number
    reading.rows.append(row)


def read_places(table: Table, progress: Progress) -> Reading[PlaceRow]:
    """The villages of a CSV file. Raises `FileRefusedError` when it has no names or positions."""
    columns = _place_columns(table.columns)
    reading: Reading[PlaceRow] = Reading()
    seen: dict[str, int] = {}
    for done, record in enumerate(table.records, start=1):
        row = _place(record, columns, reading)
        if row is not None:
            _add_once(row, row.code, seen, reading)
        progress(done, len(table.records))
    return reading


_PLACE_COLUMNS = {
    "code": ["pcode", "p-code", "code", "id"],
    "name": ["name", "nom", "village", "featurename", "featurenam"],
    "other": ["alt", "alternate", "other_names", "featurealt"],
    "rank": ["cls", "class", "popplclass", "popplaclas", "rank"],
    "lat": ["latitude", "lat", "y"],
    "lon": ["longitude", "lon", "long", "lng", "x"],
    "commune": ["admin3pcod", "adm3_pcode", "admin3pcode"],
    "cercle": ["admin2name", "adm2_fr", "adm2_name", "cercle"],
}


def _place_columns(columns: list[str]) -> dict[str, str]:
    found = {what: _first(columns, names) for what, names in _PLACE_COLUMNS.items()}
    missing = [what for what in ("name", "lat", "lon") if not found[what]]
    if missing:
        raise FileRefusedError(
            _("A list of villages needs the columns name, latitude and longitude. Columns of this file: %(columns)s.")
            % {"columns": ", ".join(columns[:20])}
        )
    return found


def _place(record: Record, columns: dict[str, str], reading: Reading[PlaceRow]) -> PlaceRow | None:
    value = {what: record.values.get(column, "") for what, column in columns.items()}
    name = tidy_name(value["name"])
    lat, lon, problem = _position(value["lat"], value["lon"])
    problem = record.problem or _name_problem(name) or problem
    if problem:
        reading.problems.append(Problem(record.number, problem))
        return None
    rank = int(value["rank"]) if value["rank"] in {"1", "2", "3", "4", "5"} else 5
    return PlaceRow(
        number=record.number,
        code=value["code"][:20] or _own_code(name, lat, lon),
        name=name,
        other_names=tidy_name(value["other"])[:300],
        kind=PlaceKind.TOWN if rank <= _LARGEST_TOWNS_RANK else PlaceKind.VILLAGE,
        rank=rank,
        lat=lat,
        lon=lon,
        commune_pcode=value["commune"].upper(),
        cercle_name=value["cercle"],
    )


def _position(lat_text: str, lon_text: str) -> tuple[float | None, float | None, str]:
    """Latitude, longitude and what is wrong with them. Both may be missing; decimal commas are understood."""
    if not lat_text and not lon_text:
        return None, None, ""
    try:
        lat, lon = float(lat_text.replace(",", ".")), float(lon_text.replace(",", "."))
    except ValueError:
        words = _("“%(lat)s, %(lon)s” is not a position") % {"lat": lat_text[:20], "lon": lon_text[:20]}
        return None, None, words
    if not in_country(lat, lon):
        return None, None, _("the position %(lat)s, %(lon)s is not in Mali") % {"lat": lat_text, "lon": lon_text}
    return lat, lon, ""


def _own_code(name: str, lat: float | None, lon: float | None) -> str:
    """A stable code for a row that has none, so that importing it again does not double it."""
    return "X" + hashlib.sha256(f"{name_key(name)}|{lat}|{lon}".encode()).hexdigest()[:15]
