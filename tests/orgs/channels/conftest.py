"""A person, the other side, and a network in which the tests may call themselves."""

from collections.abc import Iterator
from typing import Any

import pytest

from orgs.access import viewer_for
from orgs.models import Role, User
from orgs.policy import Viewer
from tests.factories import OrganisationFactory, person
from tests.orgs.channels.server import Other, other_side


@pytest.fixture
def other(settings: Any) -> Iterator[Other]:
    settings.CHANNELS_PRIVATE_NETWORK = True
    settings.PUSH_SERVICES = ["127.0.0.1"]
    with other_side() as server:
        yield server


@pytest.fixture
def awa(db: None) -> User:
    return person(Role.MONITOR, "Koro", organisation=OrganisationFactory.create(), name="Awa", phone="+22376000021")


@pytest.fixture
def awa_view(awa: User) -> Viewer:
    return viewer_for(awa)
