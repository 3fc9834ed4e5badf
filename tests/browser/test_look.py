"""What every page of the product promises, seen in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SHOTS, WIDTHS
from tests.browser.seen import (
    assert_axe_clean,
    assert_big_targets,
    assert_no_horizontal_scroll,
    complaints,
    fetched_bytes,
    follow,
    shoot,
)

Opens = Callable[..., Page]
FIRST_VIEW = 14_000
PUBLIC_PAGES = ("/", "/report/", "/report/follow-up/", "/accounts/login/", "/accounts/password/reset/", "/nowhere/")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("query", ["", "?wrong", "?public", "?public&wrong"])
def test_every_part_fits_and_can_be_read(browser_page: Opens, style_url: str, width: int, query: str) -> None:
    page = browser_page(width)
    heard = complaints(page)
    page.goto(style_url + query)
    shoot(page, SHOTS, "style" + query.replace("?", "-").replace("&", "-"))
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)
    assert heard == []


def test_an_error_leads_to_where_it_happened(browser_page: Opens, style_url: str) -> None:
    page = browser_page(320, scripts=False)
    page.goto(style_url + "?public&wrong")
    assert page.title().startswith("Erreur : ")
    link = page.get_by_role("alert").get_by_role("link", name="Comment le savez-vous")
    link.click()
    expect(page).to_have_url(re.compile("#id_known_0$"))
    page.get_by_role("alert").get_by_role("link", name="Où").click()
    expect(page.locator("#id_place")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_place")).to_have_attribute("aria-describedby", re.compile("id_place_error"))


def test_a_picture_is_chosen_by_keyboard(browser_page: Opens, style_url: str) -> None:
    page = browser_page(320)
    page.goto(style_url + "?public")
    page.locator("#id_kind_0").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#id_kind_1")).to_be_checked()


def test_the_page_is_readable_from_right_to_left(browser_page: Opens, style_url: str) -> None:
    page = browser_page(320)
    page.goto(style_url)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert_no_horizontal_scroll(page)


def test_printed_pages_lose_the_bars_and_keep_the_words(browser_page: Opens, style_url: str) -> None:
    page = browser_page(768)
    page.goto(style_url)
    page.emulate_media(media="print")
    expect(page.locator(".bar-nav")).to_be_hidden()
    expect(page.locator(".badge.sev-extreme").first).to_have_text("Extrême")
    expect(page.locator(".badge.sev-extreme").first).to_have_css("color", "rgb(0, 0, 0)")


@pytest.mark.parametrize("width", [320, 1280])
def test_public_pages_fit_and_load_nothing_from_elsewhere(browser_page: Opens, live_url: str, width: int) -> None:
    for path in PUBLIC_PAGES:
        page = browser_page(width)
        heard = complaints(page)
        fetched = fetched_bytes(page, live_url + path)
        shoot(page, SHOTS, "public" + path.replace("/", "-").rstrip("-"))
        assert all(address.startswith(live_url) for address in fetched), fetched
        assert_no_horizontal_scroll(page)
        assert_big_targets(page)
        assert_axe_clean(page)
        assert [line for line in heard if path != "/nowhere/" or "404" not in line] == [], path


@pytest.mark.parametrize("path", ["/", "/report/"])
def test_the_first_view_is_light(browser_page: Opens, live_url: str, path: str) -> None:
    fetched = fetched_bytes(browser_page(320), live_url + path)
    assert any(address.endswith(".css") for address in fetched)
    assert sum(fetched.values()) <= FIRST_VIEW, fetched


def test_the_language_changes_without_scripts(browser_page: Opens, live_url: str) -> None:
    page = browser_page(320, scripts=False)
    page.goto(live_url)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    follow(page.get_by_role("button", name="English"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Say what you see. Warn in time.")
    follow(page.get_by_role("button", name="Français"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_the_keyboard_skips_to_the_content(browser_page: Opens, live_url: str) -> None:
    page = browser_page(1280)
    page.goto(live_url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_url}/#main")
