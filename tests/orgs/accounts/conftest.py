"""What the tests of accounts share."""

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache

from orgs.crypto import unseal
from orgs.models import Message


@pytest.fixture(autouse=True)
def _no_limits_from_before(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def words_of(message: Message) -> dict[str, str]:
    """What a message in the outbox says, and where it goes."""
    assert message.sealed is not None
    return unseal(message.sealed)


def last_message() -> dict[str, str]:
    """What the newest message of the outbox says."""
    message = Message.objects.order_by("-pk").first()
    assert message is not None
    assert message.purpose == "account"
    return {"channel": message.channel, **words_of(message)}


def link_in(text: str) -> str:
    """The path of the link in a letter."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found[1]


def code_in(text: str) -> str:
    """The code in a letter."""
    found = re.search(r"\b(\d{4}-?\d{4})\b", text)
    assert found, text
    return found[1]
