"""A facilitator under a tree, without network; a second one elsewhere; and a person who settles what they wrote."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dialogues.models import EditState, How, Session, SessionEdit
from dialogues.said import said_of
from dialogues.services.sessions import keep_session
from orgs.access import viewer_for
from orgs.models import Organisation, Role, User
from tests.browser.bad_link import BadLink
from tests.browser.conftest import SHOTS
from tests.browser.offline_sessions.conftest import Phones
from tests.browser.seen import assert_no_horizontal_scroll, shoot
from tests.browser.session_phone import (
    TALLY,
    SignIn,
    bring,
    finish,
    installed,
    states,
    step,
    tally,
    try_until,
    write_everything,
)
from tests.factories import MembershipFactory, OrganisationFactory, area

pytestmark = pytest.mark.django_db(transaction=True)


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
