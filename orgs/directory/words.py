"""The words for codes and areas that pages of the directory show: two queries, however many rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orgs.models import Area, Level, Term, Vocabulary

Choices = list[tuple[str, str]]
CODED: Mapping[str, str] = {
    "themes": Vocabulary.THEME,
    "served": Vocabulary.SERVED,
    "spoken": Vocabulary.SPOKEN,
    "capacities": Vocabulary.CAPACITY,
}
"""Fields of an organisation and the list that their codes come from."""


@dataclass(frozen=True)
class Terms:
    """The labels of every list, in its order, in the language of the page."""

    labels: Mapping[str, Mapping[str, str]]
    offered: Mapping[str, Choices] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Terms:
        """All of them, in one query."""
        labels: dict[str, dict[str, str]] = defaultdict(dict)
        offered: dict[str, Choices] = defaultdict(list)
        for term in Term.objects.order_by("vocabulary", "position", "code"):
            labels[term.vocabulary][term.code] = term.label
            if term.is_active:
                offered[term.vocabulary].append((term.code, term.label))
        return cls(labels, offered)

    def of(self, vocabulary: str, codes: Iterable[str] | None) -> list[str]:
        """The labels of these codes, in the order of their list; a code that the list lost stands for itself."""
        known = self.labels.get(vocabulary, {})
        given = set(codes or ())
        return [label for code, label in known.items() if code in given] + sorted(given - set(known))

    def choices(self, vocabulary: str) -> Choices:
        """What may be chosen from a list."""
        return list(self.offered.get(vocabulary, ()))


def codes_of(vocabulary: str) -> list[str]:
    """Every code of a list, retired ones included."""
    return list(Term.objects.of(vocabulary).values_list("code", flat=True))


def areas_by_id(ids: Iterable[int | None]) -> dict[int, Area]:
    """Areas with what their names need, in one query."""
    wanted = {pk for pk in ids if pk is not None}
    if not wanted:
        return {}
    return {area.pk: area for area in Area.objects.with_names().filter(pk__in=wanted)}


def finest(row: Mapping[str, int | None], prefix: str = "") -> int | None:
    """The number of the smallest area of a row's three columns."""
    return next((pk for level in ("commune", "cercle", "region") if (pk := row.get(f"{prefix}{level}_id"))), None)


def area_choices(chosen: str = "") -> Choices:
    """Today's régions, each with its cercles, in one query; and the chosen area, where it is another one."""
    rows = Area.objects.current().filter(level__in=(Level.REGION, Level.CERCLE)).order_by("name_key")
    cercles: dict[int | None, Choices] = defaultdict(list)
    regions: Choices = []
    for pk, level, name, region in rows.values_list("pk", "level", "name", "region"):
        if level == Level.REGION:
            regions.append((str(pk), name))
        else:
            cercles[region].append((str(pk), f"\u2003{name}"))
    found: Choices = []
    for key, name in regions:
        found += [(key, name), *cercles[int(key)]]
    if chosen and chosen not in dict(found) and (area := area_of(chosen)) is not None:
        found.insert(0, (chosen, area.label()))
    return found


def area_of(said: str) -> Area | None:
    """An area by its number or, in today's division, its P-code."""
    said = said.strip()
    rows = Area.objects.with_names()
    if said.isascii() and said.isdigit():
        return rows.filter(pk=int(said)).first() if len(said) < 16 else None
    return rows.filter(edition__is_current=True, pcode=said.upper()).order_by("pk").first() if said else None


def with_those_above(area: Area) -> list[int]:
    """The number of an area and of all those around it, up to the whole country; of its area of today, if it is old."""
    today = area.successor if area.successor_id is not None else area
    assert today is not None
    country = Area.objects.filter(edition=today.edition_id, level=Level.COUNTRY).values_list("pk", flat=True).first()
    chain = [area.pk, today.pk, today.parent_id, today.commune_id, today.cercle_id, today.region_id, country]
    return [pk for pk in dict.fromkeys(chain) if pk is not None]
