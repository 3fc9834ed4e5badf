"""Facts of an entry in words: codes by their labels, areas and places by their names."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from orgs.living.entry import FACTS
from orgs.models import (
    Area,
    LegalScheme,
    NameKind,
    OrganisationKind,
    OrganisationVisibility,
    Place,
    Term,
)
from orgs.models.areas import words_of
from orgs.services.organisations import CODED

_CHOICES: dict[str, Any] = {
    "kind": OrganisationKind,
    "legal_scheme": LegalScheme,
    "visibility": OrganisationVisibility,
}


class Words:
    """Says values in words. Made for all values of a page at once, in three queries at most."""

    def __init__(self, values: Iterable[tuple[str, Any]]) -> None:
        given = [(field, value) for field, value in values if value not in (None, "", [])]
        areas = {pk for field, value in given if field == "areas" for pk in value}
        seats = [value for field, value in given if field == "seat"]
        areas |= {seat["area"] for seat in seats if seat["area"]}
        places = {seat["place"] for seat in seats if seat["place"]}
        self._areas = Area.objects.with_names().in_bulk(areas) if areas else {}
        self._places = Place.objects.with_names().in_bulk(places) if places else {}
        coded = any(field in CODED or field == "names" for field, _value in given)
        self._terms = {(term.vocabulary, term.code): term.label for term in Term.objects.all()} if coded else {}

    def say(self, field: str, value: Any) -> list[str]:
        """One value, as one or several lines; none for nothing."""
        if value in (None, "", []):
            return []
        if isinstance(value, list):
            return [self._one(field, part) for part in value]
        words = self.seat(value) if field == "seat" else self._one(field, value)
        return [words] if words else []

    def _one(self, field: str, value: Any) -> str:
        if field in CODED:
            return self._terms.get((CODED[field], value), str(value))
        if field == "areas":
            return words_of(self._areas[value]) if value in self._areas else f"#{value}"
        if field == "names":
            return self.name(*value)
        choices = _CHOICES.get(field)
        return str(dict(choices.choices).get(value, value)) if choices else str(value)

    def seat(self, value: dict[str, Any]) -> str:
        """Where the seat is: the place, else the area, else what was said."""
        if value["place"] in self._places:
            return self._places[value["place"]].label()
        if value["area"] in self._areas:
            return self._areas[value["area"]].label()
        return str(value["text"])

    def name(self, name: str, kind: str, language: str) -> str:
        """Another name, with its language or what it is in brackets."""
        if language:
            return f"{name} ({self._terms.get(('spoken', language), language)})"
        return name if kind == NameKind.SPELLING else f"{name} ({NameKind(kind).label})"


def label_of(field: str) -> str:
    """The name of a fact, as a heading."""
    label = str(FACTS.get(field, _("a word to the coordinator")))
    return label[:1].upper() + label[1:]
