"""What the tests of the directory's pages share."""

import html
import re
from typing import Any

from django.test import Client

from orgs.models import User


def browser(user: User | None = None) -> Client:
    """A browser in which this person is signed in; anybody's without one."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def listed(answer: Any) -> list[str]:
    """The names on the list, in its order."""
    assert answer.status_code == 200
    return [
        html.unescape(name).strip() for name in re.findall(r"<h3><a[^>]*>([^<]*)</a></h3>", answer.content.decode())
    ]


def found(words: str, client: Client | None = None, **more: Any) -> list[str]:
    """The names that a search gives."""
    return listed((client or Client()).get("/orgs/", {"words": words, **more}))
