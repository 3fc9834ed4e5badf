"""An area with its people: coordinators, liaisons, the network, a service that may be accused."""

from dataclasses import dataclass
from typing import Any

import pytest

from incidents import access
from incidents.models import Alert, Audience, Incident, IncidentState
from incidents.services import alerts
from incidents.services.alerts import Line
from orgs.access import viewer_for
from orgs.models import Organisation, OrganisationKind, Role, Tlp, User
from orgs.policy import Viewer
from tests.factories import IncidentFactory, OrganisationFactory, area, person


@dataclass
class Place:
    """Koro, with one person of each kind."""

    author: User
    second: User
    service: Organisation
    liaison: User
    colleague: User
    association: Organisation
    monitor: User

    @property
    def author_view(self) -> Viewer:
        return viewer_for(self.author)

    @property
    def second_view(self) -> Viewer:
        return viewer_for(self.second)


@pytest.fixture
def koro(db: None) -> Place:
    return a_place()


def a_place() -> Place:
    """Write down Koro and its people, wherever the connection leads."""
    service = OrganisationFactory.create(name="Protection civile", kind=OrganisationKind.SECURITY)
    association = OrganisationFactory.create(name="Femmes de Koro", kind=OrganisationKind.WOMEN)
    return Place(
        author=person(Role.COORDINATOR, "Koro", name="Aminata"),
        second=person(Role.COORDINATOR, "Koro", name="Boubacar"),
        service=service,
        liaison=person(Role.LIAISON, "Koro", organisation=service, name="Keita", phone="+22376000010"),
        colleague=person(Role.LIAISON, "Bankass", organisation=service, name="Sangare"),
        association=association,
        monitor=person(Role.MONITOR, "Koro", organisation=association, name="Fanta", phone="+22376000011"),
    )


def verified(**fields: object) -> Incident:
    """A verified incident in Koro, which the network may know unless said otherwise."""
    return IncidentFactory.create(**{"state": IncidentState.VERIFIED, "tlp": Tlp.GREEN, **fields})


def drafted(place: Place, incident: Incident, *lines: Line, **words: Any) -> Alert:
    """A draft to these lines; to the liaisons of Koro when none are given."""
    chosen = lines or (Line(Audience.LIAISON, area=area("Koro")),)
    words.setdefault("call_number", "+22376000099")
    words.setdefault("instruction", "Évitez le marché.")
    return alerts.prepare_alert(viewer=place.author_view, incident=incident, lines=chosen, **words)


def released(place: Place, incident: Incident, *lines: Line, **words: Any) -> Alert:
    """An alert that has been released."""
    alert = drafted(place, incident, *lines, **words)
    if access.needs_second_person(alert):
        alert = alerts.propose_alert(viewer=place.author_view, alert=alert, version=alert.version)
    alerts.release_alert(viewer=place.second_view, alert=alert, version=alert.version)
    alert.refresh_from_db()
    return alert
