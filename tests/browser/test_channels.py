"""Notices in a real browser: allowing them on a device, and what the worker shows when a push comes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from orgs.models import Address, Role, User
from tests.browser.conftest import SECONDS_ALLOWED, SHOTS, WIDTHS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, shoot
from tests.browser.waiting import until, worker_number
from tests.factories import OrganisationFactory, person
from tests.orgs.channels.browser_key import BrowserKey

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/accounts/ways/"


@pytest.fixture
def awa() -> User:
    made: User = person(Role.MONITOR, "Koro", organisation=OrganisationFactory.create(), name="Awa")
    return made


def allowed_page(browser: Browser, url: str, script: str = "") -> Page:
    context = browser.new_context(viewport={"width": 320, "height": 720}, locale="fr-FR")
    context.set_default_timeout(SECONDS_ALLOWED * 1000)
    context.grant_permissions(["notifications"], origin=url)
    if script:
        context.add_init_script(script)
    return context.new_page()


def test_a_device_is_allowed(browser: Browser, live_url: str, sign_in: Callable[..., None], awa: User) -> None:
    """No push service can be reached from a test: the browser's own part of it is stood in for, with real keys."""
    words = {"endpoint": "https://fcm.googleapis.com/wp/abc", "keys": BrowserKey().words()}
    stand_in = f"""
        PushManager.prototype.getSubscription = async () => null;
        PushManager.prototype.subscribe = async (options) => {{
          if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error("bad options");
          return {{ toJSON: () => ({json.dumps(words)}) }};
        }};
        Notification.requestPermission = async () => "granted";"""
    page = allowed_page(browser, live_url, stand_in)
    sign_in(page, awa)
    page.goto(f"{live_url}{PAGE}")
    page.fill("#push-label", "Téléphone de la radio")
    page.click("#push button")
    expect(page.locator("#devices ~ ul")).to_contain_text("Téléphone de la radio")
    assert Address.objects.get().person_id == awa.pk
    page.context.close()


def test_what_a_push_shows_and_where_it_leads(
    browser: Browser, live_url: str, sign_in: Callable[..., None], awa: User
) -> None:
    page = allowed_page(browser, live_url)
    sign_in(page, awa)
    page.goto(f"{live_url}{PAGE}")
    page.evaluate(
        """async () => { const form = document.getElementById("push").dataset;
          await navigator.serviceWorker.register(form.worker, {scope: form.scope});
          await navigator.serviceWorker.ready; }"""
    )
    tools = page.context.new_cdp_session(page)
    number = worker_number(page, tools, f"{live_url}{PAGE}")
    happened: list[str] = []
    tools.on(
        "BackgroundService.backgroundServiceEventReceived",
        lambda event: happened.append(event["backgroundServiceEvent"]["eventName"]),
    )
    tools.send("BackgroundService.startObserving", {"service": "pushMessaging"})
    tools.send("BackgroundService.setRecording", {"service": "pushMessaging", "shouldRecord": True})

    for words in ({"title": "Titre", "body": "Mots", "link": "/alerts/", "tag": "t1", "lang": "fr"}, "no json"):
        data = words if isinstance(words, str) else json.dumps(words)
        push = {"origin": live_url, "registrationId": number, "data": data}
        tools.send("ServiceWorker.deliverPushMessage", push)
    # Not asked for before both are shown: Chromium forgets a notice of which it is asked while it is being shown.
    until(page, lambda: happened.count("Push event completed") == 2)
    found = page.evaluate(
        """async () => (await (await navigator.serviceWorker.ready).getNotifications())
             .map((one) => [one.title, one.body, one.data.link])"""
    )
    assert sorted(found) == [["Passerelle", "", "/alerts/"], ["Titre", "Mots", "/alerts/"]]
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_usable(
    browser_page: Callable[..., Page], live_url: str, sign_in: Callable[..., None], awa: User, width: int
) -> None:
    page = browser_page(width)
    sign_in(page, awa)
    page.goto(f"{live_url}{PAGE}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)
    shoot(page, SHOTS, f"ways-{width}")


def test_without_scripts_the_rest_works(
    browser_page: Callable[..., Page], live_url: str, sign_in: Callable[..., None], awa: User
) -> None:
    page = browser_page(320, scripts=False)
    sign_in(page, awa)
    page.goto(f"{live_url}{PAGE}")
    page.click("form[action='/accounts/ways/try/'] button >> nth=0")
    expect(page.locator("main")).to_contain_text("Un essai")
