"""Marked values in every field of a report, an incident, an identity, an alert and organisations; who finds them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Model

from incidents import access
from incidents.models import Alert, Audience, Door, Harm, HowKnown, Incident, IncidentState, Report, ReporterIdentity
from incidents.services import alerts, replies
from incidents.services.alerts import Line
from incidents.services.links import token_of
from orgs.access import viewer_for
from orgs.crypto import seal
from orgs.models import Edition, Message, Organisation, OrganisationVisibility, Place, PlaceKind, Role, Tlp, User
from tests.access.world import HOME, World
from tests.factories import (
    ActorFactory,
    AdditionFactory,
    AlertFactory,
    ContactFactory,
    FeedbackFactory,
    FigureFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    OrganisationFactory,
    ProxyEntryFactory,
    ReportFactory,
    UserFactory,
    WordToReporterFactory,
    area,
    person,
)
from tests.secrets import exits
from tests.secrets.around import AROUND, Around, plant_after, plant_ladder

MARKS = {
    "narrative": "zarbouline",
    "summary": "quortémidon",
    "reporter_note": "plivassure",
    "place_text": "froubagnac",
    "place_name": "Dourvéniko",
    "figure_source": "tchapilome",
    "figure_value": "841739",
    "small_value": "4",
    "responsible": "Brigavoltan",
    "instruction": "mirouvelez",
    "call_number": "+22320998877",
    "report_words": "sgrabolique",
    "report_place": "vlinchatou",
    "addition": "croustimène",
    "reject_note": "jalpourite",
    "word_to_reporter": "vandrisole",
    "proxy_enterer": "Ouzbélia",
    "caller_phone": "+22379182736",
    "caller_name": "Kadrimata",
    "reporter_name": "Nafoulissa",
    "reporter_phone": "+22377665544",
    "reporter_email": "nafoulissa@example.org",
    "reporter_lat": "14.081357",
    "reporter_lon": "-3.071113",
    "organisation": "Varlopière",
    "organisation_words": "snorbaliste",
    "contact_name": "Houvrezic",
    "contact_phone": "+22374455661",
    "recipient_phone": "+22366554433",
    "reply": "dragoumeline",
    **AROUND,
}
SEARCHED = {name: mark for name, mark in MARKS.items() if name != "small_value"}
"""Marks that can be told from other text; small figures are looked for as values in the API."""


@dataclass
class Planted:
    """A world in which one incident at home, and all that hangs on it, is full of marks."""

    world: World
    incident: Incident
    report: Report
    rejected: Report
    alert: Alert
    organisation: Organisation
    around: Around
    thorough: bool = False
    """Whether every address that needs nothing is looked at too, and not those of the incident and alerts alone."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Marks that the product itself makes: what opens a link in somebody's message."""

    def found_by(self, name: str) -> set[str]:
        """The marks in every page, file and answer of a program that this person can open."""
        return self.marks_in("\n".join(self._everything(name)))

    def found_in_admin_by(self, name: str) -> set[str]:
        """The marks in admin."""
        client = self.world.client(name)
        return self.marks_in("\n".join(exits.words_at(client, address) for address in exits.admin_addresses()))

    def where(self, name: str, mark: str) -> list[str]:
        """The addresses at which this person finds a mark: to be asked when something comes out."""
        clients = (self.world.client(name), self.pages()), (self.world.program(name), self.answers())
        wanted = {**SEARCHED, **self.tokens}[mark]
        return [one for client, many in clients for one in many if wanted in exits.words_at(client, one)]

    def _everything(self, name: str) -> Iterator[str]:
        page, program = self.world.client(name), self.world.program(name)
        for address in self.pages():
            yield exits.words_at(page, address)
        for address in self.answers():
            yield exits.words_at(program, address)

    def pages(self) -> list[str]:
        """The addresses of everything planted, and every address that needs nothing."""
        around, reports = self.around, list(self.incident.reports.all())
        incidents, alerts_ = self._incidents(), self._alerts()
        pages = [*(exits.plain_addresses() if self.thorough else exits.CENTRAL), *exits.cap_addresses()]
        pages += [f"/desk/reports/{row.pk}/{part}" for row in (*reports, self.rejected) for part in ("", "identity/")]
        for incident in incidents if self.thorough else [self.incident]:
            parts = ("", "words/", "grades/", "alert/", "place/", "figures/", "responsible/", "close/")
            pages += [f"/incidents/{incident.ref}/{part}" for part in parts]
        for alert in alerts_ if self.thorough else [self.alert]:
            pages += exits.alert_addresses(alert.pk, alert.renditions.filter(language="fr"))
        if not self.thorough:
            return pages
        return [
            *pages,
            "/desk/?state=attached", "/desk/?state=answered", "/desk/?state=rejected",
            *(f"/alerts/exercises/{pk}/{part}" for pk in _keys(around.drill) for part in ("", "edit/", "report/")),
            *(f"/alerts/exercises/{pk}/{part}" for pk in _keys(around.drill) for part in ("participants/", "lessons/")),
            *(f"/alerts/ladders/{pk}/{part}" for pk in _keys(around.ladder) for part in ("", "edit/")),
            *(f"/alerts/duty/{pk}/{part}" for pk in _keys(around.roster) for part in ("", "change/")),
            *(f"/alerts/advisories/{pk}/" for pk in _keys(around.passed_on, around.held)),
            *(f"/alerts/advisories/{pk}/{part}" for pk in _keys(around.held) for part in ("pass-on/", "withdraw/")),
            *(f"/alerts/questions/{pk}/answer/" for pk in _keys(around.question)),
            *(f"/conduct/{pk}/" for pk in _keys(around.conduct)),
            f"/orgs/{self.organisation.slug}/", f"/orgs/{self.organisation.slug}/contacts/",
            f"/orgs/{self.organisation.slug}/edit/", f"/orgs/{self.organisation.slug}/network/",
            f"/orgs/?q={MARKS['organisation']}",
        ]  # fmt: skip

    def answers(self) -> list[str]:
        """The addresses of programs, with the key of the person."""
        return [
            "/api/v1/incidents/", "/api/v1/reports/", "/api/v1/alerts/", "/api/v1/deliveries/",
            "/api/v1/organisations/", "/cap/feed.atom", *exits.cap_addresses(),
            *(f"/api/v1/incidents/{incident.ref}/" for incident in self._incidents()),
            *(f"/api/v1/alerts/{alert.pk}/" for alert in self._alerts()),
            *(f"/api/v1/deliveries/{pk}/" for alert in self._alerts() for pk in _keys(*alert.deliveries.all())),
            f"/api/v1/reports/{self.report.pk}/", f"/api/v1/reports/{self.rejected.pk}/",
            f"/api/v1/organisations/{self.organisation.slug}/",
        ]  # fmt: skip

    def _alerts(self) -> list[Alert]:
        passed = self.around.passed_on.alert if self.around.passed_on else None
        return [alert for alert in (self.alert, passed, self.around.drill_alert) if alert is not None]

    def _incidents(self) -> list[Incident]:
        passed = self.around.passed_on.incident if self.around.passed_on else None
        return [one for one in (self.incident, passed, self.around.drill_incident) if one is not None]

    def small_value_seen_by(self, name: str) -> bool:
        """Whether the API gives this person the figure that is small enough to point at people."""
        answer = self.world.program(name).get(f"/api/v1/incidents/{self.incident.ref}/")
        return answer.status_code == 200 and MARKS["small_value"] in {
            str(figure["value"]) for figure in answer.json()["figures"]
        }

    def letters(self, channel: str, purpose: str = "") -> dict[str, set[str]]:
        """The marks in everything that would be sent now by this channel, by the recipient's name in the world.

        Messages to reporters have no recipient with an account: they are found under an empty name.
        """
        waiting = Message.objects.filter(state="pending", **({"purpose": purpose} if purpose else {}))
        names = {user.pk: name for name, user in self.world.people.items() if user is not None}
        found: dict[str, set[str]] = {}
        for message, words in exits.sent_by(channel, list(waiting.select_related("recipient"))):
            name = names.get(message.recipient_id, "somebody else") if message.recipient_id else ""
            found.setdefault(name, set()).update(self.marks_in(words))
        return found

    def marks_in(self, text: str) -> set[str]:
        """The names of the marks that stand in a text."""
        return {name for name, mark in {**SEARCHED, **self.tokens}.items() if mark in text}


