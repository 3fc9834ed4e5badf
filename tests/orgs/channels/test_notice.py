"""Notices by other services: one sentence and a code, never a word of content, whatever is to be said."""

import logging
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from orgs.messaging import outside, purposes, reasons
from orgs.messaging.channels import notice
from orgs.messaging.drain import drain
from orgs.messaging.outbox import wake
from orgs.messaging.purposes import Envelope
from orgs.models import Address, Channel, Message, MessageState, User
from orgs.policy import Viewer
from orgs.services import channels
from tests.orgs.channels.server import Other

pytestmark = pytest.mark.django_db


class Talkative:
    """A purpose that says all it knows."""

    def compose(self, messages: Any) -> dict[int, Envelope]:
        words = Envelope(
            "", "SECRET body", "SECRET subject", html="<p>SECRET</p>", link="https://SECRET/", code="12345"
        )
        return {message.pk: words for message in messages}


@pytest.fixture(autouse=True)
def talkative() -> Any:
    purposes.register("talkative", Talkative())
    yield
    purposes._purposes.pop("talkative")


def account(other: Other) -> str:
    return f"signal://127.0.0.1:{other.port}/+22370000001/+22370000002"


def posted(person: User) -> Message:
    made = Message.objects.create(purpose="talkative", channel=Channel.NOTICE, recipient=person, language="fr")
    wake(Channel.NOTICE)
    return made


def test_a_notice_says_its_one_sentence(awa: User, awa_view: Viewer, other: Other) -> None:
    channels.add_notice(viewer=awa_view, url=account(other), label="Mon Signal")
    message = posted(awa)
    drain(Channel.NOTICE, hands=0)
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    [call] = other.calls
    assert call.data["message"] == "Passerelle : un message vous attend (12345)"
    assert b"SECRET" not in call.body


@pytest.mark.parametrize("code", ["", "123456789", "SECRET", "12 34", "１２３"])
def test_what_is_no_code_is_not_said(code: str) -> None:
    assert notice.words_of_notice("fr", code) == "Passerelle : un message vous attend"


def test_a_service_that_refuses_is_trouble_of_this_account_alone(awa: User, awa_view: Viewer, other: Other) -> None:
    channels.add_notice(viewer=awa_view, url=account(other), label="Mon Signal")
    other.usual = 500
    messages = [posted(awa) for _ in range(3)]
    drain(Channel.NOTICE, hands=0)
    assert len(other.calls) == 3
    assert {Message.objects.get(pk=message.pk).state for message in messages} == {MessageState.PENDING}
    assert Address.objects.get().failures == 1, "a group that failed counts once"


def test_redirections_are_not_followed(awa: User, awa_view: Viewer, other: Other) -> None:
    channels.add_notice(viewer=awa_view, url=account(other) + "?redirect=yes", label="Mon Signal")
    other.usual = 307
    posted(awa)
    drain(Channel.NOTICE, hands=0)
    assert [call.path for call in other.calls] == ["/v2/send"]


@pytest.mark.parametrize(
    "url",
    [
        "json://127.0.0.1/",
        "file:///etc/passwd",
        "mailto://user:pw@example.org",
        "syslog://",
        "https://example.org/",
        "exec://x",
        "tgram://not a token/1",
        "signal://",
        "",
    ],
)
def test_kinds_that_are_not_allowed_or_not_understood_are_refused(awa_view: Viewer, url: str) -> None:
    with pytest.raises(ValidationError):
        channels.add_notice(viewer=awa_view, url=url, label="x")


@pytest.mark.parametrize("url", ["signals://127.0.0.1/+22370000001/+22370000002", "matrixs://u:p@10.0.0.1/#room"])
def test_an_account_on_a_server_inside_is_refused(awa_view: Viewer, url: str) -> None:
    with pytest.raises(ValidationError):
        channels.add_notice(viewer=awa_view, url=url, label="x")


def test_what_an_administrator_takes_away_is_sent_no_more(
    awa: User, awa_view: Viewer, other: Other, settings: Any
) -> None:
    channels.add_notice(viewer=awa_view, url=account(other), label="Mon Signal")
    settings.NOTICE_SCHEMES = ["tgram"]
    message = posted(awa)
    drain(Channel.NOTICE, hands=0)
    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.FAILED, reasons.NOT_OUTSIDE)
    assert not other.calls
    with pytest.raises(outside.NotOutside):
        notice.check_form(account(other))


def test_the_account_is_neither_stored_nor_logged_in_the_clear(
    awa: User, awa_view: Viewer, other: Other, caplog: pytest.LogCaptureFixture
) -> None:
    channels.add_notice(viewer=awa_view, url=account(other), label="Mon Signal")
    other.usual = 500
    posted(awa)
    drain(Channel.NOTICE, hands=0)
    assert b"22370000001" not in bytes(Address.objects.get().sealed)
    assert "22370000001" not in " ".join(line.getMessage() for line in caplog.records if line.levelno > logging.DEBUG)
