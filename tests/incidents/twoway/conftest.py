"""Koro with its people, and an alert that went to its liaison."""

import pytest

from incidents.models import Alert, Delivery
from tests.incidents.alerts.conftest import Place, koro, released, verified

__all__ = ["koro"]


@pytest.fixture
def alert(koro: Place) -> Alert:
    return released(koro, verified())


@pytest.fixture
def delivery(alert: Alert) -> Delivery:
    return alert.deliveries.get()
