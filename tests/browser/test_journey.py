"""The main line walked in a browser, in French: reporter and liaison on a small phone, coordinators at a desk.

``SHOTS=folder`` keeps a picture of each step.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Delivery, DeliveryAnswer, Incident
from orgs.models import Channel, Role, User
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_big_targets, assert_no_horizontal_scroll, complaints, follow, shoot
from tests.browser.test_every_page import english_words
from tests.factories import ActorFactory, OrganisationFactory, person

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]

WORDS = "Des hommes à moto ont pris les vaches près du puits. Deux bergers sont blessés."
SUMMARY = "Du bétail a été volé près d’un puits. Deux bergers sont blessés."
TO_DO = "Gardez les troupeaux au village ce soir et prévenez vos voisins."
WORD = "Les vaches sont revenues. Merci d’avoir prévenu."
PHONE, DESK = 320, 1280


@dataclass
class Walk:
    """One person's window: each step of it is looked at."""

    page: Page
    who: str
    english: list[str]
    heard: list[str]
    steps: int = 0

    def seen(self, step: str) -> None:
        """The page that is now open: in French, not too wide, with somewhere to go on to."""
        self.steps += 1
        shoot(self.page, SHOTS, f"journey-{self.who}-{self.steps:02}-{step}")
        assert_no_horizontal_scroll(self.page)
        assert_big_targets(self.page)
        text = self.page.inner_text("body")
        assert [words for words in self.english if words in text] == []
        assert self.page.locator("main a:visible, main button:visible, main summary:visible").count() > 0
        assert self.heard == []

    def press(self, name: str) -> None:
        """Press a button that sends a form: what is looked at next is the page that answers."""
        follow(self.page.get_by_role("button", name=name, exact=True).first)

    def unfold(self, name: str) -> None:
        self.page.locator("summary", has_text=name).first.click()


@pytest.fixture
def walks(browser_page: Opens, live_url: str, sign_in: Callable[..., None]) -> Callable[..., Walk]:
    """Begin to walk: ``walks("who", width, person)``."""
    english = english_words()

    def begin(who: str, width: int, somebody: object = None) -> Walk:
        page = browser_page(width)
        if somebody is not None:
            sign_in(page, somebody)
        walk = Walk(page, who, english, complaints(page))
        page.goto(live_url)
        return walk

    return begin


def test_the_main_line_in_a_browser(walks: Callable[..., Walk]) -> None:
    author = person(Role.COORDINATOR, "Koro", name="Aminata Coulibaly", phone="+22376000001")
    second = person(Role.COORDINATOR, "Koro", name="Boubacar Traoré")
    service = OrganisationFactory.create(name="Protection civile de Koro", kind="security")
    liaison = person(Role.LIAISON, "Koro", organisation=service, name="Lieutenant Keïta")
    accused = OrganisationFactory.create(name="Brigade mise en cause", kind="security")
    ActorFactory.create(name="Brigade de Koro", organisation=accused)
    person(Role.LIAISON, "Koro", organisation=accused, name="Adjudant Secret")
    person(Role.MONITOR, "Koro", name="Fanta Diarra", channel=Channel.CALL, phone="+22376000002")

    code = _report(walks("reporter", PHONE))
    desk = walks("coordinator", DESK, author)
    _make_incident(desk)
    _prepare_alert(desk)
    _release(walks("second", DESK, second))
    _answer(walks("liaison", PHONE, liaison), liaison)
    _call_and_close(desk)
    _follow_up(walks("follow", PHONE), code)
    incident = Incident.objects.get()
    assert (incident.state, incident.finding) == ("closed", "true")
    assert Delivery.objects.filter(alert__incident=incident).count() == 4


def _report(walk: Walk) -> str:
    page = walk.page
    walk.seen("home")
    follow(page.get_by_role("link", name="Signaler").first)
    walk.seen("form")
    page.get_by_text("Vol de bétail ou pillage").click()
    page.get_by_label("Où", exact=False).first.fill("koro")
    page.get_by_text("Aujourd’hui", exact=True).click()
    page.get_by_label("Blessés").fill("2")
    page.get_by_label("Racontez avec vos mots").fill(WORDS)
    page.get_by_text("Je l’ai vu moi-même").click()
    walk.seen("filled")
    walk.press("Envoyer")
    if page.url.endswith("/report/"):
        walk.seen("which-place")
        page.locator("[name=pick]").first.check()
        walk.press("Envoyer")
    walk.seen("receipt")
    code = "".join(page.locator(".code").inner_text().split())
    assert len(code) == 16
    return code


