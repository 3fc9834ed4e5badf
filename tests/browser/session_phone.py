"""What somebody does on the phone's page of sessions, for the tests of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from dialogues.models import Session
from orgs.models import Organisation, User
from tests.factories import area

SignIn = Callable[..., None]
STORED = """async () => {
  const asked = indexedDB.open('passerelle-sessions');
  await new Promise(done => { asked.onsuccess = done; });
  const read = shelf => new Promise(done => {
    const all = asked.result.transaction(shelf).objectStore(shelf).getAll();
    all.onsuccess = () => done(all.result);
  });
  const rows = [...await read('facts'), ...await read('reports')];
  asked.result.close();
  const text = one => one instanceof ArrayBuffer || ArrayBuffer.isView(one) ? new TextDecoder().decode(one)
    : one && typeof one === 'object' && !(one instanceof CryptoKey) ? Object.values(one).map(text).join(' ')
    : String(one);
  return rows.map(text).join(' ');
}"""


def installed(context: BrowserContext, url: str, who: User, sign_in: SignIn) -> Page:
    page = context.new_page()
    sign_in(page, who)
    page.goto(f"{url}/dialogues/offline/")
    expect(page.locator("#installed")).to_contain_text("Cette page est sur le téléphone")
    return page


def step(page: Page, name: str) -> None:
    """Go on until a step is there."""
    while not page.locator(f"[data-step={name}]").is_visible():
        page.locator("#forward").click()


def finish(page: Page) -> None:
    step(page, "review")
    page.get_by_role("button", name="Garder et envoyer").click()
    expect(page.locator("#said")).to_contain_text("Gardé sur ce téléphone")


def write(page: Page, title: str) -> None:
    page.locator("#title").fill(title)
    step(page, "where")
    page.locator("#area").select_option(area("Koro").pcode)
    page.locator("#place_text").fill("Sous le grand arbre")
    step(page, "people")
    page.locator("#people").fill("12")
    page.get_by_role("button", name="Ajouter un groupe").click()
    page.locator("#lines select").select_option("herders")
    page.get_by_label("Hommes, 36 à 60 ans").fill("7")
    expect(page.locator("#sum")).to_have_text("Comptés par groupe : 7 sur 12. Il en manque : 5.")
    page.get_by_label("Femmes, 15 à 35 ans").fill("6")
    expect(page.locator("#sum")).to_contain_text("C’est 1 de plus que les 12")
    page.get_by_label("Femmes, 15 à 35 ans").fill("3")
    page.get_by_role("button", name="Le reste n’a pas été compté").click()
    expect(page.locator("#sum")).to_have_text("Comptés par groupe : 12 sur 12. Le compte est bon.")
    step(page, "issues")
    page.get_by_role("button", name="Ajouter une question").click()
    page.locator("#issues textarea").fill("L’eau du puits")
    page.locator("#issues summary").click()
    page.locator("#issues").get_by_text("Sécurité", exact=True).click()
    page.locator("#minutes").fill("Chacun a parlé à son tour.")
    step(page, "agreed")
    page.locator("#agreements").fill("Le puits reste ouvert\nOn se revoit")
    step(page, "safety")
    page.locator("#safety_note").fill("Le guide a reçu des menaces.")
    finish(page)


TALLY = """() => {
  const tally = window.tally = { taps: 0, signs: 0, fields: new Set() };
  document.addEventListener('click', ({ target, isTrusted }) => {
    if (isTrusted && !target.closest('label')) tally.taps += 1;
    else if (isTrusted && target.matches('label')) tally.taps += 1;
  }, true);
  document.addEventListener('change', ({ target }) => {
    if (target.type === 'checkbox') return;
    tally.fields.add(target.name || target.ariaLabel || target.parentElement.textContent);
    tally.taps += target.tagName === 'SELECT' ? 2 : 1;
    tally.signs += target.tagName === 'SELECT' ? 0 : target.value.length;
  }, true);
}"""
"""Counts what a thumb does: a tap for each button, box and field (two for a list that opens), and the signs typed."""


def tally(page: Page) -> tuple[int, int, int]:
    """Taps, signs and fields since ``TALLY``."""
    found: list[int] = page.evaluate("[tally.taps, tally.signs, tally.fields.size]")
    return found[0], found[1], found[2]


def more(page: Page) -> None:
    """Open what is folded in the step that is shown."""
    page.locator(".step:not([hidden]) > details.more > summary").click()


def tick(page: Page, part: str, label: str) -> None:
    page.locator(f"[data-ticks={part}]").get_by_text(label, exact=True).click()


def write_everything(page: Page) -> None:
    """A session with all that the phone asks, as it stands before it is kept."""
    page.locator("#title").fill("Le puits et le marché")
    more(page)
    page.locator("#starts_at").fill("09:00")
    page.locator("#ends_at").fill("12:30")
    page.locator("#agenda").fill("L’eau, puis le marché du lundi")
    step(page, "where")
    page.locator("#area").select_option(area("Koro").pcode)
    page.locator("#place_text").fill("Sous le grand arbre")
    more(page)
    tick(page, "spoken", "Dogon")
    tick(page, "interpreted", "Fulfulde")
    step(page, "people")
    page.locator("#people").fill("25")
    for n, (group, cell, number) in enumerate(
        (
            ("women", "Femmes, 15 à 35 ans", "12"),
            ("herders", "Hommes, 36 à 60 ans", "8"),
            ("state", "Hommes, 36 à 60 ans", "5"),
        )
    ):
        page.get_by_role("button", name="Ajouter un groupe").click()
        line = page.locator("#lines .line").nth(n)
        line.locator("select").select_option(group)
        line.get_by_label(cell).fill(number)
    more(page)
    tick(page, "invited", "Chefs coutumiers")
    tick(page, "absent", "Groupes de jeunes")
    step(page, "issues")
    for n, (words, tag) in enumerate(
        (("Qui boit le premier au puits ?", "Justice"), ("Le poste ferme trop tôt", "Sécurité"))
    ):
        page.get_by_role("button", name="Ajouter une question").click()
        card = page.locator("#issues fieldset.panel").nth(n)
        card.locator("textarea").fill(words)
        card.locator("summary").click()
        card.locator("[data-tags=needs]").get_by_text(tag, exact=True).click()
        card.locator("[data-tags=themes]").get_by_text("Terre, eau et pâturages", exact=True).click()
    page.locator("#minutes").fill(
        "Les femmes ont parlé d’abord, puis les éleveurs. Le maire a écouté et promis de revenir. " * 2
    )
    step(page, "agreed")
    page.locator("#agreements").fill("Le puits reste ouvert jusqu’à la nuit\nOn se revoit dans un mois")
    page.locator("#disagreements").fill("Le prix de l’eau")
    step(page, "safety")
    page.locator("#safety_note").fill("Le guide a reçu des menaces.")


def states(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#queue li[data-state]')].map(one => one.dataset.state)"
    )
    return found


def try_until(page: Page, wanted: list[str]) -> None:
    end = time.monotonic() + 90
    while states(page) != wanted and time.monotonic() < end:
        page.evaluate("() => { const one = document.getElementById('try'); if (!one.hidden) one.click(); }")
        page.wait_for_timeout(200)
        if "kept" in states(page):
            assert Session.objects.exists(), "nothing is called arrived that is not there"
    assert states(page) == wanted


def bring(page: Page, title: str) -> None:
    page.locator("summary").filter(has_text="Changer une concertation déjà écrite").click()
    with page.expect_response("**/dialogues/offline/mine/"):
        page.get_by_role("button", name="Mettre mes concertations sur ce téléphone").click()
    expect(page.locator("#known")).to_contain_text(title)


def body_of(someone: User) -> Organisation:
    return Organisation.objects.get(memberships__person=someone)
