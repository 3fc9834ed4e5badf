"""What people see of ladders: what would go when, what went and why, whom to call, what nobody answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Value,
)
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.access import ALERTS, ESCALATIONS, LADDERS, may_climb, may_follow, may_have_rendition
from incidents.models import (
    Alert,
    AlertLadder,
    AlertState,
    Audience,
    CallOutcome,
    Delivery,
    DeliveryAnswer,
    Escalation,
    EscalationState,
    Incident,
    Ladder,
    Why,
)
from incidents.models.ladders import StepFields
from incidents.panels import alert_page, preview_page
from incidents.preview import words_of_line
from incidents.services import ladders, timeline
from incidents.services.alerts import CHANGEABLE
from incidents.services.climbing import OPEN
from incidents.services.ladders import Plan
from orgs.models import AuditEntry, Role
from orgs.policy import Viewer
from orgs.providers import Moment, Waits
from orgs.sections import Section

LONGEST_LIST = 20
_HOLDING = (DeliveryAnswer.ACKNOWLEDGED, DeliveryAnswer.ACTING, DeliveryAnswer.DONE)
_REACHED = (CallOutcome.ACTING, CallOutcome.INFORMED)
_TONES = {
    EscalationState.WAITING: "new",
    EscalationState.PAUSED: "doing",
    EscalationState.DONE: "done",
    EscalationState.ENDED: "stopped",
}


# --- Plans -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepShown:
    """One step in words, and when it goes if nobody answers."""

    number: int
    wait: int
    whom: str
    is_call: bool
    at: datetime | None = None


def steps_shown(steps: Iterable[StepFields], *, began: datetime | None = None) -> list[StepShown]:
    """The steps of a plan; with ``began``, each with its time if nobody answers."""
    shown, due = [], began
    for step in steps:
        due = due + timedelta(minutes=step.wait) if due is not None else None
        shown.append(StepShown(step.step, step.wait, whom(step), step.is_call, due))
    return shown


def whom(step: StepFields) -> str:
    """Whom a step tells or has called; never a number."""
    if step.is_call:
        return _("a coordinator calls %(name)s") % {"name": step.call_name}
    audience = Audience(step.audience).label
    return f"{audience} – {words_of_line(ladders.as_line(step))}"


def listed(viewer: Viewer) -> QuerySet[Ladder]:
    """The ladders that a coordinator keeps or may read, those in use first."""
    rows = LADDERS.rows(viewer).select_related("area").prefetch_related("types", "steps").defer("area__geometry")
    return rows.annotate(shown_audience=LADDERS.audience_column(viewer)).order_by("-is_active", "name", "pk")


def preview_section(viewer: Viewer, alert: Alert) -> Section | None:
    """What goes when if nobody answers, above the button that releases."""
    if alert.state not in CHANGEABLE:
        return None
    plan = ladders.plan_of(alert, alert.incident)
    data = {
        "plan": plan,
        "steps": steps_shown(plan.steps, began=timezone.now()),
        "hindered": _hindered(plan, alert.incident),
    }
    return Section("ladder", _("If nobody answers"), "incidents/ladders/preview_section.html", data, position=40)


def _hindered(plan: Plan, incident: Incident) -> list[int]:
    """The steps that would tell nobody, as the incident is marked and checked now."""
    return [step.step for step in plan.steps if step.audience and not may_have_rendition(incident, step.audience)]


# --- One alert ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RungShown:
    """One step of an alert: what became of it."""

    step: Escalation
    whom: str
    state: str
    tone: str
    why: str
    is_next: bool


def rungs_of(alert: Alert) -> list[RungShown]:
    """Every step of an alert, in order; the next one is marked."""
    rows = list(
        alert.escalations.select_related("area", "organisation", "person", "done_by", "called_by")
        .defer("area__geometry")
        .order_by("step")
    )
    following = next((row.step for row in rows if row.state in OPEN), 0)
    return [
        RungShown(
            step=row,
            whom=whom(row),
            state=str(row.get_state_display()),
            tone=_TONES[EscalationState(row.state)],
            why=str(Why(row.why).label) if row.why else "",
            is_next=row.step == following,
        )
        for row in rows
    ]


def alert_section(viewer: Viewer, alert: Alert) -> Section | None:
    """What the ladder of a released alert did, what comes next and when; for those who follow it."""
    if alert.state in CHANGEABLE or not may_follow(viewer, alert):
        return None
    choice = AlertLadder.objects.select_related("stopped_by", "chosen_by").filter(alert=alert).first()
    rungs = rungs_of(alert)
    climbs = bool(rungs) and may_climb(viewer, alert)
    data = {
        "choice": choice,
        "rungs": rungs,
        "next": next((rung for rung in rungs if rung.is_next), None) if alert.state == AlertState.RELEASED else None,
        "may_climb": climbs,
        "call": call_of(alert) if climbs else None,
        "nobody": nobody_answered(viewer).filter(pk=alert.pk).exists() if climbs else False,
    }
    return Section("ladder", _("If nobody answers"), "incidents/ladders/alert_section.html", data, position=10)


def call_of(alert: Alert) -> Escalation | None:
    """The call at the end of the ladder, once its turn has come."""
    rows = alert.escalations.filter(state=EscalationState.DONE).exclude(call_phone="")
    return rows.select_related("called_by").first()


def call_to_make(viewer: Viewer, alert: Alert) -> Escalation | None:
    """The same, for the coordinators who may make it, while the alert stands."""
    return call_of(alert) if may_climb(viewer, alert) else None


# --- What nobody answered ----------------------------------------------------------------------------------------


def nobody_answered(viewer: Viewer) -> QuerySet[Alert]:
    """Released alerts of a coordinator whose ladder has come to its end without any answer, longest first."""
    own = Escalation.objects.filter(alert=OuterRef("pk"))
    wait = ExpressionWrapper(F("wait") * Value(timedelta(minutes=1)), output_field=DurationField())
    until = ExpressionWrapper(F("done_at") + wait, output_field=DateTimeField())
    waited_for = own.filter(state=EscalationState.DONE, call_phone="").annotate(until=until).filter(until__gt=Now())
    return (
        ALERTS.rows_as(viewer, "coordinator")
        .filter(Exists(own.filter(state=EscalationState.DONE)), state=AlertState.RELEASED)
        .exclude(Exists(own.exclude(state=EscalationState.DONE)))
        .exclude(Exists(own.filter(call_outcome__in=_REACHED)))
        .exclude(Exists(Delivery.objects.filter(alert=OuterRef("pk"), answer__in=_HOLDING)))
        # A call has no wait of its own: it is to be made now.
        .exclude(Exists(waited_for), ~Exists(own.exclude(call_phone="")))
        .order_by("released_at", "pk")
    )


def nobody_answered_shown(viewer: Viewer) -> list[Alert]:
    """The first of them, with what a list shows."""
    if Role.COORDINATOR not in viewer.roles:
        return []
    rows = nobody_answered(viewer).select_related("incident__type", "incident__cercle", "exercise")
    return list(rows.defer("incident__cercle__geometry")[:LONGEST_LIST])


def unanswered_waiting(viewer: Viewer) -> list[Waits]:
    """Alerts that nobody answered: somebody must be called."""
    if Role.COORDINATOR not in viewer.roles:
        return []
    return [Waits("alerts", nobody_answered(viewer), _unanswered_words, reverse("alerts"))]


def _unanswered_words(count: int) -> str:
    return ngettext("alert that nobody answered: call", "alerts that nobody answered: call", count)


# --- The incident's line of time ---------------------------------------------------------------------------------

timeline.WORDS["escalation"] = {
    "climbed": gettext_lazy("Step %(n)s: others were told"),
    "paused": gettext_lazy("The ladder rests before step %(n)s"),
    "resumed": gettext_lazy("The ladder goes on towards step %(n)s"),
    "ended": gettext_lazy("The ladder ended before step %(n)s"),
    "call_noted": gettext_lazy("Step %(n)s: the call was ticked off"),
}
CHOICE_WORDS = {
    "ladder_chosen": gettext_lazy("Another ladder chosen for the alert"),
    "ladder_left_out": gettext_lazy("Ladder of the alert left out"),
    "ladder_proposed": gettext_lazy("Proposed ladder taken again for the alert"),
}


def ladders_on_the_line(incident: Incident, viewer: Viewer) -> list[Moment]:
    """Every step of the ladders of an incident's alerts; the next ones are awaited."""
    rows = {str(row.pk): row for row in _escalations(incident, viewer)}
    if not rows:
        return []
    entries = AuditEntry.objects.filter(
        object_type="escalation", object_id__in=list(rows), verb__in=list(timeline.WORDS["escalation"])
    ).select_related("actor")
    past = [_moment(entry, rows[entry.object_id]) for entry in entries.order_by("id")]
    return [*past, *_awaited(list(rows.values()))]