def _make_incident(walk: Walk) -> None:
    page = walk.page
    walk.seen("home")
    follow(page.get_by_role("link", name="À traiter").first)
    walk.seen("desk")
    follow(page.get_by_role("link", name="Vol de bétail"))
    walk.seen("report")
    follow(page.get_by_role("link", name="Créer un incident"))
    walk.seen("make")
    page.get_by_label("Fiabilité de la source").select_option("B")
    page.get_by_label("Crédibilité du fait").select_option("2")
    page.locator("[name=severity]").select_option("severe")
    page.locator("[name=urgency]").select_option("immediate")
    page.locator("[name=certainty]").select_option("observed")
    page.get_by_label("TLP:GREEN").check()
    page.locator("[name=summary]").fill(SUMMARY)
    walk.press("Créer l’incident")
    walk.seen("incident")
    walk.press("Noter ce chiffre")
    walk.unfold("Nommer un acteur")
    page.locator("[name=actor]").select_option(label="Brigade de Koro")
    walk.press("Nommer")
    walk.seen("responsible")
    walk.press("C’est vérifié")
    walk.seen("verified")


def _prepare_alert(walk: Walk) -> None:
    page = walk.page
    follow(page.get_by_role("link", name="Préparer une alerte"))
    walk.seen("alert")
    page.get_by_label("Points de contact de sécurité · cercle de Koro").check()
    page.get_by_label("Réseau des organisations · cercle de Koro").check()
    page.get_by_label("Que faire").fill(TO_DO)
    walk.press("Voir qui serait prévenu")
    expect(page.get_by_text("Adjudant Secret")).to_have_count(0)
    walk.seen("preview")
    _go_through(walk, "list")
    walk.press("La proposer à une deuxième personne")
    expect(page.get_by_text("Elle attend une deuxième personne.")).to_be_visible()
    walk.seen("proposed")


def _go_through(walk: Walk, name: str) -> None:
    """Answer the list “Do no harm”."""
    page = walk.page
    follow(page.get_by_role("link", name="Répondre à la liste"))
    walk.seen(name)
    for question in ("recognised", "against", "reporter", "worse"):
        page.locator(f"input[name={question}][value=no]").check()
    for question in ("what_to_do", "second_source"):
        page.locator(f"input[name={question}][value=yes]").check()
    for decision in page.locator("input[value=mistaken]").all():
        decision.check()
    walk.press("Garder mes réponses")


def _release(walk: Walk) -> None:
    page = walk.page
    walk.seen("home")
    follow(page.get_by_role("link", name="alerte").first)
    walk.seen("inbox")
    follow(page.locator("li.urgent a").first)
    walk.seen("preview")
    _go_through(walk, "second-list")
    walk.press("Diffuser : prévenir 4 personnes")
    expect(page.get_by_text("Alerte diffusée. 4 personnes sont prévenues.")).to_be_visible()
    walk.seen("released")


def _answer(walk: Walk, liaison: User) -> None:
    page = walk.page
    walk.seen("home")
    follow(page.get_by_role("link", name="Alertes").first)
    walk.seen("inbox")
    follow(page.locator("li.urgent a").first)
    walk.seen("alert")
    delivery = Delivery.objects.get(recipient=liaison)
    assert delivery.answer == DeliveryAnswer.NONE
    walk.press("J’ai lu")
    walk.seen("read")
    walk.press("J’agis")
    walk.seen("acting")
    delivery.refresh_from_db()
    assert delivery.answer == DeliveryAnswer.ACTING


def _call_and_close(walk: Walk) -> None:
    page = walk.page
    page.reload()
    walk.seen("released")
    follow(page.get_by_role("link", name="Liste d’appels : 1 personne"))
    walk.unfold("Noter cet appel")
    walk.seen("calls")
    page.get_by_label("Résultat de l’appel").select_option(label="Joint : a compris")
    walk.press("Noter")
    walk.seen("called")
    incident = Incident.objects.get()
    follow(page.get_by_role("link", name="Incidents").first)
    walk.seen("incidents")
    follow(page.get_by_role("link", name="Vol de bétail").first)
    walk.seen("line")
    walk.unfold("Clore l’incident")
    page.get_by_label("Vrai", exact=True).check()
    page.locator("form[action$='/close/'] [name=reporter_note]").fill(WORD)
    walk.seen("closing")
    walk.press("Clore l’incident")
    walk.seen("closed")
    incident.refresh_from_db()
    assert incident.state == "closed"


def _follow_up(walk: Walk, code: str) -> None:
    page = walk.page
    follow(page.get_by_role("link", name="Suivre").first)
    walk.seen("code")
    page.get_by_label("Votre code").fill(" ".join(code[place : place + 4] for place in range(0, 16, 4)))
    walk.press("Voir")
    expect(page.get_by_text(WORD)).to_be_visible()
    walk.seen("outcome")
    text = page.inner_text("body")
    assert "C’était vrai." in text
    for hidden in ("Koro", "Keïta", "Brigade", "TLP", SUMMARY, TO_DO):
        assert hidden not in text
