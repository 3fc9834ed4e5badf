"""A coordinator walks from the queue to a closed incident, on a small phone and on a laptop, in French."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from incidents.models import Incident, Report
from incidents.services import incidents as services
from incidents.services.content import Account
from orgs.access import viewer_for
from orgs.models import Level, Role
from tests.browser.conftest import SHOTS
from tests.browser.seen import (
    assert_axe_clean,
    assert_big_targets,
    assert_no_horizontal_scroll,
    complaints,
    follow,
    shoot,
)
from tests.factories import (
    ActorFactory,
    AdditionFactory,
    FigureFactory,
    IdentityFactory,
    IncidentFactory,
    OrganisationFactory,
    ReportFactory,
    area,
    person,
)

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]


def seed() -> Report:
    """A morning's queue; the oldest report is the one that is worked on."""
    now = timezone.now()
    oldest = ReportFactory.create(
        received_at=now - timedelta(days=2, hours=3),
        narrative="Hier soir, des hommes sont venus au marché et ont pris quarante vaches. Deux bergers sont blessés.",
        harmed={"injured": 2},
    )
    AdditionFactory.create(report=oldest)
    IdentityFactory.create(report=oldest)
    ReportFactory.create(
        received_at=now - timedelta(hours=20),
        narrative="On a volé des vaches au marché, quarante têtes, les bergers sont blessés.",
    )
    ReportFactory.create(received_at=now - timedelta(hours=5), where="Bankass", type_id="rumour", narrative="")
    ReportFactory.create(
        received_at=now - timedelta(minutes=30),
        where=None,
        place_text="derrière le grand baobab de la route de Douentza",
        type_id="ambush",
        narrative="La route est coupée.",
    )
    IncidentFactory.create(
        narrative="Vaches enlevées pendant la nuit, les bergers parlent de quarante têtes.",
        occurred_on=timezone.localdate() - timedelta(days=2),
    )
    ActorFactory.create(name="Service mis en cause", organisation=OrganisationFactory.create(name="Service local"))
    return oldest


