"""Finding a place by the words a person typed: areas, towns and villages, whatever the accents and small slips."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.models.areas import AreaColumns, Edition, Level, PlaceKind, is_district_name, level_words, name_key

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TEXT_LIMIT = 200
"""Longer texts are cut: nobody types a longer name."""
SHORTEST = 2
_BRANCH_LIMIT = 40
_SAME_PLACE_KM = 12.0
"""An older edition's place of the same name within this distance is the same place."""

_EXACT = 0
_CURRENT_LEAD = 0.1
"""What being in the current edition is worth among look-alikes."""

_WORD = r"(?P<word>ville|village|quartier|cercle|region|commune|arrondissement|camp|town|district)"
_LEVEL_BEFORE = re.compile(rf"^{_WORD}(?: (?:of|de|du|d|des|la|le|l))* (?P<name>.+)$")
_LEVEL_AFTER = re.compile(rf"^(?P<name>.+) {_WORD}$")
_HINTS = {
    "ville": PlaceKind.TOWN,
    "town": PlaceKind.TOWN,
    "village": PlaceKind.VILLAGE,
    "quartier": PlaceKind.NEIGHBOURHOOD,
    "camp": PlaceKind.CAMP,
    "cercle": Level.CERCLE,
    "region": Level.REGION,
    "district": Level.REGION,
    "commune": Level.COMMUNE,
    "arrondissement": Level.ARRONDISSEMENT,
}
_ORDER: dict[str, int] = {
    PlaceKind.TOWN: 0,
    Level.CERCLE: 1,
    Level.REGION: 2,
    Level.COMMUNE: 3,
    PlaceKind.NEIGHBOURHOOD: 4,
    PlaceKind.CAMP: 4,
    PlaceKind.VILLAGE: 5,
    Level.ARRONDISSEMENT: 6,
    Level.COUNTRY: 7,
}
_KIND_WORDS: dict[str, _StrPromise] = {
    PlaceKind.TOWN: gettext_lazy("%(name)s (town)"),
    PlaceKind.VILLAGE: gettext_lazy("%(name)s (village)"),
    PlaceKind.CAMP: gettext_lazy("%(name)s (camp)"),
    PlaceKind.NEIGHBOURHOOD: gettext_lazy("%(name)s (neighbourhood)"),
}


@dataclass(frozen=True)
class Candidate:
    """One possible meaning of what was typed.

    `kind` is "area" or "place" and `id` the primary key there. The columns are areas of the current edition,
    None where an older edition's area has no known place in today's division. `score` runs from 0 to 1.
    """

    kind: str
    id: int
    level: str
    name: str
    label: str
    edition: str
    is_current: bool
    region_id: int | None
    cercle_id: int | None
    commune_id: int | None
    lat: float | None
    lon: float | None
    score: float

    @property
    def columns(self) -> AreaColumns:
        """The three columns that a report or an incident carries."""
        return AreaColumns(self.region_id, self.cercle_id, self.commune_id)


