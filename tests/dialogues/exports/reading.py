"""Files and programs as somebody would read them."""

import csv
import io

from django.test import Client

from orgs.access import viewer_for
from orgs.models import User
from orgs.services.tokens import make_token
from tests.factories import signed_in
from tests.taken import text_taken


def text_of(client: Client, name: str, asked: str = "") -> str:
    """The whole CSV."""
    return text_taken(client, f"/exports/{name}.csv{asked}")


def lines_of(client: Client, name: str, asked: str = "") -> list[dict[str, str]]:
    """The lines of a CSV by their HXL tags."""
    _titles, tags, *rows = csv.reader(io.StringIO(text_of(client, name, asked)))
    return [dict(zip(tags, row, strict=True)) for row in rows]


def program(user: User) -> Client:
    """A program of this person."""
    signed_in(user)  # gives the second factor that the role needs
    _, key = make_token(viewer=viewer_for(user), label="test", days=1)
    return Client(headers={"authorization": f"Bearer {key}"})
