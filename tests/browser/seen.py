"""What is asked of a page that a browser shows."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

SMALLEST_TARGET = 44


def follow(part: Locator) -> None:
    """Press what leads to another page, and wait until that page is there. A click alone does not wait for it."""
    with part.page.expect_navigation():
        part.click()


_TOO_WIDE = """() => [...document.querySelectorAll('main *')]
  .filter(part => part.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map(part => part.outerHTML.slice(0, 120)).slice(-3)"""


def assert_no_horizontal_scroll(page: Page) -> None:
    """Nothing sticks out to the right."""
    page.wait_for_load_state()
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= shown, f"{page.url}: the page is {wide} px wide in a window of {shown}: {page.evaluate(_TOO_WIDE)}"


def assert_axe_clean(page: Page) -> None:
    """No fault that axe finds by the rules of WCAG 2.2 AA."""
    page.wait_for_load_state()
    rules = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
        "resultTypes": ["violations"],  # what passes is not described: on a long page that is most of the work
    }
    found = Axe().run(page, options=rules)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def assert_big_targets(page: Page) -> None:
    """Buttons, fields and the person's tasks are big enough for a thumb."""
    page.wait_for_load_state()
    small = page.evaluate(
        """smallest => [...document.querySelectorAll(
             '.button, .top button, .bar-nav a, select, textarea, .cards label, .tick,'
             + 'input:not([type=hidden], [type=radio], [type=checkbox])')]
           .filter(part => part.offsetParent !== null && !part.matches('.away'))
           .map(part => [part.outerHTML.slice(0, 80), part.getBoundingClientRect().height])
           .filter(([, height]) => height < smallest)""",
        SMALLEST_TARGET,
    )
    assert small == [], f"{page.url}: too small for a thumb: {small}"


def fetched_bytes(page: Page, url: str) -> dict[str, int]:
    """Open a page with an empty cache; give the bytes over the wire, headers and all, of each request it made."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on(
        "Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update({addresses.get(event["requestId"], "?"): int(event["encodedDataLength"])}),
    )
    page.goto(url, wait_until="networkidle")
    session.detach()
    return {address: size for address, size in sizes.items() if not address.startswith("data:")}


def complaints(page: Page) -> list[str]:
    """Start to write down what the browser complains of: errors in scripts, what the security policy refused."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def shoot(page: Page, folder: Path, name: str) -> None:
    """Keep a picture of the whole page, where pictures are wanted (SHOTS names their folder)."""
    if "SHOTS" not in os.environ:
        return
    page.wait_for_load_state()
    folder.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
