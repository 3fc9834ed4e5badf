"""Web Push against a local push service that opens what it gets as a browser would."""

import base64
import json
import logging
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.core.exceptions import ValidationError

from orgs import access
from orgs.messaging import outbox, reasons, vapid
from orgs.messaging.drain import drain
from orgs.models import Address, AddressEnd, Channel, Message, MessageState, Role, User, WayOut
from orgs.policy import Viewer
from orgs.services import channels
from orgs.services.errors import NotAllowed
from tests.factories import person
from tests.orgs.channels.browser_key import BrowserKey
from tests.orgs.channels.server import Other

pytestmark = pytest.mark.django_db
SECRET_PATH = "/push/TOP-SECRET-SUBSCRIPTION"


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_the_standard_is_reproduced_byte_for_byte() -> None:
    """RFC 8291, appendix A."""
    receiver = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    ours = int.from_bytes(_unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = vapid.sealed(
        b"When I grow up, I want to be a watermelon",
        receiver,
        "BTBZMqHH6r4Tts7J_aSIgg",
        salt=_unb64("DGv6ra1nlYgDCS1FRnbzlw"),
        key=ec.derive_private_key(ours, ec.SECP256R1()),
    )
    assert vapid.b64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def allowed(viewer: Viewer, other: Other, key: BrowserKey | None = None, path: str = SECRET_PATH) -> BrowserKey:
    key = key or BrowserKey()
    channels.allow_push(viewer=viewer, endpoint=f"{other.url}{path}", label="Téléphone", **key.words())
    return key


def posted(person: User, **words: Any) -> Message:
    return outbox.post(
        purpose="single", channel=Channel.PUSH, recipient=person, **{"subject": "Titre é", "text": "Des mots", **words}
    )


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_a_browser_reads_what_was_sent_and_nobody_else_can(awa: User, awa_view: Viewer, other: Other) -> None:
    key = allowed(awa_view, other)
    message = posted(awa)
    drain(Channel.PUSH, hands=0)
    assert state(message) == (MessageState.SENT, "")
    [call] = other.calls
    assert (call.path, call.headers["content-encoding"], call.headers["urgency"]) == (SECRET_PATH, "aes128gcm", "high")
    assert int(call.headers["ttl"]) > 0
    assert b"mots" not in call.body
    said = json.loads(key.read(call.body))
    assert (said["title"], said["body"], said["tag"]) == ("Titre é", "Des mots", str(message.key))
    assert len(key.read(call.body)) in vapid.SIZES, "the length tells nothing"


def test_the_service_can_check_who_sends(awa: User, awa_view: Viewer, other: Other) -> None:
    allowed(awa_view, other)
    posted(awa)
    drain(Channel.PUSH, hands=0)
    scheme, _, rest = other.calls[0].headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    raw = _unb64(signature)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _unb64(parts["k"]))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert scheme == "vapid"
    assert parts["k"] == vapid.public_key()
    assert json.loads(_unb64(claims))["aud"] == other.url


def test_a_retry_takes_the_place_of_the_same_notice(awa: User, awa_view: Viewer, other: Other, settings: Any) -> None:
    settings.MESSAGE_PAUSES = [0, 0]
    other.answers = [503]
    allowed(awa_view, other)
    message = posted(awa)
    drain(Channel.PUSH, hands=0)
    drain(Channel.PUSH, hands=0)
    assert state(message)[0] == MessageState.SENT
    assert other.calls[0].headers["topic"] == other.calls[1].headers["topic"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_taken_off(awa: User, awa_view: Viewer, other: Other, status: int) -> None:
    other.answers = [status]
    allowed(awa_view, other)
    message = posted(awa)
    drain(Channel.PUSH, hands=0)
    assert state(message) == (MessageState.FAILED, reasons.UNKNOWN_ADDRESS)
    assert Address.objects.get().end == AddressEnd.GONE
    second = posted(awa)
    drain(Channel.PUSH, hands=0)
    assert state(second) == (MessageState.SKIPPED, reasons.NO_ADDRESS)
    assert len(other.calls) == 1


def test_one_of_several_devices_is_enough(awa: User, awa_view: Viewer, other: Other) -> None:
    other.answers = [410, 201]
    allowed(awa_view, other, path="/old")
    allowed(awa_view, other, path="/new")
    message = posted(awa)
    drain(Channel.PUSH, hands=0)
    assert state(message)[0] == MessageState.SENT
    assert list(Address.objects.order_by("pk").values_list("end", flat=True)) == [AddressEnd.GONE, ""]


def test_a_service_that_is_away_costs_no_attempt(awa: User, awa_view: Viewer, other: Other) -> None:
    allowed(awa_view, other)
    Address.objects.update(sealed=_moved_to("http://127.0.0.1:1/gone"))
    message = posted(awa)
    drain(Channel.PUSH, hands=0)
    assert state(message) == (MessageState.PENDING, reasons.NO_CONNECTION)
    assert (message.attempts, message.maybe_double) == (0, False)


def _moved_to(endpoint: str) -> bytes:
    from orgs import crypto

    return crypto.seal({"endpoint": endpoint, **BrowserKey().words()})


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example.org/push",
        "https://fcm.googleapis.com.evil.org/x",
        "http://fcm.googleapis.com/x",
        "https://user:pw@fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "ftp://fcm.googleapis.com/x",
        "https://fcm.googleapis.com\\@evil.org/x",
        "",
    ],
)
def test_a_browser_may_name_a_known_push_service_only(awa_view: Viewer, endpoint: str) -> None:
    with pytest.raises(ValidationError):
        channels.allow_push(viewer=awa_view, endpoint=endpoint, label="x", **BrowserKey().words())


