"""The links in messages: they run out, are recalled, cannot be forged, show nothing, and answer nothing."""

import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.messages import AlertWords
from incidents.models import Alert, AlertState, Audience, Delivery, LinkOpening, LinkState, Reply
from incidents.services import alerts, links
from incidents.services.alerts import Line
from incidents.services.errors import NotAllowed
from orgs.access import viewer_for
from orgs.messaging.channels import letters
from orgs.messaging.channels.letters import letter
from orgs.messaging.purposes import Envelope
from orgs.models import AuditEntry, Message, MessageState, Role, Tlp
from tests.factories import area, person, signed_in
from tests.incidents.alerts.conftest import Place, released, verified
from tests.incidents.renditions.test_following import crowd, follow

pytestmark = pytest.mark.django_db


def token(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return links.token_of(delivery.pk, delivery.link_nonce)


def visit(client: Client, delivery: Delivery) -> Any:
    return client.get(f"/a/{token(delivery)}/")


@pytest.fixture
def delivery(koro: Place) -> Delivery:
    return released(koro, verified()).deliveries.select_related("alert").get()


class TestWhereItLeads:
    def test_to_the_sign_in_and_then_to_the_alert(self, koro: Place, delivery: Delivery) -> None:
        stranger = Client()
        answer = visit(stranger, delivery)
        assert (answer.status_code, answer["Location"]) == (302, f"/alerts/{delivery.alert_id}/")
        assert stranger.get(answer["Location"])["Location"].startswith("/accounts/login/")
        page = signed_in(koro.liaison).get(answer["Location"])
        assert page.status_code == 200

    @pytest.mark.parametrize("tlp", Tlp.values)
    def test_it_shows_nothing_to_whoever_only_holds_it(self, koro: Place, tlp: str) -> None:
        alert = released(koro, verified(tlp=tlp))
        answer = Client().get(f"/a/{token(alert.deliveries.get())}/", follow=True)
        body = answer.content.decode()
        for content in ("Koro", "bétail", "marché"):
            assert content not in body
        assert "no-store" in visit(Client(), alert.deliveries.get())["Cache-Control"]

    def test_somebody_else_who_is_signed_in_reads_what_they_may_and_no_more(self, delivery: Delivery) -> None:
        other = signed_in(person(Role.MONITOR, "Gao"))
        assert other.get(visit(other, delivery)["Location"]).status_code == 404

    def test_it_stands_in_the_messages_and_is_ones_own(self, koro: Place) -> None:
        alert = released(koro, verified(tlp=Tlp.RED), Line(Audience.LIAISON))
        found = list(Message.objects.filter(deliveries__alert=alert).order_by("pk"))
        made = AlertWords().compose(found)
        texts = {message.recipient_id: made[message.pk] for message in found}
        for one in alert.deliveries.all():
            envelope = texts[one.recipient_id]
            assert isinstance(envelope, Envelope)
            assert f"/a/{token(one)}/" in envelope.text
            assert str(one.alert_id) not in envelope.text
        assert len({token(one) for one in alert.deliveries.all()}) == 2


class TestOneLetterForMany:
    """What is each one's own is put between words that are encoded once; the bytes are those of a letter by itself."""

    @pytest.mark.parametrize("tlp", [Tlp.GREEN, Tlp.RED])
    @pytest.mark.parametrize("updated", [False, True])
    def test_it_is_the_same_letter(
        self, koro: Place, monkeypatch: pytest.MonkeyPatch, tlp: str, *, updated: bool
    ) -> None:
        monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
        alert = released(koro, verified(tlp=tlp), Line(Audience.LIAISON))
        if updated:
            Message.objects.update(state=MessageState.SENT)
            alert = follow(koro, alert)
        found = list(Message.objects.filter(deliveries__alert=alert))
        assert len(found) == 2
        for message, words in ((one, AlertWords().compose([one])[one.pk]) for one in found):
            assert isinstance(words, Envelope)
            assert letters._of_many(message, words), "encoded by itself: that is slow"
            alone = Envelope(words.address, words.text, words.subject, headers=words.headers)
            assert letter(message, words, words.address) == letter(message, alone, words.address)

    @pytest.mark.parametrize("length", range(30, 76))
    def test_where_a_line_is_folded_in_it_too(self, length: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
        message, secret = Message(language="fr"), "AAAAAAAz9r_23nUpyFxpj35S"
        text = f"{'a' * length}{{token}}/ é {{code}}\n{{token}}{{code}}"
        many = Envelope.of_many(
            "a@example.org",
            subject="S {code}",
            text=text,
            code="12345",
            headers={"References": "<{earlier}@h>"},
            own=(("{token}", secret), ("{earlier}", str(message.key))),
        )
        alone = Envelope("a@example.org", many.text, many.subject, headers=many.headers)
        assert many.text == text.replace("{token}", secret).replace("{code}", "12345")
        assert letter(message, many, many.address) == letter(message, alone, many.address)

    @pytest.mark.parametrize("value", ["", "a b", "é", "a=b", "a\r\nb", "x" * 80])
    def test_what_is_no_plain_word_is_encoded_with_its_words(self, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
        message = Message(language="fr")
        many = Envelope.of_many(
            "a@example.org", subject="S", text="T {token} \n", code="12345", headers={}, own=(("{token}", value),)
        )
        alone = Envelope("a@example.org", f"T {value} \n", "S")
        assert letter(message, many, many.address) == letter(message, alone, many.address)


class TestItsEnd:
    def test_one_that_ran_out_says_so_and_leads_to_the_sign_in(self, delivery: Delivery) -> None:
        Alert.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        answer = visit(Client(), delivery)
        assert answer.status_code == 410
        assert "Son temps est passé." in answer.content.decode()
        assert 'href="/alerts/"' in answer.content.decode()
        assert str(delivery.alert_id) not in answer.content.decode()

    def test_none_works_longer_than_thirty_days(self, delivery: Delivery) -> None:
        Alert.objects.update(expires_at=None)
        Delivery.objects.update(created_at=timezone.now() - links.LINKS_HOLD + timedelta(minutes=1))
        assert visit(Client(), delivery).status_code == 302
        Delivery.objects.update(created_at=timezone.now() - links.LINKS_HOLD)
        assert visit(Client(), delivery).status_code == 410

    def test_one_persons_is_recalled_and_the_others_work(self, koro: Place) -> None:
        alert = released(koro, verified(), Line(Audience.LIAISON))
        lost, kept = alert.deliveries.order_by("pk")
        links.recall_link(viewer=koro.author_view, delivery=lost)
        assert (visit(Client(), lost).status_code, visit(Client(), kept).status_code) == (410, 302)
        assert "annulé par ceux qui l’ont envoyé" in visit(Client(), lost).content.decode()

    @pytest.mark.parametrize("way", ["recall", "cancel", "expire"])
    def test_all_are_recalled(self, koro: Place, delivery: Delivery, way: str) -> None:
        from incidents.services import alert_life

        if way == "recall":
            links.recall_links(viewer=koro.author_view, alert=delivery.alert)
        elif way == "cancel":
            alerts.cancel_alert(viewer=koro.author_view, alert=delivery.alert)
        else:
            Alert.objects.update(expires_at=timezone.now())
            alert_life.expire_due()
        assert visit(Client(), delivery).status_code == 410
        assert LinkOpening.objects.get().state == LinkState.RECALLED
        assert signed_in(koro.liaison).get(f"/alerts/{delivery.alert_id}/").status_code == 200

    def test_that_of_a_replaced_alert_leads_to_the_page_that_names_the_newer_one(
        self, koro: Place, delivery: Delivery
    ) -> None:
        update = follow(koro, delivery.alert)
        client = signed_in(koro.liaison)
        page = client.get(visit(client, delivery)["Location"]).content.decode()
        assert "Cette alerte a été remplacée" in page
        assert f"/alerts/{update.pk}/" in page

    @pytest.mark.parametrize("role", [Role.LIAISON, Role.MONITOR])
    def test_only_coordinators_of_the_area_recall(self, koro: Place, delivery: Delivery, role: str) -> None:
        for stranger in (viewer_for(person(role, "Koro")), viewer_for(person(Role.COORDINATOR, "Gao"))):
            with pytest.raises(NotAllowed):
                links.recall_links(viewer=stranger, alert=delivery.alert)
            with pytest.raises(NotAllowed):
                links.recall_link(viewer=stranger, delivery=delivery)
        assert visit(Client(), delivery).status_code == 302


class TestForged:
    @pytest.mark.parametrize(
        "text", ["", "x", "A" * 23, "A" * 24, "A" * 25, "é" * 24, "____________________----", "=" * 24]
    )
    def test_what_was_never_ours_is_nowhere(self, delivery: Delivery, text: str) -> None:
        assert Client().get(f"/a/{text}/").status_code == 404
        assert not LinkOpening.objects.exists()

    def test_another_number_with_the_same_proof(self, koro: Place) -> None:
        alert = released(koro, verified(), Line(Audience.LIAISON))
        first, second = (token(one) for one in alert.deliveries.order_by("pk"))
        assert Client().get(f"/a/{first[:8]}{second[8:]}/").status_code == 404

    def test_every_letter_counts(self, delivery: Delivery) -> None:
        right = token(delivery)
        for place in range(len(right)):
            wrong = right[:place] + ("B" if right[place] == "A" else "A") + right[place + 1 :]
            assert links.open_link(wrong) is None

    def test_another_nonce_makes_another_link(self, delivery: Delivery) -> None:
        before = token(delivery)
        Delivery.objects.update(link_nonce=uuid.UUID(int=7))
        assert links.open_link(before) is None

    def test_nothing_that_is_stored_opens_it(self, delivery: Delivery) -> None:
        secret = token(delivery)
        with connection.cursor() as cursor:
            for table in ("incidents_delivery", "incidents_alert", "incidents_linkopening", "orgs_message"):
                cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
                assert secret[8:] not in str(cursor.fetchone()[0])


class TestOpenings:
    def test_they_are_kept_and_answer_nothing(self, delivery: Delivery) -> None:
        visit(Client(), delivery)
        Client().head(f"/a/{token(delivery)}/")
        assert LinkOpening.objects.filter(delivery=delivery, state=LinkState.OPEN).count() == 2
        delivery.refresh_from_db()
        assert (delivery.answer, delivery.opened_at) == ("", None)
        assert not Reply.objects.exists()

    def test_a_scanner_fills_no_table(self, delivery: Delivery) -> None:
        for _ in range(links.MOST_OPENINGS + 5):
            links.open_link(token(delivery))
        assert LinkOpening.objects.count() == links.MOST_OPENINGS

    def test_coordinators_see_them(self, koro: Place, delivery: Delivery) -> None:
        visit(Client(), delivery)
        page = signed_in(koro.author).get(f"/alerts/{delivery.alert_id}/links/").content.decode()
        assert "Ouvert par un programme ou une personne" in page
        assert "1 fois" in page
        assert token(delivery) not in page
        for reader in (koro.liaison, koro.monitor):
            assert signed_in(reader).get(f"/alerts/{delivery.alert_id}/links/").status_code in (403, 404)

    def test_recalling_on_the_page(self, koro: Place, delivery: Delivery) -> None:
        client = signed_in(koro.author)
        client.post(f"/alerts/{delivery.alert_id}/links/{delivery.pk}/recall/")
        delivery.refresh_from_db()
        assert delivery.link_recalled_at is not None
        assert client.get(f"/alerts/{delivery.alert_id}/links/recall/").status_code == 200
        client.post(f"/alerts/{delivery.alert_id}/links/recall/")
        assert Alert.objects.get().links_recalled_at is not None
        assert {"link_recalled", "links_recalled"} <= set(AuditEntry.objects.values_list("verb", flat=True))

    def test_another_alerts_delivery_is_not_there(self, koro: Place, delivery: Delivery) -> None:
        other = released(koro, verified())
        answer = signed_in(koro.author).post(f"/alerts/{other.pk}/links/{delivery.pk}/recall/")
        assert answer.status_code == 404

    def test_the_page_costs_the_same_for_one_and_for_many(self, koro: Place, delivery: Delivery) -> None:
        client = signed_in(koro.author)
        client.get(f"/alerts/{delivery.alert_id}/links/")
        with CaptureQueriesContext(connection) as one:
            client.get(f"/alerts/{delivery.alert_id}/links/")
        crowd(40)
        many = released(koro, verified(), Line(Audience.NETWORK, area=area("Koro")))
        Message.objects.update(state=MessageState.SENT)
        for row in many.deliveries.all():
            links.open_link(token(row))
        with CaptureQueriesContext(connection) as all_of_them:
            client.get(f"/alerts/{many.pk}/links/")
        assert len(all_of_them) <= len(one)


def test_a_draft_has_no_links_to_recall(koro: Place) -> None:
    alert = released(koro, verified())
    Alert.objects.update(state=AlertState.DRAFT)
    with pytest.raises(NotAllowed):
        links.recall_links(viewer=koro.author_view, alert=alert)
