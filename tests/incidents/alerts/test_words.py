"""What each audience reads by each way, by marking, with a secret planted in every field."""

from typing import Any

import pytest
from django.utils import translation

from incidents.messages import AlertWords
from incidents.models import Audience, ClaimGrade, Incident, SourceGrade
from incidents.services import renditions
from incidents.services.alerts import Line
from incidents.services.links import address_of_link
from orgs.messaging.purposes import Envelope
from orgs.messaging.sms_text import fits_one, is_gsm7, segments
from orgs.models import Channel, Level, Message, Place, Role, Tlp
from orgs.models.areas import Edition
from tests.factories import (
    ActorFactory,
    FigureFactory,
    HeldResponsibleFactory,
    IdentityFactory,
    ReportFactory,
    area,
    person,
)
from tests.incidents.alerts.conftest import Place as Koro
from tests.incidents.alerts.conftest import drafted, released, verified

pytestmark = pytest.mark.django_db

NEVER = {
    "narrative": "SECRET-récit",
    "reporter_note": "SECRET-mot",
    "place_text": "SECRET-lieu-dit",
    "source": "SECRET-source",
    "said": "SECRET-dit",
    "name": "SECRET-nom",
    "phone": "+22379998877",
    "accused": "SECRET-accusé",
    "lat": "14.123456",
    "lon": "-3.654321",
}
SUMMARY = "RÉSUMÉ des faits au marché."
VILLAGE = "Villageau"
LINES = (
    Line(Audience.LIAISON),
    Line(Audience.NETWORK),
    Line(Audience.PUBLIC),
)


@pytest.fixture
def planted(koro: Koro) -> Incident:
    village = Place.objects.create(
        edition=Edition.objects.get(is_current=True),
        kind="village",
        name=VILLAGE,
        lat=14.123456,
        lon=-3.654321,
        cercle=area("Koro"),
        region=area("Bandiagara", Level.REGION),
    )
    incident = verified(
        narrative=NEVER["narrative"],
        reporter_note=NEVER["reporter_note"],
        place_text=NEVER["place_text"],
        place=village,
        summary=SUMMARY,
        source_grade=SourceGrade.B,
        claim_grade=ClaimGrade.PROBABLE,
    )
    FigureFactory.create(incident=incident, value=71, source=NEVER["source"])
    FigureFactory.create(incident=incident, value=93, source=NEVER["source"])
    FigureFactory.create(incident=incident, kind="injured", value=4321, withdrawn_at="2026-01-01T00:00Z")
    report = ReportFactory.attached(incident, narrative=NEVER["said"])
    said = {"name": NEVER["name"], "phone": NEVER["phone"], "lat": NEVER["lat"], "lon": NEVER["lon"]}
    IdentityFactory.create(report=report, said=said)
    HeldResponsibleFactory.create(incident=incident, actor=ActorFactory.create(name=NEVER["accused"]))
    return incident


def mark(incident: Incident, tlp: str) -> None:
    incident.tlp = tlp
    incident.save(update_fields=["tlp"])


