"""Proposals and ratings on a small phone and a laptop, in French; a ballot on a phone without scripts; the hall."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dialogues.models import Ballot
from dialogues.services import ratings
from orgs.models import Role
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.dialogues.proposals.rows import a_round, ballot, keeper, priority, proposed, session_of
from tests.factories import person
from tests.factories_dialogues import ProcessFactory

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]


def look(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"proposals-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_from_proposals_to_a_ranking(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    process = ProcessFactory.create()
    where = session_of(process)
    one, *_rest = proposed(where, "Ouvrir le puits à tous", "Ouvrir le puits à tous les éleveurs", "Réparer le pont")
    wells = priority(process, "Un puits ouvert", theme="Eau", proposals=[one.pk])
    priority(process, "Un cahier au marché")
    rating, agreed, closed = a_round(process), a_round(process, method="consensus"), a_round(process)
    for voter in "abcdef":
        ballot(closed, voter, 5, 4, 3, 2, 2, 1)
    item = ratings.items_of(closed)[0]
    ratings.dissent(viewer=keeper(), item=item, group="herders", words="Le puits ne suffit pas.")
    ratings.close_round(viewer=keeper(), rating=closed)
    page = browser_page(width)
    heard = complaints(page)
    sign_in(page, person(Role.COORDINATOR, "Koro", name="Aminata Coulibaly"))
    base = f"{live_url}/dialogues/proposals"
    for name, path in (
        ("list", "/"),
        ("process", f"/processes/{process.uid}/"),
        ("priority", f"/priorities/{wells.pk}/"),
        ("new", f"/processes/{process.uid}/priorities/new/"),
        ("session", f"/sessions/{where.uid}/"),
        ("open", f"/processes/{process.uid}/rounds/new/"),
        ("round", f"/rounds/{rating.uid}/"),
        ("paper", f"/rounds/{rating.uid}/paper/{ratings.items_of(rating)[0].pk}/"),
        ("consensus", f"/rounds/{agreed.uid}/consensus/"),
        ("close", f"/rounds/{rating.uid}/close/"),
        ("ranking", f"/rounds/{closed.uid}/"),
        ("print", f"/rounds/{closed.uid}/print/"),
        ("hall", f"/rounds/{rating.uid}/hall/"),
        ("hall-priority", f"/rounds/{rating.uid}/hall/?screen=1"),
        ("hall-ranking", f"/rounds/{closed.uid}/hall/"),
        ("hall-rank", f"/rounds/{closed.uid}/hall/?screen=1"),
    ):
        page.goto(f"{base}{path}")
        look(page, f"{name}-{width}")
    assert heard == []


def test_a_ballot_on_a_phone_without_scripts(browser_page: Opens, live_url: str) -> None:
    process = ProcessFactory.create()
    priority(process, "Un puits ouvert")
    rating = a_round(process)
    page = browser_page(320, scripts=False)
    page.goto(f"{live_url}/dialogues/rate/?code={rating.code}")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le soir")
    for group in page.locator("fieldset").all():
        group.locator("label").nth(4).click()
    page.get_by_role("button", name="Envoyer mon bulletin").click()
    expect(page.get_by_role("status")).to_contain_text("Votre bulletin est arrivé")
    assert sorted(Ballot.objects.get().marks.values_list("value", flat=True)) == [5, 5, 5]


def test_the_pages_of_a_phone_are_fit(browser_page: Opens, live_url: str) -> None:
    process = ProcessFactory.create()
    priority(process, "Un puits ouvert", words="À toute heure, pour les bêtes et les gens.")
    rating = a_round(process)
    page = browser_page(320)
    page.goto(f"{live_url}/dialogues/rate/")
    look(page, "rate-320")
    page.locator("[name=code]").fill(rating.code)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le soir")
    look(page, "ballot-320")
