"""Addresses of the directory: its list, its search, one organisation."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import SlugConverter

from orgs.services.organisations import RESERVED_SLUGS
from orgs.views import directory, first, organisation


class OrganisationConverter(SlugConverter):
    """The address of an organisation: never a word that pages below ``/orgs/`` use, even where they are not served."""

    regex = rf"(?!(?:{'|'.join(sorted(RESERVED_SLUGS))})(?:/|$))[-a-zA-Z0-9_]+"


register_converter(OrganisationConverter, "organisation")

directory_urls: list[URLPattern] = [
    path("orgs/", directory.organisations, name="organisations"),
    path("orgs/first/", first.who_first, name="who-first"),
    path("orgs/<organisation:slug>/", organisation.organisation, name="organisation"),
    path("orgs/<organisation:slug>/hide/", organisation.hide, name="organisation-hide"),
    path("orgs/<organisation:slug>/show/", organisation.show, name="organisation-show"),
]