# Typed by hand: what must be found in the text of each audience at each marking (None: no such rendition at all).
#           CLEAR          GREEN          AMBER    AMBER+STRICT  RED
READ = {
    Audience.PUBLIC: ("S", None, None, None, None),
    Audience.NETWORK: ("SV", "SV", None, None, None),
    Audience.ORGANISATION: ("SV", "SV", "SV", "SV", "SV"),
    Audience.LIAISON: ("SV", "SV", "SV", "SV", "SV"),
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("audience", list(READ))
def test_each_audience_reads_what_it_is_due_and_no_secret(
    koro: Koro, planted: Incident, audience: str, place: int, language: str
) -> None:
    tlp = Tlp.values[place]
    mark(planted, tlp)
    alert = drafted(koro, planted)
    allowed = renditions.audiences_of(alert, planted, [audience])
    due = READ[Audience(audience)][place]
    assert (audience in allowed) == (due is not None)
    if due is None:
        return
    written = renditions.write(renditions.source_of(alert, planted), audience, language)
    everything = str(written)
    for name, secret in NEVER.items():
        assert secret not in everything, name
    assert "4321" not in everything, "a figure that was withdrawn"
    assert (SUMMARY in written.body) == ("S" in due)
    assert (VILLAGE in written.body) == ("V" in due)
    assert "Koro" in written.headline
    assert "71" in written.body
    assert "93" in written.body
    assert "164" not in written.body, "figures are never summed"
    assert "Évitez le marché." in written.body
    travels = written.email_subject + written.email_text + written.sms_text
    assert (written.headline in travels) == (tlp in (Tlp.CLEAR, Tlp.GREEN))
    assert ("Évitez le march" in travels) == (tlp in (Tlp.CLEAR, Tlp.GREEN))
    assert ("Koro" in travels) == (tlp in (Tlp.CLEAR, Tlp.GREEN))


@pytest.mark.parametrize("tlp", Tlp.values)
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
@pytest.mark.parametrize("role", [Role.LIAISON, Role.MONITOR])
def test_above_green_messages_carry_a_code_a_link_a_number_and_nothing_else(
    koro: Koro, planted: Incident, tlp: str, channel: str, role: str
) -> None:
    mark(planted, tlp)
    reader = person(role, "Koro", channel=channel, phone="+22376222222")
    lines = (*LINES, Line(Audience.ORGANISATION, organisation=reader.memberships.get().organisation))
    alert = released(koro, planted, *lines)
    delivery = alert.deliveries.get(recipient=reader)
    message = Message.objects.get(deliveries=delivery)
    envelope = AlertWords().compose([message])[message.pk]
    assert isinstance(envelope, Envelope)
    sent = f"{envelope.subject}\n{envelope.text}\n{envelope.html}\n{envelope.headers}"
    for name, secret in NEVER.items():
        assert secret not in sent, name
    assert delivery.code in sent
    assert reader.name not in sent
    assert envelope.address == (reader.email if channel == Channel.EMAIL else reader.phone)
    link = address_of_link(delivery.pk, delivery.link_nonce)
    if tlp in (Tlp.CLEAR, Tlp.GREEN):
        assert "Koro" in sent
        assert "Évitez le marché" in sent
        assert (SUMMARY in sent) == (channel == Channel.EMAIL)
    else:
        assert link in sent
        assert alert.call_number in sent
        for content in ("Koro", "marché", "bétail", "Modéré", "Moyen", SUMMARY, VILLAGE, "RÉSUMÉ"):
            assert content not in sent
    if channel == Channel.EMAIL:
        assert link in sent


def test_each_reads_their_own_language(koro: Koro, planted: Incident) -> None:
    english = person(Role.LIAISON, "Koro", language="en")
    alert = released(koro, planted, *LINES)
    assert alert.deliveries.get(recipient=english).rendition.language == "en"
    assert alert.deliveries.get(recipient=koro.liaison).rendition.language == "fr"
    in_english = alert.renditions.get(audience=Audience.LIAISON, language="en")
    assert "Cattle theft" in in_english.headline
    assert "What to do" in in_english.body
    in_french = alert.renditions.get(audience=Audience.LIAISON, language="fr")
    assert "Vol de bétail" in in_french.headline
    for english_word in ("What", "When", "Where", "Severity", "Answer", "code:"):
        assert english_word not in in_french.body + in_french.email_text + in_french.sms_text


def test_what_is_not_verified_says_so(koro: Koro) -> None:
    incident = verified(state="open")
    alert = released(koro, incident)
    assert "Ce n’est pas encore vérifié." in alert.renditions.get(audience=Audience.LIAISON, language="fr").body


def test_what_was_frozen_stays_as_it_went_out(koro: Koro, planted: Incident) -> None:
    alert = released(koro, planted)
    before = list(alert.renditions.values_list("body", flat=True))
    planted.summary = "Tout autre chose."
    planted.save()
    assert list(alert.renditions.values_list("body", flat=True)) == before


class TestSms:
    def test_usual_words_fit_into_one_part(self, koro: Koro) -> None:
        alert = released(koro, verified(), instruction="Évitez la route du marché jusqu’à demain.")
        sms = renditions.as_sent(alert.renditions.get(audience=Audience.LIAISON, language="fr").sms_text)
        assert fits_one(sms)
        assert is_gsm7(sms)
        assert "Répondez 1 12345 = recu, 2 12345 = j'agis, 3 12345 = je ne peux pas." in sms

    def test_without_content_it_fits_into_one_part_at_a_usual_address(self, koro: Koro, settings: Any) -> None:
        settings.SITE_URL = "https://passerelle.example"
        alert = released(koro, verified(tlp=Tlp.RED))
        sms = renditions.as_sent(alert.renditions.get(audience=Audience.LIAISON, language="fr").sms_text)
        assert fits_one(sms), (segments(sms), sms)
        assert "1 12345" in sms

    def test_the_longest_words_cost_no_more_than_three_parts(self, koro: Koro) -> None:
        alert = drafted(koro, verified(), instruction="a" * 299)
        with translation.override("fr"):
            written = renditions.write(renditions.source_of(alert, alert.incident), Audience.LIAISON, "fr")
        sms = renditions.as_sent(written.sms_text)
        assert segments(sms) <= 3
        assert "3 12345 = je ne peux pas" in sms

    def test_letters_beyond_the_alphabet_of_sms_are_kept_and_not_mangled(self, koro: Koro) -> None:
        alert = drafted(koro, verified(), instruction="Aw ka taa yɔrɔ jan na.")
        written = renditions.write(renditions.source_of(alert, alert.incident), Audience.LIAISON, "fr")
        assert "yɔrɔ" in written.sms_text

    def test_braces_in_what_people_write_do_no_harm(self, koro: Koro) -> None:
        alert = drafted(koro, verified(summary="Un {mot} et {0} %s %(x)s"), instruction="{x} {} %d")
        written = renditions.write(renditions.source_of(alert, alert.incident), Audience.LIAISON, "fr")
        assert "{x} {} %d" in written.body
        assert "{mot} et {0} %s %(x)s" in written.body

    def test_markup_stays_text(self, koro: Koro) -> None:
        alert = drafted(koro, verified(summary="<script>alert(1)</script> & « l’eau »"))
        written = renditions.write(renditions.source_of(alert, alert.incident), Audience.LIAISON, "fr")
        assert "<script>alert(1)</script> & « l’eau »" in written.email_text
