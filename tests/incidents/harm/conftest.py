"""An alert in Koro and two coordinators; nobody goes through the list but those who do so in the test."""

import pytest

from tests.incidents.alerts.conftest import Place
from tests.incidents.alerts.conftest import koro as koro  # noqa: PLC0414 (a fixture)

__all__ = ["Place", "koro"]


@pytest.fixture(autouse=True)
def list_answered() -> None:
    """Elsewhere everybody goes through the list; here that is what is tried."""
