"""Two facilitators of one organisation, their phones, and a link that can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from orgs.models import Organisation, Role, User
from tests.browser.bad_link import BadLink, bad_link
from tests.browser.conftest import CHROMIUM_FLAGS, SECONDS_ALLOWED, chromium
from tests.factories import OrganisationFactory, person

Phones = Callable[[str], BrowserContext]


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
