"""Writing areas: what ships, imports from files, and which edition is in force."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from orgs import audit
from orgs.areas import files, resolve, rows, shipped
from orgs.areas.rows import AreaRow, PlaceRow, Problem
from orgs.models.areas import Area, AreaColumns, Edition, Level, Place, name_key
from orgs.services import area_links, area_neighbours, area_rows, directory_index

if TYPE_CHECKING:
    from orgs.models.people import User

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""

VILLAGE = "village"
_IMPORT_LOCK = 0xA12EA
_ALIKE = 0.6
NOWHERE = AreaColumns()


class ImportRefusedError(Exception):
    """Nothing was loaded. `problems` are the rows at fault; the text says how many there are."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(_("Nothing was loaded: %(count)d rows have a problem.") % {"count": len(problems)})
        self.problems = problems


@dataclass(frozen=True)
class EditionDetails:
    """What an import says about its edition. Empty values leave an existing edition as it is."""

    code: str
    title: str = ""
    source: str = ""
    credit: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    is_official: bool = True


@dataclass(frozen=True)
class ImportChoices:
    """How an import treats what is there already.

    `rename`: the file's names win. `replace`: areas that the file does not hold are removed. `by_position`:
    villages are placed by their coordinates and not by the codes of the file.
    """

    rename: bool = False
    replace: bool = False
    by_position: bool = False
    make_current: bool = False


@dataclass
class ImportResult:
    """What an import did."""

    edition: Edition
    level: str
    created: int = 0
    updated: int = 0
    removed: int = 0
    warnings: list[str] = field(default_factory=list)


def load_shipped_areas(actor: User | None = None) -> Edition:
    """Load today's régions, cercles and towns if they are not there. A migration does the same on every install."""
    with transaction.atomic():
        take_turn()
        edition: Edition = shipped.load(Edition, Area, Place)
    return edition


def make_current(actor: User | None, *, edition: Edition) -> None:
    """Put an edition in force. Rows that carry areas of the former one must be resolved again afterwards."""
    with transaction.atomic():
        take_turn()
        _put_in_force(actor, edition)
    resolve.forget()


def import_areas(
    actor: User | None,
    *,
    path: Path,
    level: str,
    edition: EditionDetails,
    choices: ImportChoices | None = None,
    progress: Progress = lambda what, done, total: None,
) -> ImportResult:
    """Load one level of an edition from a file: all of it or nothing.

    Importing again updates the same edition and level. Raises `FileRefusedError` for a file that cannot be read,
    `ImportRefusedError` with the rows at fault otherwise.
    """
    choices = choices or ImportChoices()
    table = files.read(path)
    try:
        with transaction.atomic():
            take_turn()
            return _import(actor, table, level=level, details=edition, choices=choices, progress=progress)
    finally:
        resolve.forget()


