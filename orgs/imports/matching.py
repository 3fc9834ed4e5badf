"""Who in a file is known already: surely (address, legal number, name), or perhaps (names alike, phone, place)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from orgs.access import CONTACTS, NAMES, ORGANISATIONS
from orgs.models import Contact, Organisation
from orgs.models.areas import name_key
from orgs.policy import Viewer

ALIKE = 0.5
"""Likeness of two names (trigrams, 0 to 1) from which a person is asked whether they are one."""
ALIKE_AT_ONE_PLACE = 0.35
SURELY_ALIKE = 0.8
"""From here on the product proposes that they are one; the person may say otherwise."""
SHORTEST_LEGAL = 4
MOST_LIKELY = 3


@dataclass(frozen=True)
class Sure:
    """The entry that a line speaks of, and by what it is known."""

    id: int
    by: str


@dataclass
class Findings:
    """What was found for one line."""

    sure: Sure | None = None
    unknown_slug: str = ""
    likely: list[dict[str, Any]] = field(default_factory=list)

    @property
    def proposed(self) -> int | None:
        """The entry into which the product would put it, when nobody says otherwise."""
        best = self.likely[0] if self.likely else None
        if best is None:
            return None
        is_same = best["score"] >= SURELY_ALIKE or ("phone" in best["why"] and best["score"] >= ALIKE_AT_ONE_PLACE)
        return int(best["id"]) if is_same else None


def legal_key(text: str) -> str:
    """A legal number without spaces and signs."""
    return name_key(text).replace(" ", "")


class Directory:
    """The entries that somebody may see, by what names them."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.names: dict[int, tuple[str, str]] = {}
        """Entry -> key of its name, key of its acronym."""
        self._slugs: dict[str, int] = {}
        self._by_legal: dict[str, set[int]] = {}
        self._by_name: dict[str, set[int]] = {}
        self._by_acronym: dict[str, set[int]] = {}
        self._last = 0
        self.catch_up()
        others = NAMES.rows(viewer).order_by().values_list("organisation_id", "name")
        for pk, name in others.iterator(chunk_size=2000):
            self._by_name.setdefault(name_key(name), set()).add(pk)

    def catch_up(self) -> None:
        """Know the entries that were added since."""
        columns = ("pk", "slug", "name_key", "acronym", "legal_number")
        rows = ORGANISATIONS.rows(self.viewer).filter(pk__gt=self._last).order_by("pk").values_list(*columns)
        for pk, slug, key, acronym, legal in rows.iterator(chunk_size=2000):
            self.add(pk, slug, key, acronym, legal)
            self._last = pk

    def add(self, pk: int, slug: str, key: str, acronym: str, legal: str) -> None:
        """Know one more entry."""
        short = name_key(acronym)
        self.names[pk] = (key, short)
        self._slugs[slug] = pk
        self._by_name.setdefault(key, set()).add(pk)
        if short:
            self._by_acronym.setdefault(short, set()).add(pk)
        if len(legal_key(legal)) >= SHORTEST_LEGAL:
            self._by_legal.setdefault(legal_key(legal), set()).add(pk)

    def sure(self, parsed: Mapping[str, Any]) -> Sure | None:
        """The one entry that this line surely speaks of."""
        slug = parsed.get("slug", "")
        if slug in self._slugs:
            return Sure(self._slugs[slug], "slug")
        for by, found in (
            ("legal", self._by_legal.get(legal_key(parsed.get("legal_number", "")), set())),
            ("name", self._with_name(parsed)),
            ("acronym", self._with_acronym(parsed)),
        ):
            if len(found) == 1:
                return Sure(next(iter(found)), by)
        return None

    def knows_slug(self, slug: str) -> bool:
        """Whether an entry has this address."""
        return slug in self._slugs

    def _with_name(self, parsed: Mapping[str, Any]) -> set[int]:
        key, short = name_key(parsed.get("name", "")), name_key(parsed.get("acronym", ""))
        found = self._by_name.get(key, set())
        return {pk for pk in found if not short or self.names[pk][1] in ("", short, key)}

    def _with_acronym(self, parsed: Mapping[str, Any]) -> set[int]:
        """A line that gives a short name alone ("CRT") means the one entry with this acronym."""
        key, short = name_key(parsed.get("name", "")), name_key(parsed.get("acronym", ""))
        return self._by_acronym.get(key, set()) if short in ("", key) else set()

    def same_words(self, parsed: Mapping[str, Any]) -> set[int]:
        """Entries with the same name or acronym that are not surely the one."""
        key, short = name_key(parsed.get("name", "")), name_key(parsed.get("acronym", ""))
        return self._by_name.get(key, set()) | (self._by_acronym.get(short, set()) if short else set())


