"""A report is erased by its author, who alone holds its code. What is left says that there was one, and nothing more.

The région and the cercle stay, so that the desk of the area sees what was erased; so do the decisions, the entries of
the audit log (codes and numbers), and an incident that was made of it: its words are the coordinators' own.
"""

from django.db import transaction
from django.utils import timezone

from incidents.models import (
    Addition,
    Door,
    Feedback,
    HowKnown,
    OdkSubmission,
    PlacePrecision,
    ProxyEntry,
    RejectReason,
    Report,
    ReporterIdentity,
    ReportState,
    TimePrecision,
    WordToReporter,
)
from incidents.models.reports import Located
from incidents.services.media import drop_files
from orgs.audit import record
from orgs.crypto import keyed_hash
from orgs.models import ReceivedSms

_HANGING = (ReporterIdentity, Addition, WordToReporter, Feedback, ProxyEntry)
_EMPTIED = (
    "narrative", "harmed", "type", "occurred_on", "time_precision", "how_known", "may_call_back", "wants_feedback",
    "sent_at", "content_key", "request_key", "reject_note", "state", "reject_reason", "erased_at", "version",
    *(field.name for field in Located._meta.fields),
)  # fmt: skip


def erase_report(*, report: Report) -> Report:
    """Erase what a report says and whatever hangs on it, for good. Doing it again changes nothing.

    Whoever calls has checked the receipt's code: it is the only right there is to this. A report that waited to be read
    is closed with that reason; one that was decided on keeps its state.
    """
    with transaction.atomic():
        held = Report.objects.select_for_update().get(pk=report.pk)
        if held.erased_at is not None:
            return held
        for model in _HANGING:
            model._default_manager.filter(report=held.pk).delete()
        _erase_at_doors(held)
        _empty(held)
        held.save(update_fields=_EMPTIED)
        record(None, "erased", held, version=held.version, state=held.state)
    return held


def _erase_at_doors(held: Report) -> None:
    """Erase the report as its door brought it: files, the form as it was sent, the SMS. Their numbers stay.

    What is sent again under one of them is known and is not taken in anew.
    """
    drop_files(report=held)
    OdkSubmission.objects.filter(report=held).update(sealed=b"", expected=[], received=[])
    if held.door == Door.SMS:
        gateway, _sign, number = held.external_id.partition(":")
        ReceivedSms.objects.filter(gateway=gateway, external_id=number).update(sealed=b"", sender_key="", part_key="")


def _empty(held: Report) -> None:
    """Leave of a report what its constraints and the desk need."""
    held.narrative = held.place_text = held.reject_note = held.request_key = ""
    held.harmed = {}
    held.type = held.occurred_on = held.sent_at = held.place = held.commune = None
    held.place_precision = (
        PlacePrecision.CERCLE if held.cercle_id else PlacePrecision.REGION if held.region_id else PlacePrecision.UNKNOWN
    )
    held.time_precision, held.how_known = TimePrecision.DAY, HowKnown.UNKNOWN
    held.may_call_back = held.wants_feedback = False
    # The hash of the words would still tell whether somebody guessed them.
    held.content_key = keyed_hash("report-erased", str(held.pk))
    if held.state == ReportState.NEW:
        held.state, held.reject_reason = ReportState.REJECTED, RejectReason.ERASED
    held.erased_at = timezone.now()
    held.version += 1
