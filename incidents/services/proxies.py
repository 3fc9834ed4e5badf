"""Who entered a report for somebody else, and how that person had come to them."""

from django.db import transaction

from incidents.access import may_report_for_others
from incidents.models import ProxyEntry, Report, Way
from incidents.services import steps
from incidents.services.errors import NotAllowed
from orgs.policy import Viewer

one_transaction = transaction.atomic
"""A report and who entered it are written together, or not at all."""


def note_entry(*, viewer: Viewer, report: Report, way: str) -> ProxyEntry | None:
    """Note who entered a report, once, in the caller's transaction. Nothing is noted of a report that was erased."""
    if not may_report_for_others(viewer):
        raise NotAllowed
    if way not in Way.values:
        raise ValueError(f"no such way: {way}")
    if report.erased_at is not None:
        return None
    entry, made = ProxyEntry.objects.get_or_create(
        report=report, defaults={"way": way, "entered_by_id": viewer.user_id}
    )
    if made:
        steps.note(viewer, report, "entered_for_somebody", way=way)
    return entry
