"""Where lines of a file say that organisations are: names and codes of areas and towns, looked up many at once.

Every distinct way of saying a place is understood once for a whole file. All areas are held in memory (a few
thousand); towns and villages are fetched by the names of a batch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from orgs.areas.search import find_places
from orgs.imports.cells import meant
from orgs.imports.fields import PLACE_FIELDS
from orgs.imports.problems import problem
from orgs.models import Area, Level, Place
from orgs.models.areas import name_key

MOST_HINTS = 150
"""Distinct names that are not found and yet looked up among look-alikes: each costs a query."""
LIKELY = 0.45
_CODE = re.compile(r"^(?:(?P<edition>[a-z0-9_-]+):)?(?P<code>ML(?:-[A-Z])?[0-9]{0,8})$", re.IGNORECASE)
_SIGNS = re.compile(r"[;|\n\r/•]+|\s+(?:et|and|&)\s+", re.IGNORECASE)
_LEVEL_WORDS = re.compile(
    r"^(?P<word>region|cercle|commune|district|ville|village|arrondissement|province|prefecture)"
    r"(?: (?:of|de|du|d|des|la|le|l|rurale|urbaine))* (?P<name>.+)$"
)
_LEVELS = {"region": Level.REGION, "cercle": Level.CERCLE, "commune": Level.COMMUNE, "province": Level.REGION}
_EVERYWHERE = frozenset(
    [
        *("mali", "national", "nationale", "nationwide", "pays", "tout le mali", "tout le pays", "ensemble du pays"),
        *("territoire national", "toutes les regions", "couverture nationale", "national coverage", "niveau national"),
    ]
)
_DEPTH = {level: depth for depth, level in enumerate(Level.values)}


@dataclass(frozen=True)
class KnownArea:
    """What is held of an area. ``key_of_region`` and ``key_of_cercle`` are the names of those above it."""

    id: int
    level: str
    key: str
    pcode: str
    edition: str
    is_current: bool
    above: frozenset[int]
    key_of_region: str
    key_of_cercle: str
    name: str


@dataclass(frozen=True)
class KnownPlace:
    """What is held of a town or village."""

    id: int
    rank: int
    is_current: bool
    area: int | None
    """The finest area around it."""
    key_of_region: str
    key_of_cercle: str


@dataclass
class Where:
    """What the cells about places of one line mean."""

    areas: list[int] = field(default_factory=list)
    seats: list[dict[str, Any]] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)


class Gazetteer:
    """Areas by name and code, towns by the names that were asked for; answers are remembered."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[KnownArea]] = {}
        self._by_code: dict[str, list[KnownArea]] = {}
        self._areas: dict[int, KnownArea] = {}
        self._towns: dict[str, list[KnownPlace]] = {}
        self._answers: dict[tuple[str, ...], Where] = {}
        self._hints: dict[str, str] = {}
        self._load()

    def _load(self) -> None:
        columns = (
            "pk", "level", "name_key", "other_key", "pcode", "edition__code", "edition__is_current", "region_id",
            "cercle_id", "commune_id", "region__name_key", "cercle__name_key", "name", "successor_id",
        )  # fmt: skip
        rows = list(Area.objects.order_by("-edition__is_current", "pk").values_list(*columns))
        for row in rows:
            (
                pk,
                level,
                key,
                others,
                pcode,
                edition,
                current,
                region,
                cercle,
                commune,
                in_region,
                in_cercle,
                own,
                _today,
            ) = row
            above = frozenset(one for one in (region, cercle, commune) if one is not None and one != pk)
            known = KnownArea(pk, level, key, pcode, edition, current, above, in_region or "", in_cercle or "", own)
            self._areas[pk] = known
            for name in {key, *_bare_names(key), *(other for other in others.split("/") if other)}:
                self._by_key.setdefault(name, []).append(known)
            self._by_code.setdefault(pcode, []).append(known)
        self._today = {row[0]: row[13] for row in rows if row[13] is not None}

    # --- Towns and villages --------------------------------------------------------------------------------------

    def prepare(self, texts: Iterable[str]) -> None:
        """Fetch the towns of these names, all in one query."""
        names = {name_key(part) for text in texts for part in re.split(r"[,(]", " , ".join(_parts(text)))}
        keys = sorted(key for key in names if key and key not in self._towns)
        if not keys:
            return
        for key in keys:
            self._towns[key] = []
        with connection.cursor() as cursor:
            cursor.execute(_TOWNS, {"keys": keys, "slashed": [f"%/{key}/%" for key in keys]})
            for key, pk, rank, current, commune, cercle, region, in_region, in_cercle in cursor.fetchall():
                area = commune or cercle or region
                self._towns[key].append(KnownPlace(pk, rank, current, area, in_region or "", in_cercle or ""))

    # --- What a line says ----------------------------------------------------------------------------------------

    def read(self, values: Mapping[str, str], titles: Mapping[str, str]) -> Where:
        """What the cells of a line (by field) say of places."""
        asked = tuple(values.get(name, "") for name in PLACE_FIELDS)
        if not any(asked):
            return Where()
        key = (*asked, *(titles.get(name, "") for name in PLACE_FIELDS))
        if key not in self._answers:
            self._answers[key] = _Reading(self, values, titles).where()
        return self._answers[key]

    def known(self, area_id: int) -> KnownArea | None:
        """An area by its number."""
        return self._areas.get(area_id)

    def above(self, area_id: int) -> frozenset[int]:
        """An area with all those above it."""
        known = self._areas.get(area_id)
        return frozenset([area_id]) if known is None else known.above | {area_id}

    def area(self, text: str, level: str = "", within: Sequence[str] = ()) -> KnownArea | None:
        """The area that a name or code means; of several, the one of this level, of today, inside ``within``."""
        code = _CODE.match(text.strip())
        if code:
            found = self._by_code.get(code["code"].upper(), [])
            if code["edition"]:
                found = [area for area in found if area.edition == code["edition"].lower()]
            return self._best(found, level, within)
        key = name_key(text)
        if key in _EVERYWHERE:
            return next((area for area in self._by_key.get("mali", []) if area.level == Level.COUNTRY), None)
        said = _LEVEL_WORDS.match(key)
        if said and key not in self._by_key:
            return self._best(self._by_key.get(said["name"], []), _LEVELS.get(said["word"], level), within)
        return self._best(self._by_key.get(key, []), level, within)

    def _best(self, found: Sequence[KnownArea], level: str, within: Sequence[str]) -> KnownArea | None:
        if not found:
            return None
        best = min(
            found,
            key=lambda area: (
                bool(within) and not _is_within(area, within),
                bool(level) and area.level != level,
                not area.is_current,
                _DEPTH[area.level],
                area.id,
            ),
        )
        today = self._areas.get(self._today.get(best.id, 0))
        return today if today is not None and not best.is_current else best

    def town(self, text: str, within: Sequence[str]) -> KnownPlace | None:
        """The town or village of this name, inside ``within`` where that is said."""
        name, *around = [name_key(part) for part in re.split(r"[,(]", text) if name_key(part)] or [""]
        said = _LEVEL_WORDS.match(name)
        found = self._towns.get(name, []) or (self._towns.get(said["name"], []) if said else [])
        inside = [*within, *around]
        fitting = [town for town in found if not inside or _is_within(town, inside)]
        return min(fitting, key=lambda town: (not town.is_current, town.rank, town.id), default=None)

    def hint(self, text: str) -> str:
        """A place of today whose name is like this one; empty where there is none."""
        if text not in self._hints:
            if len(self._hints) >= MOST_HINTS:
                return ""
            near = find_places(text, limit=1)
            self._hints[text] = near[0].name if near and near[0].is_current and near[0].score >= LIKELY else ""
        return self._hints[text]


