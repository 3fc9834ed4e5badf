"""The line of time of an incident: what was done, by whom, when; for the coordinators who work on it.

Each part of the product adds its own moments::

    timeline.sources.append(deliveries_of)          # (incident, viewer) -> moments
    timeline.WORDS["alert"] = {"released": _("Alert released"), ...}
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Field, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incidents.access import REPORTS, may_work_on
from incidents.models import Harm, Incident, IncidentType
from orgs.models import AuditEntry
from orgs.policy import Viewer
from orgs.providers import Moment

Source = Callable[[Incident, Viewer], Iterable[Moment]]

WORDS: dict[str, Mapping[str, str | Promise]] = {
    "incident": {
        "made": gettext_lazy("Incident made"),
        "graded": gettext_lazy("Grades changed"),
        "placed": gettext_lazy("Place changed"),
        "written": gettext_lazy("Words changed"),
        "figure_added": gettext_lazy("Figure added"),
        "figure_withdrawn": gettext_lazy("Figure withdrawn"),
        "figure_restored": gettext_lazy("Figure put back"),
        "responsible_named": gettext_lazy("Actor held responsible named"),
        "responsible_unnamed": gettext_lazy("Actor held responsible taken off"),
        "report_attached": gettext_lazy("Report attached"),
        "report_detached": gettext_lazy("Report taken off"),
        "verified": pgettext_lazy("line of time", "Verified"),
        "closed": pgettext_lazy("line of time", "Closed"),
        "reopened": pgettext_lazy("line of time", "Opened again"),
    },
    "report": {
        "placed": gettext_lazy("Place of a report set"),
        "attached": gettext_lazy("Report attached"),
        "rejected": gettext_lazy("Report set aside"),
        "reopened": gettext_lazy("Report new again"),
        "open_identity": gettext_lazy("Identity of a reporter opened"),
        "add_identity": gettext_lazy("A reporter said how to reach them"),
        "add_to_report": gettext_lazy("Something was added to a report"),
        "wrote_to_reporter": gettext_lazy("The desk wrote to a reporter"),
        "answers_read": gettext_lazy("A reporter’s answer was read"),
        "entered_for_somebody": gettext_lazy("A report was entered for somebody"),
        "open_identity_to_send": gettext_lazy("A reporter’s number was opened to send a message"),
        "erased": gettext_lazy("A report was erased by its author"),
    },
}
"""What an act is called, by kind of object and verb of the audit log."""

# On an incident's line these would say the same as the incident's own entries.
_SAID_ALREADY = ("attached", "receive")


def line_of(incident: Incident, viewer: Viewer) -> list[Moment]:
    """Everything that happened to an incident, oldest first, what is still awaited last; empty for others."""
    if not may_work_on(viewer, incident):
        return []
    moments = [moment for source in sources for moment in source(incident, viewer)]
    return sorted(moments, key=lambda moment: moment.at or _AT_THE_END)


_AT_THE_END = datetime.max.replace(tzinfo=UTC)


def words_of(entry: AuditEntry) -> str:
    """What an entry of the audit log says, in plain words."""
    known = WORDS.get(entry.object_type, {}).get(entry.verb)
    return str(known) if known is not None else _("Something was done")


def steps_of_the_incident(incident: Incident, viewer: Viewer) -> list[Moment]:
    """What the audit log holds of the incident and of the reports behind it."""
    reports = [str(pk) for pk in REPORTS.rows(viewer).filter(incident=incident).values_list("pk", flat=True)]
    its = Q(object_type="incident", object_id=str(incident.pk))
    theirs = Q(object_type="report", object_id__in=reports) & ~Q(verb__in=_SAID_ALREADY)
    entries = AuditEntry.objects.filter(its | theirs).select_related("actor").order_by("id")
    return [Moment(entry.at, words_of(entry), _detail(entry)) for entry in entries]


def reports_received(incident: Incident, viewer: Viewer) -> list[Moment]:
    """When each report came in."""
    rows = REPORTS.rows(viewer).filter(incident=incident).order_by("received_at").only("id", "received_at", "door")
    return [
        Moment(
            row.received_at,
            _("Report %(n)s received") % {"n": row.pk},
            row.get_door_display(),
            f"/desk/reports/{row.pk}/",
        )
        for row in rows
    ]


sources: list[Source] = [reports_received, steps_of_the_incident]


def _detail(entry: AuditEntry) -> str:
    who = entry.actor.name if entry.actor is not None else ""
    return " · ".join(part for part in (who, *_facts(entry)) if part)


def _facts(entry: AuditEntry) -> Iterable[str]:
    facts: dict[str, Any] = entry.facts
    for name, values in facts.get("changed", {}).items():
        before, after = (_code_in_words(name, value) for value in values)
        yield _("%(field)s: %(before)s → %(after)s") % {
            "field": _field_name(name),
            "before": before,
            "after": after,
        }
    if "fields" in facts:
        yield ", ".join(_field_name(name) for name in facts["fields"])
    if entry.verb == "figure_added":
        yield str(dict(Harm.choices).get(facts.get("kind", ""), ""))
    if entry.verb in ("report_attached", "report_detached"):
        yield _("report %(n)s") % {"n": facts.get("report", "")}
    if entry.verb == "closed":
        yield _code_in_words("finding", facts.get("finding", ""))


def _code_in_words(name: str, code: str) -> str:
    if name == "type_id":
        found = IncidentType.objects.filter(pk=code).first()
        return found.label if found else code
    words = dict(_field(name).flatchoices)
    return str(words.get(code, code))


def _field_name(name: str) -> str:
    return str(_field(name).verbose_name)


def _field(name: str) -> "Field[Any, Any]":
    found = Incident._meta.get_field(name)
    assert isinstance(found, Field)
    return found
