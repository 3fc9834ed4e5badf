"""The directory on a small phone and on a laptop: finding, reading, hiding; and whom to call first, in three taps."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from orgs.models import Level, Organisation, OrganisationName, Role
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.factories import ContactFactory, IncidentFactory, OrganisationFactory, area, country, person

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]
NOW = timezone.now


def seed() -> Organisation:
    """Around Koro: the one that is meant, and others of which each lacks one thing. Gives the one that is meant."""

    def women(name: str, *, works: bool = True, spoken: tuple[str, ...] = ("dogon",), seat: str = "Koro",
              verified: bool = True) -> Organisation:  # fmt: skip
        make = OrganisationFactory.verified if verified else OrganisationFactory.create
        made = make(name=name, kind="women", seat=area(seat), areas=["Koro"], spoken=["fr", *spoken])
        ContactFactory.create(
            organisation=made, is_emergency=True, name="Awa", role="présidente",
            proved_at=NOW() - timedelta(days=3), proved_how="call", failed_at=None if works else NOW(),
        )  # fmt: skip
        return made

    meant = women("Femmes du puits")
    women("Femmes plus loin", seat="Bankass", spoken=("fulfulde",))
    women("Femmes sans téléphone qui marche", works=False)
    women("Femmes jamais vérifiées", verified=False)
    women("Femmes qui parlent autre chose", spoken=("bambara",))
    youth = OrganisationFactory.verified(name="Jeunes de Koro", kind="youth", seat=area("Koro"), areas=["Koro"],
                                         spoken=["dogon", "fulfulde"])  # fmt: skip
    ContactFactory.create(organisation=youth, is_emergency=True, proved_at=NOW(), proved_how="sms")
    OrganisationFactory.verified(
        name="Réseau national", kind="network", areas=[country()], spoken=["fr", "bambara"], acronym="RN"
    )
    OrganisationFactory.create(name="Association d’ailleurs", areas=["Ségou"], spoken=["fr", "bambara"])
    OrganisationFactory.create(name="Groupement de Ségou", areas=["Ségou"], spoken=["fr", "bambara"])
    return meant


def look(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"directory-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_from_an_incident_to_the_phone_in_three_taps(
    browser_page: Opens, live_url: str, sign_in: SignsIn, width: int
) -> None:
    meant = seed()
    incident = IncidentFactory.create(where="Koro")
    page = browser_page(width)
    sign_in(page, person(Role.COORDINATOR, area("Mopti", Level.REGION), "Koro", name="Aminata Coulibaly"))
    page.goto(f"{live_url}/incidents/{incident.ref}/")
    taps = 0

    def tap(name: str) -> None:
        nonlocal taps
        taps += 1
        page.get_by_role("link", name=name).first.click()

    tap("Qui peut être là en premier")
    look(page, "first")
    expect(page.locator("#first > li")).to_have_count(7)
    tap("À appeler maintenant")
    tap("Femmes")
    assert taps == 3
    expect(page.locator("#first > li")).to_have_count(2)
    best = page.locator("#first > li").first
    expect(best.get_by_role("heading")).to_have_text("Femmes du puits")
    expect(best).to_contain_text("vérifiée")
    expect(best).to_contain_text("Dogon")
    expect(best).to_contain_text("A marché")
    phone = meant.contacts.get().phone
    expect(best.get_by_role("link", name="Appeler")).to_have_attribute("href", f"tel:{phone}")
    expect(page.locator("#first > li").nth(1)).to_contain_text("environ")
    look(page, "first-chosen")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_finding_and_reading(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    meant = seed()
    Organisation.objects.filter(pk=meant.pk).update(
        acronym="FP", description="Médiation entre familles. " * 8, description_en="Mediation between families.",
        founded=1998, source="Rapport de 2021", links=["https://example.org/femmes-du-puits"], is_demo=True,
    )  # fmt: skip
    OrganisationName.objects.create(organisation=meant, name="Yaa puits", kind="spelling")
    page = browser_page(width)
    heard = complaints(page)
    sign_in(page, person(Role.COORDINATOR, "Koro", name="Aminata Coulibaly"))
    page.goto(f"{live_url}/orgs/")
    look(page, "list")
    page.locator("summary", has_text="Affiner la liste").or_(page.locator("details.narrow > summary")).first.click()
    page.locator("details.facet > summary").nth(0).click()
    look(page, "filters")
    page.get_by_label("Organisation de femmes").check()
    page.get_by_label("Nom, lieu ou thème").fill("puit koro")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("#organisations > li").first).to_contain_text("Femmes du puits")
    look(page, "found")
    page.goto(f"{live_url}/orgs/?words=pouits+zzzz&kind=media")
    look(page, "nothing")
    page.goto(f"{live_url}/orgs/{meant.slug}/")
    look(page, "one")
    page.get_by_role("button", name="Cacher maintenant").click()
    expect(page.get_by_role("status")).to_contain_text("Elle est cachée.")
    look(page, "hidden")
    page.get_by_role("button", name="La montrer de nouveau").click()
    expect(page.get_by_role("status")).to_contain_text("montrée de nouveau")
    page.goto(f"{live_url}/orgs/first/")
    look(page, "first-empty")
    page.get_by_label("Village, ville, cercle ou région").fill("korro")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("#first > li").first).to_be_visible()
    look(page, "first-typed")
    assert heard == []


def test_what_anybody_sees(browser_page: Opens, live_url: str) -> None:
    seed()
    Organisation.objects.filter(kind="women").update(visibility="public")
    page = browser_page(320)
    page.goto(f"{live_url}/orgs/")
    expect(page.locator("#organisations > li")).to_have_count(5)
    look(page, "list-anyone")
    page.locator("#organisations h3 a").first.click()
    look(page, "one-anyone")
    expect(page.locator("body")).not_to_contain_text("+223")
