"""Reports that sub-grants ask for: when each is due, and when it came."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import audit
from orgs.models import GrantReport, SubGrant
from orgs.policy import Viewer
from orgs.services.memberships import actor_of
from orgs.services.support import lock


@transaction.atomic
def expect_report(*, viewer: Viewer, grant: SubGrant, due_on: date) -> GrantReport:
    """Add a report that is due. The same day again changes nothing."""
    held = lock(viewer, grant)
    report, is_new = GrantReport.objects.get_or_create(grant=held, due_on=due_on)
    if is_new:
        audit.record(actor_of(viewer), "expects_report", held, report=report.pk)
    return report


@transaction.atomic
def receive_report(*, viewer: Viewer, grant: SubGrant, number: int, received_on: date | None) -> None:
    """Say when a report came; ``None`` takes that back. Raises ``ValidationError``."""
    held = lock(viewer, grant)
    if received_on is not None and received_on > timezone.localdate():
        raise ValidationError({"received_on": _("This day has not come yet.")})
    if GrantReport.objects.filter(grant=held, pk=number).update(received_on=received_on):
        verb = "received_report" if received_on else "took_back_report"
        audit.record(actor_of(viewer), verb, held, report=number)


@transaction.atomic
def forget_report(*, viewer: Viewer, grant: SubGrant, number: int) -> None:
    """Take away a report that was never due. One that came stays."""
    held = lock(viewer, grant)
    if GrantReport.objects.filter(grant=held, pk=number, received_on__isnull=True).delete()[0]:
        audit.record(actor_of(viewer), "forgot_report", held, report=number)
