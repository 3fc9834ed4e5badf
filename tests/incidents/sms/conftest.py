"""A phone that writes to us through the webhook, and reads what we answered."""

import itertools
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from orgs.crypto import unseal
from orgs.messaging import outbox, reading
from orgs.models import Message

_numbers = itertools.count(1)


@dataclass
class Phone:
    """One number. ``says`` gives the text of the answer, "" when there was none."""

    number: str = "+22370112233"

    def sends(self, text: str, **fields: Any) -> int:
        data = {"secret": "s", "id": f"m{next(_numbers)}", "from": self.number, "text": text, **fields}
        return Client().post("/gateways/sms/generic/incoming", data).status_code

    def says(self, text: str, **fields: Any) -> str:
        before = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        assert self.sends(text, **fields) == 200
        reading.read_due()
        return self.answer(after=before)

    def answer(self, after: int = 0) -> str:
        replies = Message.objects.filter(pk__gt=after, purpose=outbox.SMS_REPLY).order_by("-pk")
        words = [unseal(message.sealed or b"") for message in replies]
        own = [one["text"] for one in words if one["address"] == self.number]
        return own[0] if own else ""


@pytest.fixture(autouse=True)
def _gateway(settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "generic+http://127.0.0.1:1/send?secret=s"


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def other_phone() -> Phone:
    return Phone("+22376000001")