def _keys(*rows: Model | None) -> list[object]:
    return [row.pk for row in rows if row is not None]


def plant(tlp: str, *, release: bool = True, with_around: bool = True, thorough: bool = False) -> Planted:
    """Make the world, the marked rows, and an alert released by the real service and answered once."""
    world = World()
    place = Place.objects.create(
        edition=Edition.objects.get(is_current=True), kind=PlaceKind.VILLAGE, name=MARKS["place_name"],
        region=area(HOME).region, cercle=area(HOME),
    )  # fmt: skip
    incident = IncidentFactory.create(
        tlp=tlp, state=IncidentState.VERIFIED, where=HOME, narrative=MARKS["narrative"], summary=MARKS["summary"],
        reporter_note=MARKS["reporter_note"], place_text=MARKS["place_text"], place=place,
    )  # fmt: skip
    FigureFactory.create(incident=incident, value=int(MARKS["figure_value"]), source=MARKS["figure_source"])
    FigureFactory.create(incident=incident, kind=Harm.INJURED, value=int(MARKS["small_value"]), source="radio")
    HeldResponsibleFactory.create(
        incident=incident, actor=ActorFactory.create(name=MARKS["responsible"], organisation=world.accused)
    )
    report = ReportFactory.attached(
        incident, narrative=MARKS["report_words"], place_text=MARKS["report_place"], how_known=HowKnown.SAW
    )
    AdditionFactory.create(report=report, text=MARKS["addition"])
    ReporterIdentity.objects.create(
        report=report,
        sealed=seal(
            {
                "name": MARKS["reporter_name"],
                "phone": MARKS["reporter_phone"],
                "email": MARKS["reporter_email"],
                "lat": float(MARKS["reporter_lat"]),
                "lon": float(MARKS["reporter_lon"]),
            }
        ),
    )
    WordToReporterFactory.create(report=report, text=MARKS["word_to_reporter"], written_by=_user(world, "coordinator"))
    _enter_for_a_caller(world, incident)
    rejected = ReportFactory.rejected(reject_note=MARKS["reject_note"], where=HOME)
    organisation = OrganisationFactory.create(
        name=MARKS["organisation"], description=MARKS["organisation_words"],
        visibility=OrganisationVisibility.COORDINATORS,
    )  # fmt: skip
    ContactFactory.create(organisation=organisation, name=MARKS["contact_name"], phone=MARKS["contact_phone"])
    User.objects.filter(pk=_user(world, "recipient").pk).update(phone=MARKS["recipient_phone"])
    User.objects.filter(pk=_user(world, "reporter").pk).update(phone="+22376001122")
    around = plant_ladder(world)
    alert = _released(world, incident, tlp) if release else AlertFactory.create(incident=incident)
    planted = Planted(world, incident, report, rejected, alert, organisation, around, thorough)
    if release:
        delivery = alert.deliveries.get(recipient=_user(world, "recipient"))
        planted.tokens["link"] = token_of(delivery.pk, delivery.link_nonce)
    if release and with_around:
        plant_after(world, around, alert)
    return planted


