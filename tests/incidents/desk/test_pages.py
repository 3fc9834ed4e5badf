"""The pages of the desk and of incidents: who may open them, what each audience reads, that nothing typed is lost."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from incidents.access import REPORTS, person_key
from incidents.models import Incident, Report
from orgs.access import viewer_for
from orgs.models import Level, Role
from tests.factories import (
    ActorFactory,
    AdditionFactory,
    FigureFactory,
    HeldResponsibleFactory,
    IdentityFactory,
    IncidentFactory,
    OrganisationFactory,
    ReportFactory,
    area,
    country,
    person,
)
from tests.incidents.desk.pages import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _relaxed(settings):
    settings.RELAX_SECOND_FACTOR = True


# --- Who may open what -------------------------------------------------------------------------------------------

DESK = ["", "attach/", "incident/", "reject/", "reopen/", "place/", "identity/"]
STEPS = ["grades/", "words/", "place/", "figures/", "responsible/", "verify/", "close/", "reopen/"]
GETS = {"", "incident/", "place/", "identity/", "grades/", "words/"}


@pytest.mark.parametrize("path", DESK)
def test_a_report_elsewhere_is_not_there(path, desk):
    elsewhere = ReportFactory.create(where="Gao")
    for number in (elsewhere.pk, elsewhere.pk + 1000):
        if path in GETS:
            assert desk.get(f"/desk/reports/{number}/{path}").status_code == 404
        assert desk.post(f"/desk/reports/{number}/{path}", {"version": 1}).status_code in (404, 405)


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.COORDINATOR])
def test_the_desk_is_for_coordinators(role):
    client = signed_in(person(role, "Koro"))
    report = ReportFactory.create()
    assert client.get("/desk/").status_code == 403
    for path in DESK:
        answer = client.post if path not in GETS else client.get
        assert answer(f"/desk/reports/{report.pk}/{path}").status_code == 403
    assert Report.objects.get().version == 1


def test_strangers_are_asked_to_sign_in(client):
    report = ReportFactory.create()
    for address in ("/desk/", f"/desk/reports/{report.pk}/", "/desk/reports/999/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize("path", STEPS)
def test_steps_on_incidents(path):
    incident = IncidentFactory.create(state="verified", tlp="green")
    ReportFactory.attached(incident)
    expected = {
        Role.COORDINATOR: 200,
        Role.ANALYST: 403,
        Role.MONITOR: 403,
        Role.LIAISON: 403,
        Role.ADMINISTRATOR: 403,
    }
    for role, status in expected.items():
        client = signed_in(person(role, "Koro"))
        if path in GETS:
            assert client.get(f"/incidents/{incident.ref}/{path}").status_code == status
        elif status != 200:
            assert client.post(f"/incidents/{incident.ref}/{path}", {"version": 1}).status_code == status
    elsewhere = signed_in(person(Role.COORDINATOR, "Gao"))
    answer = elsewhere.post(f"/incidents/{incident.ref}/{path}", {"version": 1})
    assert answer.status_code == 404
    assert Incident.objects.get().version == 1


SEES = {
    # state, marking: who gets the page (all of Koro unless said)
    ("open", "clear"): {"coordinator", "analyst"},
    ("open", "red"): {"coordinator", "analyst"},
    ("verified", "clear"): {
        "coordinator", "analyst", "monitor", "liaison", "administrator", "anyone", "coordinator of Gao",
    },
    ("verified", "green"): {"coordinator", "analyst", "monitor"},
    ("verified", "amber"): {"coordinator", "analyst"},
    ("closed", "green"): {"coordinator", "analyst", "monitor"},
}  # fmt: skip


@pytest.mark.parametrize(("state", "tlp"), SEES)
def test_who_sees_an_incident_and_who_finds_nothing(state, tlp):
    closed = {"finding": "true", "closed_at": timezone.now()} if state == "closed" else {}
    incident = IncidentFactory.create(state=state, tlp=tlp, **closed)
    clients = {
        role: signed_in(person(role, "Koro"))
        for role in ("coordinator", "analyst", "monitor", "liaison", "administrator")
    }
    clients |= {"anyone": Client(), "coordinator of Gao": signed_in(person(Role.COORDINATOR, "Gao"))}
    for who, client in clients.items():
        page = client.get(f"/incidents/{incident.ref}/")
        listed = incident.ref in text_of(client.get("/incidents/"))
        assert (page.status_code, listed) == ((200, True) if who in SEES[state, tlp] else (404, False)), who


def test_the_people_of_the_accused_find_nothing(desk, coordinator):
    organisation = OrganisationFactory.create()
    insider = signed_in(person(Role.COORDINATOR, "Koro", organisation=organisation))
    incident = IncidentFactory.create(state="verified", tlp="clear")
    report = ReportFactory.attached(incident)
    assert insider.get(f"/incidents/{incident.ref}/").status_code == 200
    actor = ActorFactory.create(name="Brigade de Koro", organisation=organisation)
    answer = desk.post(f"/incidents/{incident.ref}/responsible/", {"version": 1, "actor": actor.pk}, follow=True)
    assert "laissés de côté partout" in text_of(answer)
    assert insider.get(f"/incidents/{incident.ref}/").status_code == 404
    assert insider.get(f"/desk/reports/{report.pk}/").status_code == 404
    assert incident.ref not in text_of(insider.get("/incidents/"))
    assert text_of(insider.get("/desk/?state=attached")).count("<h3>") == 0
    # The incident stands open to the world: without an account nobody knows whose they are.
    assert Client().get(f"/incidents/{incident.ref}/").status_code == 200
    assert "Brigade de Koro" not in text_of(Client().get(f"/incidents/{incident.ref}/"))


# --- What each audience reads ------------------------------------------------------------------------------------

MARKS = {
    "narrative": "RECITINTERNE",
    "summary": "RESUMEPUBLIC",
    "reporter_note": "MOTAUXAUTEURS",
    "place_text": "LIEUCOMMEDIT",
}
READS = {
    # who: marks that the page holds
    "coordinator": {
        "RECITINTERNE", "RESUMEPUBLIC", "MOTAUXAUTEURS", "SOURCEDUCHIFFRE", "ACTEURACCUSE", "DITPARQUELQUUN", "B – ",
    },
    "analyst": {"RESUMEPUBLIC", "B – "},
    "monitor": {"RESUMEPUBLIC"},
    "anyone": {"RESUMEPUBLIC"},
}  # fmt: skip


@pytest.mark.parametrize("who", READS)
def test_each_audience_reads_what_it_is_due_and_nothing_else(who):
    incident = IncidentFactory.create(state="verified", tlp="clear", source_grade="B", **MARKS)
    report = ReportFactory.attached(incident, narrative="DITPARQUELQUUN")
    IdentityFactory.create(report=report, said={"name": "NOMCACHE"})
    FigureFactory.create(incident=incident, value=3, source="SOURCEDUCHIFFRE")
    FigureFactory.create(incident=incident, value=77, source="SOURCEDUCHIFFRE")
    FigureFactory.create(incident=incident, value=9876, withdrawn_at=timezone.now())
    HeldResponsibleFactory.create(incident=incident, actor=ActorFactory.create(name="ACTEURACCUSE"))
    client = Client() if who == "anyone" else signed_in(person(who, "Koro"))
    page = text_of(client.get(f"/incidents/{incident.ref}/"))
    every = set().union(*READS.values())
    assert {mark for mark in every if mark in page} == READS[who]
    assert "NOMCACHE" not in page
    assert "LIEUCOMMEDIT" not in page
    cells = re.findall(r'data-label="Personnes">\s*(?:<s>)?([^<]*)', page)
    assert [cell.strip() for cell in cells if cell.strip() != "9876"] == [
        "77",
        "moins de 5" if who == "analyst" else "3",
    ]
    assert ("9876" in page) == (who == "coordinator")
    listed = text_of(client.get("/incidents/"))
    assert "RESUMEPUBLIC" in listed
    assert not {"RECITINTERNE", "MOTAUXAUTEURS", "SOURCEDUCHIFFRE", "ACTEURACCUSE"} & set(re.findall(r"\w+", listed))


def test_words_are_looked_for_only_where_they_may_be_read():
    IncidentFactory.create(state="verified", tlp="clear", narrative="SECRETDURECIT", summary="vol au marché")
    for who, found in {"coordinator": True, "analyst": False, "monitor": False}.items():
        page = text_of(signed_in(person(who, "Koro")).get("/incidents/?text=secretdurecit"))
        assert ("vol au marché" in page) == found, who
    assert "vol au marché" not in text_of(Client().get("/incidents/?text=secretdurecit"))
    assert "vol au marché" in text_of(Client().get("/incidents/?text=MARCHÉ"))
    other = signed_in(person(Role.COORDINATOR, "Gao"))
    assert "vol au marché" in text_of(other.get("/incidents/"))
    assert "vol au marché" not in text_of(other.get("/incidents/?text=secretdurecit"))


# --- The queue ---------------------------------------------------------------------------------------------------


def test_the_queue_is_oldest_first_with_age_and_area(desk):
    now = timezone.now()
    late = ReportFactory.create(received_at=now - timedelta(days=2), narrative="PREMIER")
    ReportFactory.create(received_at=now - timedelta(hours=2), narrative="SECOND")
    ReportFactory.create(received_at=now - timedelta(hours=3), narrative="SANSLIEU", where=None, place_text="le puits")
    ReportFactory.create(where="Gao", narrative="AILLEURS")
    ReportFactory.rejected(narrative="ECARTE")
    page = text_of(desk.get("/desk/"))
    assert re.findall("PREMIER|SECOND|SANSLIEU|AILLEURS|ECARTE", page) == ["PREMIER", "SANSLIEU", "SECOND"]
    assert "lieu non trouvé" in page
    assert "le puits" in page
    assert "2 jours" in page
    assert page.count('class="urgent"') == 1
    assert "3 signalements attendent dans vos zones." in page
    only = text_of(desk.get(f"/desk/?area={late.cercle_id}"))
    assert re.findall("PREMIER|SECOND|SANSLIEU", only) == ["PREMIER", "SECOND"]
    assert re.findall("PREMIER|SECOND|SANSLIEU", text_of(desk.get("/desk/?area=none"))) == ["SANSLIEU"]
    assert re.findall("PREMIER|SECOND|SANSLIEU", text_of(desk.get("/desk/?age=1"))) == ["PREMIER"]
    assert re.findall("PREMIER|SECOND|SANSLIEU", text_of(desk.get("/desk/?door=sms"))) == []
    assert "ECARTE" in text_of(desk.get("/desk/?state=rejected"))


@pytest.mark.parametrize("query", ["area=x", "area=99999999999999999999", "type=%00", "age=12", "page=zzz", "area=%27"])
def test_a_strange_question_is_answered_in_good_form(query, desk):
    ReportFactory.create()
    assert desk.get(f"/desk/?{query}").status_code == 200
    assert desk.get(f"/incidents/?{query}").status_code == 200


def test_an_empty_desk_says_so(desk):
    assert "Rien n’attend" in text_of(desk.get("/desk/"))
    assert "Rien ne correspond" in text_of(desk.get("/desk/?door=sms"))


def test_the_queue_is_read_whole_page_by_page(desk):
    moment = timezone.now() - timedelta(hours=1)
    made = {ReportFactory.create(received_at=moment).pk for _ in range(120)}
    seen: list[int] = []
    address = "/desk/"
    for _page in range(4):
        page = text_of(desk.get(address))
        seen += [int(number) for number in re.findall(r'<h3><a href="/desk/reports/(\d+)/"', page)]
        onwards = re.search(r'rel="next" href="([^"]*)"', page)
        if onwards is None:
            break
        address = "/desk/" + onwards[1].replace("&amp;", "&")
    assert seen == sorted(made)


def test_the_desk_asks_few_questions_however_much_waits(desk, django_assert_max_num_queries):
    def fill(count):
        for number in range(count):
            ReportFactory.create(where=("Koro", None)[number % 2], harmed={"killed": 1})

    fill(4)
    # Session, person, posts, second factor; counts and their names, rows, types, areas; and what waits, a count each.
    with django_assert_max_num_queries(15):
        desk.get("/desk/")
    fill(40)
    with django_assert_max_num_queries(15):
        page = text_of(desk.get("/desk/"))
    assert page.count("<h3>") == 44


def test_one_report_and_the_list_of_incidents_ask_few_questions(desk, django_assert_max_num_queries):
    report = ReportFactory.create()
    AdditionFactory.create(report=report)
    for _ in range(10):
        ReportFactory.create()
        IncidentFactory.create(narrative=report.narrative)
    with django_assert_max_num_queries(17):
        desk.get(f"/desk/reports/{report.pk}/")
    with django_assert_max_num_queries(15):
        assert text_of(desk.get("/incidents/")).count("<h3>") == 10


def test_nothing_of_the_desk_is_kept_by_the_browser(desk):
    report = ReportFactory.create()
    for address in ("/desk/", f"/desk/reports/{report.pk}/", "/incidents/"):
        assert "no-store" in desk.get(address)["Cache-Control"]


def test_the_bar_of_tasks_counts_what_waits_in_own_areas(desk):
    ReportFactory.create()
    ReportFactory.create(where=None)
    ReportFactory.create(where="Gao")
    ReportFactory.rejected()
    assert re.search(r"<b>2<", text_of(desk.get("/incidents/")))
    everywhere = signed_in(person(Role.COORDINATOR, country()))
    assert re.search(r"<b>3<", text_of(everywhere.get("/incidents/")))
    assert not re.search(r"<b>\d<", text_of(signed_in(person(Role.MONITOR, "Koro")).get("/incidents/")))


def test_a_coordinator_of_a_region_has_its_cercles(client):
    client.force_login(person(Role.COORDINATOR, area("Bandiagara", Level.REGION)))
    ReportFactory.create(narrative="DEKORO")
    ReportFactory.create(where="Gao", narrative="DEGAO")
    assert re.findall("DEKORO|DEGAO", text_of(client.get("/desk/"))) == ["DEKORO"]


def test_a_coordinators_own_report_from_elsewhere_is_not_on_their_desk(desk, coordinator):
    report = ReportFactory.create(where="Gao", narrative="LEMIEN")
    IdentityFactory.create(report=report, person_key=person_key(coordinator.pk))
    assert REPORTS.sees(viewer_for(coordinator), report), "they may follow it up"
    assert "LEMIEN" not in text_of(desk.get("/desk/"))
    assert desk.get(f"/desk/reports/{report.pk}/").status_code == 404
    assert desk.post(f"/desk/reports/{report.pk}/reject/", {"version": 1, "reason": "abuse"}).status_code == 404
