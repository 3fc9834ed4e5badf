"""Marked values in every field of a report, an incident, an identity, an alert and organisations; and every way out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from incidents import access
from incidents.models import Alert, Audience, Door, Harm, HowKnown, Incident, IncidentState, Report, ReporterIdentity
from incidents.services import alerts, replies
from incidents.services.alerts import Line
from orgs.access import viewer_for
from orgs.crypto import seal
from orgs.messaging import drain
from orgs.messaging.purposes import Envelope
from orgs.models import Edition, Message, Organisation, OrganisationVisibility, Place, PlaceKind, Role, Tlp, User
from tests.access.world import HOME, World
from tests.factories import (
    ActorFactory,
    AdditionFactory,
    AlertFactory,
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

MARKS = {
    "narrative": "zarbouline",
    "summary": "quortémidon",
    "reporter_note": "plivassure",
    "place_text": "froubagnac",
    "place_name": "Dourvéniko",
    "figure_source": "tchapilome",
    "figure_value": "41739",
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
    "recipient_phone": "+22366554433",
    "reply": "dragoumeline",
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

    def found_by(self, name: str) -> set[str]:
        """The marks in every page and every answer of the API that this person can open."""
        return marks_in("\n".join(self._everything(name)))

    def _everything(self, name: str) -> Iterator[str]:
        page, program = self.world.client(name), self.world.program(name)
        for address in self._pages():
            answer = page.get(address)
            if answer.status_code == 200:
                yield answer.content.decode()
        for address in self._answers():
            answer = program.get(address)
            if answer.status_code == 200:
                yield json.dumps(answer.json(), ensure_ascii=False)

    def _pages(self) -> list[str]:
        admin = (
            "report", "addition", "reporteridentity", "incident", "figure", "heldresponsible", "alert", "rendition",
            "delivery", "reply", "wordtoreporter", "proxyentry", "feedback",
        )  # fmt: skip
        return [
            "/", "/incidents/", f"/incidents/{self.incident.ref}/", f"/incidents/{self.incident.ref}/words/",
            f"/incidents/{self.incident.ref}/grades/", f"/incidents/{self.incident.ref}/alert/", "/desk/",
            f"/desk/reports/{self.report.pk}/", f"/desk/reports/{self.rejected.pk}/",
            f"/desk/reports/{self.report.pk}/identity/", "/alerts/", f"/alerts/{self.alert.pk}/",
            f"/alerts/{self.alert.pk}/calls/", f"/alerts/{self.alert.pk}/preview/", "/report/", "/report/mine/",
            "/accounts/", "/report/for-somebody/", "/desk/enter/", "/desk/?state=attached", "/desk/?state=answered",
            *(f"/desk/reports/{row.pk}/" for row in self.incident.reports.exclude(pk=self.report.pk)),
            *(f"/admin/incidents/{model}/" for model in admin),
            f"/admin/incidents/incident/{self.incident.pk}/change/",
            f"/admin/incidents/incident/{self.incident.pk}/history/",
            f"/admin/incidents/report/{self.report.pk}/change/",
            f"/admin/incidents/reporteridentity/{self.report.pk}/change/",
            f"/admin/incidents/alert/{self.alert.pk}/change/",
            "/admin/orgs/message/", "/admin/orgs/auditentry/", "/metrics", "/health/ready",
        ]  # fmt: skip

    def _answers(self) -> list[str]:
        return [
            "/api/v1/incidents/", f"/api/v1/incidents/{self.incident.ref}/", "/api/v1/reports/",
            f"/api/v1/reports/{self.report.pk}/", f"/api/v1/reports/{self.rejected.pk}/", "/api/v1/alerts/",
            f"/api/v1/alerts/{self.alert.pk}/", "/api/v1/deliveries/", "/api/v1/organisations/",
            f"/api/v1/organisations/{self.organisation.slug}/",
        ]  # fmt: skip

    def small_value_seen_by(self, name: str) -> bool:
        """Whether the API gives this person the figure that is small enough to point at people."""
        answer = self.world.program(name).get(f"/api/v1/incidents/{self.incident.ref}/")
        return answer.status_code == 200 and MARKS["small_value"] in {
            str(figure["value"]) for figure in answer.json()["figures"]
        }

    def letters(self) -> dict[str, set[str]]:
        """The marks in everything that would be sent now, by recipient's e-mail address."""
        waiting = list(Message.objects.filter(state="pending").select_related("recipient"))
        composed = drain.compose(waiting)
        found: dict[str, set[str]] = {}
        for message in waiting:
            envelope = composed[message.pk]
            if isinstance(envelope, Envelope) and message.recipient is not None:
                words = "\n".join([envelope.subject, envelope.text, envelope.html, json.dumps(dict(envelope.headers))])
                found.setdefault(message.recipient.email or "", set()).update(marks_in(words))
        return found


def marks_in(text: str) -> set[str]:
    """The names of the marks that stand in a text."""
    return {name for name, mark in SEARCHED.items() if mark in text}


def plant(tlp: str, *, release: bool = True) -> Planted:
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
    User.objects.filter(pk=_user(world, "recipient").pk).update(phone=MARKS["recipient_phone"])
    alert = _released(world, incident, tlp) if release else AlertFactory.create(incident=incident)
    return Planted(world, incident, report, rejected, alert, organisation)


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
