"""A drill in Koro with one liaison who takes part and one who does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import Alert, Audience, Exercise, Incident
from incidents.services import alerts, exercises
from incidents.services.alerts import Line
from orgs.access import viewer_for
from tests.factories import area
from tests.incidents.alerts.conftest import Place, koro

__all__ = ["koro"]


def planned(place: Place, **fields: object) -> Exercise:
    """A drill of Koro that nobody knows of yet."""
    outline = {"name": "ESSAI-MARQUE", "area": area("Koro"), "starts_at": timezone.now() + timedelta(hours=1), **fields}
    return exercises.plan_exercise(viewer=place.author_view, outline=exercises.Outline(**outline))  # type: ignore[arg-type]


@pytest.fixture
def drill(koro: Place) -> Exercise:
    """Keita and Fanta are chosen and told; Keita agreed."""
    made = planned(koro)
    people = [koro.liaison.pk, koro.monitor.pk]
    exercises.choose_participants(viewer=koro.author_view, exercise=made, people=people)
    exercises.invite(viewer=koro.author_view, exercise=made)
    row = made.participations.get(person=koro.liaison)
    exercises.answer_invitation(viewer=viewer_for(koro.liaison), participation=row, agrees=True)
    return made


def example(**fields: object) -> exercises.Example:
    """A made-up incident in Koro."""
    given = {
        "type_code": "looting",
        "severity": "moderate",
        "urgency": "immediate",
        "tlp": "green",
        "summary": "RECIT-INVENTE",
        "area": area("Koro"),
        **fields,
    }
    return exercises.Example(**given)  # type: ignore[arg-type]


@pytest.fixture
def made_up(koro: Place, drill: Exercise) -> Incident:
    """The example incident of the drill."""
    return exercises.start_exercise(viewer=koro.author_view, exercise=drill, example=example())


ALL_LINES = (Line(Audience.LIAISON), Line(Audience.NETWORK), Line(Audience.OVERSIGHT))


@pytest.fixture
def drill_alert(koro: Place, made_up: Incident) -> Alert:
    """Released to whomever the lines mean: everybody."""
    alert = alerts.prepare_alert(viewer=koro.author_view, incident=made_up, lines=ALL_LINES, call_number="+22376000099")
    alerts.release_alert(viewer=koro.second_view, alert=alert, version=alert.version)
    alert.refresh_from_db()
    return alert