def take_turn() -> None:
    """One after the other, until this transaction ends: imports, and resolving again what they changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])


def _import(
    actor: User | None,
    table: files.Table,
    *,
    level: str,
    details: EditionDetails,
    choices: ImportChoices,
    progress: Progress,
) -> ImportResult:
    edition = _edition(details)
    result = ImportResult(edition, level)

    def reading(done: int, total: int) -> None:
        progress(_("Reading"), done, total)

    if level == VILLAGE:
        _import_places(rows.read_places(table, reading), result, choices, progress)
    else:
        _import_areas(rows.read_areas(table, Level(level), reading), result, details, choices, progress)
    if choices.make_current and not edition.is_current:
        _put_in_force(actor, edition)
    else:
        _link_to_today()
    area_rows.settle()
    if level != VILLAGE:
        area_neighbours.link_neighbours(edition)
    directory_index.refresh()
    facts = {"level": level, "created": result.created, "updated": result.updated, "removed": result.removed}
    audit.record(actor, "areas.imported", edition, **facts)
    return result


def _edition(details: EditionDetails) -> Edition:
    """The edition, made if needed, with its root and a new version stamp."""
    edition, made = Edition.objects.get_or_create(
        code=details.code, defaults={"title": details.title or details.code, "is_official": details.is_official}
    )
    given = {name: getattr(details, name) for name in ("title", "source", "credit", "valid_from", "valid_to")}
    for name, value in given.items():
        if value:
            setattr(edition, name, value)
    edition.version = edition.version if made else edition.version + 1
    edition.full_clean()
    edition.save()
    Area.objects.get_or_create(edition=edition, level=Level.COUNTRY, pcode="ML", defaults={"name": "Mali"})
    return edition


def _put_in_force(actor: User | None, edition: Edition) -> None:
    Edition.objects.filter(is_current=True).update(is_current=False)
    Edition.objects.filter(pk=edition.pk).update(is_current=True, version=F("version") + 1)
    edition.refresh_from_db()
    area_links.link_successors(edition)
    audit.record(actor, "areas.edition_in_force", edition, code=edition.code)


def _link_to_today() -> None:
    current = Edition.objects.current()
    if current is not None:
        area_links.link_successors(current)


# --- Areas -------------------------------------------------------------------------------------------------


def _import_areas(
    reading: rows.Reading[AreaRow],
    result: ImportResult,
    details: EditionDetails,
    choices: ImportChoices,
    progress: Progress,
) -> None:
    edition, level = result.edition, Level(result.level)
    result.warnings += reading.warnings
    problems = list(reading.problems)
    known = {area.pcode: area for area in Area.objects.filter(edition=edition, level=level).defer("geometry")}
    found = [_with_pcode(row, known, problems) for row in reading.rows]
    matched = [row for row in found if row is not None]
    if not choices.rename:
        problems += [_other_area(row, known[row.pcode]) for row in matched if _is_other(row, known)]
    problems += _orphans(matched, edition, level, result)
    if problems:
        raise ImportRefusedError(sorted(problems, key=lambda problem: problem.row))
    absent = [area for pcode, area in known.items() if pcode not in {row.pcode for row in matched}]
    result.removed = _remove(absent, choices, result)
    result.updated = sum(row.pcode in known for row in matched)
    result.created = len(matched) - result.updated
    area_rows.write_areas(
        edition,
        level,
        matched,
        is_approximate=not details.is_official,
        rename=choices.rename,
        progress=lambda done, total: progress(_("Writing"), done, total),
    )
    area_links.link_parents(edition)


def _with_pcode(row: AreaRow, known: dict[str, Area], problems: list[Problem]) -> AreaRow | None:
    """The row itself, or with the P-code of the area that bears its name where the file has no P-codes."""
    if row.pcode:
        return row
    key = name_key(row.name)
    bearers = [area.pcode for area in known.values() if key == area.name_key or f"/{key}/" in area.other_key]
    if len(bearers) == 1:
        return AreaRow(row.number, bearers[0], row.name, row.shape)
    words = _("no area of this edition is called “%(name)s”, and the file has no P-codes") % {"name": row.name}
    problems.append(Problem(row.number, words))
    return None


def _is_other(row: AreaRow, known: dict[str, Area]) -> bool:
    area = known.get(row.pcode)
    return area is not None and not _alike(name_key(row.name), area)


def _alike(key: str, area: Area) -> bool:
    keys = [area.name_key, *(other for other in area.other_key.split("/") if other)]
    return any(key in one or one in key or difflib.SequenceMatcher(None, key, one).ratio() >= _ALIKE for one in keys)


def _other_area(row: AreaRow, area: Area) -> Problem:
    words = _(
        "%(pcode)s is “%(known)s” in this edition and “%(name)s” in the file: is it a file of another edition?"
    ) % {"pcode": row.pcode, "known": area.name, "name": row.name}
    return Problem(row.number, words)


def _orphans(found: list[AreaRow], edition: Edition, level: Level, result: ImportResult) -> list[Problem]:
    """Rows whose région or cercle is not in the edition, though that level is loaded."""
    problems = []
    for upper, length in ((Level.REGION, 2), (Level.CERCLE, 4)):
        if level in {upper, Level.REGION}:
            break
        pcodes = set(Area.objects.filter(edition=edition, level=upper).values_list("pcode", flat=True))
        if not pcodes:
            words = _("The level “%(level)s” of this edition is not loaded yet: its areas stay without that parent.")
            result.warnings.append(words % {"level": upper.label})
            continue
        for row in found:
            parent = "ML" + row.digits[:length]
            if parent not in pcodes:
                words = _("%(pcode)s belongs to %(parent)s, which this edition does not have")
                problems.append(Problem(row.number, words % {"pcode": row.pcode, "parent": parent}))
    return problems


def _remove(absent: list[Area], choices: ImportChoices, result: ImportResult) -> int:
    if not absent:
        return 0
    if not choices.replace:
        words = _("%(count)d areas of this level are not in the file and were kept.") % {"count": len(absent)}
        result.warnings.append(words)
        return 0
    try:
        area_rows.remove_areas(absent)
    except ProtectedError as error:
        names = ", ".join(sorted(area.name for area in absent)[:5])
        words = _("areas that the file does not hold are in use and cannot be removed (%(names)s)") % {"names": names}
        raise ImportRefusedError([Problem(0, words)]) from error
    return len(absent)


# --- Villages ----------------------------------------------------------------------------------------------


def _import_places(
    reading: rows.Reading[PlaceRow], result: ImportResult, choices: ImportChoices, progress: Progress
) -> None:
    edition = result.edition
    problems = list(reading.problems)
    finder = _by_position(edition) if choices.by_position else _by_code(edition, problems)
    placed = []
    for done, row in enumerate(reading.rows, start=1):
        placed.append((row, finder(row)))
        progress(_("Placing"), done, len(reading.rows))
    if problems:
        raise ImportRefusedError(sorted(problems, key=lambda problem: problem.row))
    homeless = sum(columns.region_id is None for _row, columns in placed)
    if homeless:
        words = _("%(count)d villages have no cercle: load the areas of this edition first, then this file again.")
        result.warnings.append(words % {"count": homeless})
    codes = set(Place.objects.filter(edition=edition).values_list("code", flat=True))
    result.updated = sum(row.code in codes for row, _columns in placed)
    result.created = len(placed) - result.updated
    area_rows.write_places(edition, placed, progress=lambda done, total: progress(_("Writing"), done, total))


def _by_position(edition: Edition) -> area_rows.Finder:
    place = resolve.resolver(edition)

    def find(row: PlaceRow) -> AreaColumns:
        return NOWHERE if row.lat is None or row.lon is None else place(row.lat, row.lon).columns

    return find


def _by_code(edition: Edition, problems: list[Problem]) -> area_rows.Finder:
    """Villages by the P-code of their commune, checked against the cercle's name in the same row."""
    areas = Area.objects.filter(edition=edition).exclude(level=Level.COUNTRY).defer("geometry")
    known = {area.pcode: area for area in areas if area.level != Level.ARRONDISSEMENT}
    has_cercles = any(area.level == Level.CERCLE for area in known.values())

    def find(row: PlaceRow) -> AreaColumns:
        code = row.commune_pcode or row.code
        cercle = known.get(code[:6])
        if cercle is not None and row.cercle_name and not _alike(name_key(row.cercle_name), cercle):
            words = _(
                "%(pcode)s is “%(known)s” in this edition and “%(name)s” in the file: is it a file of another edition?"
            ) % {"pcode": cercle.pcode, "known": cercle.name, "name": row.cercle_name}
            problems.append(Problem(row.number, words))
        if cercle is None and has_cercles:
            words = _("the code %(code)s leads to no cercle of this edition") % {"code": code or "?"}
            problems.append(Problem(row.number, words))
        finest = known.get(code[:8]) or cercle or known.get(code[:4])
        return finest.ancestry_ids if finest is not None else NOWHERE

    return find


# --- Corrections by hand -----------------------------------------------------------------------------------


def correct_names(actor: User, *, row: Area | Place, name: str, other_names: str) -> None:
    """Change the name of an area or place, and its other spellings. Raises `ValidationError`."""
    row.name, row.other_names = name, other_names
    row.full_clean(exclude=["geometry"])
    with transaction.atomic():
        row.save(update_fields=["name", "name_key", "other_names", "other_key"])
        audit.record(actor, "areas.name_corrected", row)


def describe_edition(actor: User, *, edition: Edition) -> None:
    """Save an edition's title, source, credit and validity. Raises `ValidationError`."""
    edition.full_clean()
    with transaction.atomic():
        edition.save(update_fields=["title", "source", "credit", "valid_from", "valid_to"])
        audit.record(actor, "areas.edition_described", edition, code=edition.code)
