"""One small world for the permission tables: an incident at home (Koro), people of every role near and far."""

from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.test import Client

from incidents.models import (
    Alert,
    AlertState,
    Audience,
    Delivery,
    Incident,
    IncidentState,
    Report,
)
from orgs.access import viewer_for
from orgs.models import Language, Organisation, OrganisationKind, Role, Tlp, User
from orgs.services.tokens import make_token
from tests.factories import (
    ActorFactory,
    AlertFactory,
    DeliveryFactory,
    FigureFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    OrganisationFactory,
    RenditionFactory,
    ReportFactory,
    person,
    signed_in,
)

HOME, AWAY = "Koro", "Gao"
NETWORK = (Role.REPORTER, Role.EDITOR, Role.MONITOR, Role.FACILITATOR)


@dataclass(eq=False)
class World:
    """People by the names that the tables use, and the things they may or may not see."""

    people: dict[str, User | None] = field(default_factory=dict)
    service: Organisation = field(init=False)
    accused: Organisation = field(init=False)
    _sessions: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.service = OrganisationFactory.create(kind=OrganisationKind.SECURITY)
        self.accused = OrganisationFactory.create(kind=OrganisationKind.SECURITY)
        served = OrganisationFactory.create()
        self.service.serves.add(served)
        self.people = {"anyone": None}
        for role in Role.values:
            self.people[f"{role}"] = person(role, HOME)
        for role in (*NETWORK, Role.COORDINATOR, Role.ANALYST):
            self.people[f"{role}-away"] = person(role, AWAY)
        self.people["recipient"] = person(Role.LIAISON, HOME, organisation=self.service)
        self.people["colleague"] = person(Role.LIAISON, HOME, organisation=self.service)
        self.people["served"] = person(Role.REPORTER, AWAY, organisation=served)
        self.people["accused"] = person(Role.COORDINATOR, HOME, organisation=self.accused)
        self.actor = ActorFactory.create(organisation=self.accused)

    @cache  # noqa: B019 — a world lives as long as one test
    def client(self, name: str) -> Client:
        """A browser of this person."""
        client, user = Client(), self.people[name]
        if user is not None:
            client.cookies[settings.SESSION_COOKIE_NAME] = self._session_of(name, user)
        return client

    @cache  # noqa: B019
    def program(self, name: str) -> Client:
        """A program of this person: it brings a token, and no cookie."""
        user = self.people[name]
        if user is None:
            return Client()
        return Client(headers={"authorization": f"Bearer {self._token_of(name, user)}"})

    def open_all_doors(self) -> None:
        """Sign everybody in and make everybody's token, for a world that many tests share."""
        for name, user in self.people.items():
            if user is not None:
                self._session_of(name, user)
                self._token_of(name, user)

    def _session_of(self, name: str, user: User) -> str:
        if name not in self._sessions:
            self._sessions[name] = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        return self._sessions[name]

    def _token_of(self, name: str, user: User) -> str:
        if name not in self._tokens:
            self._session_of(name, user)  # with the second factor, without which nobody gets a token
            _, self._tokens[name] = make_token(viewer=viewer_for(user), label="table", days=1)
        return self._tokens[name]

    def incident(self, tlp: str, state: str = IncidentState.VERIFIED) -> Incident:
        """An incident at home, for which the accused are held responsible."""
        incident = IncidentFactory.create(tlp=tlp, state=state, where=HOME)
        HeldResponsibleFactory.create(incident=incident, actor=self.actor)
        FigureFactory.create(incident=incident)
        return incident

    def report(self) -> Report:
        """A new report at home."""
        return ReportFactory.create(where=HOME)

    def alert(self, tlp: str = Tlp.AMBER) -> tuple[Alert, Delivery]:
        """A released alert of an incident at home, sent to the recipient for their service."""
        alert = AlertFactory.released(incident=self.incident(tlp))
        rendition = RenditionFactory.create(alert=alert, audience=Audience.LIAISON, language=Language.FRENCH)
        for audience in (Audience.NETWORK, Audience.ORGANISATION, *([Audience.PUBLIC] if tlp == Tlp.CLEAR else [])):
            RenditionFactory.create(alert=alert, audience=audience)
        delivery = DeliveryFactory.create(
            alert=alert, rendition=rendition, recipient=self.people["recipient"], organisation=self.service
        )
        return alert, delivery

    def draft(self) -> Alert:
        """An alert at home that is not released."""
        return AlertFactory.create(incident=self.incident(Tlp.AMBER), state=AlertState.DRAFT)
