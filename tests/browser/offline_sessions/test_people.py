"""One phone that several people use: nobody reads another one’s words, and each gets their own back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dialogues.models import Session
from orgs.access import viewer_for
from orgs.models import User
from tests.browser.bad_link import BadLink
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_no_horizontal_scroll, shoot
from tests.browser.session_phone import (
    STORED,
    SignIn,
    body_of,
    bring,
    write,
)
from tests.browser.waiting import expect_kept, until
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]


def test_signing_out_erases_what_the_phone_keeps(
    browser_page: Opens, live_url: str, sign_in: SignIn, awa: User
) -> None:
    page = browser_page(320)
    sign_in(page, awa)
    page.goto(f"{live_url}/dialogues/offline/")
    expect(page.locator("#installed")).not_to_be_empty()
    page.locator("#title").fill("À moitié")
    expect_kept(page)
    page.goto(f"{live_url}/accounts/")
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    page.wait_for_url(f"{live_url}/")
    sign_in(page, awa, second_factor=False)
    page.goto(f"{live_url}/dialogues/offline/")
    expect(page.locator("#title")).to_have_value("")


def test_another_persons_words_wait_for_that_person(
    browser_page: Opens, live_url: str, sign_in: SignIn, awa: User, oumar: User
) -> None:
    session(by=viewer_for(awa), organisation=body_of(awa), title="Ce qu’Awa garde")
    page = browser_page(320)
    sign_in(page, awa)
    page.goto(f"{live_url}/dialogues/offline/")
    bring(page, "Ce qu’Awa garde")
    expect(page.locator("#installed")).to_contain_text("Cette page est sur le téléphone")
    page.context.clear_cookies()
    page.reload()
    expect(page.locator("#title")).to_be_visible()  # not a page of sign-in: this one is on the phone
    write(page, "D’Awa")
    expect(page.locator("#queue li[data-state=waiting]")).to_contain_text("Vous n’êtes plus connecté")
    sign_in(page, oumar)
    page.reload()
    expect(page.locator("#queue li[data-state=waiting]")).to_contain_text("quand cette personne se connectera")
    expect(page.locator("#queue")).not_to_contain_text("D’Awa")
    expect(page.get_by_role("button", name="Corriger et renvoyer")).to_have_count(0)
    expect(page.locator("#known")).not_to_contain_text("Ce qu’Awa garde")
    assert Session.objects.count() == 1
    page.context.clear_cookies()
    sign_in(page, awa, second_factor=False)
    page.reload()
    expect(page.locator("#queue li[data-state=kept]")).to_have_count(1)
    assert Session.objects.get(title="D’Awa").recorded_by == awa


def test_what_one_person_left_unfinished_is_not_read_by_the_next_and_comes_back(
    browser_page: Opens, live_url: str, sign_in: SignIn, awa: User, oumar: User
) -> None:
    page = browser_page(320)

    def opened_by(who: User, *, first: bool = False, pin: str = "") -> None:
        page.context.clear_cookies()
        sign_in(page, who, second_factor=first)
        with page.expect_response("**/dialogues/offline/mine/**"):
            page.goto(f"{live_url}/dialogues/offline/")
            if pin:
                page.locator("#pin-open").fill(pin)
                page.locator("#locked button").click()

    opened_by(awa, first=True)
    page.locator("#title").fill("Le secret d’Awa")
    expect_kept(page)
    opened_by(oumar, first=True)
    expect(page.locator("#aside")).to_be_visible()
    expect(page.locator("#title")).to_have_value("")
    page.locator("#title").fill("D’Oumar")
    expect_kept(page)
    assert "secret" not in page.evaluate(STORED)
    assert_axe_clean(page)
    assert_no_horizontal_scroll(page)
    shoot(page, SHOTS, "dialogues-offline-aside")
    page.get_by_role("link", name="Verrouiller par un code PIN").click()
    page.locator("#pin-new").fill("495827")
    page.locator("#pin-again").fill("495827")
    page.locator("#pin button").click()
    expect(page.locator("#pin-status")).to_contain_text("Le code PIN est mis")
    opened_by(awa, pin="495827")
    expect(page.locator("#title")).to_have_value("Le secret d’Awa")
    expect(page.locator("#aside")).to_be_visible()
    page.locator("#aside summary").click()
    page.get_by_role("button", name="Oui, l’effacer").click()
    expect(page.locator("#aside")).to_be_hidden()
    page.get_by_role("link", name="Effacer de ce téléphone ce que j’écris").click()
    page.get_by_role("button", name="Oui, effacer ce que j’écris").click()
    expect(page.locator("#title")).to_have_value("")
    expect_kept(page)
    opened_by(oumar, pin="495827")
    expect(page.locator("#title")).to_have_value("")
    expect(page.locator("#aside")).to_be_hidden()


def test_what_is_typed_before_the_phone_knows_who_writes_is_theirs(
    browser_page: Opens, link: tuple[BadLink, str], sign_in: SignIn, awa: User, oumar: User
) -> None:
    network, url = link
    network.held = {"/dialogues/offline/mine/"}
    page = browser_page(320)
    sign_in(page, awa)
    page.goto(f"{url}/dialogues/offline/")
    until(page, lambda: network.holding, "the phone asks who writes")
    page.locator("#title").fill("Le secret d’Awa")
    expect_kept(page)
    network.release.set()
    expect(page.locator("[data-ticks=facilitators] input")).to_have_count(1)
    expect_kept(page)
    page.context.clear_cookies()
    sign_in(page, oumar)
    page.goto(f"{url}/dialogues/offline/")
    expect(page.locator("#aside")).to_be_visible()
    expect(page.locator("#title")).to_have_value("")
    assert "secret" not in page.evaluate(STORED)
