"""Counts of people by sex and age band: who came to a training, whom a programme reached. Never a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from orgs import audit
from orgs.models import AgeBand, Attendance, Measure, Organisation, Programme, ProgrammeCount, Qualifier, Sex, Training
from orgs.models.support_activities import LARGEST_COUNT
from orgs.policy import Viewer
from orgs.services.memberships import actor_of
from orgs.services.support import lock

Cells = Mapping[tuple[str, str], int]
"""Numbers by (sex, age band)."""


@dataclass(frozen=True)
class Period:
    """What of a programme is counted, from when until when, and how the numbers are meant."""

    measure: str
    starts_on: date
    ends_on: date
    qualifier: str = Qualifier.EXACT


@transaction.atomic
def set_attendance(*, viewer: Viewer, training: Training, organisation: Organisation | None, cells: Cells) -> None:
    """Set how many people of one organisation (or of none) came; noughts and what is not given are taken away.

    Raises ``NotAllowed`` and ``ValidationError``.
    """
    held = lock(viewer, training)
    numbers = _checked(cells)
    Attendance.objects.filter(training=held, organisation=organisation).delete()
    Attendance.objects.bulk_create(
        Attendance(training=held, organisation=organisation, sex=sex, age=age, number=number)
        for (sex, age), number in numbers.items()
    )
    facts = {"organisation": organisation.pk if organisation else None, "people": sum(numbers.values())}
    audit.record(actor_of(viewer), "counted_training", held, **facts)


@transaction.atomic
def set_programme_counts(*, viewer: Viewer, programme: Programme, period: Period, cells: Cells) -> None:
    """Set the numbers of one measure in one period. Raises ``NotAllowed`` and ``ValidationError`` (by field)."""
    held = lock(viewer, programme)
    _check_period(held, period)
    numbers = _checked(cells)
    same = {"measure": period.measure, "starts_on": period.starts_on, "ends_on": period.ends_on}
    ProgrammeCount.objects.filter(programme=held, **same).delete()
    ProgrammeCount.objects.bulk_create(
        ProgrammeCount(programme=held, **same, sex=sex, age=age, qualifier=period.qualifier, number=number)
        for (sex, age), number in numbers.items()
    )
    facts = {"measure": period.measure, "people": sum(numbers.values()), "meant": period.qualifier}
    audit.record(actor_of(viewer), "counted_programme", held, **facts)


def _check_period(programme: Programme, period: Period) -> None:
    """Periods of one measure are the same or lie apart: two that overlap would count people twice."""
    if period.measure not in Measure.values or period.qualifier not in Qualifier.values:
        raise ValidationError({"measure": _("Choose what is counted.")})
    if period.ends_on < period.starts_on:
        raise ValidationError({"ends_on": _("The end lies before the beginning.")})
    rows = ProgrammeCount.objects.filter(programme=programme, measure=period.measure)
    overlapping = rows.filter(starts_on__lte=period.ends_on, ends_on__gte=period.starts_on)
    if overlapping.exclude(starts_on=period.starts_on, ends_on=period.ends_on).exists():
        words = _("There are numbers already for days of this period: people would be counted twice.")
        raise ValidationError({"starts_on": words})


def _checked(cells: Cells) -> dict[tuple[str, str], int]:
    numbers = {key: number for key, number in cells.items() if number}
    for (sex, age), number in numbers.items():
        if sex not in Sex.values or age not in AgeBand.values or not 0 < number <= LARGEST_COUNT:
            raise ValidationError(_("This number makes no sense."))
    return numbers
