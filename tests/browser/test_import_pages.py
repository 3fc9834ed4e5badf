"""The pages of an import in a real browser, with a messy file, without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from orgs.access import viewer_for
from orgs.models import Role
from orgs.services import import_working, imports
from tests.browser.conftest import SHOTS, WIDTHS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, shoot
from tests.factories import OrganisationFactory, person
from tests.orgs.imports.files import workbook

ROWS = [
    ["Liste des organisations de la région, mars 2024"],
    ["Nom de l'organisation", "Secteur", "Cercle", "Tél", *(f"Champ {number}" for number in range(30))],
    ["Association Yiriwa pour la paix", "Danse", "Koro", "70 00 00 01 / 60 00 00 01", "x" * 80],
    ["Réseau", "Santé", "Gao", "demander"],
    ["", "Santé", "Koro", ""],
    ["Nouvelle", "Santé", "Kkkoro", ""],
]


@pytest.mark.parametrize("width", WIDTHS)
def test_an_import_is_legible(
    browser_page: Callable[..., Page], live_url: str, sign_in: Callable[..., None], width: int
) -> None:
    coordinator = person(Role.COORDINATOR, "Koro")
    OrganisationFactory.create(name="Association Yirwa pour la paix", areas=["Koro"])
    viewer = viewer_for(coordinator)
    page = browser_page(width, scripts=width != 320)
    sign_in(page, coordinator)
    job = imports.bring_file(viewer=viewer, name="liste.xlsx", chunks=[workbook(ROWS)])
    addresses = ["/orgs/import/", f"/orgs/import/{job.pk}/columns/"]
    seen(page, live_url, addresses, f"import-{width}")
    assert page.locator("main select").count() >= 4
    imports.choose_columns(viewer=viewer, job=job, mapping=job.mapping, source="", fills_only=False)
    seen(page, live_url, [f"/orgs/import/{job.pk}/"], f"import-work-{width}")
    import_working.work(job.pk)
    states = ("", "?show=likely", "?show=create")
    seen(page, live_url, [f"/orgs/import/{job.pk}/{show}" for show in states], f"import-look-{width}")
    assert "Nouvelle" in page.inner_text("main")
    imports.start(viewer=viewer, job=job, mode="valid")
    import_working.work(job.pk)
    seen(page, live_url, [f"/orgs/import/{job.pk}/", f"/orgs/import/{job.pk}/undo/"], f"import-in-{width}")


def seen(page: Page, live_url: str, addresses: list[str], name: str) -> None:
    for number, address in enumerate(addresses):
        answer = page.goto(live_url + address)
        assert answer is not None
        assert answer.status == 200
        shoot(page, SHOTS, f"{name}-{number}")
        assert_no_horizontal_scroll(page)
        assert_big_targets(page)
        if page.viewport_size and page.viewport_size["width"] != 320:
            assert_axe_clean(page)
