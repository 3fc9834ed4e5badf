"""By no way more than the marking allows: content up to GREEN, a notice never."""

import json

import pytest

from incidents.access import needs_second_person
from incidents.models import Delivery, Incident
from incidents.services import alerts
from orgs import crypto
from orgs.access import viewer_for
from orgs.messaging.drain import drain
from orgs.models import Channel, Message, Tlp, User
from orgs.services import channels
from tests.incidents.alerts.conftest import Place, drafted, verified
from tests.orgs.channels.browser_key import BrowserKey
from tests.orgs.channels.server import Other

pytestmark = pytest.mark.django_db
WORDS = "Ouvrez le marché par la porte sud"
OPEN, CLOSED = (Tlp.CLEAR, Tlp.GREEN), (Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)


def reached(person: User, other: Other, channel: str) -> BrowserKey:
    """The person is told by this way alone."""
    viewer, key = viewer_for(person), BrowserKey()
    if channel == Channel.PUSH:
        channels.allow_push(viewer=viewer, endpoint=f"{other.url}/push", label="T", **key.words())
    elif channel == Channel.WEBHOOK:
        channels.add_program(viewer=viewer, url=f"{other.url}/in", label="P")
    else:
        url = f"signal://127.0.0.1:{other.port}/+22370000001/+22370000002"
        channels.add_notice(viewer=viewer, url=url, label="S")
    person.refresh_from_db()
    person.ways = [channel]
    person.save()
    return key


def sent(place: Place, other: Other, channel: str, tlp: str) -> tuple[str, Delivery]:
    key = reached(place.liaison, other, channel)
    alert = drafted(place, verified(tlp=tlp, summary="Des hommes armés ont pris du bétail."), instruction=WORDS)
    if needs_second_person(alert):
        alert = alerts.propose_alert(viewer=place.author_view, alert=alert, version=alert.version)
    alerts.release_alert(viewer=place.second_view, alert=alert, version=alert.version)
    delivery = Delivery.objects.get(alert=alert, recipient=place.liaison)
    assert delivery.channel == channel
    drain(channel, hands=0)
    [call] = other.calls
    body = key.read(call.body).decode() if channel == Channel.PUSH else call.body.decode()
    return json.dumps(json.loads(body), ensure_ascii=False), delivery


@pytest.mark.parametrize("tlp", OPEN)
@pytest.mark.parametrize("channel", [Channel.PUSH, Channel.WEBHOOK])
def test_open_markings_carry_the_content(koro: Place, other: Other, channel: str, tlp: str) -> None:
    said, delivery = sent(koro, other, channel, tlp)
    assert "marche par la porte sud" in said or WORDS in said
    assert delivery.code in said
    # A program gets the address that names the alert, a phone a link that can be recalled.
    assert (str(delivery.alert_id) in said) == (channel == Channel.WEBHOOK)
    assert "/a/" in said


@pytest.mark.parametrize("tlp", CLOSED)
@pytest.mark.parametrize("channel", [Channel.PUSH, Channel.WEBHOOK])
def test_closed_markings_carry_none(koro: Place, other: Other, channel: str, tlp: str) -> None:
    said, delivery = sent(koro, other, channel, tlp)
    assert delivery.code in said
    for secret in _content(delivery):
        assert secret not in said, secret


@pytest.mark.parametrize("tlp", [*OPEN, *CLOSED])
def test_a_notice_never_carries_any(koro: Place, other: Other, tlp: str) -> None:
    said, delivery = sent(koro, other, Channel.NOTICE, tlp)
    assert json.loads(said)["message"] == f"Passerelle : un message vous attend ({delivery.code})"
    for secret in (*_content(delivery), str(delivery.alert_id), "+22376000099"):
        assert secret not in said, secret


@pytest.mark.parametrize("channel", [Channel.PUSH, Channel.WEBHOOK])
def test_a_marking_that_was_closed_meanwhile_counts(koro: Place, other: Other, channel: str) -> None:
    key = reached(koro.liaison, other, channel)
    incident = verified(tlp=Tlp.GREEN)
    alert = drafted(koro, incident, instruction=WORDS)
    alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)
    Incident.objects.filter(pk=incident.pk).update(tlp=Tlp.AMBER)
    drain(channel, hands=0)
    [call] = other.calls
    said = key.read(call.body).decode() if channel == Channel.PUSH else call.body.decode()
    assert "porte sud" not in said


def test_a_try_of_a_notice_says_nothing_but_that_a_message_waits(koro: Place, other: Other) -> None:
    reached(koro.liaison, other, Channel.NOTICE)
    channels.send_test(viewer=viewer_for(koro.liaison), channel=Channel.NOTICE)
    drain(Channel.NOTICE, hands=0)
    assert other.calls[0].data["message"] == "Passerelle : un message vous attend"


def test_messages_hold_neither_words_nor_address_in_the_clear(koro: Place, other: Other) -> None:
    _said, delivery = sent(koro, other, Channel.WEBHOOK, Tlp.GREEN)
    message = Message.objects.get(deliveries=delivery, purpose="alert")
    assert message.sealed is None
    assert all(WORDS not in str(value) for value in Message.objects.values().get(pk=message.pk).values())
    assert crypto.unseal(koro.liaison.addresses.get().sealed)["url"] == f"{other.url}/in"


def _content(delivery: Delivery) -> list[str]:
    frozen = delivery.rendition
    lines = [line for line in frozen.body.splitlines() if len(line) > 8]
    return [WORDS, "porte sud", "bétail", "betail", frozen.headline, *lines]
