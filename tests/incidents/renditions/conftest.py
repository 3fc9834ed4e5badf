"""The place and its people are those of the tests of alerts."""

from tests.incidents.alerts.conftest import koro

__all__ = ["koro"]
