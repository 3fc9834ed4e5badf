"""Days and times of tests, asked for when a test runs: a run may begin before midnight and end after it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone


def in_days(days: int) -> Callable[[], date]:
    """The day that lies so many days after the day (in Bamako) on which it is asked for."""
    return lambda: timezone.localdate() + timedelta(days=days)


def in_time(**span: float) -> Callable[[], datetime]:
    """The moment that lies so much (units of ``timedelta``) after the moment at which it is asked for."""
    return lambda: timezone.now() + timedelta(**span)


def by_now(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a table test, with what its row left open until the test runs."""
    return {name: value() if callable(value) else value for name, value in fields.items()}
