"""An alert walked through in a browser, in French: prepare, preview, propose, release, inbox, answer, call list."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Alert, AlertState, Delivery, DeliveryAnswer, Severity
from orgs.models import Channel, Role, Tlp
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, follow
from tests.factories import (
    ActorFactory,
    FigureFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    OrganisationFactory,
    ReportFactory,
    person,
)

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]


def _seen(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"alerts-{name}.png", full_page=True)
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


def _go_through(page: Page, name: str) -> None:
    """Answer the list, on its own page."""
    follow(page.get_by_role("link", name="Répondre à la liste"))
    _seen(page, name)
    for question in ("recognised", "against", "reporter", "worse"):
        page.locator(f"input[name={question}][value=no]").check()
    for question in ("what_to_do", "second_source"):
        page.locator(f"input[name={question}][value=yes]").check()
    for decision in page.locator("input[value=mistaken]").all():
        decision.check()
    follow(page.get_by_role("button", name="Garder mes réponses"))
    expect(page.get_by_text("Vous avez répondu à tout, pour ces mots, exactement.")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_an_alert_is_prepared_agreed_released_and_answered(
    browser_page: Opens, live_url: str, sign_in: Callable[..., None], width: int
) -> None:
    incident = IncidentFactory.create(
        tlp=Tlp.GREEN,
        severity=Severity.SEVERE,
        state="verified",
        summary="Des hommes armés ont attaqué le marché. Les habitants fuient vers Bankass.",
    )
    ReportFactory.attached(incident)
    FigureFactory.create(incident=incident, value=3)
    FigureFactory.create(incident=incident, value=5)
    accused = OrganisationFactory.create(name="Service mis en cause", kind="security")
    HeldResponsibleFactory.create(incident=incident, actor=ActorFactory.create(organisation=accused))
    author = person(Role.COORDINATOR, "Koro", name="Aminata Coulibaly", phone="+22376000001")
    second = person(Role.COORDINATOR, "Koro", name="Boubacar Traoré")
    service = OrganisationFactory.create(name="Protection civile de Koro", kind="security")
    liaison = person(Role.LIAISON, "Koro", organisation=service, name="Lieutenant Keïta")
    person(Role.LIAISON, "Koro", organisation=accused, name="Adjudant Secret")
    person(Role.MONITOR, "Koro", name="Fanta Diarra", channel=Channel.CALL, phone="+22376000002")
    person(Role.MONITOR, "Koro", name="Issa Guindo", channel=Channel.SMS, phone="+22376000003", language="en")

    page = browser_page(width)
    sign_in(page, author)
    page.goto(f"{live_url}/incidents/{incident.ref}/")
    follow(page.get_by_role("link", name="Préparer une alerte"))
    page.get_by_label("Points de contact de sécurité · cercle de Koro").check()
    page.get_by_label("Réseau des organisations · cercle de Koro").check()
    page.get_by_label("Que faire").fill("Les soldats sont à Bankass : allez-y.")
    _seen(page, f"new-{width}")
    follow(page.get_by_role("button", name="Voir qui serait prévenu"))
    expect(page.locator("#errors")).to_contain_text("Cela ressemble à l’endroit où sont des forces")
    _seen(page, f"held-{width}")
    page.get_by_label("Que faire").fill("Évitez la route du marché jusqu’à demain.")
    follow(page.get_by_role("button", name="Voir qui serait prévenu"))
    expect(page.get_by_role("heading", name="Qui est laissé de côté, et pourquoi")).to_be_visible()
    expect(page.get_by_text("Les personnes du service tenu responsable")).to_be_visible()
    expect(page.get_by_text("Adjudant Secret")).to_have_count(0)
    _seen(page, f"preview-{width}")
    _go_through(page, f"list-{width}")
    follow(page.get_by_role("button", name="La proposer à une deuxième personne"))
    expect(page.get_by_text("Elle attend une deuxième personne.")).to_be_visible()

    other = browser_page(width)
    sign_in(other, second)
    other.goto(f"{live_url}/alerts/")
    expect(other.get_by_text("attend votre accord", exact=True)).to_be_visible()
    _seen(other, f"work-{width}")
    follow(other.locator("li.urgent a").first)
    _go_through(other, f"list-again-{width}")
    follow(other.get_by_role("button", name="Diffuser : prévenir 5 personnes"))
    expect(other.get_by_text("Alerte diffusée. 5 personnes sont prévenues.")).to_be_visible()
    _seen(other, f"released-{width}")
    follow(other.get_by_role("link", name="Liste d’appels : 1 personne"))
    expect(other.get_by_text("+22376000002")).to_be_visible()
    other.get_by_text("Noter cet appel").click()
    _seen(other, f"calls-{width}")
    other.get_by_label("Résultat de l’appel").select_option(label="Joint : agit")
    follow(other.get_by_role("button", name="Noter", exact=True))
    expect(other.get_by_text("C’est noté.")).to_be_visible()

    alert = Alert.objects.get()
    assert alert.state == AlertState.RELEASED
    assert Delivery.objects.filter(recipient__name="Adjudant Secret").count() == 0

    theirs = browser_page(width, scripts=False)
    sign_in(theirs, liaison)
    theirs.goto(f"{live_url}/alerts/")
    assert_axe_clean(other)
    theirs.screenshot(path=SHOTS / f"alerts-inbox-{width}.png", full_page=True)
    assert_no_horizontal_scroll(theirs)
    follow(theirs.locator("li.urgent a").first)
    theirs.screenshot(path=SHOTS / f"alerts-read-{width}.png", full_page=True)
    delivery = Delivery.objects.get(recipient=liaison)
    assert delivery.answer == DeliveryAnswer.NONE, "opening a page answers nothing"
    follow(theirs.get_by_role("button", name="J’agis"))
    expect(theirs.get_by_text("Votre réponse est notée.")).to_be_visible()
    theirs.get_by_text("Je ne peux pas agir", exact=True).click()
    follow(theirs.get_by_role("button", name="Envoyer cette réponse"))
    expect(theirs.locator("#errors")).to_contain_text("Dites pourquoi vous ne pouvez pas agir")
    theirs.screenshot(path=SHOTS / f"alerts-answered-{width}.png", full_page=True)
    delivery.refresh_from_db()
    assert delivery.answer == DeliveryAnswer.ACTING

    page.goto(f"{live_url}/incidents/{incident.ref}/")
    expect(page.get_by_text("Alerte diffusée").first).to_be_visible()
    _seen(page, f"incident-{width}")