def _enter_for_a_caller(world: World, incident: Incident) -> None:
    """A call that somebody wrote down, with the caller's name and number."""
    called = ReportFactory.attached(incident, where=HOME, door=Door.PROXY)
    enterer = UserFactory.create(name=MARKS["proxy_enterer"])
    ProxyEntryFactory.create(report=called, entered_by=enterer)
    caller = {"name": MARKS["caller_name"], "phone": MARKS["caller_phone"]}
    ReporterIdentity.objects.create(report=called, sealed=seal(caller), person_key="caller")
    FeedbackFactory.create(report=called)


def _user(world: World, name: str) -> User:
    user = world.people[name]
    assert user is not None
    return user


def _released(world: World, incident: Incident, tlp: str) -> Alert:
    coordinator = viewer_for(_user(world, "coordinator"))
    lines = [Line(Audience.LIAISON, organisation=world.service)]
    if tlp in Tlp.up_to(Tlp.GREEN):
        lines.append(Line(Audience.NETWORK, area=area(HOME)))
    if tlp == Tlp.CLEAR:
        lines.append(Line(Audience.PUBLIC))
    draft = alerts.prepare_alert(
        viewer=coordinator, incident=incident, lines=lines, instruction=MARKS["instruction"],
        call_number=MARKS["call_number"],
    )  # fmt: skip
    second = coordinator
    if access.needs_second_person(draft):
        draft = alerts.propose_alert(viewer=coordinator, alert=draft, version=draft.version)
        second = viewer_for(person(Role.COORDINATOR, HOME))
    alert = alerts.release_alert(viewer=second, alert=draft, version=draft.version).alert
    recipient = _user(world, "recipient")
    delivery = alert.deliveries.get(recipient=recipient)
    replies.answer(viewer=viewer_for(recipient), delivery=delivery, kind="act", text=MARKS["reply"])
    return alert
