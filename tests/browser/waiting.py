"""Waiting in a browser test for something to be true, never for a time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import SECONDS_ALLOWED


def until(page: Page, holds: Callable[[], object], what: str = "") -> None:
    """Let the browser go on until something holds; fail where that takes too long."""
    latest = time.monotonic() + SECONDS_ALLOWED
    while not holds():
        assert time.monotonic() < latest, f"waited too long: {what or holds}"
        page.wait_for_timeout(50)


def expect_kept(page: Page) -> None:
    """All that was typed on an offline page is kept on the phone, as the page itself says."""
    expect(page.locator("#saved")).to_be_visible()


def worker_number(page: Page, control: CDPSession, scope: str) -> str:
    """The browser's number of the one worker that is registered for an address and all below it."""
    found: list[dict[str, Any]] = []
    control.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    control.send("ServiceWorker.enable")

    def numbers() -> set[str]:
        return {one["registrationId"] for one in found if one["scopeURL"] == scope and not one["isDeleted"]}

    until(page, numbers, f"a worker of {scope}")
    (number,) = numbers()
    return number
