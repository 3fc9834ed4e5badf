"""Living entries in a browser: an editor suggests, a coordinator decides, a contact confirms, on any screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from orgs.models import Message, OrganisationState, Role, VerifiedHow
from orgs.services import confirmations
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.factories import ContactFactory, OrganisationFactory, person
from tests.orgs.living.shared import link_in

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]


def look(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"living-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_suggest_and_decide(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    entry = OrganisationFactory.create(
        name="Femmes du puits de Koro", slug="femmes", areas=["Koro", "Bankass"], themes=["mediation"]
    )
    ContactFactory.create(organisation=entry, name="Awa", is_emergency=True)
    page = browser_page(width)
    heard = complaints(page)
    sign_in(page, person(Role.EDITOR, "Koro", organisation=entry))
    page.goto(f"{live_url}/orgs/femmes/edit/")
    look(page, "edit")
    page.fill("[name=acronym]", "FPK")
    page.fill("[name=names]", "Kɔrɔ musow (bambara)")
    page.fill("[name=seat_text]", "Koro")
    page.click("form.text .actions button")
    expect(page.locator(".summary")).to_be_visible()
    look(page, "seat")
    page.locator("[name=seat_choice]").first.check()
    page.click("form.text .actions button")
    expect(page.locator("h1")).to_have_text("Mes propositions")
    look(page, "mine")
    page.goto(f"{live_url}/orgs/femmes/contacts/")
    look(page, "contacts")

    page = browser_page(width)
    sign_in(page, person(Role.COORDINATOR, "Koro"))
    page.goto(f"{live_url}/orgs/requests/")
    look(page, "queue")
    page.click("ol.rows h2 a")
    look(page, "request")
    page.locator("input[value=accept]").first.check()
    page.click("text=Enregistrer mes décisions")
    expect(page.locator(".state-done")).to_be_visible()
    page.click("text=Accepter tout ce qui attend")
    expect(page.locator("h1")).to_have_text("Changements proposés")
    for address in ("verify", "retire", "contacts/new"):
        page.goto(f"{live_url}/orgs/femmes/{address}/")
        look(page, address.replace("/", "-"))
    page.goto(f"{live_url}/orgs/new/")
    look(page, "new")
    entry.refresh_from_db()
    assert entry.acronym == "FPK"
    assert [line for line in heard if "422" not in line] == []


@pytest.mark.parametrize("width", [320, 1280])
def test_a_contact_confirms_with_one_tap(browser_page: Opens, live_url: str, width: int) -> None:
    then = timezone.now() - timedelta(days=400)
    entry = OrganisationFactory.create(
        name="Femmes du puits de Koro", areas=["Koro"], description="Médiation entre familles.",
        state=OrganisationState.STALE, verified_at=then, verified_how=VerifiedHow.VISIT, confirmed_at=then,
    )  # fmt: skip
    ContactFactory.create(organisation=entry)
    confirmations.ask_contacts()
    link = f"{live_url}{link_in(Message.objects.get())}"
    page = browser_page(width)
    page.goto(link)
    look(page, "confirm")
    page.goto(f"{link}changed/")
    look(page, "changed")
    page.goto(link)
    page.click("text=Oui, tout est juste")
    expect(page.locator("h1")).to_have_text("Merci")
    look(page, "thanks")
    page.goto(f"{live_url}/orgs/confirm/faux/")
    look(page, "gone")
    entry.refresh_from_db()
    assert entry.state == OrganisationState.VERIFIED