def find(directory: Directory, lines: Sequence[tuple[Mapping[str, Any], Iterable[int]]]) -> list[Findings]:
    """For each line (what it says, its areas with those above): the entry it surely or perhaps speaks of.

    A handful of queries, however many lines.
    """
    found = [_sure_of(directory, parsed) for parsed, _ in lines]
    open_lines = [place for place, each in enumerate(found) if each.sure is None]
    alike = _alike({place: name_key(lines[place][0].get("name", "")) for place in open_lines})
    phones = _by_phone(directory.viewer, [lines[place][0] for place in open_lines])
    candidates: dict[int, dict[int, set[str]]] = {}
    for place in open_lines:
        parsed = lines[place][0]
        by_id = candidates.setdefault(place, {})
        for pk in alike.get(place, {}):
            by_id.setdefault(pk, set()).add("name")
        for pk in directory.same_words(parsed):
            by_id.setdefault(pk, set()).add("acronym" if directory.names[pk][0] != name_key(parsed["name"]) else "name")
        for contact in parsed.get("contacts", ()):
            for pk in phones.get(contact.get("phone", ""), ()):
                by_id.setdefault(pk, set()).add("phone")
    reaches = _reaches({pk for by_id in candidates.values() for pk in by_id})
    for place, by_id in candidates.items():
        around = frozenset(lines[place][1])
        scores = alike.get(place, {})
        for pk, why in by_id.items():
            if pk in directory.names:
                _weigh(found[place], pk, why, scores.get(pk, 0.0), bool(around & reaches.get(pk, frozenset())))
        found[place].likely.sort(key=lambda one: (-("phone" in one["why"]), -one["score"], one["id"]))
        del found[place].likely[MOST_LIKELY:]
    return found


def _sure_of(directory: Directory, parsed: Mapping[str, Any]) -> Findings:
    slug = parsed.get("slug", "")
    unknown = slug if slug and not directory.knows_slug(slug) else ""
    return Findings(directory.sure(parsed), unknown)


def _weigh(findings: Findings, pk: int, why: set[str], score: float, same_place: bool) -> None:
    if same_place:
        why = why | {"place"}
    is_alike = score >= ALIKE or (same_place and score >= ALIKE_AT_ONE_PLACE)
    if not is_alike and not why & {"phone", "acronym"} and score < 1:
        return
    order = ("name", "phone", "acronym", "place")
    findings.likely.append({"id": pk, "why": [one for one in order if one in why], "score": round(score, 2)})


# The trigram index answers "is like a part of its names"; how alike the names themselves are is measured then.
_ALIKE = """
SELECT asked.place, near.id, near.score
  FROM unnest(%(places)s::int[], %(keys)s::text[]) AS asked (place, key)
 CROSS JOIN LATERAL (
     SELECT id, similarity(name_key, asked.key) AS score FROM orgs_organisation
      WHERE asked.key <%% names_key AND merged_into_id IS NULL
      ORDER BY score DESC, id LIMIT 5
 ) near
 WHERE near.score >= %(least)s
"""


def _alike(keys: Mapping[int, str]) -> dict[int, dict[int, float]]:
    if not keys:
        return {}
    facts: dict[str, Any] = {"places": list(keys), "keys": list(keys.values()), "least": ALIKE_AT_ONE_PLACE}
    found: dict[int, dict[int, float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, facts)
        for place, pk, score in cursor.fetchall():
            found.setdefault(place, {})[pk] = float(score)
    return found


def _by_phone(viewer: Viewer, lines: Iterable[Mapping[str, Any]]) -> dict[str, set[int]]:
    phones = {contact["phone"] for parsed in lines for contact in parsed.get("contacts", ()) if contact.get("phone")}
    if not phones:
        return {}
    found: dict[str, set[int]] = {}
    rows = CONTACTS.rows(viewer, Contact.objects.current()).filter(phone__in=phones).order_by()
    for phone, pk in rows.values_list("phone", "organisation_id"):
        found.setdefault(phone, set()).add(pk)
    return found


def _reaches(ids: set[int]) -> dict[int, frozenset[int]]:
    rows = Organisation.objects.filter(pk__in=ids).values_list("pk", "reach")
    return {pk: frozenset(reach) for pk, reach in rows} if ids else {}
