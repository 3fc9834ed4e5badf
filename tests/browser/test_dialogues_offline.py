"""Sessions written on phones without network: nothing typed is lost, each arrives once, and two versions are shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dialogues.models import EditState, How, SafetyNote, Session, SessionEdit
from dialogues.said import said_of
from dialogues.services.sessions import keep_session
from orgs.access import viewer_for
from orgs.models import Organisation, Role, User
from tests.browser.bad_link import BadLink, bad_link
from tests.browser.conftest import CHROMIUM_FLAGS, SECONDS_ALLOWED, SHOTS, WIDTHS, chromium
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.browser.session_phone import (
    STORED,
    TALLY,
    SignIn,
    body_of,
    bring,
    finish,
    installed,
    states,
    step,
    tally,
    try_until,
    write,
    write_everything,
)
from tests.browser.test_offline import sync, until
from tests.factories import MembershipFactory, OrganisationFactory, area, person
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
Phones = Callable[[str], BrowserContext]
STEPS = ("what", "where", "people", "issues", "agreed", "safety", "review")


@pytest.fixture
def link(live_url: str) -> Iterator[tuple[BadLink, str]]:
    with bad_link(live_url) as opened:
        yield opened


@pytest.fixture
def phones(browser: Browser, tmp_path: Path) -> Iterator[Phones]:
    """Browsers by name, that keep what they have when they are closed and opened again (but for the sign-in)."""
    contexts: list[BrowserContext] = []

    def turn_on(name: str) -> BrowserContext:
        context = browser.browser_type.launch_persistent_context(
            tmp_path / name,
            executable_path=chromium(),
            args=CHROMIUM_FLAGS,
            viewport={"width": 320, "height": 720},
            locale="fr-FR",
        )
        context.set_default_timeout(SECONDS_ALLOWED * 1000)
        contexts.append(context)
        return context

    yield turn_on
    for context in contexts:
        context.close()


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create(areas=["Koro"])


@pytest.fixture
def awa(body: Organisation) -> User:
    return person(Role.FACILITATOR, "Koro", organisation=body)


@pytest.fixture
def oumar(body: Organisation) -> User:
    return person(Role.FACILITATOR, "Koro", organisation=body)


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
    expect(page.locator("#saved")).not_to_be_empty()
    page.wait_for_timeout(600)
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
    assert until(other, Session.objects.exists)
    assert Session.objects.get().title == "Le puits"


def test_the_whole_story_from_the_tree_to_the_person_who_settles(
    phones: Phones, link: tuple[BadLink, str], sign_in: SignIn, awa: User, oumar: User
) -> None:
    network, url = link
    page = installed(phones("awa"), url, awa, sign_in)
    bring(page, "")
    network.down = True
    page.context.set_offline(True)
    page.reload()
    page.evaluate(TALLY)
    write_everything(page)
    tick_box = page.locator("[data-ticks=facilitators]")
    expect(tick_box.get_by_label("Je l’ai animée")).to_be_checked()
    finish(page)
    taps, signs, fields = tally(page)
    # Ten minutes: three seconds for a tap, and three signs in two seconds, as somebody types who seldom does.
    assert taps * 3 + signs / 1.5 < 600, (taps, signs, fields)
    assert taps <= 80
    assert fields <= 25
    assert states(page) == ["waiting"]
    page.context.close()

    page = phones("awa").new_page()
    sign_in(page, awa, second_factor=False)
    page.context.set_offline(True)
    page.goto(f"{url}/dialogues/offline/")
    expect(page.locator("#queue li[data-state=waiting]")).to_have_count(1)
    network.down = False
    page.context.set_offline(False)
    try_until(page, ["kept"])
    row = Session.objects.get()
    now = said_of(row)
    assert (now.spoken, now.interpreted) == (("dogon",), ("fulfulde",))
    assert (now.agenda, now.people, now.facilitators) == ("L’eau, puis le marché du lundi", 25, (awa.pk,))
    assert (now.invited, now.absent) == (("customary", "youth"), ("youth",))
    assert [(one.needs, len(one.themes)) for one in now.issues] == [(("justice",), 1), (("safety",), 1)]

    # Awa goes on without network; meanwhile Oumar changes the same session on the page.
    network.down = True
    page.context.set_offline(True)
    page.locator("summary").filter(has_text="Changer une concertation déjà écrite").click()
    page.get_by_role("button", name="La changer ici").click()
    page.locator("#agenda").fill("L’eau, et rien d’autre")
    step(page, "agreed")
    page.locator("#disagreements").fill("Le prix de l’eau\nL’heure du marché")
    finish(page)
    viewer = viewer_for(oumar)
    elsewhere = replace(now, agenda="Le marché d’abord", minutes="Awa a ouvert.")
    keep_session(
        viewer=viewer, uid=row.uid, edit_key=uuid.uuid4(), base_version=row.version, said=elsewhere, how=How.PAGE
    )
    network.down = False
    page.context.set_offline(False)
    try_until(page, ["kept", "waits"])
    waits = page.locator("#queue li[data-state=waits]")
    for words in ("Ordre du jour", "L’eau, et rien d’autre", "Le marché d’abord"):
        expect(waits).to_contain_text(words)
    assert_no_horizontal_scroll(page)
    waits.get_by_role("link").click()
    page.get_by_role("link", name="Choisir").first.click()
    page.locator("[name=agenda][value=both]").check()
    page.locator("main form .button").first.click()
    expect(page.get_by_role("heading", name="Le puits et le marché")).to_be_visible()
    settled = said_of(Session.objects.get())
    assert settled.agenda == "Le marché d’abord\n\nL’eau, et rien d’autre"
    assert settled.minutes == "Awa a ouvert."
    assert settled.disagreements == ("Le prix de l’eau", "L’heure du marché")
    assert not SessionEdit.objects.filter(state=EditState.WAITING).exists()


def test_what_cannot_be_true_is_said_at_its_field_without_network(
    phones: Phones, link: tuple[BadLink, str], sign_in: SignIn, awa: User, body: Organisation
) -> None:
    network, url = link
    second = OrganisationFactory.create(name="Union de Koro", areas=["Koro"])
    MembershipFactory.create(person=awa, organisation=second, role=Role.FACILITATOR, areas=["Koro"])
    page = installed(phones("awa"), url, awa, sign_in)
    expect(page.locator("#led_by option")).to_have_count(3)
    network.down = True
    page.context.set_offline(True)
    page.locator("#title").fill("Le puits")
    page.locator("#led_by").select_option(label="Union de Koro")
    for day, words in (("1890-03-01", "1990"), (next_year(), "pas encore")):
        page.locator("#held_on").fill(day)
        step(page, "review")
        page.get_by_role("button", name="Garder et envoyer").click()
        expect(page.locator("#wrong-held_on")).to_contain_text(words)
        expect(page.locator("#held_on")).to_have_attribute("aria-invalid", "true")
    page.locator("#held_on").fill("2026-01-05")
    step(page, "where")
    page.locator("#area").select_option(area("Koro").pcode)
    step(page, "people")
    page.locator("#people").fill("100000")
    page.get_by_role("button", name="Ajouter un groupe").click()
    page.get_by_label("Femmes, 15 à 35 ans").fill("120000")
    step(page, "review")
    page.get_by_role("button", name="Garder et envoyer").click()
    expect(page.locator("#wrong-people")).to_contain_text("5000 au plus")
    expect(page.locator("#wrong-attendance")).to_contain_text("Plus de femmes")
    shoot(page, SHOTS, "dialogues-offline-faults")
    page.locator("#people").fill("14")
    page.get_by_label("Femmes, 15 à 35 ans").fill("12")
    step(page, "review")
    page.get_by_role("button", name="Garder et envoyer").click()
    expect(page.locator("#wrong-attendance")).to_contain_text("Il en manque : 2")
    page.locator("#people").fill("12")
    finish(page)

    # The organisation leaves the directory before the network is back.
    second.merged_into = body
    second.save()
    network.down = False
    page.context.set_offline(False)
    try_until(page, ["refused"])
    page.get_by_role("button", name="Corriger et renvoyer").click()
    expect(page.locator("#wrong-led_by")).to_contain_text("plus dans l’annuaire")
    expect(page.locator("#title")).to_have_value("Le puits")
    finish(page)
    try_until(page, ["kept"])
    assert (Session.objects.get().led_by, Session.objects.get().women) == (body, 12)


def next_year() -> str:
    return (timezone.localdate() + timedelta(days=365)).isoformat()


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
    expect(second.locator("#saved")).not_to_be_empty()
    second.wait_for_timeout(500)
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
        assert until(page, partial(has_arrived, words))
    assert Session.objects.count() == 1
    assert {edit.said["minutes"] for edit in SessionEdit.objects.all()} == {"Awa a ouvert.", "On a fini à midi."}
    assert SessionEdit.objects.filter(state=EditState.WAITING).count() == 1


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
    expect(report.locator("#saved")).not_to_be_empty()
    report.close()
    network.down = True
    page.get_by_text("Tout effacer", exact=True).click()
    page.get_by_role("button", name="Oui, tout effacer").click()
    expect(page.locator("#erased")).to_be_visible()
    left = page.evaluate("async () => [(await indexedDB.databases()).length, (await caches.keys()).length]")
    assert left == [0, 0]


def test_signing_out_erases_what_the_phone_keeps(
    browser_page: Opens, live_url: str, sign_in: SignIn, awa: User
) -> None:
    page = browser_page(320)
    sign_in(page, awa)
    page.goto(f"{live_url}/dialogues/offline/")
    expect(page.locator("#installed")).not_to_be_empty()
    page.locator("#title").fill("À moitié")
    expect(page.locator("#saved")).not_to_be_empty()
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
    expect(page.locator("#known")).not_to_contain_text("Ce qu’Awa garde")
    assert Session.objects.count() == 1
    page.context.clear_cookies()
    sign_in(page, awa, second_factor=False)
    page.reload()
    expect(page.locator("#queue li[data-state=kept]")).to_have_count(1)
    assert Session.objects.get(title="D’Awa").recorded_by == awa


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
