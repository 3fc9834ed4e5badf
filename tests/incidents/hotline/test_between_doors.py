"""The same thing said by several doors: no door makes doubles of itself, and the desk proposes the likely matches."""

from typing import Any

import pytest

from incidents.matching import reports_like
from incidents.models import Report
from incidents.services.reports import Identity, Said, receive_report
from orgs.models import Role
from tests.factories import country, viewer

pytestmark = pytest.mark.django_db
PHONE = "+22377665544"
SAID = Said(type_code="looting", narrative="Des hommes à moto ont volé quarante vaches.", place_text="cercle de Koro")


def come_in(door: str, number: str, said: Said = SAID, identity: Identity | None = None) -> Report:
    return receive_report(door=door, external_id=number, said=said, identity=identity, language="fr").report


@pytest.fixture
def coordinator() -> Any:
    return viewer(Role.COORDINATOR, country())


def proposed(report: Report, coordinator: Any) -> dict[int, list[str]]:
    report.refresh_from_db()
    return {match.row.pk: [str(reason) for reason in match.reasons] for match in reports_like(report, coordinator)}


def test_twice_by_sms_by_page_and_by_kobo_are_three_reports_that_propose_each_other(coordinator: Any) -> None:
    doors = {door: [come_in(door, f"{door}-1") for _ in range(2)] for door in ("sms", "web", "odk")}
    assert Report.objects.count() == 3
    assert all(first.pk == again.pk for first, again in doors.values())
    found = proposed(doors["web"][0], coordinator)
    assert set(found) == {doors["sms"][0].pk, doors["odk"][0].pk}
    assert "les mêmes mots" in " ".join(found[doors["sms"][0].pk]) or found[doors["sms"][0].pk]
    assert "par une autre porte : SMS" in found[doors["sms"][0].pk]


def test_a_known_source_is_proposed_even_with_few_words_and_without_a_name(coordinator: Any) -> None:
    page = come_in("web", "1", identity=Identity(name="Nafoulissa", phone=PHONE))
    sms = come_in("sms", "2", Said(narrative="URGENT"), Identity(phone=PHONE))
    stranger = come_in("sms", "3", Said(narrative="URGENT aussi"), Identity(phone="+22370000009"))
    found = proposed(page, coordinator)
    assert "de la même personne" in found[sms.pk]
    assert stranger.pk not in found
    assert "Nafoulissa" not in str(found)


def test_two_unknown_people_are_not_the_same_person(coordinator: Any) -> None:
    first = come_in("web", "1", identity=Identity(name="Sans numéro"))
    second = come_in("odk", "2", identity=Identity(name="Sans numéro"))
    assert "de la même personne" not in proposed(first, coordinator)[second.pk]


def test_other_places_and_other_words_are_not_proposed(coordinator: Any) -> None:
    page = come_in("web", "1")
    come_in("sms", "2", Said(type_code="services", narrative="L’école a fermé.", place_text="cercle de Gao"))
    assert proposed(page, coordinator) == {}
