"""Organisations and areas as the API gives them."""

from rest_framework.fields import BooleanField, CharField, FloatField, IntegerField

from orgs.access import AREAS, ORGANISATIONS
from orgs.api.filters import AreaFilters, OrganisationFilters
from orgs.api.resources import Order, Published, Resource
from orgs.disclosed import AREA, ORGANISATION


def _text(name: str, help_text: str, source: str = "") -> Published:
    return Published(name, source or name, CharField(allow_null=True, help_text=help_text))


ORGANISATION_RESOURCE = Resource(
    name="organisations",
    policy=ORGANISATIONS,
    table=ORGANISATION,
    published=(
        _text("slug", "Address of the organisation."),
        _text("name", "Full name."),
        _text("acronym", "Acronym."),
        _text("kind", "What sort of body it is."),
        _text("description", "Description."),
        _text("seat", "P-code of its seat.", "seat_pcode"),
        _text("visibility", "How widely it agreed to be shown: public, partners or coordinators."),
        _text("source", "Where the entry comes from."),
        Published("demonstration", "is_demo", BooleanField(help_text="Whether the entry is made up.")),
    ),
    order=Order(("name_key", "id"), descending=False),
    filters=OrganisationFilters,
    joined=("seat",),
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