@pytest.mark.parametrize(
    "change", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "é"}, {"auth": ""}, {"p256dh": "B" + "A" * 86}]
)
def test_keys_that_no_browser_gives_are_refused(awa_view: Viewer, change: dict[str, str]) -> None:
    words = {**BrowserKey().words(), **change}
    with pytest.raises(ValidationError):
        channels.allow_push(viewer=awa_view, endpoint="https://fcm.googleapis.com/x", label="x", **words)


def test_a_device_that_another_person_uses_shows_nothing_of_the_first(
    awa: User, awa_view: Viewer, other: Other
) -> None:
    key = allowed(awa_view, other)
    second = person(Role.MONITOR, "Koro", name="B")
    allowed(access.viewer_for(second), other, key)
    message = posted(awa)
    drain(Channel.PUSH, hands=0)
    assert state(message) == (MessageState.SKIPPED, reasons.NO_ADDRESS)
    assert not other.calls
    assert Address.objects.get(person=awa).end == AddressEnd.OTHER_PERSON


def test_the_same_browser_again_is_one_device(awa: User, awa_view: Viewer, other: Other) -> None:
    allowed(awa_view, other)
    allowed(awa_view, other)
    assert Address.objects.count() == 1


def test_what_is_stored_and_logged_does_not_tell_where_it_leads(
    awa: User, awa_view: Viewer, other: Other, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        allowed(awa_view, other)
        other.answers = [503, 0]
        posted(awa)
        drain(Channel.PUSH, hands=0)
    row = Address.objects.get()
    assert b"TOP-SECRET" not in bytes(row.sealed)
    product = [line for line in caplog.records if line.levelno >= logging.WARNING or line.name.startswith("orgs")]
    assert not any("TOP-SECRET" in line.getMessage() for line in product)


def test_what_was_sealed_is_destroyed_when_it_is_taken_off(awa: User, awa_view: Viewer, other: Other) -> None:
    from orgs import crypto

    allowed(awa_view, other)
    row = Address.objects.get()
    stranger = access.viewer_for(person(Role.MONITOR, "Koro", name="B"))
    with pytest.raises(NotAllowed):
        channels.end_address(viewer=stranger, address=row)
    channels.end_address(viewer=awa_view, address=row)
    row.refresh_from_db()
    assert crypto.unseal(row.sealed) == {}
    assert row.end == AddressEnd.TAKEN_OFF


def test_a_closed_account_keeps_no_way(awa: User, awa_view: Viewer, other: Other) -> None:
    from orgs.services import accounts

    allowed(awa_view, other)
    accounts.close_account(viewer=access.viewer_for(person(Role.ADMINISTRATOR, name="Admin")), person=awa)
    assert Address.objects.get().end == AddressEnd.CLOSED


def test_two_troubles_of_the_service_end_the_pass(awa: User, awa_view: Viewer, other: Other) -> None:
    other.usual = 503
    allowed(awa_view, other)
    for _ in range(5):
        posted(awa)
    drain(Channel.PUSH, hands=0)
    assert len(other.calls) == 2
    assert WayOut.objects.get(channel=Channel.PUSH).troubles == 1
