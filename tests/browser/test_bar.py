"""The bar of tasks fits the smallest phone: no label of it is cut or lies over its neighbour."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orgs.models import Role
from orgs.presentation.navigation import TASKS_BY_ROLE
from tests.factories import person

pytestmark = pytest.mark.django_db(transaction=True)
CUT = """() => [...document.querySelectorAll('.bar-nav li')].filter(item => {
  const label = item.querySelector('span').getBoundingClientRect(), place = item.getBoundingClientRect();
  return label.width > place.width + .5 || label.left < -.5 || label.right > innerWidth + .5;
}).map(item => item.textContent.trim())"""


@pytest.mark.parametrize("role", TASKS_BY_ROLE)
def test_no_label_is_cut_on_a_small_phone(
    browser_page: Callable[..., Page], live_url: str, sign_in: Callable[..., None], role: Role
) -> None:
    page = browser_page(320)
    sign_in(page, person(role, "Koro"))
    page.goto(live_url)
    for item in page.locator(".bar-nav a").all():
        # As the current task, whose label is set in bold.
        item.evaluate("link => link.setAttribute('aria-current', 'true')")
    assert page.locator(".bar-nav li").count() > 0
    assert page.evaluate(CUT) == []


def test_on_a_small_phone_the_current_tab_is_in_sight_in_its_place(
    browser_page: Callable[..., Page], live_url: str, sign_in: Callable[..., None]
) -> None:
    page = browser_page(320)
    sign_in(page, person(Role.COORDINATOR, "Koro"))
    page.goto(f"{live_url}/dialogues/committees/")
    tabs = page.locator("nav > .tabs")
    current = tabs.locator("[aria-current]")
    assert current.count() == 1
    expect(current).to_be_in_viewport(ratio=1)
    lefts = tabs.locator("a").evaluate_all("links => links.map(link => link.getBoundingClientRect().left)")
    assert lefts == sorted(lefts), "what is seen and what the keyboard reaches are in one order"
    page.wait_for_function("() => !document.querySelector('nav > .tabs').getAnimations().length")
    tabs.evaluate("row => row.scrollTo(0, 0)")
    expect(tabs.locator("a").first).to_be_in_viewport(ratio=1)
