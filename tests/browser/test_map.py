"""The map of the directory in a real browser: nothing from elsewhere, nothing against the policy, list in step."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from orgs.models import OrganisationKind, Role
from tests.browser.conftest import SHOTS, WIDTHS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.factories import OrganisationFactory, area, person
from tests.factories_directory import StateServiceFactory

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]


def fill() -> None:
    for number in range(8):
        OrganisationFactory.create(
            visibility="public", name=f"Association du puits {number}", seat=area("Koro"), areas=["Koro"]
        )
    OrganisationFactory.create(
        visibility="public", name="Femmes du fleuve", kind=OrganisationKind.WOMEN, seat=area("Kayes"), areas=["Kayes"]
    )


def look(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"maps-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


def outside(page: Page, own: str) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: None if request.url.startswith((own, "data:")) else asked.append(request.url))
    return asked


@pytest.mark.parametrize("width", WIDTHS)
def test_points_list_and_address_go_together(browser_page: Opens, live_url: str, width: int) -> None:
    fill()
    page = browser_page(width)
    heard, asked = complaints(page), outside(page, live_url)
    page.goto(f"{live_url}/orgs/map/")
    expect(page.locator("#map[data-ready]")).to_be_visible()
    expect(page.locator("#map .cluster")).to_have_count(2)
    expect(page.locator("#list-count")).to_contain_text("9 organisations")
    expect(page.locator("#still")).to_be_hidden()
    look(page, "points")

    # By keyboard: a point is reached, has a name, and opens.
    point = page.locator("#map .cluster", has_text="1")
    assert point.get_attribute("aria-label") == "Femmes du fleuve"
    point.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup a", has_text="Femmes du fleuve")).to_be_visible()

    # Coming closer changes the list and the address.
    page.goto(f"{live_url}/orgs/map/?at=14.448,-11.444,9")
    expect(page.locator("#list-count")).to_contain_text("Une organisation")
    expect(page.locator("#queue a")).to_have_count(1)
    page.get_by_role("button", name="S’éloigner").click()
    expect(page).to_have_url(re.compile(r"at=[^&]*%2C8$"))

    page.get_by_role("button", name="Zones colorées").click()
    expect(page.locator("#still svg.map")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    look(page, "shades")
    assert heard == []
    assert asked == []


def test_a_filter_keeps_the_view_in_the_address(browser_page: Opens, live_url: str) -> None:
    fill()
    page = browser_page(1280)
    page.goto(f"{live_url}/orgs/map/?at=15.000,-2.000,6")
    expect(page.locator("#map[data-ready]")).to_be_visible()
    page.get_by_role("button", name="Se rapprocher").click()
    expect(page).to_have_url(re.compile(r"at=[^&]*%2C7$"))
    page.locator("details.narrow > summary").first.click()
    page.locator("#narrow summary", has_text="Type").click()
    page.locator("#narrow [name=kind][value=women]").check()
    page.locator("#narrow button").click()
    expect(page.locator("#map[data-ready]")).to_be_visible()
    query = parse_qs(urlsplit(page.url).query)
    assert query["kind"] == ["women"]
    assert query["at"][0].endswith(",7")
    expect(page.locator("#as-list")).to_have_attribute("href", "/orgs/?kind=women")


@pytest.mark.parametrize("width", WIDTHS)
def test_without_scripts_there_is_a_drawing_a_table_and_a_list(browser_page: Opens, live_url: str, width: int) -> None:
    fill()
    page = browser_page(width, scripts=False)
    page.goto(f"{live_url}/orgs/map/")
    expect(page.locator("#still svg.map")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    page.locator("#still svg a", has_text="8").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#queue a")).to_have_count(8)
    expect(page.locator(".counts-table")).to_contain_text("Koro")
    shoot(page, SHOTS, "maps-still")


@pytest.mark.parametrize("width", WIDTHS)
def test_gaps_and_saying_that_a_service_works(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    fill()
    StateServiceFactory.create(kind="school", presence="absent", source="Radio locale")
    page = browser_page(width)
    heard = complaints(page)
    sign_in(page, person(Role.COORDINATOR, "Koro"))
    page.goto(f"{live_url}/orgs/gaps/?area={area('Koro').region.pcode if area('Koro').region else ''}")  # type: ignore[union-attr]
    expect(page.locator(".gaps-table")).to_contain_text("Pas d’organisation vérifiée")
    look(page, "gaps")
    page.get_by_role("link", name="Dire si un service marche").click()
    page.get_by_label("Où").select_option(label="\u2003Koro")
    page.get_by_label("Quel service").select_option("health")
    page.get_by_label("Marche en partie").check()
    page.get_by_label("Depuis quand").fill("2022")
    page.get_by_label("Une autre source").fill("Radio locale")
    look(page, "new-service")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("[role=status]").first).to_contain_text("Enregistré")
    expect(page.locator(".rows")).to_contain_text("Centre de santé")
    look(page, "services")
    page.get_by_role("button", name="Retirer – Centre de santé").click()
    page.get_by_role("button", name="Rétablir – Centre de santé").click()
    expect(page.locator(".rows")).to_contain_text("Centre de santé")
    assert heard == []
