"""Every way out of a rendition: what marks stand first, what may be copied, what pages say, and what leaks nowhere."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import alerting
from incidents.differences import differences_of
from incidents.messages import AlertWords
from incidents.models import Alert, Audience, Incident, IncidentState, Rendition
from incidents.services import alerts, copies, fanout
from incidents.services.alerts import Line
from incidents.services.copies import CopyFor
from incidents.services.errors import NotAllowed
from orgs.access import viewer_for
from orgs.messaging import purposes
from orgs.messaging.purposes import Envelope
from orgs.models import AuditEntry, Channel, Message, MessageState, Role, Tlp, User
from orgs.policy import Viewer
from orgs.services.tokens import make_token
from tests.factories import area, made_a_drill, person, signed_in
from tests.incidents.alerts.conftest import Place, drafted, released, verified
from tests.incidents.renditions.test_following import follow, prepared

pytestmark = pytest.mark.django_db

MARK = {"fr": "EXERCICE", "en": "EXERCISE"}


def drill(place: Place, incident: Incident, *lines: Line) -> Alert:
    """An alert that belongs to an exercise, released."""
    made_a_drill(incident)
    return released(place, incident, *lines)


class TestExercise:
    @pytest.mark.parametrize("tlp", Tlp.values)
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_every_rendition_and_message_says_it_first(self, koro: Place, tlp: str, language: str) -> None:
        by_mail = person(Role.LIAISON, "Koro", language=language)
        by_sms = person(Role.LIAISON, "Koro", language=language, channel=Channel.SMS, phone="+22376000401")
        alert = drill(koro, verified(tlp=tlp))
        rendition = alert.renditions.get(audience=Audience.LIAISON, language=language)
        mark = MARK[language]
        for text in (
            rendition.headline,
            rendition.body,
            rendition.email_subject,
            rendition.email_text,
            rendition.sms_text,
        ):
            assert text.startswith(mark), text
        for reader in (by_mail, by_sms):
            message = Message.objects.get(recipient=reader)
            envelope = AlertWords().compose([message])[message.pk]
            assert isinstance(envelope, Envelope)
            assert envelope.text.startswith(mark)
            assert not envelope.subject or envelope.subject.startswith(mark)

    def test_the_end_says_it_too(self, koro: Place) -> None:
        alert = drill(koro, verified())
        Message.objects.update(state=MessageState.SENT)
        alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        message = Message.objects.get(purpose=fanout.DRILL_OVER)
        words = purposes.purpose_of(message.purpose)
        assert words is not None
        envelope = words.compose([message])[message.pk]
        assert isinstance(envelope, Envelope)
        assert "exercice" in envelope.subject.lower()
        assert "exercice" in envelope.text.lower()

    def test_an_incident_marked_more_closed_since_still_says_it(self, koro: Place) -> None:
        alert = drill(koro, verified())
        Incident.objects.filter(pk=alert.incident_id).update(tlp=Tlp.RED)
        message = Message.objects.get()
        envelope = AlertWords().compose([message])[message.pk]
        assert isinstance(envelope, Envelope)
        assert envelope.subject.startswith("EXERCICE")
        assert envelope.text.startswith("EXERCICE")

    def test_page_and_copies_say_it(self, koro: Place) -> None:
        alert = drill(koro, verified(tlp=Tlp.CLEAR), Line(Audience.LIAISON), Line(Audience.PUBLIC))
        page = signed_in(koro.liaison).get(f"/alerts/{alert.pk}/").content.decode()
        assert "EXERCICE" in page[page.index("<h1") : page.index("</h1>")]
        for one in alert.renditions.filter(audience=Audience.PUBLIC):
            for purpose in CopyFor:
                text = copies.open_copy(viewer=koro.author_view, rendition=one, purpose=purpose).text
                assert text.lstrip("*").startswith(MARK[one.language])

    def test_its_update_belongs_to_it(self, koro: Place) -> None:
        alert = drill(koro, verified())
        update = follow(koro, alert)
        assert update.exercise_id == alert.exercise_id
        text = update.renditions.get(audience=Audience.LIAISON, language="fr")
        assert text.headline.startswith("EXERCICE – MISE À JOUR – ")


class TestRumour:
    WORDS = "RUMEUR NON VÉRIFIÉE : à vérifier, ne pas diffuser"

    def test_what_is_not_verified_says_so_first(self, koro: Place) -> None:
        alert = released(koro, verified(state=IncidentState.OPEN))
        rendition = alert.renditions.get(audience=Audience.LIAISON, language="fr")
        assert alert.is_rumour
        for text in (rendition.headline, rendition.body, rendition.email_subject, rendition.email_text):
            assert text.replace("\u00a0", " ").startswith(self.WORDS)
        assert rendition.sms_text.startswith("RUMEUR NON VÉRIFIÉE: ") or rendition.sms_text.startswith("RUMEUR NON V")

    def test_the_preview_shows_it(self, koro: Place) -> None:
        alert = drafted(koro, verified(state=IncidentState.OPEN))
        page = signed_in(koro.author).get(f"/alerts/{alert.pk}/preview/").content.decode()
        assert "RUMEUR NON VÉRIFIÉE" in page

    def test_what_is_verified_does_not(self, koro: Place) -> None:
        alert = released(koro, verified())
        assert not alert.is_rumour
        assert not any("RUMEUR" in one.body + one.headline for one in alert.renditions.all())


class TestCopies:
    # Typed by hand: whether a rendition may be copied (w: written, r: read on the radio), by marking.
    #                        CLEAR  GREEN AMBER STRICT RED
    COPIES: dict[str, tuple[str, ...]] = {
        Audience.PUBLIC: ("wr", "wr", "", "", ""),
        Audience.NETWORK: ("wr", "wr", "", "", ""),
        Audience.ORGANISATION: ("w", "w", "", "", ""),
        Audience.LIAISON: ("w", "w", "", "", ""),
        Audience.OVERSIGHT: ("w", "w", "", "", ""),
    }

    @pytest.mark.parametrize("audience", list(COPIES))
    @pytest.mark.parametrize("place", range(5))
    def test_nothing_above_green_is_copied_out(self, koro: Place, audience: str, place: int) -> None:
        alert = released(koro, verified(tlp=Tlp.CLEAR))
        Alert.objects.filter(pk=alert.pk).update(tlp=Tlp.values[place])
        Rendition.objects.filter(alert=alert).exclude(audience=Audience.LIAISON).delete()
        Rendition.objects.filter(alert=alert).update(audience=audience)
        one = Rendition.objects.select_related("alert__incident").filter(alert=alert)[0]
        allowed = self.COPIES[audience][place]
        for purpose, letter in ((CopyFor.WRITTEN, "w"), (CopyFor.RADIO, "r")):
            page = signed_in(koro.author).get(f"/alerts/{alert.pk}/copies/{one.pk}/{purpose}/")
            assert page.status_code == (200 if letter in allowed else 403)
            assert ("<textarea" in page.content.decode()) == (letter in allowed)
            assert ("bétail" in page.content.decode()) == (letter in allowed)

    def test_each_copy_is_written_to_the_audit_log(self, koro: Place) -> None:
        alert = released(koro, verified())
        one = alert.renditions.get(audience=Audience.NETWORK, language="fr")
        signed_in(koro.author).get(f"/alerts/{alert.pk}/copies/{one.pk}/radio/")
        entry = AuditEntry.objects.get(verb="copied")
        assert entry.facts["purpose"] == "radio"
        assert entry.actor == koro.author

    def test_an_incident_marked_more_closed_since_cannot_be_copied(self, koro: Place) -> None:
        alert = released(koro, verified())
        one = alert.renditions.get(audience=Audience.NETWORK, language="fr")
        Incident.objects.update(tlp=Tlp.AMBER)
        assert signed_in(koro.author).get(f"/alerts/{alert.pk}/copies/{one.pk}/written/").status_code == 403

    @pytest.mark.parametrize("state", ["cancelled", "replaced", "expired"])
    def test_what_is_over_cannot_be_copied(self, koro: Place, state: str) -> None:
        alert = released(koro, verified())
        one = alert.renditions.get(audience=Audience.NETWORK, language="fr")
        Alert.objects.update(state=state)
        assert signed_in(koro.author).get(f"/alerts/{alert.pk}/copies/{one.pk}/written/").status_code == 403

    def test_only_coordinators_of_the_area(self, koro: Place) -> None:
        alert = released(koro, verified())
        one = alert.renditions.get(audience=Audience.NETWORK, language="fr")
        for stranger in (koro.liaison, koro.monitor, person(Role.COORDINATOR, "Gao")):
            with pytest.raises(NotAllowed):
                copies.open_copy(viewer=viewer_for(stranger), rendition=one, purpose=CopyFor.WRITTEN)

    def test_a_rendition_of_another_alert_is_not_there(self, koro: Place) -> None:
        alert, other = released(koro, verified()), released(koro, verified())
        one = other.renditions.get(audience=Audience.NETWORK, language="fr")
        assert signed_in(koro.author).get(f"/alerts/{alert.pk}/copies/{one.pk}/written/").status_code == 404

    def test_the_radio_reads_whole_words(self, koro: Place) -> None:
        incident = verified(summary="À env. 5 km de Koro à 14:30, voir https://exemple.org & appeler (tél. au CSCOM).")
        alert = released(koro, incident, instruction="Fermez à 18:00.")
        one = alert.renditions.get(audience=Audience.NETWORK, language="fr")
        text = copies.open_copy(viewer=koro.author_view, rendition=one, purpose=CopyFor.RADIO).text
        assert "environ 5 kilomètres de Koro à 14 heures 30" in text
        assert "18 heures." in text
        assert "centre de santé" in text
        assert not re.search(r"https?:|\{|km\b|TLP|\d:\d|&|tél\.", text)
        assert not any(delivery.code in text for delivery in alert.deliveries.all())

    def test_the_written_one_says_how_far_it_may_go(self, koro: Place) -> None:
        alert = released(koro, verified(tlp=Tlp.CLEAR), Line(Audience.PUBLIC), Line(Audience.NETWORK))
        texts = {
            one.audience: copies.open_copy(viewer=koro.author_view, rendition=one, purpose=CopyFor.WRITTEN).text
            for one in alert.renditions.filter(language="fr")
        }
        assert "Ne pas publier" in texts[Audience.NETWORK]
        assert "/alerts/" in texts[Audience.PUBLIC]
        assert "/a/" not in texts[Audience.PUBLIC]


class TestPages:
    @pytest.fixture
    def view(self, koro: Place) -> Viewer:
        return viewer_for(koro.liaison)

    def test_the_inbox_folds_a_thread(self, koro: Place, view: Viewer) -> None:
        alert = released(koro, verified())
        update = follow(koro, alert)
        page = signed_in(koro.liaison).get("/alerts/")
        waiting = page.context["waiting"]
        assert [row.alert_id for row, _ in waiting] == [update.pk]
        assert [[one.alert_id for one in earlier] for _, earlier in waiting] == [[alert.pk]]
        assert page.context["answered_rows"] == []

    def test_whoever_got_no_update_still_finds_the_earlier_one(self, koro: Place) -> None:
        alert = released(koro, verified(), Line(Audience.LIAISON))
        draft = prepared(koro, alert)
        alert.audiences.all()
        from orgs.models import Membership

        Membership.objects.filter(person=koro.colleague).delete()
        alerts.release_alert(viewer=koro.second_view, alert=draft, version=1)
        page = signed_in(koro.colleague).get("/alerts/")
        assert [row.alert_id for row, _ in page.context["answered_rows"]] == [alert.pk]
        there = signed_in(koro.colleague).get(f"/alerts/{alert.pk}/").content.decode()
        assert "Cette alerte a été remplacée" in there
        assert str(draft.pk) not in there

    def test_the_page_costs_the_same_however_long_the_thread(self, koro: Place) -> None:
        client = signed_in(koro.liaison)
        second = follow(koro, released(koro, verified()))
        client.get("/alerts/")
        client.get(f"/alerts/{second.pk}/")
        with CaptureQueriesContext(connection) as short:
            client.get("/alerts/")
            client.get(f"/alerts/{second.pk}/")
        newest = follow(koro, follow(koro, second))
        with CaptureQueriesContext(connection) as longer:
            client.get("/alerts/")
            client.get(f"/alerts/{newest.pk}/")
        assert len(longer) <= len(short)

    def test_coordinators_see_what_went_out_as_it_went(self, koro: Place) -> None:
        alert = released(koro, verified(tlp=Tlp.AMBER))
        page = signed_in(koro.author).get(f"/alerts/{alert.pk}/").content.decode()
        rendition = alert.renditions.get(audience=Audience.LIAISON, language="fr")
        assert rendition.email_text.splitlines()[0] in page
        assert "12345" in page
        assert alert.deliveries.get().code not in page
        assert "/copies/" not in page

    def test_preparing_an_update_on_the_page(self, koro: Place) -> None:
        alert = released(koro, verified())
        client = signed_in(koro.author)
        for kind in ("update", "correct"):
            assert client.get(f"/alerts/{alert.pk}/{kind}/").status_code == 200
        answer = client.post(f"/alerts/{alert.pk}/update/", {"instruction": "Restez.", "holds_hours": "6"})
        draft = Alert.objects.get(follows=alert)
        assert answer["Location"] == f"/alerts/{draft.pk}/preview/"
        assert draft.holds_hours == 6
        preview = client.get(answer["Location"]).content.decode()
        assert "Ceux qui ont reçu l’alerte d’avant" in preview
        refused = client.post(f"/alerts/{alert.pk}/update/", {"instruction": "Les FAMa sont à Boni."})
        assert refused.status_code == 422
        assert "Les FAMa sont à Boni." in refused.content.decode()

    def test_the_home_page_keeps_public_alerts_as_long_as_they_hold(self, koro: Place) -> None:
        alert = released(koro, verified(tlp=Tlp.CLEAR), Line(Audience.PUBLIC), Line(Audience.LIAISON))
        nobody = viewer_for(koro.monitor)
        Alert.objects.update(
            released_at=timezone.now() - timedelta(days=20), expires_at=timezone.now() + timedelta(hours=1)
        )
        assert [one.url for one in alerting.public_advisories(nobody)] == [f"/alerts/{alert.pk}/"]
        Alert.objects.update(released_at=timezone.now(), expires_at=timezone.now() - timedelta(seconds=1))
        assert alerting.public_advisories(nobody) == []


class TestOnePerson:
    def test_a_named_liaison_alone_is_told(self, koro: Place) -> None:
        other = person(Role.LIAISON, "Koro")
        alert = released(koro, verified(), Line(Audience.LIAISON, person=koro.liaison))
        assert [one.recipient for one in alert.deliveries.all()] == [koro.liaison]
        assert not alert.deliveries.filter(recipient=other).exists()

    def test_the_form_offers_those_who_may_be_told_and_takes_no_others(self, koro: Place) -> None:
        from incidents.services.incidents import name_responsible
        from tests.factories import ActorFactory

        incident = verified()
        free = person(Role.LIAISON, "Gao", name="Traore")
        alert = drafted(koro, incident)
        name_responsible(
            viewer=koro.author_view, incident=incident, version=1, actor=ActorFactory.create(organisation=koro.service)
        )
        client = signed_in(koro.author)
        page = client.get(f"/alerts/{alert.pk}/preview/").content.decode()
        assert "Traore" in page
        assert "Keita" not in page
        form = {"version": alert.version, "audience": "liaison", "person": koro.liaison.pk}
        assert client.post(f"/alerts/{alert.pk}/lines/", form).status_code == 422
        form["person"] = free.pk
        assert client.post(f"/alerts/{alert.pk}/lines/", form).status_code == 302
        assert alert.audiences.filter(person=free).exists()
        form = {"version": alert.version + 1, "audience": "network", "person": free.pk}
        assert client.post(f"/alerts/{alert.pk}/lines/", form).status_code == 422


class TestDifferences:
    def test_they_are_the_disclosure_table_itself(self, koro: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        from incidents.disclosure import INCIDENT
        from orgs.disclosure import Treatment

        incident = verified(tlp=Tlp.CLEAR)

        def words(row: str, audience: str) -> str:
            shown = differences_of(incident, Audience.values)
            cells: dict[str, list[Any]] = {str(label): cells for label, cells, _ in shown.rows}
            return str(cells[row][Audience.values.index(audience)].treatment)

        assert words("Lieu", Audience.PUBLIC) == "C"
        assert words("Lieu", Audience.LIAISON) == "S"
        assert words("Lieu", Audience.OVERSIGHT) == "S"
        assert words("Récit interne", Audience.LIAISON) == "-"
        monkeypatch.setitem(INCIDENT.cells["narrative"]["liaison"], Tlp.CLEAR, Treatment.SHOW)
        assert words("Récit interne", Audience.LIAISON) == "S"

    def test_oversight_has_a_rendition_of_its_own(self, koro: Place) -> None:
        overseer = person(Role.OVERSIGHT, "Koro")
        alert = released(koro, verified(), Line(Audience.OVERSIGHT, area=area("Koro")))
        assert alert.deliveries.get().recipient == overseer
        assert "Koro" in alert.renditions.get(audience=Audience.OVERSIGHT, language="fr").headline


def listed(user: User) -> list[dict[str, Any]]:
    """The alerts that the API gives somebody's program."""
    signed_in(user)
    _, key = make_token(viewer=viewer_for(user), label="test", days=1)
    answer = Client(headers={"authorization": f"Bearer {key}"}).get("/api/v1/alerts/")
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


class TestApi:
    def test_rows_say_kind_thread_and_until_when(self, koro: Place) -> None:
        alert = released(koro, verified())
        update = follow(koro, alert)
        rows = listed(koro.author)
        row = next(one for one in rows if one["id"] == str(update.pk))
        assert (row["kind"], row["thread"], row["follows"]) == ("update", str(alert.thread), str(alert.pk))
        assert row["expires_at"]
        assert row["is_rumour"] is False
        first = next(one for one in rows if one["id"] == str(alert.pk))
        assert (first["state"], first["follows"]) == ("replaced", None)

    def test_the_network_is_not_told_which_alert_it_follows(self, koro: Place) -> None:
        update = follow(koro, released(koro, verified()))
        rows = listed(koro.monitor)
        row = next(one for one in rows if one["id"] == str(update.pk))
        assert (row["kind"], row["follows"]) == ("update", None)
