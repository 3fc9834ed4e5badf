"""Organisations and areas as the API gives them."""

from rest_framework.fields import BooleanField, CharField, DateTimeField, FloatField, IntegerField, ListField

from orgs.access import AREAS, ORGANISATIONS
from orgs.api.filters import AreaFilters, OrganisationFilters
from orgs.api.resources import Order, Published, Resource
from orgs.disclosed import AREA, ORGANISATION


def _text(name: str, help_text: str, source: str = "") -> Published:
    return Published(name, source or name, CharField(allow_null=True, help_text=help_text))


def _list(name: str, help_text: str) -> Published:
    return Published(name, name, ListField(child=CharField(), help_text=help_text))


def _number(name: str, help_text: str) -> Published:
    return Published(name, name, IntegerField(allow_null=True, help_text=help_text))


def _moment(name: str, help_text: str) -> Published:
    return Published(name, name, DateTimeField(allow_null=True, help_text=help_text))


ORGANISATION_RESOURCE = Resource(
    name="organisations",
    policy=ORGANISATIONS,
    table=ORGANISATION,
    published=(
        _text("slug", "Address of the organisation."),
        _text("name", "Full name."),
        _text("acronym", "Acronym."),
        _list("other_names", "Other spellings, names in other languages, former names."),
        _text("kind", "What sort of body it is."),
        _text("state", "Life of the entry: draft (never checked), verified, stale (to be checked again), retired."),
        _number("founded", "Year in which it was founded."),
        _list("themes", "Codes of its themes."),
        _list("served", "Codes of the people whom it serves."),
        _list("spoken", "Codes of the languages that it speaks."),
        _list("capacities", "Codes of what it can do."),
        _text("description", "Description in French."),
        _text("description_en", "Description in English."),
        _list("links", "Addresses on the web."),
        _text("seat", "P-code of its seat.", "seat_pcode"),
        _list("areas", "P-codes of today’s areas where it works."),
        _moment("verified_at", "When somebody last verified the entry."),
        _moment("confirmed_at", "When the entry was last known to be right."),
        _number("freshness", "From 100 (confirmed just now) to 0 (never); half is gone after a year."),
        _text("visibility", "How widely it agreed to be shown: public, partners or coordinators."),
        _text("source", "Where the entry comes from."),
        Published("demonstration", "is_demo", BooleanField(help_text="Whether the entry is made up.")),
    ),
    order=Order(("name_key", "id"), descending=False),
    filters=OrganisationFilters,
    joined=("seat", "seat_place"),
    key="slug",
)

AREA_RESOURCE = Resource(
    name="areas",
    policy=AREAS,
    table=AREA,
    published=(
        Published("id", "id", IntegerField(help_text="Number of the area.")),
        _text("edition", "Code of the edition; a P-code means nothing without it."),
        _text("level", "country, region, cercle, arrondissement or commune."),
        _text("pcode", "P-code in this edition."),
        _text("name", "Name."),
        _text("parent", "P-code of the area above."),
        _text("region", "P-code of its région."),
        _text("cercle", "P-code of its cercle."),
        Published("centre_lat", "centre_lat", FloatField(allow_null=True, help_text="Latitude of its centre, WGS 84.")),
        Published("centre_lon", "centre_lon", FloatField(allow_null=True, help_text="Longitude of its centre.")),
    ),
    order=Order(("name_key", "id"), descending=False),
    filters=AreaFilters,
    joined=("edition", "parent", "region", "cercle"),
)
