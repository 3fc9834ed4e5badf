"""The actor map and networks in a browser: on a small phone, a tablet and a laptop, with scripts off."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orgs.models import Actor, ActorView, LinkKind, Organisation, Role
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.factories import OrganisationFactory, area, person
from tests.factories_directory import ActorRoleFactory, ActorViewFactory, OrganisationLinkFactory

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]


def seed() -> tuple[Organisation, Actor]:
    """An actor that many have rated and may be called, and a network of several steps."""
    actor = Actor.objects.get(name="Police nationale")
    for reach in (1, 2, 2, 1, 2):
        ActorViewFactory.create(actor=actor, region=area("Mopti", "region"), reach=reach)
    ActorRoleFactory.create(actor=actor)
    body = OrganisationFactory.create(name="Femmes du puits", areas=["Koro"])
    network = OrganisationFactory.create(name="Réseau des veilleurs " + "trèslongnom" * 4, kind="network")
    OrganisationLinkFactory.create(organisation=body, other=network)
    for kind in LinkKind.values:
        OrganisationLinkFactory.create(organisation=network, kind=kind)
    return body, actor


def look_at(page: Page, name: str) -> None:
    """What every page promises."""
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)
    shoot(page, SHOTS, name)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_every_page_of_the_map_and_of_networks(
    browser_page: Opens, live_url: str, sign_in: SignsIn, width: int
) -> None:
    body, actor = seed()
    page = browser_page(width)
    sign_in(page, person(Role.COORDINATOR, "Koro", organisation=body))
    heard = complaints(page)
    for name, address in (
        ("map", "/actors/"),
        ("map-region", f"/actors/?region={area('Mopti', 'region').pk}"),
        ("wanted", "/actors/wanted/"),
        ("call", f"/actors/call/?area={area('Koro').pk}"),
        ("actor", f"/actors/{actor.pk}/"),
        ("role", f"/actors/{actor.pk}/roles/add/"),
        ("choose", "/actors/rate/"),
        ("rate", f"/actors/rate/{body.slug}/"),
        ("networks", "/orgs/networks/"),
        ("alone", "/orgs/networks/?show=alone"),
        ("network", f"/orgs/{body.slug}/network/"),
        ("tie", f"/orgs/{body.slug}/links/add/?q=association"),
    ):
        answer = page.goto(live_url + address)
        assert answer is not None
        assert answer.status == 200, address
        look_at(page, f"actors-{name}")
    assert heard == []


def test_an_organisation_rates_an_actor_on_a_small_phone(browser_page: Opens, live_url: str, sign_in: SignsIn) -> None:
    body, actor = seed()
    page = browser_page(320)
    sign_in(page, person(Role.EDITOR, "Koro", organisation=body))
    page.goto(f"{live_url}/actors/")
    page.get_by_role("link", name="Donner votre avis").click()
    page.locator("summary").filter(has_text=re.compile(r"^National · Sécurité")).click()
    entry = page.get_by_role("group", name="Police nationale")
    entry.get_by_role("group", name="Est-il joignable").get_by_text("2", exact=False).first.click()
    entry.get_by_role("group", name="Souhaitez-vous").get_by_text("Oui, mais ne peut pas").first.click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_contain_text("Enregistré : 1 acteur")
    said = ActorView.objects.get(organisation=body)
    assert (said.actor, said.reach, said.wish) == (actor, 2, "cannot")
