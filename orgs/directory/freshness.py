"""How fresh an entry of the directory is: 100 when confirmed today, 50 after a year, 0 when never confirmed."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, FloatField, IntegerField, Value
from django.db.models.expressions import Case, Combinable, Func, When
from django.db.models.functions import Cast, Extract, Greatest, Power

DAYS_TO_HALF = 365
SECONDS_A_DAY = 86_400


def score(confirmed_at: datetime | None, now: datetime) -> int:
    """The freshness (0 to 100) of what was last confirmed at this moment."""
    if confirmed_at is None:
        return 0
    days = max(0.0, (now - confirmed_at).total_seconds() / SECONDS_A_DAY)
    fresh: float = 100.0 * 2.0 ** (-days / DAYS_TO_HALF)
    return round(fresh)


def expression(now: datetime, column: str = "confirmed_at") -> Case:
    """The same as ``score``, in SQL, for lists. ``column`` leads to the moment of confirmation."""
    seconds: Any = Cast(_seconds(column, now), FloatField())
    days = Greatest(Value(0.0, output_field=FloatField()), seconds / Value(float(SECONDS_A_DAY)))
    half: Combinable = Value(-1.0, output_field=FloatField()) * days / Value(float(DAYS_TO_HALF))
    fresh = Value(100.0, output_field=FloatField()) * Power(Value(2.0, output_field=FloatField()), half)
    return Case(
        When(**{f"{column}__isnull": True}, then=Value(0)),
        # Of a double: halves go to the even number, as in Python.
        default=Cast(Func(Cast(fresh, FloatField()), function="ROUND", output_field=FloatField()), IntegerField()),
        output_field=IntegerField(),
    )


def _seconds(column: str, now: datetime) -> Extract:
    return Extract(_Since(Value(now), F(column)), "epoch")


class _Since(Func):
    """The time between two moments."""

    template = "(%(expressions)s)"
    arg_joiner = " - "

    @property
    def output_field(self) -> Any:
        """An interval."""
        from django.db.models import DurationField

        return DurationField()
"""How fresh an entry is: what was confirmed today counts fully, what was confirmed a year ago half."""


HALF_LIFE = timedelta(days=365)
FULL = 100


def score(confirmed_at: datetime | None, now: datetime) -> int:
    """From 100 (confirmed just now) down to 0 (never confirmed); half of it is gone after a year."""
    if confirmed_at is None:
        return 0
    age = max(now - confirmed_at, timedelta(0))
    return round(FULL * 2 ** (-(age / HALF_LIFE)))
