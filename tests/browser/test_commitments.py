"""Commitments in a browser: written down, followed, opened by name, made public, on any screen and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dialogues.models import Commitment
from orgs.models import Role
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.dialogues.commitments.made import due, keeper, promised, somebody
from tests.factories import OrganisationFactory, person
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]


def look(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"commitments-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_from_the_room_to_the_public(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    body = OrganisationFactory.create(name="Gendarmerie de Koro")
    room = session(by=keeper(), present=(body.pk,))
    due(-9, body=body, place=room, what="Rendre les motos " + "saisies" * 12)
    named = promised(place=room, person=somebody())
    page = browser_page(width)
    heard = complaints(page)
    sign_in(page, person(Role.COORDINATOR, "Koro"))
    page.goto(f"{live_url}/dialogues/sessions/{room.uid}/commitments/new/")
    page.fill("[name=what]", "Ouvrir le poste")
    page.click("form.text .actions button >> nth=0")
    expect(page.locator(".summary")).to_be_visible()
    look(page, "new")
    page.select_option("[name=present]", str(body.pk))
    page.click("form.text .actions button >> nth=0")
    expect(page.locator("h1")).to_contain_text("Engagement E-")
    page.fill("[name=words]", "Le poste est peint.")
    page.click("section form button")
    expect(page.locator("ol.timeline")).to_contain_text("Le poste est peint.")
    look(page, "one")
    made = Commitment.objects.get(what="Ouvrir le poste")
    for part in ("correct", "public", "words"):
        page.goto(f"{live_url}/dialogues/commitments/{made.uid}/{part}/")
        look(page, part)
    page.goto(f"{live_url}/dialogues/commitments/{named.uid}/person/")
    page.fill("[name=reason]", "Elle demande où en est le puits.")
    page.click("form .actions button")
    expect(page.locator("dl.facts")).to_contain_text("Aminata D.")
    look(page, "person")
    page.goto(f"{live_url}/dialogues/commitments/?state=all")
    look(page, "list")
    page.goto(f"{live_url}/dialogues/promises/")
    look(page, "promises")
    assert [line for line in heard if "422" not in line] == []
