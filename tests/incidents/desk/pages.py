"""What the tests of the desk's pages share."""

from typing import Any

from django.test import Client

from orgs.models import User


def signed_in(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    """What the page says."""
    return str(response.content.decode())