def _escalations(incident: Incident, viewer: Viewer) -> QuerySet[Escalation]:
    rows = ESCALATIONS.rows(viewer).filter(alert__incident=incident)
    return rows.select_related("alert", "area", "organisation", "person").defer("area__geometry").order_by("step")


def _moment(entry: AuditEntry, row: Escalation) -> Moment:
    title = timeline.words_of(entry) % {"n": row.step}
    why = entry.facts.get("why", "")
    reason = str(Why(why).label) if why in Why.values else ""
    details = [entry.actor.name if entry.actor is not None else "", reason]
    if entry.verb == "climbed":
        details.append(whom(row) if row.is_call else f"{whom(row)}: {_people(row.told)}")
    if entry.verb == "call_noted":
        details.append(str(dict(CallOutcome.choices).get(entry.facts.get("outcome", ""), "")))
    return Moment(entry.at, title, " · ".join(part for part in details if part), _address(row))


def _people(count: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": count}


def _awaited(rows: Sequence[Escalation]) -> list[Moment]:
    """The next step of each alert that still climbs."""
    first: dict[object, Escalation] = {}
    for row in rows:
        if row.state in OPEN and row.alert.state == AlertState.RELEASED:
            first.setdefault(row.alert_id, row)
    return [
        Moment(row.due_at, _("Step %(n)s, if nobody answers before") % {"n": row.step}, whom(row), _address(row), True)
        for row in first.values()
        if row.state == EscalationState.WAITING
    ]


def _address(row: Escalation) -> str:
    return f"{reverse('alert', args=[row.alert_id])}#ladder"


def register() -> None:
    """Give pages, the line of time and the bar of tasks what they show of ladders."""
    from orgs import providers

    preview_page.register(preview_section)
    alert_page.register(alert_section)
    providers.waiting.register(unanswered_waiting)
    timeline.WORDS["alert"] = {**timeline.WORDS["alert"], **CHOICE_WORDS}
    if ladders_on_the_line not in timeline.sources:
        timeline.sources.append(ladders_on_the_line)