def look(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"desk-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_from_the_queue_to_a_closed_incident(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    report = seed()
    page = browser_page(width)
    heard = complaints(page)
    sign_in(page, person(Role.COORDINATOR, area("Bandiagara", Level.REGION), name="Aminata Coulibaly"))

    page.goto(f"{live_url}/desk/")
    expect(page.locator("#queue > li")).to_have_count(4)
    expect(page.locator("#queue > li").first).to_contain_text("En retard")
    look(page, "queue")
    follow(page.locator("#queue > li h3 a").first)

    expect(page.get_by_role("heading", name=f"Signalement {report.pk}")).to_be_visible()
    expect(page.get_by_text("même cercle").first).to_be_visible()
    look(page, "report")
    follow(page.get_by_role("link", name="Voir qui a signalé"))
    page.get_by_label("Pourquoi devez-vous savoir").fill("La rappeler : les blessés ont besoin de soins")
    look(page, "identity-asks")
    follow(page.get_by_role("button", name="Voir qui a signalé"))
    expect(page.get_by_text("Awa T.")).to_be_visible()
    look(page, "identity")
    follow(page.get_by_role("link", name="Fermer cette page"))

    follow(page.get_by_role("link", name="Créer un incident"))
    look(page, "make")
    page.get_by_label("Ces nouveaux signalements").or_(page.locator("input[name=together]")).first.check()
    page.get_by_label("Fiabilité de la source").select_option("C")
    page.get_by_label("Crédibilité du fait").select_option("2")
    page.get_by_label("Gravité").select_option("moderate")
    page.get_by_label("TLP:GREEN").check()
    page.get_by_label("Résumé public").fill("Des soldats sont postés au marché.")
    follow(page.get_by_role("button", name="Créer l’incident"))
    expect(page.get_by_role("alert")).to_contain_text("Résumé public")
    look(page, "make-held")
    expect(page.get_by_label("Gravité")).to_have_value("moderate")
    page.get_by_label("Résumé public").fill("Vol de bétail au marché, deux personnes blessées.")
    follow(page.get_by_role("button", name="Créer l’incident"))

    expect(page.get_by_role("status")).to_contain_text("est créé")
    assert Report.objects.filter(state="attached").count() == 2
    follow(page.get_by_role("button", name="Noter ce chiffre").first)
    page.locator("summary", has_text="Ajouter un chiffre").click()
    page.get_by_label("Atteinte").select_option("injured")
    page.get_by_label("Nombre de personnes").fill("5")
    page.get_by_label("Selon").fill("centre de santé")
    follow(page.get_by_role("button", name="Noter", exact=True))
    expect(page.get_by_text("les sources diffèrent")).to_be_visible()
    page.locator("summary", has_text="Nommer un acteur").click()
    page.get_by_label("Acteur").select_option("Service mis en cause")
    follow(page.get_by_role("button", name="Nommer", exact=True))
    expect(page.get_by_text("les membres de Service local sont laissés de côté")).to_be_visible()
    follow(page.get_by_role("button", name="C’est vérifié"))
    look(page, "incident")
    follow(page.get_by_role("link", name="Changer l’évaluation"))
    look(page, "grades")
    page.go_back()
    page.locator("summary", has_text="Clore l’incident").click()
    page.get_by_label("Vrai", exact=True).check()
    follow(page.get_by_role("button", name="Clore l’incident"))
    expect(page.get_by_text("Incident clos").first).to_be_visible()
    look(page, "closed")
    page.goto(f"{live_url}/incidents/")
    expect(page.locator("#queue > li")).to_have_count(2)
    look(page, "incidents")
    page.goto(f"{live_url}/desk/?state=attached")
    look(page, "attached")
    assert [line for line in heard if "422" not in line] == []


@pytest.mark.parametrize("width", [320, 1280])
def test_the_slower_of_two_is_told_on_the_page(
    browser_page: Opens, live_url: str, sign_in: SignsIn, width: int
) -> None:
    incident = IncidentFactory.create()
    faster = person(Role.COORDINATOR, "Koro", name="Boubacar Traoré")
    page = browser_page(width)
    sign_in(page, person(Role.COORDINATOR, "Koro"))
    page.goto(f"{live_url}/incidents/{incident.ref}/words/")
    page.get_by_label("Récit interne").fill("Ce que je suis en train d’écrire")
    services.write_incident(
        viewer=viewer_for(faster), incident=incident, version=1, account=Account("Plus rapide", incident.summary)
    )
    follow(page.get_by_role("button", name="Enregistrer"))
    expect(page.locator("#conflict")).to_contain_text("Boubacar Traoré")
    expect(page.locator("#conflict")).to_contain_text("Plus rapide")
    expect(page.get_by_label("Récit interne")).to_have_value("Ce que je suis en train d’écrire")
    look(page, "conflict")
    follow(page.get_by_role("button", name="Enregistrer"))
    assert Incident.objects.get().narrative == "Ce que je suis en train d’écrire"


def test_a_report_from_nowhere_is_put_in_its_place(browser_page: Opens, live_url: str, sign_in: SignsIn) -> None:
    report = ReportFactory.create(where=None, place_text="Bankas")
    page = browser_page(320, scripts=False)
    sign_in(page, person(Role.COORDINATOR, "Koro"))
    page.goto(f"{live_url}/desk/reports/{report.pk}/")
    follow(page.get_by_role("link", name="Indiquer le lieu"))
    shoot(page, SHOTS, "desk-place")
    page.get_by_label("Chercher un lieu").fill("cercle de Koro")
    follow(page.get_by_role("button", name="Chercher"))
    page.get_by_label("cercle de Koro, région de Bandiagara").first.check()
    follow(page.get_by_role("button", name="Choisir ce lieu"))
    expect(page.get_by_role("status")).to_contain_text("est indiqué")
    assert Report.objects.get().cercle_id == area("Koro").pk


def test_the_queue_is_worked_by_keys(browser_page: Opens, live_url: str, sign_in: SignsIn) -> None:
    reports = [ReportFactory.create(received_at=timezone.now() - timedelta(hours=3 - n)) for n in range(3)]
    page = browser_page(1280)
    sign_in(page, person(Role.COORDINATOR, "Koro"))
    page.goto(f"{live_url}/desk/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page).to_have_url(f"{live_url}/desk/reports/{reports[1].pk}/")


@pytest.mark.parametrize("width", [320, 1280])
def test_what_others_see(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    incident = IncidentFactory.create(state="verified", tlp="clear")
    FigureFactory.create(incident=incident)
    page = browser_page(width)
    page.goto(f"{live_url}/incidents/")
    look(page, "incidents-anyone")
    follow(page.locator("#queue h3 a").first)
    expect(page.get_by_text("Vol de bétail au marché.")).to_be_visible()
    look(page, "incident-anyone")
    sign_in(page, person(Role.COORDINATOR, "Gao"))
    page.goto(f"{live_url}/desk/")
    look(page, "empty")
