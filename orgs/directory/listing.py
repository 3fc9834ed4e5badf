"""The list of organisations as each viewer may read it: rows by the policy, fields by the disclosure table, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Left
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orgs.access import ORGANISATIONS
from orgs.directory.contacts import has_emergency_contact
from orgs.directory.words import Terms, areas_by_id, finest
from orgs.disclosed import ORGANISATION
from orgs.listing import columns_for
from orgs.models import Area, Organisation, OrganisationKind, OrganisationState, Vocabulary
from orgs.models.areas import words_of
from orgs.policy import Viewer

SNIPPET = 240
FEW_AREAS = 3
FIELDS = (
    "slug",
    "name",
    "acronym",
    "kind",
    "state",
    "freshness",
    "confirmed_at",
    "hidden_at",
    "is_demo",
    "seat_town",
    "place_text",
    "region_id",
    "cercle_id",
    "commune_id",
    "covers",
    "themes",
    "spoken",
    "capacities",
    "description",
    "description_en",
)
TONES: Mapping[str, str] = {
    OrganisationState.DRAFT: "new",
    OrganisationState.VERIFIED: "done",
    OrganisationState.STALE: "doing",
    OrganisationState.RETIRED: "stopped",
}


@dataclass(frozen=True)
class Listed:
    """One organisation of a list, in words."""

    pk: int
    slug: str
    name: str
    acronym: str
    kind: str
    state: str
    tone: str
    freshness: int
    confirmed_at: Any
    is_hidden: bool
    is_demo: bool
    where: str
    works_in: str
    themes: str
    spoken: str
    capacities: str
    text: str
    has_emergency: bool


def rows_of(rows: QuerySet[Organisation], viewer: Viewer) -> QuerySet[Organisation, Any]:
    """What the list shows of these rows (keys ``shown_…``), what it is cut by, and whether one may call at once."""
    columns = columns_for(ORGANISATIONS, ORGANISATION, viewer, only=FIELDS)
    for name in ("shown_description", "shown_description_en"):
        columns[name] = Left(columns[name], SNIPPET)
    return rows.values("id", "name_key", **columns, has_emergency=has_emergency_contact(viewer))


def listed(rows: Iterable[dict[str, Any]], terms: Terms) -> list[Listed]:
    """The rows in words, in one query for all their areas."""
    rows = list(rows)
    wanted = {pk for row in rows for pk in (finest(row, "shown_"), *(row["shown_covers"] or ())[:FEW_AREAS])}
    areas = areas_by_id(wanted)
    return [_listed(row, terms, areas) for row in rows]


def _listed(row: dict[str, Any], terms: Terms, areas: Mapping[int, Area]) -> Listed:
    shown = {name.removeprefix("shown_"): value for name, value in row.items()}
    return Listed(
        pk=row["id"],
        slug=shown["slug"],
        name=shown["name"],
        acronym=shown["acronym"] or "",
        kind=label_of(OrganisationKind, shown["kind"]),
        state=label_of(OrganisationState, shown["state"]),
        tone=TONES.get(shown["state"], "doing"),
        freshness=shown["freshness"] or 0,
        confirmed_at=shown["confirmed_at"],
        is_hidden=shown["hidden_at"] is not None,
        is_demo=bool(shown["is_demo"]),
        where=seat_words(shown, areas),
        works_in=covers_words(shown["covers"] or [], areas),
        themes=", ".join(terms.of(Vocabulary.THEME, shown["themes"])),
        spoken=", ".join(terms.of(Vocabulary.SPOKEN, shown["spoken"])),
        capacities=", ".join(terms.of(Vocabulary.CAPACITY, shown["capacities"])),
        text=own_language(shown["description"], shown["description_en"]),
        has_emergency=row["has_emergency"],
    )


def label_of(choices: Any, code: str | None) -> str:
    """The word for a code; nothing for none."""
    return str(choices(code).label) if code else ""


def seat_words(shown: Mapping[str, Any], areas: Mapping[int, Area]) -> str:
    """Where the seat is: the town, else what the source says, with the area around it."""
    area = areas.get(finest(shown) or 0)
    named = shown["seat_town"] or shown["place_text"] or ""
    around = area.label() if area is not None else ""
    return ", ".join(part for part in (named, around) if part)


def covers_words(ids: list[int], areas: Mapping[int, Area]) -> str:
    """The first areas where it works, and how many more there are."""
    named = [words_of(areas[pk]) for pk in ids[:FEW_AREAS] if pk in areas]
    more = len(ids) - FEW_AREAS
    words = ", ".join(named)
    return _("%(areas)s and %(n)d more") % {"areas": words, "n": more} if more > 0 and named else words


def own_language(french: str | None, english: str | None) -> str:
    """A text in the language of the page, or in the other where there is no other."""
    first, second = (english, french) if (get_language() or "fr").startswith("en") else (french, english)
    return first or second or ""
