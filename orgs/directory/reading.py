"""One organisation as one viewer may read it, with every part of its page but the sections that others add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orgs.access import FACT_SOURCES, NAMES, ORGANISATIONS
from orgs.directory.listing import TONES, label_of, seat_words
from orgs.directory.words import CODED, Terms, areas_by_id, finest
from orgs.disclosed import FACT_SOURCE, NAME, ORGANISATION
from orgs.models import (
    Area,
    LegalScheme,
    Level,
    NameKind,
    Organisation,
    OrganisationKind,
    OrganisationState,
    OrganisationVisibility,
    VerifiedHow,
)
from orgs.policy import Viewer

MOST_MERGES = 10
"""Nobody merges more often in a row; a circle, which cannot be, would end here."""
KEEPERS = ("member", "coordinator", "administrator")
"""Audiences that are told how an entry is shown, and to whom."""


def organisation_at(viewer: Viewer, slug: str) -> Organisation | None:
    """The organisation at an address, or the one it was merged into; ``None`` where this viewer may see neither."""
    rows = Organisation.objects.select_related("seat", "seat_place").defer("seat__geometry", "words")
    found = rows.filter(slug=slug).first()
    for _step in range(MOST_MERGES):
        if found is None or found.merged_into_id is None:
            break
        found = rows.filter(pk=found.merged_into_id).first()
    return found if found is not None and ORGANISATIONS.sees(viewer, found) else None


@dataclass(frozen=True)
class Fact:
    """One fact: what it is, what is known, and where from."""

    word: str
    value: Any
    source: str = ""
    as_of: date | None = None


@dataclass(frozen=True)
class OtherName:
    """Another name: what sort of name, and in which language, in words."""

    name: str
    kind: str
    language: str


@dataclass(frozen=True)
class Text:
    """A description in one language. ``is_own``: the language of the page."""

    language: str
    text: str
    is_own: bool


@dataclass(frozen=True)
class Shown:
    """An organisation as its page shows it."""

    audience: str
    fields: Mapping[str, Any]
    kind: str
    state: str
    tone: str
    where: str
    works_in: list[str]
    facts: list[Fact]
    names: list[OtherName]
    texts: list[Text]
    shown_to: str
    verified_how: str
    terms: Terms

    @property
    def is_kept(self) -> bool:
        """Whether the viewer is told how the entry is shown."""
        return self.audience in KEEPERS


def shown_to(viewer: Viewer, organisation: Organisation) -> Shown:
    """What this viewer may read of an organisation that they may see; six queries."""
    audience = ORGANISATIONS.audience(viewer, organisation)
    assert audience is not None
    fields = ORGANISATION.show(organisation, audience)
    terms = Terms.read()
    areas = areas_by_id([finest(fields), *(fields["covers"] or ())])
    sources = _sources(viewer, organisation)
    return Shown(
        audience=audience,
        fields=fields,
        kind=label_of(OrganisationKind, fields["kind"]),
        state=label_of(OrganisationState, fields["state"]),
        tone=TONES.get(fields["state"], "doing"),
        where=seat_words(fields, areas),
        works_in=_works_in(fields["covers"] or [], areas),
        facts=_facts(fields, terms, areas, sources),
        names=_names(viewer, organisation, terms),
        texts=_texts(fields),
        shown_to=label_of(OrganisationVisibility, fields["visibility"]),
        verified_how=label_of(VerifiedHow, fields["verified_how"]),
        terms=terms,
    )


def _sources(viewer: Viewer, organisation: Organisation) -> dict[str, dict[str, Any]]:
    rows = FACT_SOURCES.rows(viewer).filter(organisation=organisation)
    return {row.field: FACT_SOURCE.show(row, "public") for row in rows}


def _names(viewer: Viewer, organisation: Organisation, terms: Terms) -> list[OtherName]:
    rows = NAMES.rows(viewer).filter(organisation=organisation).order_by("kind", "name")
    shown = [NAME.show(row, "public") for row in rows]
    return [
        OtherName(row["name"], label_of(NameKind, row["kind"]), ", ".join(terms.of("spoken", [row["language"]])))
        if row["language"]
        else OtherName(row["name"], label_of(NameKind, row["kind"]), "")
        for row in shown
    ]


def _works_in(covers: list[int], areas: Mapping[int, Area]) -> list[str]:
    """Areas of today's division in words, the widest first; older ones only where there is no other."""
    depth = {level: number for number, level in enumerate(Level.values)}
    known = [areas[pk] for pk in covers if pk in areas]
    current = [area for area in known if area.edition.is_current] or known
    return [area.label() for area in sorted(current, key=lambda area: (depth[area.level], area.name_key))]


def _facts(
    fields: Mapping[str, Any], terms: Terms, areas: Mapping[int, Area], sources: Mapping[str, dict[str, Any]]
) -> list[Fact]:
    """The facts of the entry, each with its source; what is not known or may not be read is left out."""
    legal = " – ".join(part for part in (fields["legal_number"], label_of(LegalScheme, fields["legal_scheme"])) if part)
    coded = {name: ", ".join(terms.of(vocabulary, fields[name])) for name, vocabulary in CODED.items()}
    facts = [
        ("kind", _("Kind"), label_of(OrganisationKind, fields["kind"])),
        ("founded", _("Founded"), str(fields["founded"] or "")),
        ("legal_number", _("Legal number"), legal),
        ("seat", _("Seat"), seat_words(fields, areas)),
        ("areas", _("Works in"), "; ".join(_works_in(fields["covers"] or [], areas))),
        ("themes", _("Themes"), coded["themes"]),
        ("served", _("For whom"), coded["served"]),
        ("spoken", _("Languages spoken"), coded["spoken"]),
        ("capacities", _("What it can do"), coded["capacities"]),
    ]
    return [_fact(field, word, value, sources) for field, word, value in facts if value]


def _fact(field: str, word: str, value: str, sources: Mapping[str, dict[str, Any]]) -> Fact:
    source = sources.get(field) or {}
    return Fact(word, value, source.get("source") or "", source.get("as_of"))


def _texts(fields: Mapping[str, Any]) -> list[Text]:
    """The descriptions, the one in the language of the page first."""
    own = "en" if (get_language() or "fr").startswith("en") else "fr"
    given = {"fr": fields["description"], "en": fields["description_en"]}
    texts = [Text(language, text, language == own) for language, text in given.items() if text]
    return sorted(texts, key=lambda text: not text.is_own)
