"""Sessions written on phones without network: nothing typed is lost, each arrives once, and two versions are shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dialogues.models import EditState, How, SafetyNote, Session, SessionEdit
from orgs.access import viewer_for
from orgs.models import Organisation, User
from tests.browser.bad_link import BadLink
from tests.browser.conftest import SHOTS, WIDTHS
from tests.browser.offline_sessions.conftest import Phones
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.browser.session_phone import (
    STORED,
    SignIn,
    body_of,
    bring,
    finish,
    installed,
    states,
    step,
    try_until,
    write,
)
from tests.browser.test_offline import sync
from tests.browser.waiting import expect_kept, until
from tests.factories import area
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
STEPS = ("what", "where", "people", "issues", "agreed", "safety", "review")


def test_a_session_written_without_network_arrives_once(
    phones: Phones, link: tuple[BadLink, str], sign_in: SignIn, awa: User, body: Organisation
) -> None:
    network, url = link
    context = phones("awa")
    page = installed(context, url, awa, sign_in)
    network.down = True
    context.set_offline(True)
    page.reload()
    expect(page.locator("#network")).to_contain_text("Pas de réseau")
    write(page, "Le puits et le marché")
    assert states(page) == ["waiting"]
    page.locator("#title").fill("Une autre, à moitié")
    step(page, "where")
    page.locator("#place_text").fill("Au marché")
    expect_kept(page)
    shoot(page, SHOTS, "dialogues-offline-waits")
    context.close()
    assert not Session.objects.exists()

    context = phones("awa")
    context.set_offline(True)
    page = context.new_page()
    page.goto(f"{url}/dialogues/offline/")
    expect(page.locator("#queue li[data-state=waiting]")).to_have_count(1)
    expect(page.locator("[data-step=where]")).to_be_visible()
    expect(page.locator("#place_text")).to_have_value("Au marché")

    # The network is back, and the sign-in has run out with the closed browser: everything stays, and the page says so.
    network.down = False
    context.set_offline(False)
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#queue li[data-state=waiting]")).to_contain_text("Vous n’êtes plus connecté")
    shoot(page, SHOTS, "dialogues-offline-signed-out")
    assert not Session.objects.exists()
    sign_in(page, awa, second_factor=False)
    network.faults.extend(["500", "cut", "lost", "sign-in", "slow"])
    try_until(page, ["kept"])
    assert not network.faults, "all of that has happened"
    expect(page.locator("#sign-in")).to_be_hidden()
    shoot(page, SHOTS, "dialogues-offline-arrived")

    kept = Session.objects.get()
    assert (kept.title, kept.how, kept.led_by, kept.people) == ("Le puits et le marché", How.PHONE, body, 12)
    assert kept.minutes == "Chacun a parlé à son tour."
    cells = {(one.group, one.sex, one.age_band): one.count for one in kept.attendance.all()}
    assert cells == {("herders", "m", "36-60"): 7, ("herders", "f", "15-35"): 3, ("u", "u", "u"): 2}
    assert [(one.words, one.needs) for one in kept.issues.all()] == [("L’eau du puits", ["safety"])]
    assert [one.words for one in kept.points.all()] == ["Le puits reste ouvert", "On se revoit"]
    assert (SessionEdit.objects.count(), SafetyNote.objects.count()) == (1, 1)
    expect(page.locator("#place_text")).to_have_value("Au marché")
    page.reload()
    expect(page.locator("#place_text")).to_have_value("Au marché")


def test_the_worker_sends_what_waits_after_the_page_was_closed(
    phones: Phones, link: tuple[BadLink, str], sign_in: SignIn, awa: User
) -> None:
    network, url = link
    page = installed(phones("awa"), url, awa, sign_in)
    network.down = True
    write(page, "Le puits")
    other = page.context.new_page()
    other.goto("about:blank")
    page.close()
    sync(other, url, "/dialogues/offline/")
    other.wait_for_timeout(1500)
    assert not Session.objects.exists(), "without network nothing leaves"
    network.down = False
    sync(other, url, "/dialogues/offline/")
    until(other, Session.objects.exists)
    assert Session.objects.get().title == "Le puits"


def has_arrived(words: str) -> bool:
    return SessionEdit.objects.filter(said__minutes=words).exists()


def test_two_tabs_of_one_phone_lose_no_word(
    phones: Phones, link: tuple[BadLink, str], sign_in: SignIn, awa: User
) -> None:
    _network, url = link
    first = installed(phones("awa"), url, awa, sign_in)
    second = first.context.new_page()
    second.goto(f"{url}/dialogues/offline/")
    second.locator("#title").fill("Le puits")
    expect_kept(second)
    first.reload()  # nothing was typed there: it takes nothing away
    expect(first.locator("#title")).to_have_value("Le puits")
    for page, words in ((second, "Awa a ouvert."), (first, "On a fini à midi.")):
        step(page, "where")
        page.locator("#area").select_option(area("Koro").pcode)
        step(page, "people")
        page.locator("#people").fill("12")
        step(page, "issues")
        page.locator("#minutes").fill(words)
    for page, words in ((second, "Awa a ouvert."), (first, "On a fini à midi.")):
        expect(page.locator("#minutes")).to_have_value(words)
        finish(page)
        until(page, partial(has_arrived, words))
    assert Session.objects.count() == 1
    assert {edit.said["minutes"] for edit in SessionEdit.objects.all()} == {"Awa a ouvert.", "On a fini à midi."}
    assert SessionEdit.objects.filter(state=EditState.WAITING).count() == 1


def test_what_one_tab_sends_can_be_changed_in_the_other(
    phones: Phones, link: tuple[BadLink, str], sign_in: SignIn, awa: User, body: Organisation
) -> None:
    network, url = link
    session(by=viewer_for(awa), organisation=body, title="Le marché")
    first = installed(phones("awa"), url, awa, sign_in)
    bring(first, "Le marché")
    second = first.context.new_page()
    with second.expect_response("**/dialogues/offline/mine/"):
        second.goto(f"{url}/dialogues/offline/")
    second.locator("summary").filter(has_text="Changer une concertation déjà écrite").click()
    expect(second.locator("#known li")).to_have_count(1)
    write(first, "Le puits")
    expect(first.locator("#queue li[data-state=kept]")).to_have_count(1)
    network.down = True
    second.get_by_role("button", name="La changer ici – Le puits").click()
    expect(second.locator("#place_text")).to_have_value("Sous le grand arbre")


def test_an_answer_that_was_long_on_its_way_takes_nothing_off_the_phone(
    phones: Phones, link: tuple[BadLink, str], sign_in: SignIn, awa: User, body: Organisation
) -> None:
    network, url = link
    session(by=viewer_for(awa), organisation=body, title="Le marché", minutes="Un mot")
    page = installed(phones("awa"), url, awa, sign_in)
    bring(page, "Le marché")
    page.context.set_offline(True)
    write(page, "Le puits")
    page.get_by_role("button", name="La changer ici").click()
    step(page, "issues")
    page.locator("#minutes").fill("Deux mots")
    finish(page)
    network.held = {"/dialogues/offline/mine/"}
    page.context.set_offline(False)
    until(page, lambda: network.holding, "the phone asks what stands")
    try_until(page, ["kept", "kept"])
    with page.expect_response("**/dialogues/offline/mine/"):
        network.release.set()
    expect(page.locator("#known li")).to_have_count(2)
    network.down = True
    page.context.set_offline(True)
    page.reload()
    page.locator("summary").filter(has_text="Changer une concertation déjà écrite").click()
    expect(page.locator("#known li")).to_have_text([re.compile("Le marché|Le puits")] * 2)
    page.get_by_role("button", name="La changer ici – Le marché").click()
    expect(page.locator("#minutes")).to_have_value("Deux mots")


def test_two_people_change_one_session_without_network_and_no_word_is_lost(
    phones: Phones, link: tuple[BadLink, str], sign_in: SignIn, awa: User, oumar: User
) -> None:
    network, url = link
    made = session(
        by=viewer_for(awa), organisation=body_of(awa), title="Le marché", agenda="Un\n\ndeux", agreements=("Un mot",)
    )
    pages = {}
    for name, who in (("awa", awa), ("oumar", oumar)):
        context = phones(name)
        pages[name] = installed(context, url, who, sign_in)
        bring(pages[name], "Le marché")
        context.set_offline(True)
        pages[name].reload()
        pages[name].locator("summary").filter(has_text="Changer une concertation déjà écrite").click()
        pages[name].get_by_role("button", name="La changer ici").click()
        expect(pages[name].locator("#title")).to_have_value("Le marché")
    network.down = True
    first, second = pages["awa"], pages["oumar"]
    first.locator("#title").fill("Le marché du lundi")
    step(first, "issues")
    first.locator("#minutes").fill("Les femmes ont parlé d’abord.")
    finish(first)
    second.locator("#title").fill("Le marché et le poste")
    step(second, "people")
    second.locator("#people").fill("19")
    finish(second)
    expect(second.locator("#known")).to_contain_text("Attend plus haut")

    network.down = False
    first.context.set_offline(False)
    try_until(first, ["kept"])
    second.context.set_offline(False)
    try_until(second, ["waits"])
    row = second.locator("#queue li[data-state=waits]")
    for words in ("Titre", "Vous avez écrit", "Le marché et le poste", "Ce qui est gardé", "Le marché du lundi"):
        expect(row).to_contain_text(words)
    expect(row).not_to_contain_text("femmes ont parlé")
    shoot(second, SHOTS, "dialogues-offline-differs")

    now = Session.objects.get()
    assert (now.title, now.minutes, now.people, now.agenda) == (
        "Le marché du lundi", "Les femmes ont parlé d’abord.", 19, "Un\n\ndeux",
    )  # fmt: skip
    waiting = SessionEdit.objects.get(state=EditState.WAITING)
    assert (waiting.conflicts, waiting.said["title"]) == (["title"], "Le marché et le poste")
    assert waiting.session.uid == made.uid
    # What stands is what the next edit on this phone begins from.
    second.get_by_role("button", name="La changer ici").click()
    expect(second.locator("#title")).to_have_value("Le marché du lundi")


def test_what_is_refused_comes_back_to_be_put_right(
    browser_page: Opens, live_url: str, sign_in: SignIn, awa: User
) -> None:
    page = browser_page(320)
    sign_in(page, awa)
    page.goto(f"{live_url}/dialogues/offline/")
    step(page, "review")
    page.get_by_role("button", name="Garder et envoyer").click()
    expect(page.locator("#problem")).to_contain_text("titre")
    expect(page.locator("[data-step=what]")).to_be_visible()
    page.locator("#title").fill("Une réunion")
    step(page, "where")
    page.locator("#country").select_option("MR")
    expect(page.locator("#in-mali")).to_be_hidden()
    page.locator("#place_text").fill("Camp de Mbera")
    step(page, "people")
    page.locator("#people").fill("8")
    step(page, "issues")
    page.locator("#minutes").fill("Appelez Awa au 76 12 34 56.")
    finish(page)
    expect(page.locator("#queue li[data-state=refused]")).to_contain_text("76 12 34 56")
    shoot(page, SHOTS, "dialogues-offline-refused")
    page.get_by_role("button", name="Corriger et renvoyer").click()
    expect(page.locator("[data-step=issues]")).to_be_visible()
    expect(page.locator("#queue li[data-state]")).to_have_count(0)
    page.locator("#minutes").fill("Appelez Awa.")
    finish(page)
    expect(page.locator("#queue li[data-state=kept]")).to_have_count(1)
    assert (Session.objects.get().country, Session.objects.get().minutes) == ("MR", "Appelez Awa.")


def test_a_pin_locks_everything_and_erasing_leaves_nothing_of_either_page(
    phones: Phones, link: tuple[BadLink, str], sign_in: SignIn, awa: User, body: Organisation
) -> None:
    network, url = link
    session(by=viewer_for(awa), organisation=body, title="Le secret du puits")
    context = phones("awa")
    page = installed(context, url, awa, sign_in)
    bring(page, "Le secret du puits")
    network.down = True
    write(page, "Un autre secret")
    assert "secret" not in page.evaluate(STORED)
    page.get_by_text("Mettre ou changer un code PIN").click()
    page.locator("#pin-new").fill("495827")
    page.locator("#pin-again").fill("495827")
    page.locator("#pin button").click()
    expect(page.locator("#pin-status")).to_contain_text("Le code PIN est mis")
    page.reload()
    expect(page.locator("#locked")).to_be_visible()
    expect(page.locator("#open")).to_be_hidden()
    page.locator("#pin-open").fill("495827")
    page.locator("#locked button").click()
    expect(page.locator("#queue li[data-state=waiting]")).to_contain_text("Un autre secret")
    expect(page.locator("#known")).to_contain_text("Le secret du puits")
    report = context.new_page()
    network.down = False
    report.goto(f"{url}/report/offline/")
    report.get_by_label("Racontez avec vos mots").fill("À moitié")
    expect_kept(report)
    report.close()
    network.down = True
    page.get_by_text("Tout effacer", exact=True).click()
    page.get_by_role("button", name="Oui, tout effacer").click()
    expect(page.locator("#erased")).to_be_visible()
    left = page.evaluate("async () => [(await indexedDB.databases()).length, (await caches.keys()).length]")
    assert left == [0, 0]


HOLD_SEALING = """() => {
  const seal = crypto.subtle.encrypt.bind(crypto.subtle), held = new Promise(done => { window.goOn = done; });
  let calls = 0;
  crypto.subtle.encrypt = async (...all) => { calls += 1; if (calls === 2) await held; return seal(...all); };
  window.sealings = () => calls;
}"""
"""A change of the PIN seals its check, then the draft: it stops before the draft, which it has read, until ``goOn``."""


def test_what_is_typed_while_the_pin_is_changed_opens_with_the_new_one(
    browser_page: Opens, live_url: str, sign_in: SignIn, awa: User
) -> None:
    page = browser_page(320)
    sign_in(page, awa)
    with page.expect_response("**/dialogues/offline/mine/**"):
        page.goto(f"{live_url}/dialogues/offline/")
    page.locator("#title").fill("Le puits")
    expect(page.locator("[data-ticks=facilitators] input")).to_have_count(1)
    expect_kept(page)
    page.get_by_text("Mettre ou changer un code PIN").click()
    page.locator("#pin-new").fill("495827")
    page.locator("#pin-again").fill("495827")
    page.evaluate(HOLD_SEALING)
    page.locator("#pin button").click()
    until(page, lambda: page.evaluate("sealings()") == 2, "the draft is about to be sealed anew")
    page.locator("#title").fill("Le puits et le marché")
    page.locator("#title").press("Tab")
    page.evaluate("goOn()")
    expect(page.locator("#pin-status")).to_contain_text("Le code PIN est mis")
    expect_kept(page)
    page.reload()
    page.locator("#pin-open").fill("495827")
    page.locator("#locked button").click()
    expect(page.locator("#title")).to_have_value("Le puits et le marché")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_step_is_readable_on_every_screen(
    browser_page: Opens, live_url: str, sign_in: SignIn, awa: User, width: int
) -> None:
    for language, address in (("fr-FR", "dialogues/offline/"), ("en-GB", "dialogues/offline/en/")):
        page = browser_page(width, language=language)
        heard: list[Any] = complaints(page)
        sign_in(page, awa, second_factor=language == "fr-FR")
        page.goto(f"{live_url}/{address}")
        expect(page.locator("#open")).to_be_visible()
        for summary in page.locator("summary").all():
            if summary.is_visible():
                summary.click()
        for name in STEPS:
            step(page, name)
            if name == "people":
                page.locator("#people").fill("12")
                page.locator("#add-line").click()
            if name == "issues":
                page.locator("#add-issue").click()
                page.locator("#issues summary").click()
            shoot(page, SHOTS, f"dialogues-offline-{name}-{language[:2]}")
            assert_no_horizontal_scroll(page)
            assert_big_targets(page)
            assert_axe_clean(page)
        assert heard == []
