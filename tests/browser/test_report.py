"""A person reports on a small phone, with and without scripts, and hears what became of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from incidents.models import PlacePrecision, Report, ReporterIdentity, ReportState
from orgs.models import Role
from tests.browser.conftest import SHOTS
from tests.browser.seen import (
    assert_axe_clean,
    assert_big_targets,
    assert_no_horizontal_scroll,
    complaints,
    fetched_bytes,
    follow,
    shoot,
)
from tests.factories import AlertFactory, IncidentFactory, area, person

Opens = Callable[..., Page]
FIRST_VIEW = 14_000
WORDS = "Trois hommes à moto ont pris des vaches au marché. 🐄"

pytestmark = pytest.mark.django_db(transaction=True)


def looked_at(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"report-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


def fill(page: Page, where: str) -> None:
    page.get_by_text("Vol de bétail ou pillage").click()
    page.get_by_label("Où", exact=False).first.fill(where)
    page.get_by_text("Hier", exact=True).click()
    page.get_by_label("Blessés").fill("3")
    page.get_by_label("Racontez avec vos mots").fill(WORDS)
    page.get_by_text("Je l’ai vu moi-même").click()


def send(page: Page) -> None:
    follow(page.get_by_role("button", name="Envoyer"))


def test_the_first_view_fits_in_14_kilobytes(browser_page: Opens, live_url: str) -> None:
    for language in ("fr-FR", "en-GB"):
        sizes = fetched_bytes(browser_page(320, language=language), f"{live_url}/report/")
        assert any(address.endswith("/report/") for address in sizes)
        assert any(".css" in address for address in sizes)
        assert any("report." in address and address.endswith(".js") for address in sizes)
        assert sum(sizes.values()) <= FIRST_VIEW, sizes
        print(sizes, sum(sizes.values()))  # noqa: T201  # the figure that docs/reports.md states


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_the_report_to_its_outcome_on_a_small_phone(browser_page: Opens, live_url: str, scripts: bool) -> None:
    # axe itself needs scripts: without them the page is looked at by eye and walked.
    look = looked_at if scripts else lambda page, name: shoot(page, SHOTS, f"report-plain-{name}")
    page = browser_page(320, scripts=scripts)
    heard = complaints(page)
    page.goto(f"{live_url}/report/")
    look(page, "form")

    send(page)
    expect(page.get_by_role("alert")).to_contain_text("2 choses à corriger")
    look(page, "empty")

    fill(page, "Mopti")
    send(page)
    expect(page.get_by_text("De quel lieu parlez-vous").first).to_be_visible()
    expect(page.get_by_label("Racontez avec vos mots")).to_have_value(WORDS)
    look(page, "which-place")
    page.get_by_text("cercle de Mopti, région de Mopti", exact=True).click()
    send(page)

    expect(page).to_have_url(f"{live_url}/report/sent/")
    look(page, "sent")
    code = page.locator(".code").inner_text()
    report = Report.objects.get()
    assert (report.narrative, report.harmed) == (WORDS, {"injured": 3})
    assert (report.cercle_id, report.place_precision) == (area("Mopti").pk, PlacePrecision.CERCLE)

    follow(page.get_by_role("link", name="Suivre mon signalement"))
    page.get_by_label("Votre code").fill("1234 1234 1234 1234")
    follow(page.get_by_role("button", name="Voir"))
    expect(page.get_by_role("alert")).to_contain_text("Aucun signalement n’a ce code")
    look(page, "wrong-code")
    page.get_by_label("Votre code").fill(code)
    follow(page.get_by_role("button", name="Voir"))
    expect(page.get_by_text("Il attend d’être lu.")).to_be_visible()
    assert code.replace(" ", "") not in page.url.replace(" ", "")
    page.get_by_label("Ajouter quelque chose").fill("Ils sont revenus.")
    send(page)
    expect(page.get_by_text("Ce que vous avez ajouté est arrivé.")).to_be_visible()
    assert report.additions.get().text == "Ils sont revenus."

    incident = IncidentFactory.create(state="verified", reporter_note="Merci. Les gens du marché sont prévenus.")
    Report.objects.filter(pk=report.pk).update(
        state=ReportState.ATTACHED, incident=incident, decided_at=report.received_at
    )
    AlertFactory.released(incident=incident)
    page.goto(f"{live_url}/report/follow-up/")
    page.get_by_label("Votre code").fill(code)
    page.get_by_label("Votre code").press("Enter")
    expect(page.get_by_text("Votre signalement a aidé à prévenir")).to_be_visible()
    look(page, "outcome")
    assert heard == []


def test_a_double_tap_and_the_back_button_make_one_report(browser_page: Opens, live_url: str) -> None:
    page = browser_page(320)
    page.goto(f"{live_url}/report/")
    fill(page, "cercle de Koro")
    page.get_by_role("button", name="Envoyer").dblclick(no_wait_after=True)
    expect(page.locator(".code")).to_be_visible()
    code = page.locator(".code").inner_text()
    page.go_back()
    expect(page.get_by_label("Racontez avec vos mots")).to_have_value(WORDS)
    send(page)
    expect(page.locator(".code")).to_have_text(code)
    assert Report.objects.count() == 1
    assert Report.objects.get().additions.count() == 0


def test_the_enter_key_sends_and_does_not_change_the_language(browser_page: Opens, live_url: str) -> None:
    page = browser_page(320)
    page.goto(f"{live_url}/report/")
    fill(page, "cercle de Koro")
    page.get_by_label("Où", exact=False).first.press("Enter")
    expect(page.locator(".code")).to_be_visible()
    assert Report.objects.get().language == "fr"


def test_the_language_changes_with_everything_typed_kept(browser_page: Opens, live_url: str) -> None:
    page = browser_page(320, scripts=False)
    page.goto(f"{live_url}/report/")
    fill(page, "cercle de Koro")
    follow(page.get_by_role("button", name="English"))
    expect(page.get_by_text("Cattle theft or looting")).to_be_visible()
    expect(page.locator("#id_words")).to_have_value(WORDS)
    follow(page.get_by_role("button", name="Send"))
    expect(page.get_by_role("heading", name="Your code")).to_be_visible()
    assert Report.objects.get().language == "en"


def test_the_phone_adds_its_position_when_asked(browser_page: Opens, live_url: str) -> None:
    page = browser_page(320)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 14.0713, "longitude": -3.0796, "accuracy": 20})
    page.goto(f"{live_url}/report/")
    page.get_by_text("Menace ou ultimatum").click()
    page.get_by_role("button", name="J’y suis").click()
    expect(page.get_by_role("button", name="Enlever ma position")).to_be_visible()
    looked_at(page, "position")
    send(page)
    expect(page.locator(".code")).to_be_visible()
    assert Report.objects.get().cercle_id == area("Koro").pk
    assert ReporterIdentity.objects.count() == 1


def test_leaving_quickly_leaves_the_page_out_of_the_history(browser_page: Opens, live_url: str) -> None:
    page = browser_page(320)
    page.route("https://fr.wikipedia.org/**", lambda route: route.fulfill(body="Mali", content_type="text/plain"))
    page.goto(f"{live_url}/")
    page.goto(f"{live_url}/report/")
    page.get_by_role("link", name="Quitter vite").click()
    page.wait_for_url("https://fr.wikipedia.org/**")
    page.go_back()
    expect(page).to_have_url(f"{live_url}/")


@pytest.mark.parametrize("width", [768, 1280])
def test_wider_screens(browser_page: Opens, live_url: str, width: int) -> None:
    page = browser_page(width)
    for name in ("report", "report/follow-up"):
        page.goto(f"{live_url}/{name}/")
        looked_at(page, name.replace("/", "-"))


def test_who_is_signed_in_finds_their_own_reports(browser_page: Opens, live_url: str) -> None:
    signed_in = Client()
    signed_in.force_login(person(Role.REPORTER, "Koro", name="Awa Traoré"))
    page = browser_page(320)
    page.context.add_cookies([{"name": "sessionid", "value": signed_in.cookies["sessionid"].value, "url": live_url}])
    page.goto(f"{live_url}/report/mine/")
    looked_at(page, "own-none")
    page.goto(f"{live_url}/report/")
    expect(page.get_by_text("Envoyer sans mon compte")).to_be_visible()
    looked_at(page, "form-signed-in")
    fill(page, "cercle de Koro")
    send(page)
    expect(page.locator(".code")).to_be_visible()
    page.goto(f"{live_url}/report/mine/")
    expect(page.get_by_text("Il attend d’être lu.")).to_be_visible()
    looked_at(page, "own")
