"""Which report an SMS belongs to: the same said again, something added to what was said just before, or a new one.

People are found by the keyed hash of their account or number, never by the number.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from incidents.models import Door, Report, ReporterIdentity
from incidents.said import Said, Whereabouts, content_key

SAME_WITHIN = timedelta(hours=24)
"""The same words of the same person within this time are the same report."""
ADD_WITHIN = timedelta(minutes=15)
"""What somebody sends within this time after a report goes with it, unless it is plainly about something else."""
LOOKED_AT = 20


def lately_by(*, person_key: str) -> list[Report]:
    """What a person reported by SMS of late, the newest first. One query."""
    if not person_key:
        return []
    own = ReporterIdentity.objects.filter(person_key=person_key).values("report")
    recent = Report.objects.filter(pk__in=own, door=Door.SMS, received_at__gt=Now() - SAME_WITHIN)
    return list(recent.order_by("-received_at", "-pk")[:LOOKED_AT])


def said_before(said: Said, reports: Sequence[Report]) -> Report | None:
    """The report that says the same."""
    key = content_key(said)
    return next((report for report in reports if report.content_key == key), None)


def goes_with(said: Said, reports: Sequence[Report], *, is_form: bool, is_correction: bool) -> Report | None:
    """The report that these words add to or correct.

    A form that names another kind *and* another place is another report; free words go on with what was said before.
    """
    last = reports[0] if reports else None
    if last is None:
        return None
    if is_correction:
        return last
    if not is_recent(last):
        return None
    return None if is_form and _is_elsewhere(said, last) else last


def is_recent(report: Report) -> bool:
    """Whether what its sender says now still goes with this report."""
    return report.received_at > timezone.now() - ADD_WITHIN


def completed(said: Said, report: Report) -> Said:
    """What was said anew, with what the report says besides: pieces that are missing are not taken back."""
    place = said.place_text or report.place_text
    return replace(
        said,
        type_code=said.type_code or report.type_id,
        occurred_on=said.occurred_on or report.occurred_on,
        time_precision=said.time_precision if said.occurred_on else report.time_precision,
        place_text=place,
        harmed={**report.harmed, **said.harmed},
        how_known=said.how_known if said.how_known != "unknown" else report.how_known,
        whereabouts=said.whereabouts or Whereabouts(),
    )


def _is_elsewhere(said: Said, report: Report) -> bool:
    other_kind = bool(said.type_code and report.type_id and said.type_code != report.type_id)
    where = said.whereabouts or Whereabouts()
    if where.cercle_id and report.cercle_id:
        other_place = where.cercle_id != report.cercle_id
    else:
        named = said.place_text.casefold(), report.place_text.casefold()
        other_place = all(named) and named[0] != named[1]
    return other_kind and other_place