def _bare_names(key: str) -> list[str]:
    """ "bamako" for "district de bamako"."""
    said = _LEVEL_WORDS.match(key)
    return [said["name"]] if said else []


def _is_within(found: KnownArea | KnownPlace, names: Sequence[str]) -> bool:
    around = {found.key_of_region, found.key_of_cercle}
    around |= {bare for key in around for bare in _bare_names(key)}
    return any(name in around or not around.isdisjoint(_bare_names(name)) for name in names)


def _parts(text: str) -> list[str]:
    return [piece for part in _SIGNS.split(text) if (piece := meant(part))]


class _Reading:
    """Reads the places of one line: from the region down, each inside what stands before it."""

    def __init__(self, gazetteer: Gazetteer, values: Mapping[str, str], titles: Mapping[str, str]) -> None:
        self.gazetteer, self.values, self.titles = gazetteer, values, titles
        self.found: list[KnownArea] = []
        self.within: list[str] = []
        self.result = Where()
        self.is_elsewhere = False
        """Whether the line speaks of a region that Mali does not have: then its towns are not ours either."""

    def where(self) -> Where:
        for name, level in (("region", Level.REGION), ("cercle", Level.CERCLE), ("commune", Level.COMMUNE)):
            self._named(name, level)
        self._anywhere()
        self._seat()
        self.result.areas = self._finest()
        self.result.unplaced = list(dict.fromkeys(self.result.unplaced))
        return self.result

    def _named(self, name: str, level: str) -> None:
        found: list[KnownArea] = []
        code = meant(self.values.get(f"{name}_code", ""))
        by_code = self.gazetteer.area(code, level) if _CODE.match(code) else None
        parts = [part for whole in _parts(self.values.get(name, "")) for part in whole.split(",") if meant(part)]
        if by_code is not None:
            found.append(by_code)
            parts = parts if len(parts) > 1 else []
        elif code and not parts:
            self._not_found(f"{name}_code", code)
        for part in parts:
            area = None if self.is_elsewhere else self.gazetteer.area(part.strip(), level, self.within)
            if area is None:
                self._not_found(name, part.strip())
            else:
                self._check_inside(name, area, part.strip())
                found.append(area)
        if parts and not found:
            self.is_elsewhere = True
        if found:
            self.within = [area.key for area in found]
        self.found += found

    def _check_inside(self, name: str, area: KnownArea, text: str) -> None:
        if self.within and area.level != Level.REGION and not _is_within(area, self.within):
            self._say("place_outside", name, text, ", ".join(self.within))

    def _anywhere(self) -> None:
        for whole in _parts(self.values.get("areas", "")):
            for part in whole.split(","):
                text = part.strip()
                if not meant(text):
                    continue
                area = self.gazetteer.area(text)
                town = None if area is not None else self.gazetteer.town(text, [])
                if area is None and town is not None and town.area is not None:
                    area = self.gazetteer.known(town.area)
                if area is None:
                    self._not_found("areas", text)
                else:
                    self.found.append(area)

    def _seat(self) -> None:
        for text in _parts(self.values.get("seat", "")):
            town = None if self.is_elsewhere else self.gazetteer.town(text, self.within)
            is_code = _CODE.match(text) is not None
            if town is not None and not is_code:
                self._sits({"place": town.id, "area": town.area, "key": name_key(text.split(",")[0])})
                continue
            first, *around = [part.strip() for part in text.split(",") if part.strip()] or [text]
            inside = [*self.within, *(name_key(part) for part in around)]
            area = None if self.is_elsewhere else self.gazetteer.area(first, "", inside)
            if area is not None and (is_code or not inside or _is_within(area, inside) or area.key in inside):
                self._sits({"area": area.id})
            else:
                self._not_found("seat", text)

    def _sits(self, seat: dict[str, Any]) -> None:
        if seat not in self.result.seats:
            self.result.seats.append(seat)

    def _not_found(self, name: str, text: str) -> None:
        self.result.unplaced.append(text)
        # Where the region is unknown the finer places are too: one warning says it.
        if self.is_elsewhere:
            return
        hint = self.gazetteer.hint(text)
        self._say("place_hint" if hint else "place", name, text, hint)

    def _say(self, code: str, name: str, given: str, hint: str = "") -> None:
        self.result.problems.append(problem(code, column=self.titles.get(name, ""), given=given, hint=hint))

    def _finest(self) -> list[int]:
        """The areas found, without those in which a finer one was found."""
        covered = {above for area in self.found for above in area.above}
        return list(dict.fromkeys(area.id for area in self.found if area.id not in covered))


_TOWNS = f"""
SELECT asked.key, place.id, place.rank, edition.is_current,
       COALESCE(commune.successor_id, commune.id), COALESCE(cercle.successor_id, cercle.id), region.id,
       region.name_key, cercle.name_key
  FROM unnest(%(keys)s::text[], %(slashed)s::text[]) AS asked (key, slashed)
  JOIN {Place._meta.db_table} place ON place.name_key = asked.key OR place.other_key LIKE asked.slashed
  JOIN orgs_edition edition ON edition.id = place.edition_id
  LEFT JOIN {Area._meta.db_table} region ON region.id = place.region_id
  LEFT JOIN {Area._meta.db_table} cercle ON cercle.id = place.cercle_id
  LEFT JOIN {Area._meta.db_table} commune ON commune.id = place.commune_id
 ORDER BY edition.is_current DESC, place.rank, place.id
"""  # noqa: S608 (names of our own tables)
