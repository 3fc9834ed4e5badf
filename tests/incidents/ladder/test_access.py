"""Who keeps and reads ladders and exercises: the three answers of each policy agree; admin shows what they say."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from incidents.access import ESCALATIONS, EXERCISES, LADDERS, PARTICIPATIONS
from incidents.models import Alert, Audience, Exercise, Ladder, LadderStep, Participation
from orgs.access import viewer_for
from orgs.models import Level, Role, User
from orgs.policy import Policy, Viewer
from tests.factories import area, country, person, signed_in

pytestmark = pytest.mark.django_db


def _places() -> list[Any]:
    return [area("Koro"), area("Gao"), area("Bandiagara", Level.REGION), country()]


def _people() -> list[User]:
    made = [person(Role.COORDINATOR, place) for place in _places()]
    return [*made, person(Role.LIAISON, "Koro"), person(Role.ADMINISTRATOR), person(Role.COORDINATOR)]


def _agree(policy: Policy[Any], people: list[User]) -> None:
    rows = list(policy.model._default_manager.all())
    assert rows
    for user in people:
        viewer = viewer_for(user)
        listed = set(policy.rows(viewer).values_list("pk", flat=True))
        for row in rows:
            may = policy.sees(viewer, row)
            assert may == (row.pk in listed), (user.memberships.all(), row)
            assert may == policy.people(row).filter(pk=user.pk).exists(), (user.memberships.all(), row)


def _names(policy: Policy[Any], viewer: Viewer) -> set[str]:
    return set(policy.rows(viewer).values_list("name", flat=True))


def test_ladders() -> None:
    people = _people()
    for place in _places():
        Ladder.objects.create(name=place.name, area=place)
    _agree(LADDERS, people)
    koro = viewer_for(people[0])
    assert set(LADDERS.rows_as(koro, "coordinator").values_list("name", flat=True)) == {"Koro"}
    assert _names(LADDERS, koro) == {"Koro", "Bandiagara", country().name}
    everywhere = viewer_for(people[3])
    assert LADDERS.rows_as(everywhere, "coordinator").count() == 4


def test_exercises_and_who_takes_part() -> None:
    people = _people()
    for place in _places():
        drill = Exercise.objects.create(name=place.name, area=place, starts_at=timezone.now() + timedelta(days=1))
        Participation.objects.create(exercise=drill, person=people[4])
    _agree(EXERCISES, people)
    _agree(PARTICIPATIONS, people)
    koro, _gao, _region, everywhere, liaison, administrator, nowhere = map(viewer_for, people)
    assert _names(EXERCISES, koro) == {"Koro"}
    assert len(_names(EXERCISES, everywhere)) == 4
    assert _names(EXERCISES, administrator) == _names(EXERCISES, nowhere) == set()
    assert PARTICIPATIONS.rows(koro).count() == 1
    assert PARTICIPATIONS.rows(liaison).count() == 4
    assert PARTICIPATIONS.rows(administrator).count() == PARTICIPATIONS.rows(nowhere).count() == 0


def test_steps_of_alerts(alert: Alert) -> None:
    people = _people()
    _agree(ESCALATIONS, people)
    counts = [ESCALATIONS.rows(viewer_for(user)).count() for user in people]
    assert counts == [3, 0, 3, 3, 0, 0, 0]


@pytest.mark.parametrize("name", ["ladder", "ladderstep", "exercise", "participation"])
def test_admin_shows_coordinators_those_of_their_areas(name: str) -> None:
    for place in (area("Koro"), area("Gao")):
        ladder = Ladder.objects.create(name=place.name, area=place)
        LadderStep.objects.create(ladder=ladder, step=2, wait=5, audience=Audience.LIAISON)
        drill = Exercise.objects.create(name=place.name, area=place, starts_at=timezone.now())
        Participation.objects.create(exercise=drill, person=person(Role.LIAISON, "Koro"))
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    page = client.get(f"/admin/incidents/{name}/")
    assert page.status_code == 200
    assert page.context["cl"].result_list.count() == 1
    row = page.context["cl"].result_list[0]
    assert client.get(f"/admin/incidents/{name}/{row.pk}/change/").status_code == 200
    assert client.post(f"/admin/incidents/{name}/{row.pk}/change/", {"name": "x"}).status_code == 403
    assert signed_in(person(Role.ADMINISTRATOR)).get(f"/admin/incidents/{name}/").status_code == 403


def test_numbers_to_call_are_not_in_admin(alert: Alert) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    last = alert.escalations.get(step=4)
    for address in ("escalation/", f"escalation/{last.pk}/change/", "ladderstep/"):
        assert "+22376000088" not in client.get(f"/admin/incidents/{address}").content.decode()
