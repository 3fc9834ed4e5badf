"""The life of a report and of an incident: every step there is, from which state, to which. Nothing else changes them.

report    new --attach, make--> attached --reopen--> new
          new --reject--> rejected --reopen--> new
incident  open --verify--> verified --close--> closed --reopen--> open
          open --close--> closed
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext as _

from incidents.access import INCIDENTS, REPORTS
from incidents.models import Incident, IncidentState, Report, ReportState
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from orgs import audit
from orgs.models import AuditEntry, User
from orgs.policy import Policy, Viewer

Row = TypeVar("Row", Report, Incident)
Steps = Mapping[str, Mapping[str, str]]

_NEW, _ATTACHED, _REJECTED = ReportState.NEW, ReportState.ATTACHED, ReportState.REJECTED
_OPEN, _VERIFIED, _CLOSED = IncidentState.OPEN, IncidentState.VERIFIED, IncidentState.CLOSED
_AS_IT_IS: Mapping[str, str] = {_OPEN: _OPEN, _VERIFIED: _VERIFIED}

REPORT_STEPS: Steps = MappingProxyType(
    {
        "place": {_NEW: _NEW},
        "attach": {_NEW: _ATTACHED},
        "reject": {_NEW: _REJECTED},
        "reopen": {_ATTACHED: _NEW, _REJECTED: _NEW},
    }
)
"""Step -> state it starts from -> state it leads to."""

INCIDENT_STEPS: Steps = MappingProxyType(
    {
        "grade": _AS_IT_IS,
        "place": _AS_IT_IS,
        "write": _AS_IT_IS,
        "count": _AS_IT_IS,
        "name": _AS_IT_IS,
        "take_report": _AS_IT_IS,
        "leave_report": _AS_IT_IS,
        "verify": {_OPEN: _VERIFIED},
        "close": {_OPEN: _CLOSED, _VERIFIED: _CLOSED},
        "reopen": {_CLOSED: _OPEN},
    }
)


def steps_of(row: Report | Incident) -> frozenset[str]:
    """The steps that may be taken now, as far as the row's own state decides."""
    table = REPORT_STEPS if isinstance(row, Report) else INCIDENT_STEPS
    return frozenset(step for step, states in table.items() if row.state in states)


def state_after(row: Report | Incident, step: str) -> str:
    """The state that a step leads to; raises ``NotAllowed`` where the step does not follow."""
    table = REPORT_STEPS if isinstance(row, Report) else INCIDENT_STEPS
    found = table[step].get(row.state)
    if found is None:
        raise NotAllowed(_("This step is not possible any more: “%(state)s”.") % {"state": row.get_state_display()})
    return found


def hold_report(viewer: Viewer, report: Report, *, version: int | None) -> Report:
    """The report as it is now, locked until the end of the transaction, if the viewer may triage it.

    ``version`` of ``None`` compares nothing: for what changes nothing that was decided.
    """
    return _hold(REPORTS, viewer, report, version)


def hold_incident(viewer: Viewer, incident: Incident, *, version: int | None) -> Incident:
    """The incident as it is now, locked, if the viewer may work on it; ``version`` of ``None`` compares nothing."""
    return _hold(INCIDENTS, viewer, incident, version)


def _hold(policy: Policy[Row], viewer: Viewer, row: Row, version: int | None) -> Row:
    """Lock, then ask again: what the page was made of may have changed since."""
    try:
        held: Row = policy.model._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    except ObjectDoesNotExist as error:
        raise NotAllowed(_("This is not there any more.")) from error
    if policy.audience(viewer, held) != "coordinator":
        raise NotAllowed(_("Only coordinators of the area may do this."))
    if version is not None and held.version != version:
        raise changed_meanwhile(held, version)
    return held


def changed_meanwhile(row: Report | Incident, version: int) -> ChangedMeanwhile:
    """Who changed a row since its ``version``, when, and by which steps."""
    since = audit.entries_of(row).filter(facts__version__gt=version).select_related("actor").order_by("-id")
    changes = list(since[:10])
    last = changes[0] if changes else None
    return ChangedMeanwhile(
        by=last.actor if last else None, at=last.at if last else None, version=row.version, changes=changes
    )


def keep(viewer: Viewer, row: Report | Incident, verb: str, *changed: str, **facts: Any) -> AuditEntry:
    """Write the named fields of a held row as its next version, and note who did what."""
    row.version += 1
    fields = {*changed, "version"} | ({"updated_at"} if isinstance(row, Incident) else set())
    row.save(update_fields=sorted(fields))
    return note(viewer, row, verb, version=row.version, **facts)


def note(viewer: Viewer, row: Model, verb: str, **facts: Any) -> AuditEntry:
    """Note who did what; codes and numbers only."""
    return audit.record(person_of(viewer), verb, row, **facts)


def person_of(viewer: Viewer) -> User | None:
    """Who acts."""
    return None if viewer.user_id is None else User.objects.get(pk=viewer.user_id)
