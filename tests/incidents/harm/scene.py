"""Steps that the tests of the list take again and again."""

from incidents.models import (
    Alert,
    Audience,
    Incident,
    SafetyDecision,
    SafetyQuestion,
)
from incidents.services import alerts
from incidents.services.alerts import Line
from incidents.services.content import Account
from incidents.services.incidents import write_incident
from incidents.services.safety_answers import Decided, Given
from orgs.policy import Viewer
from tests.incidents.alerts.conftest import Place

LIAISON, NETWORK, PUBLIC = Line(Audience.LIAISON), Line(Audience.NETWORK), Line(Audience.PUBLIC)
PASS = Decided(SafetyDecision.OVERRIDDEN, "Cela ne peut pas attendre.")
WEAK = {"source_grade": "E"}
UNSURE: dict[str, Given] = {SafetyQuestion.AGAINST: Given("unsure")}
UNSAFE: dict[str, Given] = {SafetyQuestion.AGAINST: Given("yes", "Les deux villages le savent déjà.")}


def release(viewer: Viewer, alert: Alert) -> int:
    now = Alert.objects.get(pk=alert.pk)
    return alerts.release_alert(viewer=viewer, alert=now, version=now.version).recipients


def propose(viewer: Viewer, alert: Alert) -> Alert:
    now = Alert.objects.get(pk=alert.pk)
    return alerts.propose_alert(viewer=viewer, alert=now, version=now.version)


def rewrite(place: Place, incident: Incident, summary: str) -> None:
    now = Incident.objects.get(pk=incident.pk)
    write_incident(
        viewer=place.second_view, incident=now, version=now.version, account=Account(now.narrative, summary, "")
    )
