"""Setting how sure one must be before an alert of a severity goes out."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents.access import may_keep_bars
from incidents.models import SafetyBar, Severity, SourceGrade
from incidents.services import steps
from incidents.services.errors import NotAllowed
from orgs.policy import Viewer

MOST_REPORTS = 20


def set_bar(*, viewer: Viewer, severity: str, sources: str, reports: int, second_person: bool) -> SafetyBar:
    """Set the bar of one severity: the grades that are enough alone, or how many independent reports are."""
    if not may_keep_bars(viewer):
        raise NotAllowed(_("Only administrators may do this."))
    grades = "".join(sorted(set(sources.upper())))
    problems: dict[str, str] = {}
    if severity not in Severity.values:
        problems["severity"] = _("Choose one of the list.")
    if set(grades) - set(SourceGrade.values):
        problems["sources"] = _("Letters from A to F only.")
    if not 1 <= reports <= MOST_REPORTS:
        problems["reports"] = _("Give a number from 1 to %(n)s.") % {"n": MOST_REPORTS}
    if problems:
        raise ValidationError(problems)
    with transaction.atomic():
        bar, _made = SafetyBar.objects.update_or_create(
            severity=severity, defaults={"sources": grades, "reports": reports, "second_person": second_person}
        )
        facts = {"severity": severity, "sources": grades, "reports": reports, "second_person": second_person}
        steps.note(viewer, bar, "bar_set", **facts)
    return bar
