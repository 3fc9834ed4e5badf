"""Pages of ladders as coordinators use them."""

import pytest
from django.test import Client

from incidents.models import Alert, Escalation, Ladder
from orgs.models import Role
from tests.factories import area, country, person, signed_in
from tests.incidents.alerts.conftest import Place, drafted, released, verified
from tests.incidents.ladder.conftest import a_ladder, climb, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(koro: Place) -> Client:
    return signed_in(koro.author)


def form_of(**fields: object) -> dict[str, object]:
    """A ladder with one step and a call, as a browser posts it."""
    empty = {f"s{n}-wait": 15 for n in range(2, 7)}
    data = {
        "name": "Échelle",
        "area": area("Koro").pk,
        "severity": "unknown",
        "is_active": "on",
        **empty,
        "s2-wait": 10,
        "s2-audience": "liaison",
        "s2-area": "cercle de Bankass",
        "s2-who": "all",
        "last-wait": 30,
        "last-call_name": "Mme Cissé",
        "last-call_phone": "76 00 00 88",
        "last-call_words": "Une alerte attend une réponse.",
    }
    return {**data, **fields}


def test_a_ladder_is_made_and_changed_on_one_page(author: Client) -> None:
    answer = author.post("/alerts/ladders/new/", form_of(), follow=True)
    assert answer.status_code == 200
    ladder = Ladder.objects.get()
    steps = list(ladder.steps.order_by("step").values_list("step", "wait", "audience", "area__name", "call_phone"))
    assert steps == [(2, 10, "liaison", "Bankass", ""), (3, 30, "", None, "+22376000088")]
    page = author.get(f"/alerts/ladders/{ladder.pk}/edit/").content.decode()
    assert "Mme Cissé" in page
    assert "cercle de Bankass" in page
    again = form_of(name="Autre nom", version=ladder.version, **{"s2-wait": 5})
    author.post(f"/alerts/ladders/{ladder.pk}/edit/", again)
    ladder.refresh_from_db()
    assert (ladder.name, ladder.steps.first().wait) == ("Autre nom", 5)  # type: ignore[union-attr]
    late = author.post(f"/alerts/ladders/{ladder.pk}/edit/", again)
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Échelle"),
        ({"s2-audience": "", "s2-area": "cercle de Koro"}, "cercle de Koro"),
        ({"s2-area": "Nulle part"}, "Nulle part"),
        ({"s2-audience": "organisation"}, "Mme Cissé"),
        ({"last-call_phone": "abc"}, "abc"),
        ({"last-call_words": "L’armée avance vers Koro avec dix véhicules."}, "dix véhicules"),
        ({"last-call_phone": ""}, "Mme Cissé"),
        ({"s2-audience": "public"}, "Mme Cissé"),
        ({"s2-audience": "liaison", "s2-role": "monitor"}, "Mme Cissé"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(author: Client, wrong: dict[str, object], words: str) -> None:
    answer = author.post("/alerts/ladders/new/", form_of(**wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode() or words == "Échelle"
    assert not Ladder.objects.exists()


def test_another_area_is_no_choice(author: Client) -> None:
    for where in (area("Gao").pk, country().pk):
        assert author.post("/alerts/ladders/new/", form_of(area=where)).status_code == 422


def test_trying_out_tells_nobody_and_says_when(author: Client, ladder: Ladder) -> None:
    page = author.get(f"/alerts/ladders/try/?type=looting&area={area('Koro').pk}&severity=severe").content.decode()
    assert "Échelle de Koro" in page
    assert "Mme Cissé" in page
    assert "+22376000088" not in page
    assert not Escalation.objects.exists()
    elsewhere = signed_in(person(Role.COORDINATOR, "Gao"))
    other = elsewhere.get(f"/alerts/ladders/try/?type=looting&area={area('Gao').pk}&severity=severe")
    assert "Échelle de Koro" not in other.content.decode()


def test_the_preview_says_what_goes_when_and_can_be_changed(author: Client, koro: Place, ladder: Ladder) -> None:
    alert = drafted(koro, verified())
    page = author.get(f"/alerts/{alert.pk}/preview/").content.decode()
    assert "Échelle de Koro" in page
    refused = author.post(f"/alerts/{alert.pk}/ladder/", {"ladder": "none", "version": alert.version})
    assert refused.status_code == 422
    author.post(
        f"/alerts/{alert.pk}/ladder/", {"ladder": "none", "version": alert.version, "reason": "Déjà sur place."}
    )
    alert.refresh_from_db()
    assert "Déjà sur place." in author.get(f"/alerts/{alert.pk}/preview/").content.decode()
    late = author.post(f"/alerts/{alert.pk}/ladder/", {"ladder": "none", "version": 1, "reason": "Encore."})
    assert late.status_code == 409
    author.post(f"/alerts/{alert.pk}/ladder/", {"ladder": "best", "version": alert.version})
    assert "Déjà sur place." not in author.get(f"/alerts/{alert.pk}/preview/").content.decode()


def test_left_out_means_no_steps(author: Client, koro: Place, ladder: Ladder) -> None:
    alert = drafted(koro, verified())
    author.post(
        f"/alerts/{alert.pk}/ladder/", {"ladder": "none", "version": alert.version, "reason": "Déjà sur place."}
    )
    alert.refresh_from_db()
    author.post(f"/alerts/{alert.pk}/release/", {"version": alert.version, "incident_version": alert.incident.version})
    alert.refresh_from_db()
    assert alert.state == "released"
    assert states(alert) == []


def test_another_ladder_is_taken(author: Client, koro: Place, ladder: Ladder) -> None:
    other = a_ladder(name="Autre échelle", area=country(), rungs=[ladder_call()])
    alert = drafted(koro, verified())
    data = {"ladder": str(other.pk), "version": alert.version, "reason": "Plus court."}
    assert author.post(f"/alerts/{alert.pk}/ladder/", data).status_code == 302
    alert.refresh_from_db()
    author.post(f"/alerts/{alert.pk}/release/", {"version": alert.version, "incident_version": alert.incident.version})
    assert states(alert) == ["waiting"]


def ladder_call() -> object:
    from tests.incidents.ladder.conftest import CALL

    return CALL


def test_the_page_of_the_alert_shows_and_moves_it(author: Client, alert: Alert) -> None:
    page = author.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Mme Cissé" in page
    assert "+22376000088" not in page
    assert author.get(f"/alerts/{alert.pk}/ladder/now/").status_code == 200
    assert states(alert) == ["waiting"] * 3
    assert author.post(f"/alerts/{alert.pk}/ladder/now/", {"step": 2}).status_code == 302
    assert author.post(f"/alerts/{alert.pk}/ladder/now/", {"step": 2}).status_code == 302
    assert states(alert) == ["done", "waiting", "waiting"]
    assert author.post(f"/alerts/{alert.pk}/ladder/stop/", {"reason": ""}).status_code == 422
    assert author.post(f"/alerts/{alert.pk}/ladder/stop/", {"reason": "Tout est réglé."}).status_code == 302
    assert "Tout est réglé." in author.get(f"/alerts/{alert.pk}/").content.decode()


def test_nobody_answered_stands_out_and_the_call_is_ticked_off(author: Client, alert: Alert, after: object) -> None:
    assert author.get(f"/alerts/{alert.pk}/ladder/call/").status_code == 404
    for minutes in (15, 35, 65):
        assert 'id="nobody"' not in author.get("/alerts/").content.decode()
        climb(after(minutes))  # type: ignore[operator]
    for address in ("/alerts/", "/desk/"):
        assert 'id="nobody"' in author.get(address).content.decode()
    assert "Mme Cissé" in author.get(f"/alerts/{alert.pk}/calls/").content.decode()
    assert "+22376000088" in author.get(f"/alerts/{alert.pk}/ladder/call/").content.decode()
    said = {"outcome": "acting", "note": "Elle envoie le maire."}
    assert author.post(f"/alerts/{alert.pk}/ladder/call/", said).status_code == 302
    assert 'id="nobody"' not in author.get("/alerts/").content.decode()
    line = author.get(f"/incidents/{alert.incident.ref}/").content.decode()
    assert line.count("#ladder") >= 4


def test_a_coordinator_of_elsewhere_sees_nothing_of_it(alert: Alert, after: object) -> None:
    for minutes in (15, 35, 65):
        climb(after(minutes))  # type: ignore[operator]
    away = signed_in(person(Role.COORDINATOR, "Gao"))
    for address in ("/alerts/", "/desk/", "/alerts/ladders/"):
        page = away.get(address).content.decode()
        assert 'id="nobody"' not in page
        assert "Échelle de Koro" not in page


def test_recipients_see_no_ladder(koro: Place, alert: Alert) -> None:
    page = signed_in(koro.liaison).get(f"/alerts/{alert.pk}/").content.decode()
    assert "Mme Cissé" not in page
    assert 'id="ladder"' not in page


def test_pages_ask_the_same_number_of_questions_however_many_rows(
    author: Client, koro: Place, ladder: Ladder, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(address: str) -> int:
        author.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert author.get(address).status_code == 200
        return len(asked)

    alert = released(koro, verified())
    addresses = ("/alerts/ladders/", f"/alerts/{alert.pk}/", "/alerts/", f"/incidents/{alert.incident.ref}/")
    few = [count(address) for address in addresses]
    for number in range(5):
        a_ladder(name=f"Échelle {number}")
        released(koro, alert.incident)
    assert [count(address) for address in addresses] == few
