"""Pages of alerts: what is not for a person is not there, a GET changes nothing, and everybody finds what is theirs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents import alerting
from incidents.models import Alert, AlertState, Audience, Delivery, Incident, IncidentState, Rendition, Reply, Severity
from incidents.services import alerts, replies
from incidents.services.alerts import Line
from incidents.services.timeline import line_of
from orgs import providers
from orgs.access import ANYONE, viewer_for
from orgs.models import AuditEntry, Channel, Message, MessageState, Organisation, Role, Tlp, User
from tests.factories import (
    ActorFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
    area,
    person,
    signed_in,
)
from tests.incidents.alerts.conftest import Place, drafted, released, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(koro: Place) -> Alert:
    return released(koro, verified(tlp=Tlp.AMBER))


def status(client: Client, name: str, *given: Any, post: dict[str, Any] | None = None) -> int:
    address = reverse(name, args=given)
    response = client.get(address) if post is None else client.post(address, post)
    return int(response.status_code)


class TestWhoFindsWhat:
    """Expected results are typed by hand: what each person gets at each address of a released alert."""

    #            alert calls preview answer call release cancel words
    EXPECTED = {
        "author": (200, 200, 302, 404, 404, 302, 200, 409),
        "liaison": (200, 403, 403, 302, 403, 403, 403, 403),
        "colleague": (200, 403, 403, 404, 403, 403, 403, 403),
        "monitor": (404, 403, 403, 404, 403, 403, 403, 403),
        "far_coordinator": (404, 404, 404, 404, 404, 404, 404, 404),
        "administrator": (404, 403, 403, 404, 403, 403, 403, 403),
        "anyone": (302, 302, 302, 403, 403, 403, 302, 403),
    }

    @pytest.fixture
    def people(self, koro: Place) -> dict[str, Client]:
        return {
            "author": signed_in(koro.author),
            "liaison": signed_in(koro.liaison),
            "colleague": signed_in(koro.colleague),
            "monitor": signed_in(koro.monitor),
            "far_coordinator": signed_in(person(Role.COORDINATOR, "Kidal")),
            "administrator": signed_in(person(Role.ADMINISTRATOR)),
            "anyone": Client(),
        }

    @pytest.mark.parametrize("who", list(EXPECTED))
    def test_at_amber(self, people: dict[str, Client], alert: Alert, who: str) -> None:
        client, given = people[who], alert.pk
        delivery = alert.deliveries.get()
        decision = {"version": alert.version, "instruction": "x", "call_number": ""}
        found = (
            status(client, "alert", given),
            status(client, "alert-calls", given),
            status(client, "alert-preview", given),
            status(client, "alert-answer", given, post={"kind": "acknowledge"}),
            status(client, "alert-call", given, delivery.pk, post={"result": "act"}),
            status(client, "alert-release", given, post=decision),
            status(client, "alert-cancel", given),
            status(client, "alert-words", given, post=decision),
        )
        expected = self.EXPECTED[who]
        if who == "author":  # the step is refused on its page, not with "conflict"
            expected = (*expected[:-1], 422)
        assert found == expected

    def test_what_is_not_there_looks_like_what_may_not_be_seen(self, people: dict[str, Client], alert: Alert) -> None:
        import uuid

        nothing = uuid.uuid4()
        for client in people.values():
            unseen, missing = (client.get(reverse("alert", args=[pk])) for pk in (alert.pk, nothing))
            if unseen.status_code != 200:
                assert unseen.status_code == missing.status_code
                assert _without(unseen, str(alert.pk)) == _without(missing, str(nothing))

    def test_whoever_follows_the_link_of_a_message_signs_in_first(self, alert: Alert) -> None:
        response = Client().get(reverse("alert", args=[alert.pk]))
        assert response.status_code == 302
        assert response["Location"] == f"/accounts/login/?next=/alerts/{alert.pk}/"

    def test_a_draft_is_there_for_coordinators_alone(self, koro: Place, people: dict[str, Client]) -> None:
        draft = drafted(koro, verified(tlp=Tlp.CLEAR), Line(Audience.PUBLIC), Line(Audience.LIAISON))
        for who, client in people.items():
            expected = 302 if who in ("author", "anyone") else 404
            assert status(client, "alert", draft.pk) == expected, who

    @pytest.mark.parametrize(
        ("tlp", "member", "served", "network"),
        [
            (Tlp.CLEAR, 200, 200, 200),
            (Tlp.GREEN, 200, 200, 200),
            (Tlp.AMBER, 200, 200, 404),
            (Tlp.AMBER_STRICT, 200, 404, 404),
            (Tlp.RED, 404, 404, 404),
        ],
    )
    def test_colleagues_and_those_served_read_as_far_as_the_marking_goes(
        self, koro: Place, tlp: str, member: int, served: int, network: int
    ) -> None:
        association = OrganisationFactory.create()
        koro.service.serves.add(association)
        reader = person(Role.MONITOR, "Gao", organisation=association)
        if served == 200 and network == 200:  # GREEN: everybody of the network in the area
            MembershipFactory.create(person=reader, role=Role.REPORTER, areas=["Koro"])
        alert = released(koro, verified(tlp=tlp))
        assert status(signed_in(koro.colleague), "alert", alert.pk) == member
        assert status(signed_in(reader), "alert", alert.pk) == served
        assert status(signed_in(koro.monitor), "alert", alert.pk) == network

    def test_the_accused_find_nothing_even_when_named_after_the_release(self, koro: Place, alert: Alert) -> None:
        client = signed_in(koro.liaison)
        assert status(client, "alert", alert.pk) == 200
        actor = ActorFactory.create(organisation=koro.service)
        HeldResponsibleFactory.create(incident=alert.incident, actor=actor)
        client = signed_in(koro.liaison)
        assert status(client, "alert", alert.pk) == 404
        assert status(client, "alert-answer", alert.pk, post={"kind": "act"}) == 404
        assert alert.renditions.all()[0].headline not in client.get("/alerts/").content.decode()
        assert providers.waiting_for(viewer_for(koro.liaison))[0].count == 0


def _without(response: Any, number: str) -> str:
    text = response.content.decode() + response.get("Location", "")
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\1", text.replace(number, "…"))


class TestReading:
    def test_opening_answers_nothing_and_writes_nothing(self, koro: Place, alert: Alert) -> None:
        client = signed_in(koro.liaison)
        before = (Delivery.objects.values().get(), Reply.objects.count(), AuditEntry.objects.count())
        for address in ("/alerts/", f"/alerts/{alert.pk}/"):
            assert client.get(address).status_code == 200
            assert client.head(address).status_code == 200
        for name in (
            "alert-answer",
            "alert-release",
            "alert-propose",
            "alert-discard",
            "alert-words",
            "alert-line-add",
        ):
            assert client.get(reverse(name, args=[alert.pk])).status_code in (403, 405), name
        assert (Delivery.objects.values().get(), Reply.objects.count(), AuditEntry.objects.count()) == before

    def test_the_page_is_kept_by_nobody(self, koro: Place, alert: Alert) -> None:
        response = signed_in(koro.liaison).get(f"/alerts/{alert.pk}/")
        assert "no-store" in response["Cache-Control"]

    def test_the_recipient_reads_their_rendition_answers_and_is_told_what_comes_next(
        self, koro: Place, alert: Alert
    ) -> None:
        client = signed_in(koro.liaison)
        page = client.get(f"/alerts/{alert.pk}/").content.decode()
        rendition = alert.renditions.get(audience=Audience.LIAISON, language="fr")
        assert rendition.body.splitlines()[0] in page
        assert "la coordination ne sait pas si l’alerte est arrivée" in page
        answered = client.post(f"/alerts/{alert.pk}/answer/", {"kind": "act"}, follow=True).content.decode()
        assert "Votre réponse est notée" in answered
        assert "Agissez selon vos moyens" in answered
        assert koro.author.name not in answered

    def test_what_was_typed_survives_a_refusal(self, koro: Place, alert: Alert) -> None:
        typed = {"kind": "decline", "text": "Nos soldats sont à Boni, désolé"}
        response = signed_in(koro.liaison).post(f"/alerts/{alert.pk}/answer/", typed)
        assert response.status_code == 422
        assert "Nos soldats sont à Boni, désolé" in response.content.decode()

    def test_colleagues_read_but_do_not_answer_for_others(self, koro: Place, alert: Alert) -> None:
        page = signed_in(koro.colleague).get(f"/alerts/{alert.pk}/").content.decode()
        assert "eux seuls peuvent y répondre" in page
        assert "J’agis" not in page
        assert koro.liaison.name not in page

    def test_names_and_answers_of_others_are_for_coordinators(self, koro: Place, alert: Alert) -> None:
        other = person(Role.LIAISON, "Koro", name="Autre Liaison")
        second = released(koro, verified())
        assert other.name not in signed_in(koro.liaison).get(f"/alerts/{second.pk}/").content.decode()
        page = signed_in(koro.author).get(f"/alerts/{second.pk}/").content.decode()
        assert other.name in page
        assert str(koro.liaison.phone) not in page

    def test_in_english_for_who_reads_english(self, koro: Place, alert: Alert) -> None:
        client = signed_in(koro.liaison)
        client.cookies["django_language"] = "en"
        page = client.get(f"/alerts/{alert.pk}/").content.decode()
        assert "Cattle theft" in page
        assert "I am acting" in page

    def test_the_inbox_holds_what_waits_first_and_costs_the_same_for_many(self, koro: Place) -> None:
        client = signed_in(koro.liaison)
        incident = verified()
        done = released(koro, incident)
        own = done.deliveries.get()
        replies.answer(viewer=viewer_for(koro.liaison), delivery=own, kind="decline", reason="not_ours")
        released(koro, incident)
        client.get("/alerts/")
        with CaptureQueriesContext(connection) as few:
            page = client.get("/alerts/").content.decode()
        assert page.index("À répondre") < page.index("Répondues ou terminées")
        for _ in range(4):
            released(koro, incident)
        with CaptureQueriesContext(connection) as many:
            client.get("/alerts/")
        assert len(many) == len(few)

    def test_pages_of_the_inbox_lose_nothing(self, koro: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("incidents.views.alerts.PAGE", 3)
        incident = verified()
        expected = set()
        for _ in range(7):
            alert = released(koro, incident)
            replies.answer(viewer=viewer_for(koro.liaison), delivery=alert.deliveries.get(), kind="done")
            expected.add(str(alert.pk))
        Delivery.objects.update(created_at=timezone.now())  # all at the same moment
        client, address, found = signed_in(koro.liaison), "/alerts/", []
        while address:
            page = client.get(address).content.decode()
            found += re.findall(r'<h3><a href="/alerts/([0-9a-f-]{36})/"', page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = f"/alerts/{following[1]}" if following else ""
        assert len(found) == 7
        assert set(found) == expected

    def test_a_token_that_is_not_ours(self, koro: Place) -> None:
        assert signed_in(koro.liaison).get("/alerts/?after=nonsense").status_code == 404


class TestTotals:
    def test_a_liaison_sees_numbers_of_their_own_areas_and_no_small_ones(self, koro: Place) -> None:
        for _ in range(6):
            IncidentFactory.create(state=IncidentState.VERIFIED, tlp=Tlp.RED)
        IncidentFactory.create(state=IncidentState.VERIFIED, where="Bankass")
        IncidentFactory.create(state=IncidentState.OPEN)
        IncidentFactory.create(state=IncidentState.VERIFIED, occurred_on=timezone.localdate() - timedelta(days=40))
        found = alerting.totals_of_own_areas(viewer_for(koro.liaison))
        assert [(total.area, total.incidents) for total in found] == [("Koro", 6)]
        assert [(t.area, t.incidents) for t in alerting.totals_of_own_areas(viewer_for(koro.colleague))] == [
            ("Bankass", None)
        ]
        assert alerting.totals_of_own_areas(viewer_for(koro.monitor)) == []

    def test_what_their_service_is_held_responsible_for_is_not_counted(self, koro: Place) -> None:
        incidents = [IncidentFactory.create(state=IncidentState.VERIFIED) for _ in range(6)]
        HeldResponsibleFactory.create(incident=incidents[0], actor=ActorFactory.create(organisation=koro.service))
        (total,) = alerting.totals_of_own_areas(viewer_for(koro.liaison))
        assert total.incidents == 5


class TestForEverybody:
    @pytest.fixture
    def public(self, koro: Place) -> Alert:
        incident = verified(tlp=Tlp.CLEAR, severity=Severity.MODERATE, summary="Le marché est fermé.")
        return released(koro, incident, Line(Audience.PUBLIC), instruction="Restez chez vous.")

    def test_it_stands_on_the_home_page_and_has_its_own(self, public: Alert) -> None:
        home = Client().get("/").content.decode()
        assert "Restez chez vous." in home
        assert f"/alerts/{public.pk}/" in home
        page = Client().get(f"/alerts/{public.pk}/")
        assert page.status_code == 200
        assert "Le marché est fermé." in page.content.decode()
        assert "J’agis" not in page.content.decode()

    def test_the_gravest_come_first_and_the_old_and_cancelled_go(self, koro: Place, public: Alert) -> None:
        grave = released(
            koro, verified(tlp=Tlp.CLEAR, severity=Severity.MODERATE), Line(Audience.PUBLIC), instruction="b"
        )
        Alert.objects.filter(pk=grave.pk).update(severity=Severity.EXTREME)
        assert [one.severity for one in providers.advisories.collect(ANYONE)] == ["extreme", "moderate"]
        alerts.cancel_alert(viewer=koro.author_view, alert=grave)
        Alert.objects.filter(pk=public.pk).update(released_at=timezone.now() - timedelta(days=15), expires_at=None)
        assert providers.advisories.collect(ANYONE) == []

    def test_without_a_public_line_nothing_is_public(self, koro: Place) -> None:
        alert = released(koro, verified(tlp=Tlp.CLEAR))
        assert providers.advisories.collect(ANYONE) == []
        assert Client().get(f"/alerts/{alert.pk}/").status_code == 302

    def test_a_public_line_above_clear_is_not_public(self, koro: Place) -> None:
        alert = released(koro, verified(tlp=Tlp.GREEN), Line(Audience.PUBLIC), Line(Audience.LIAISON))
        assert not Rendition.objects.filter(alert=alert, audience=Audience.PUBLIC).exists()
        assert Client().get(f"/alerts/{alert.pk}/").status_code == 302


class TestPreparing:
    def test_the_whole_way_by_forms(self, koro: Place) -> None:
        incident = verified(severity=Severity.SEVERE)
        author, second = signed_in(koro.author), signed_in(koro.second)
        page = author.get(f"/incidents/{incident.ref}/alert/")
        assert page.status_code == 200
        made = author.post(
            f"/incidents/{incident.ref}/alert/", {"lines": ["0"], "instruction": "Évitez.", "call_number": "76000001"}
        )
        alert = Alert.objects.get()
        assert made["Location"] == f"/alerts/{alert.pk}/preview/"
        assert alert.call_number == "+22376000001"
        line = {"version": alert.version, "audience": "network", "area": area("Koro").pk, "role": "monitor"}
        author.post(f"/alerts/{alert.pk}/lines/", line)
        alert.refresh_from_db()
        assert alert.audiences.count() == 2
        author.post(f"/alerts/{alert.pk}/lines/{alert.audiences.all()[0].pk}/remove/", {"version": alert.version})
        alert.refresh_from_db()
        assert [one.audience for one in alert.audiences.all()] == ["network"]
        author.post(f"/alerts/{alert.pk}/propose/", {"version": alert.version})
        alert.refresh_from_db()
        assert alert.state == AlertState.PROPOSED
        waits = [one for one in providers.waiting_for(viewer_for(koro.second)) if one.count]
        assert [str(one.label) for one in waits] == ["alerte attend votre accord"]
        for _ in range(2):
            done = second.post(
                f"/alerts/{alert.pk}/release/", {"version": alert.version, "incident_version": incident.version}
            )
            assert done["Location"] == f"/alerts/{alert.pk}/"
        assert alert.deliveries.count() == Message.objects.count() == 1

    def test_a_stale_page_says_who_was_faster_and_keeps_what_was_typed(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        alerts.set_words(
            viewer=koro.second_view, alert=alert, version=alert.version, instruction="Fuyez.", call_number=""
        )
        typed = {"version": alert.version, "instruction": "Restez tous chez vous.", "call_number": ""}
        page = signed_in(koro.author).post(f"/alerts/{alert.pk}/words/", typed)
        assert page.status_code == 409
        assert koro.second.name in page.content.decode()
        assert "Restez tous chez vous." in page.content.decode()

    def test_previewing_costs_the_same_for_many(self, koro: Place) -> None:
        alert = drafted(koro, verified(), Line(Audience.LIAISON), Line(Audience.NETWORK))
        client = signed_in(koro.author)
        client.get(f"/alerts/{alert.pk}/preview/")
        with CaptureQueriesContext(connection) as few:
            client.get(f"/alerts/{alert.pk}/preview/")
        for _ in range(5):
            person(Role.MONITOR, "Koro")
        with CaptureQueriesContext(connection) as many:
            client.get(f"/alerts/{alert.pk}/preview/")
        assert len(many) == len(few)

    @pytest.mark.parametrize("who", [(Role.COORDINATOR, "Gao"), (Role.LIAISON, "Koro"), (Role.ANALYST, "Koro")])
    def test_not_for_others(self, koro: Place, who: tuple[str, str]) -> None:
        incident = verified()
        client = signed_in(person(*who))
        assert client.get(f"/incidents/{incident.ref}/alert/").status_code in (403, 404)


class TestCallList:
    @pytest.fixture
    def to_call(self, koro: Place) -> User:
        return person(Role.LIAISON, "Koro", name="Sans Internet", channel=Channel.CALL, phone="+22376000777")

    def test_it_holds_those_without_internet_and_those_not_reached(self, koro: Place, to_call: User) -> None:
        alert = released(koro, verified())
        client = signed_in(koro.author)
        page = client.get(f"/alerts/{alert.pk}/calls/").content.decode()
        assert str(to_call.phone) in page
        assert str(koro.liaison.phone) not in page
        Message.objects.filter(recipient=koro.liaison).update(state=MessageState.FAILED, reason="refused")
        assert str(koro.liaison.phone) in client.get(f"/alerts/{alert.pk}/calls/").content.decode()
        assert AuditEntry.objects.filter(verb="calls_opened", actor=koro.author).count() == 2

    def test_a_call_is_ticked_off(self, koro: Place, to_call: User) -> None:
        alert = released(koro, verified())
        delivery = alert.deliveries.get(recipient=to_call)
        client = signed_in(koro.author)
        refused = client.post(f"/alerts/{alert.pk}/calls/{delivery.pk}/", {"result": "decline"})
        assert refused.status_code == 422
        client.post(f"/alerts/{alert.pk}/calls/{delivery.pk}/", {"result": "no_answer"})
        assert "1 appel sans réponse" in client.get(f"/alerts/{alert.pk}/calls/").content.decode()
        client.post(f"/alerts/{alert.pk}/calls/{delivery.pk}/", {"result": "act"})
        delivery.refresh_from_db()
        assert delivery.answer == "acting"


class TestLineOfTime:
    def test_the_incident_shows_who_was_told_when_and_what_they_answered(self, koro: Place) -> None:
        incident = verified()
        alert = released(koro, incident)
        Message.objects.update(state=MessageState.SENT, sent_at=timezone.now())
        replies.answer(
            viewer=viewer_for(koro.liaison), delivery=alert.deliveries.get(), kind="decline", reason="no_means"
        )
        said = [f"{moment.title} | {moment.detail}" for moment in line_of(incident, koro.author_view)]
        assert "Alerte préparée | Aminata" in said
        assert "Alerte diffusée | Boubacar · 1 personne prévenue" in said
        assert any(one.startswith("E-mail – 1 message envoyé") for one in said), said
        assert "Je ne peux pas agir (après 0 min) | Keita · Pas de moyens d’agir maintenant" in said
        assert line_of(incident, viewer_for(koro.liaison)) == []

    def test_it_costs_the_same_for_many_answers(self, koro: Place) -> None:
        incident = verified()
        others = [person(Role.LIAISON, "Koro") for _ in range(6)]
        alert = released(koro, incident)
        viewer = koro.author_view
        with CaptureQueriesContext(connection) as few:
            line_of(incident, viewer)
        for other in others:
            delivery = alert.deliveries.get(recipient=other)
            replies.answer(viewer=viewer_for(other), delivery=delivery, kind="act")
        with CaptureQueriesContext(connection) as many:
            line_of(incident, viewer)
        assert len(many) == len(few)


def test_a_coordinator_of_the_accused_service_sees_nothing(koro: Place) -> None:
    insider = UserFactory.create()
    MembershipFactory.create(person=insider, organisation=koro.service, role=Role.COORDINATOR, areas=["Koro"])
    incident: Incident = verified()
    organisation: Organisation = koro.service
    HeldResponsibleFactory.create(incident=incident, actor=ActorFactory.create(organisation=organisation))
    alert = released(koro, incident, Line(Audience.NETWORK))
    client = signed_in(insider)
    assert client.get(f"/alerts/{alert.pk}/").status_code == 404
    assert client.get(f"/incidents/{incident.ref}/alert/").status_code == 404
    assert str(alert.pk) not in client.get("/alerts/").content.decode()
