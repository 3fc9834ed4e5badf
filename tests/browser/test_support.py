"""Support and merges on a small phone, a tablet and a laptop, in French: nothing too wide, too small or unnamed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orgs.models import Merge, Role
from orgs.services import directory_index
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.factories import MembershipFactory, OrganisationFactory, person
from tests.factories_directory import (
    FundingCallFactory,
    NeedFactory,
    ProgrammeFactory,
    SubGrantFactory,
    TrainingFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]


def look(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"support-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_pages_of_support_and_a_merge(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    kept = OrganisationFactory.create(name="Association des jeunes de Koro", areas=["Koro"])
    gone = OrganisationFactory.create(name="Assoc. des jeunes de Koro", areas=["Koro"], founded=2015)
    MembershipFactory.create(organisation=gone, role=Role.REPORTER)
    directory_index.refresh()
    training = TrainingFactory.create(organiser=kept)
    grant = SubGrantFactory.create(recipient=kept)
    ProgrammeFactory.create(organisation=kept)
    NeedFactory.create(organisation=kept)
    FundingCallFactory.create()
    page = browser_page(width)
    heard = complaints(page)
    sign_in(page, person(Role.COORDINATOR, "Koro", name="Aminata Coulibaly"))
    for name, path in (
        ("overview", "/orgs/support/"),
        ("list", "/orgs/support/trainings/"),
        ("people", f"/orgs/support/trainings/{training.pk}/attendance/"),
        ("new", "/orgs/support/needs/new/"),
        ("grant", f"/orgs/support/grants/{grant.pk}/"),
        ("calls", "/orgs/support/calls/"),
    ):
        page.goto(f"{live_url}{path}")
        look(page, f"{name}-{width}")
    page.goto(f"{live_url}/orgs/duplicates/")
    look(page, f"duplicates-{width}")
    page.get_by_role("link", name="Comparer et fusionner").click()
    look(page, f"compare-{width}")
    page.locator("[name=people]").check()
    page.locator("[name=same]").check()
    page.get_by_role("button", name="Fusionner").click()
    expect(page.get_by_role("status")).to_contain_text("Fusionnées")
    look(page, f"merged-{width}")
    page.get_by_role("button", name="Annuler la fusion").click()
    expect(page.get_by_role("status")).to_contain_text("à nouveau séparées")
    assert Merge.objects.get().undone_at is not None
    assert heard == []
