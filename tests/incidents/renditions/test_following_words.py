"""What updates, corrections and cancellations say, and where their letters stand."""

import pytest

from incidents.messages import AlertWords, CancelWords
from incidents.models import Audience, IncidentState, Severity
from incidents.services import alerts
from incidents.services.alerts import Line
from orgs.messaging.channels.letters import letter, message_id
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import Message, MessageState, Tlp
from tests.incidents.alerts.conftest import Place, released, verified
from tests.incidents.renditions.test_following import follow

pytestmark = pytest.mark.django_db


class TestWords:
    def test_an_update_says_of_what_and_what_changed(self, koro: Place) -> None:
        incident = verified(severity=Severity.MODERATE)
        alert = released(koro, incident)
        incident.summary = "Le marché est fermé."
        incident.save()
        update = follow(koro, alert)
        text = update.renditions.get(audience=Audience.LIAISON, language="fr")
        assert text.headline.startswith("MISE À JOUR – ")
        assert text.body.startswith("MISE À JOUR de l’alerte du ")
        assert "Ce qui a changé : ce qui s’est passé, que faire." in text.body.splitlines()[0]
        assert text.sms_text.startswith("MISE A JOUR - ")
        english = update.renditions.get(audience=Audience.LIAISON, language="en")
        assert english.body.startswith("UPDATE of the alert of ")

    def test_a_correction_says_so(self, koro: Place) -> None:
        text = follow(koro, released(koro, verified()), kind="correction").renditions.get(
            audience=Audience.LIAISON, language="fr"
        )
        assert text.headline.startswith("RECTIFICATION – ")
        assert text.email_subject == text.headline

    def test_what_changed_names_nothing_that_this_audience_does_not_read(self, koro: Place) -> None:
        incident = verified(tlp=Tlp.CLEAR, summary="Avant.")
        alert = released(koro, incident, Line(Audience.PUBLIC), Line(Audience.LIAISON))
        incident.narrative, incident.claim_grade = "SECRET", 1
        incident.save()
        update = follow(koro, alert, instruction="Évitez le marché.")
        public = update.renditions.get(audience=Audience.PUBLIC, language="fr")
        assert "SECRET" not in public.body
        assert "Ce qui a changé" not in public.body

    def test_without_content_it_says_only_which_message_it_replaces(self, koro: Place) -> None:
        alert = released(koro, verified(tlp=Tlp.RED))
        Message.objects.update(state=MessageState.SENT)
        update = follow(koro, alert)
        message = Message.objects.get(deliveries__alert=update)
        envelope = AlertWords().compose([message])[message.pk]
        assert isinstance(envelope, Envelope)
        assert "MISE À JOUR" in envelope.subject
        assert "remplace le message du" in envelope.text
        for content in ("Koro", "marché", "bétail", "Restez"):
            assert content not in envelope.subject + envelope.text

    def test_letters_of_a_thread_stand_below_each_other(self, koro: Place) -> None:
        alert = released(koro, verified())
        first = Message.objects.get()
        Message.objects.update(state=MessageState.SENT)
        update = follow(koro, alert)
        second = Message.objects.get(deliveries__alert=update)
        envelope = AlertWords().compose([second])[second.pk]
        assert isinstance(envelope, Envelope)
        sent = letter(second, envelope, envelope.address).decode()
        assert f"In-Reply-To: {message_id(first.key)}\r\n" in sent
        assert f"References: {message_id(first.key)}\r\n" in sent
        assert f"Message-ID: {message_id(second.key)}\r\n" in sent
        Message.objects.update(state=MessageState.SENT)
        alerts.cancel_alert(viewer=koro.author_view, alert=update)
        third = Message.objects.get(purpose="cancel")
        envelope = CancelWords().compose([third])[third.pk]
        assert isinstance(envelope, Envelope)
        assert f"In-Reply-To: {message_id(second.key)}" in letter(third, envelope, envelope.address).decode()

    def test_what_waits_of_a_replaced_alert_does_not_leave(self, koro: Place) -> None:
        alert = released(koro, verified())
        message = Message.objects.get()
        Message.objects.update(maybe_double=True)
        follow(koro, alert)
        assert AlertWords().compose([message])[message.pk] == Skip("cancelled")


def test_an_open_incident_makes_a_rumour_until_it_is_verified(koro: Place) -> None:
    incident = verified(state=IncidentState.OPEN)
    alert = released(koro, incident)
    assert alert.is_rumour
    incident.state = IncidentState.VERIFIED
    incident.save()
    update = follow(koro, alert)
    assert not update.is_rumour
    assert "RUMEUR" not in update.renditions.get(audience=Audience.LIAISON, language="fr").body
