"""Sheets and reports in a browser, on any screen, without scripts too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dialogues.said import Counted, Raised
from orgs.access import viewer_for
from orgs.models import Role
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.factories import person
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]


def look(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"papers-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_choose_sheets_and_read_reports(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    user = person(Role.COORDINATOR, "Koro")
    process = ProcessFactory.create()
    one = session(
        by=viewer_for(user), process=str(process.uid), minutes="On a parlé.", agreements=("Le puits d’abord",),
        attendance=(Counted("f", "15-35", "women", 5), Counted("m", "36-60", "herders", 7)),
        issues=(Raised("Le puits est sec", ("safety",), ("mediation",)),),
    )  # fmt: skip
    page = browser_page(width)
    heard = complaints(page)
    sign_in(page, user)
    page.goto(f"{live_url}/dialogues/sessions/{one.uid}/print/")
    look(page, "sheets")
    page.uncheck("[name=parts][value=rating]")
    page.select_option("[name=second]", "bambara")
    with page.expect_download() as saved:
        page.click("main form button")
    assert saved.value.suggested_filename == f"session-{str(one.uid)[:8]}-sheets.pdf"
    for part in ("agenda", "attendance"):
        page.uncheck(f"[name=parts][value={part}]")
    page.click("main form button")
    expect(page.locator(".summary")).to_be_visible()
    look(page, "sheets-wrong")
    page.goto(f"{live_url}/dialogues/sessions/{one.uid}/report/")
    look(page, "session")
    page.goto(f"{live_url}/dialogues/processes/{process.uid}/report/")
    look(page, "process")
    assert [one for one in heard if "422" not in one] == []
