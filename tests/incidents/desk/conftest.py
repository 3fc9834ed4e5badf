"""Who stands at the desk."""

import pytest

from orgs.models import Role
from tests.factories import person
from tests.incidents.desk.pages import signed_in


@pytest.fixture
def coordinator(settings):
    """A coordinator of the cercle of Koro, whose second factor is not asked for."""
    settings.RELAX_SECOND_FACTOR = True
    return person(Role.COORDINATOR, "Koro")


@pytest.fixture
def desk(coordinator):
    """Their browser."""
    return signed_in(coordinator)