def find_places(text: str, *, limit: int = 8, edition: Edition | None = None) -> list[Candidate]:
    """The best candidates for a typed place, best first: exact names, then beginnings, then look-alikes.

    Understands "cercle de Koro" and "Koro, Bankass" (what follows the comma only helps to choose). The current
    edition comes first; names of older editions follow, with their areas of today where these are known. With
    `edition`, only that edition is searched. One query; never raises, whatever was typed.
    """
    name, hint, around = _understood(text)
    if len(name) < SHORTEST:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"key": name, "edition": edition.pk if edition else None})
        columns = [column.name for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    rows.sort(key=lambda row: _rank(row, hint, around))
    by_label: dict[str, Candidate] = {}
    for row in _without_doubles(rows):
        candidate = _candidate(row)
        by_label.setdefault(candidate.label, candidate)
    return list(by_label.values())[:limit]


def _understood(text: str) -> tuple[str, str, set[str]]:
    """The name's key, the level it was said to be (or ""), and the keys of the areas said to be around it."""
    text = re.sub(r"(?i)\b([dl])['’]", r"\1 ", text[:TEXT_LIMIT])
    first, *rest = [part for part in re.split(r"[,;(/\n]", text) if name_key(part)] or [""]
    key = name_key(first)
    around = {_bare(name_key(part))[0] for part in rest}
    name, hint = _bare(key)
    return name, hint, around


def _bare(key: str) -> tuple[str, str]:
    said = _LEVEL_BEFORE.match(key) or _LEVEL_AFTER.match(key)
    if said is None:
        return key, ""
    return said["name"], _HINTS[said["word"]]


def _rank(row: dict[str, Any], hint: str, around: set[str]) -> tuple[Any, ...]:
    parents = {name_key(row[column]) for column in ("commune", "cercle", "region") if row[column]}
    return (
        row["tier"],
        0 if around & parents else 1,
        0 if row["level"] == hint else 1,
        *_nearness(row),
        _ORDER[row["level"]],
        row["size"],
        row["name_key"],
        row["id"],
    )


def _nearness(row: dict[str, Any]) -> tuple[Any, ...]:
    """Among exact names the current edition and the larger unit come first; else the likeness counts most."""
    if row["tier"] == _EXACT:
        return (not row["is_current"], _ORDER[row["level"]], -row["score"])
    return (-row["score"] - (_CURRENT_LEAD if row["is_current"] else 0.0),)


def _without_doubles(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out older editions' rows that say the same as one of the current edition."""
    current = [row for row in rows if row["is_current"]]
    return [row for row in rows if row["is_current"] or not any(_same(row, other) for other in current)]


def _same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    if old["name_key"] not in (new["name_key"], *new["other_key"].strip("/").split("/")):
        return False
    if old["kind"] == "area" and new["kind"] == "area":
        return bool(old["level"] == new["level"])
    if old["kind"] == "place" and new["kind"] == "place" and None not in (old["lat"], new["lat"]):
        north = old["lat"] - new["lat"]
        east = (old["lon"] - new["lon"]) * math.cos(math.radians(old["lat"]))
        return math.hypot(north, east) * 111.2 < _SAME_PLACE_KM
    return False


def _candidate(row: dict[str, Any]) -> Candidate:
    return Candidate(
        kind=row["kind"],
        id=row["id"],
        level=row["level"],
        name=row["name"],
        label=_label(row),
        edition=row["edition"],
        is_current=row["is_current"],
        region_id=row["region_id"],
        cercle_id=row["cercle_id"],
        commune_id=row["commune_id"],
        lat=row["lat"],
        lon=row["lon"],
        score=round(row["score"], 3),
    )


def _label(row: dict[str, Any]) -> str:
    """ "Koro (village), commune de Dogo, cercle de Bougouni, région de Bougouni", with the edition.

    A name of an older edition is followed by its cercle and région of today where they are known.
    """
    words = [_own_words(row)]
    if row["level"] == Level.COUNTRY:
        return words[0]
    if row["commune"] and row["level"] != Level.COMMUNE:
        words.append(level_words(Level.COMMUNE, row["commune"]))
    knows_today = not row["is_current"] and bool(row["today_region"])
    cercle, region = ("today_cercle", "today_region") if knows_today else ("cercle", "region")
    in_district = is_district_name(row[region] or "")
    if row[cercle] and not in_district and (row["level"] != Level.CERCLE or knows_today):
        words.append(level_words(Level.CERCLE, row[cercle]))
    if row[region] and row["level"] != Level.REGION:
        words.append(level_words(Level.REGION, row[region]))
    facts = {"place": ", ".join(words), "edition": row["edition"]}
    if knows_today:
        return _("%(place)s – name of the division of %(edition)s") % facts
    return _("%(place)s – division of %(edition)s") % facts


def _own_words(row: dict[str, Any]) -> str:
    if row["kind"] == "area":
        is_bare = row["level"] == Level.CERCLE and is_district_name(row["region"] or "")
        return str(row["name"]) if is_bare else level_words(row["level"], row["name"])
    return _KIND_WORDS[row["level"]] % {"name": row["name"]}


# In both branches: the trigram index answers every condition of the OR (a bitmap of it). The areas of today
# (`t`) are the row's own in the current edition, and those of its nearest known successor in an older one.
_MATCHES = """
    (x.name_key %% %(key)s OR x.name_key LIKE %(key)s || '%%' OR x.other_key LIKE '%%/' || %(key)s || '%%'
     OR %(key)s <%% x.other_key)
"""
_SCORES = """
    CASE WHEN x.name_key = %(key)s OR x.other_key LIKE '%%/' || %(key)s || '/%%' THEN 0
         WHEN x.name_key LIKE %(key)s || '%%' OR x.other_key LIKE '%%/' || %(key)s || '%%' THEN 1
         ELSE 2 END AS tier,
    CASE WHEN x.name_key = %(key)s THEN 1.0
         ELSE GREATEST(similarity(x.name_key, %(key)s), 0.95 * word_similarity(%(key)s, x.other_key))::float8
    END AS score
"""
_EDITION = "(%(edition)s::bigint IS NULL OR x.edition_id = %(edition)s::bigint)"

_SQL = f"""
WITH area_hits AS MATERIALIZED (
    SELECT x.id, {_SCORES} FROM orgs_area x WHERE {_MATCHES} AND {_EDITION}
    ORDER BY tier, score DESC, x.id LIMIT {_BRANCH_LIMIT}
), place_hits AS MATERIALIZED (
    SELECT x.id, {_SCORES} FROM orgs_place x WHERE {_MATCHES} AND {_EDITION}
    ORDER BY tier, x.rank, score DESC, x.id LIMIT {_BRANCH_LIMIT}
)
SELECT 'area' AS kind, a.id, a.level, a.name, a.name_key, a.other_key, 0 AS size, hit.tier, hit.score,
       e.code AS edition, e.is_current, a.centre_lat AS lat, a.centre_lon AS lon,
       t.region_id, t.cercle_id, t.commune_id,
       region.name AS region, cercle.name AS cercle, commune.name AS commune,
       today_region.name AS today_region, today_cercle.name AS today_cercle
FROM area_hits hit
JOIN orgs_area a ON a.id = hit.id
JOIN orgs_edition e ON e.id = a.edition_id
LEFT JOIN orgs_area t ON t.id = CASE WHEN e.is_current THEN a.id ELSE a.successor_id END
LEFT JOIN orgs_area today_region ON today_region.id = t.region_id
LEFT JOIN orgs_area today_cercle ON today_cercle.id = t.cercle_id
LEFT JOIN orgs_area region ON region.id = a.region_id
LEFT JOIN orgs_area cercle ON cercle.id = a.cercle_id
LEFT JOIN orgs_area commune ON commune.id = a.commune_id
UNION ALL
SELECT 'place', p.id, p.kind, p.name, p.name_key, p.other_key, p.rank, hit.tier, hit.score,
       e.code, e.is_current, p.lat, p.lon,
       CASE WHEN e.is_current THEN p.region_id ELSE t.region_id END,
       CASE WHEN e.is_current THEN p.cercle_id ELSE t.cercle_id END,
       CASE WHEN e.is_current THEN p.commune_id ELSE t.commune_id END,
       region.name, cercle.name, commune.name, today_region.name, today_cercle.name
FROM place_hits hit
JOIN orgs_place p ON p.id = hit.id
JOIN orgs_edition e ON e.id = p.edition_id
LEFT JOIN orgs_area region ON region.id = p.region_id
LEFT JOIN orgs_area cercle ON cercle.id = p.cercle_id
LEFT JOIN orgs_area commune ON commune.id = p.commune_id
LEFT JOIN orgs_area t ON t.id = COALESCE(commune.successor_id, cercle.successor_id)
LEFT JOIN orgs_area today_region ON today_region.id = t.region_id
LEFT JOIN orgs_area today_cercle ON today_cercle.id = t.cercle_id
"""  # noqa: S608  (only the constants above are put in)


_KNOWN = """
    SELECT name_key FROM orgs_area WHERE name_key = ANY(%(keys)s)
    UNION SELECT name_key FROM orgs_place WHERE name_key = ANY(%(keys)s)"""


def known_names(keys: list[str]) -> set[str]:
    """Those of these keys (``name_key``) that are the name of an area, town or village. One query, none for no keys."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, {"keys": keys})
        return {key for (key,) in cursor.fetchall()}
