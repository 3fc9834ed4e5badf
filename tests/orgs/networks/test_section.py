"""The part of an organisation's page that tells of its ties."""

import pytest
from django.template.loader import render_to_string

from orgs.models import Role
from orgs.networks.graph import Picture
from orgs.sections import organisation_page
from tests.factories import OrganisationFactory, viewer
from tests.factories_directory import OrganisationLinkFactory

pytestmark = pytest.mark.django_db


def test_it_names_those_it_is_tied_to_and_draws_them() -> None:
    link = OrganisationLinkFactory.create()
    body = link.organisation
    (section,) = [one for one in organisation_page.of(viewer(Role.ANALYST), body) if one.key == "network"]
    html = render_to_string(section.template, {"section": section, "organisation": body})
    assert html.count(link.other.name) >= 3  # in the picture, beside it, among the ties
    assert "style=" not in html
    assert "<script" not in html
    assert "links/add" not in html


def test_its_editor_adds_the_first_tie() -> None:
    body = OrganisationFactory.create()
    editor = viewer(Role.EDITOR, "Koro", organisation=body)
    (section,) = [one for one in organisation_page.of(editor, body) if one.key == "network"]
    html = render_to_string(section.template, {"section": section, "organisation": body})
    assert f"/orgs/{body.slug}/links/add/" in html


def test_a_picture_of_nobody_has_no_lines() -> None:
    assert Picture().around == []
    assert Picture().kinds == []
