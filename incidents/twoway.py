"""What people find of questions, outcomes and advisories: on an alert's page, in inbox and lists, and what waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from incidents import notice_words, panels
from incidents.access import (
    ADVISORIES,
    ALERTS,
    ANSWERABLE_LATER,
    DELIVERIES,
    QUESTION_ANSWERS,
    QUESTIONS,
    may_ask,
    may_follow,
)
from incidents.disclosure import ANSWER, WORDING
from incidents.models import (
    Advisory,
    AdvisoryState,
    AdvisoryWording,
    Alert,
    AlertQuestion,
    AlertState,
    Delivery,
    DeliveryAnswer,
    QuestionAnswer,
    QuestionState,
    Reply,
    ReplyKind,
    Report,
    ReportState,
)
from incidents.services import timeline
from orgs.models import Channel, Role
from orgs.policy import Viewer
from orgs.providers import Waits
from orgs.sections import Section

DECIDE_WITHIN = timedelta(hours=6)
"""An advisory that nobody has decided on for so long stands first in every list, marked as late."""
ANSWERS_STAY = timedelta(days=14)
"""For so long an answered question stands in the inbox of the one who asked."""
MOST_ON_A_PAGE = 100
MOST_IN_THE_INBOX = 30


# --- On the page of an alert -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Thread:
    """A question with its answers, as one side sees it."""

    question: AlertQuestion
    answers: list[dict[str, Any]]
    open: bool
    by_call: bool
    """Whoever asked is told by telephone: no message goes to them."""


def threads_of(viewer: Viewer, alert: Alert) -> list[Thread]:
    """The questions about an alert that the viewer may read, those that wait first; two queries for all."""
    rows = (
        QUESTIONS.rows(viewer)
        .filter(delivery__alert=alert)
        .select_related("reply", "closed_by", "delivery__recipient", "delivery__organisation")
    )
    audience = "coordinator" if may_follow(viewer, alert) else "asker"
    answers = QuestionAnswer.objects.select_related("written_by").order_by("written_at", "id")
    place = Case(When(state=QuestionState.OPEN, then=Value(0)), default=Value(1))
    found = rows.prefetch_related(Prefetch("answers", answers)).order_by(place, "-asked_at", "-id")[:MOST_ON_A_PAGE]
    return [
        Thread(
            question,
            [ANSWER.show(one, audience) for one in question.answers.all()],
            question.state == QuestionState.OPEN,
            question.delivery.channel == Channel.CALL,
        )
        for question in found
    ]


def said_to_all(viewer: Viewer, alert: Alert) -> list[dict[str, Any]]:
    """What the coordinators told all recipients in answer to questions of others."""
    rows = QUESTION_ANSWERS.rows(viewer).filter(question__delivery__alert=alert, to_all=True)
    others = rows.exclude(question__delivery__recipient=viewer.user_id).select_related("written_by", "question")
    return [ANSWER.show(one, "recipient") for one in others.order_by("written_at", "id")[:MOST_ON_A_PAGE]]


def outcomes_of(viewer: Viewer, alert: Alert) -> list[Reply]:
    """What recipients told as outcome, for the coordinators: what waits for a decision first."""
    rows = Reply.objects.filter(
        delivery__in=DELIVERIES.rows_as(viewer, "coordinator").filter(alert=alert).values("pk"), kind=ReplyKind.OUTCOME
    )
    rows = rows.select_related("delivery__recipient", "delivery__organisation", "decision__decided_by")
    return list(rows.order_by(F("decision__decided_at").desc(nulls_first=True), "-at")[:MOST_ON_A_PAGE])


def reports_to_ask(alert: Alert) -> list[int]:
    """The reports behind an alert whose reporter can be asked back, for its coordinators."""
    rows = Report.objects.filter(incident=alert.incident_id, state=ReportState.ATTACHED, erased_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:10])


def questions_section(viewer: Viewer, alert: Alert) -> Section | None:
    """Questions and answers, for those who ask and those who answer; nothing for who only reads."""
    if viewer.user_id is None or alert.state in (AlertState.DRAFT, AlertState.PROPOSED):
        return None
    follows = may_follow(viewer, alert)
    own = Delivery.objects.filter(alert=alert, recipient=viewer.user_id).select_related("alert__incident").first()
    if not follows and own is None:
        return None
    from incidents.forms.twoway import AnswerQuestionForm, AskForm

    threads = threads_of(viewer, alert)
    data = {
        "threads": [
            {
                "thread": one,
                "mine": one.question.delivery.recipient_id == viewer.user_id,
                "form": AnswerQuestionForm(auto_id=f"q{one.question.pk}_%s") if follows else None,
            }
            for one in threads
        ],
        "to_all": said_to_all(viewer, alert) if own is not None and not follows else [],
        "follows": follows,
        "may_ask": own is not None and may_ask(viewer, own),
        "may_answer": alert.state != AlertState.CANCELLED,
        "ask_form": AskForm(auto_id="ask_%s"),
        "reports": reports_to_ask(alert) if follows else [],
    }
    return Section("questions", _("Questions and answers"), "incidents/twoway/questions.html", data, position=20)


def outcomes_section(viewer: Viewer, alert: Alert) -> Section | None:
    """What came of an alert, for its coordinators: to pass on to the reporters or not."""
    if alert.state in (AlertState.DRAFT, AlertState.PROPOSED) or not may_follow(viewer, alert):
        return None
    found = outcomes_of(viewer, alert)
    if not found:
        return None
    data = {"outcomes": [{"reply": one, "decision": getattr(one, "decision", None)} for one in found]}
    title = pgettext("alert", "What came of it")
    return Section("outcomes", title, "incidents/twoway/outcomes.html", data, position=25)


# --- In the inbox ------------------------------------------------------------------------------------------------


def busy_with(viewer: Viewer) -> list[Delivery]:
    """The alerts that the viewer said to act on, or to have acted on, without telling what came of it."""
    own = DELIVERIES.rows(viewer).filter(
        recipient=viewer.user_id,
        alert__state__in=ANSWERABLE_LATER,
        answer__in=(DeliveryAnswer.ACTING, DeliveryAnswer.NEED_MORE, DeliveryAnswer.DONE),
    )
    told = Reply.objects.filter(delivery=OuterRef("pk"), kind=ReplyKind.OUTCOME)
    rows = own.filter(~Exists(told)).select_related("alert", "rendition")
    return list(rows.order_by("-created_at", "-id")[:MOST_IN_THE_INBOX])


def own_questions(viewer: Viewer) -> list[AlertQuestion]:
    """The viewer's questions that wait, and those answered lately."""
    lately = timezone.now() - ANSWERS_STAY
    rows = QUESTIONS.rows_as(viewer, "asker").filter(
        Q(state=QuestionState.OPEN) | Q(answers__written_at__gte=lately), delivery__alert__state__in=ANSWERABLE_LATER
    )
    found = rows.select_related("delivery__rendition", "reply").prefetch_related("answers").distinct()
    return list(found.order_by("-asked_at", "-id")[:MOST_IN_THE_INBOX])


def questions_waiting(viewer: Viewer) -> QuerySet[AlertQuestion]:
    """What nobody has answered yet, for coordinators; the oldest first."""
    rows = QUESTIONS.rows_as(viewer, "coordinator").filter(
        state=QuestionState.OPEN, delivery__alert__state__in=ANSWERABLE_LATER
    )
    return rows.exclude(delivery__recipient=viewer.user_id).order_by("asked_at", "id")


def outcomes_waiting(viewer: Viewer) -> QuerySet[Reply]:
    """Outcomes on which nobody decided yet, for coordinators; the oldest first."""
    mine = DELIVERIES.rows_as(viewer, "coordinator").exclude(recipient=viewer.user_id)
    rows = Reply.objects.filter(kind=ReplyKind.OUTCOME, decision=None, delivery__in=mine.values("pk"))
    return rows.order_by("at", "id")


def questions_followed(viewer: Viewer) -> QuerySet[AlertQuestion]:
    """The questions that a coordinator may answer, with their answers."""
    answers = QuestionAnswer.objects.select_related("written_by").order_by("written_at", "id")
    rows = QUESTIONS.rows_as(viewer, "coordinator").select_related(
        "reply", "delivery__alert__incident__type", "delivery__recipient", "delivery__organisation"
    )
    return rows.prefetch_related(Prefetch("answers", answers))


def outcomes_followed(viewer: Viewer) -> QuerySet[Reply]:
    """The outcomes on which a coordinator may decide."""
    mine = DELIVERIES.rows_as(viewer, "coordinator").values("pk")
    return Reply.objects.filter(kind=ReplyKind.OUTCOME, delivery__in=mine).select_related("delivery")


def inbox_of(viewer: Viewer) -> dict[str, Any]:
    """What the inbox shows of both sides' work, beside the alerts themselves."""
    if viewer.user_id is None:
        return {}
    found: dict[str, Any] = {"questions": own_questions(viewer)}
    if Role.COORDINATOR in viewer.roles:
        joined = ("delivery__alert__incident__type", "delivery__recipient", "delivery__organisation")
        found["asked"] = list(questions_waiting(viewer).select_related("reply", *joined)[:MOST_IN_THE_INBOX])
        found["outcomes"] = list(outcomes_waiting(viewer).select_related(*joined)[:MOST_IN_THE_INBOX])
    return found


# --- Advisories --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where an advisory stands, in a word with its tone, and whether it waits too long."""

    code: str
    label: Any
    tone: str
    late: bool = False


_STANDINGS: dict[str, tuple[Any, str]] = {
    "given": (pgettext_lazy("advisory", "Waits for a coordinator"), "new"),
    "preparing": (pgettext_lazy("advisory", "Being passed on"), "doing"),
    "passed_on": (pgettext_lazy("advisory", "Passed on"), "done"),
    "held": (pgettext_lazy("advisory", "Held"), "stopped"),
    "withdrawn": (pgettext_lazy("advisory", "Withdrawn"), "stopped"),
    "recall": (pgettext_lazy("advisory", "Withdrawn: the alert still stands"), "stopped"),
    "cancelled": (pgettext_lazy("advisory", "Passed on, then cancelled"), "stopped"),
    "over": (pgettext_lazy("advisory", "Over"), "done"),
}


def standing_of(advisory: Advisory, *, now: datetime | None = None) -> Standing:
    """Where an advisory stands, by what was decided, by its alert and by the clock."""
    now = now or timezone.now()
    code = _code_of(advisory, now)
    label, tone = _STANDINGS[code]
    late = code == "recall" or (code == "given" and now - advisory.given_at > DECIDE_WITHIN)
    return Standing(code, label, tone, late)


def _code_of(advisory: Advisory, now: datetime) -> str:
    alert_state = advisory.alert.state if advisory.alert is not None else ""
    if advisory.state == AdvisoryState.WITHDRAWN:
        return "recall" if alert_state in (AlertState.RELEASED, AlertState.DRAFT, AlertState.PROPOSED) else "withdrawn"
    if advisory.state == AdvisoryState.HELD:
        return "held"
    if alert_state == AlertState.CANCELLED:
        return "cancelled"
    if advisory.ends_at <= now or alert_state in (AlertState.EXPIRED, AlertState.REPLACED):
        return "over"
    if advisory.state == AdvisoryState.PASSED_ON and alert_state:
        return "passed_on" if alert_state == AlertState.RELEASED else "preparing"
    return "given"


_DRAFT = (AlertState.DRAFT, AlertState.PROPOSED)
_UNDECIDED = Q(state=AdvisoryState.GIVEN) | Q(state=AdvisoryState.PASSED_ON, alert=None)
_TO_RECALL = Q(state=AdvisoryState.WITHDRAWN, alert__state__in=(AlertState.RELEASED, *_DRAFT))


def _waits() -> Q:
    return _TO_RECALL | (_UNDECIDED & Q(ends_at__gt=timezone.now()))


def advisories_to_decide(viewer: Viewer) -> QuerySet[Advisory]:
    """What waits for a coordinator: what to recall and what is late, then the rest, the oldest first."""
    rows = ADVISORIES.rows_as(viewer, "coordinator").exclude(organisation__in=sorted(viewer.organisation_ids))
    late = Q(given_at__lt=timezone.now() - DECIDE_WITHIN) | _TO_RECALL
    place = Case(When(late, then=Value(True)), default=Value(False), output_field=BooleanField())
    return _joined(rows.filter(_waits())).order_by(place.desc(), "given_at", "id")


def advisories_listed(viewer: Viewer) -> QuerySet[Advisory]:
    """Every other advisory that the viewer may read."""
    mine = ADVISORIES.rows(viewer)
    if Role.COORDINATOR in viewer.roles:
        mine = mine.exclude(pk__in=advisories_to_decide(viewer).order_by().values("pk"))
    return _joined(mine)


def _joined(rows: QuerySet[Advisory]) -> QuerySet[Advisory]:
    return rows.select_related("type", "organisation", "alert", "given_by", "decided_by").prefetch_related(
        Prefetch("wordings", AdvisoryWording.objects.select_related("written_by").order_by("id")), "areas"
    )


def public_and_known(viewer: Viewer) -> QuerySet[Alert]:
    """The alerts that came of advisories and that the viewer may read: what both sides see of them."""
    rows = ALERTS.rows(viewer).filter(advisory__isnull=False, state__in=(*ANSWERABLE_LATER, AlertState.CANCELLED))
    return rows.select_related("incident__type").prefetch_related("renditions").order_by("-released_at", "-id")


def advisory_seen(viewer: Viewer, number: Any) -> Advisory | None:
    """One advisory, with all that its page shows."""
    rows = ADVISORIES.rows(viewer).filter(pk=number)
    return _joined(rows.select_related("incident")).first()


def wordings_shown(viewer: Viewer, advisory: Advisory) -> list[dict[str, Any]]:
    """Every version of the words, oldest first, as this viewer may read them."""
    audience = ADVISORIES.audience(viewer, advisory) or "service"
    return [{**WORDING.show(one, audience), "side_label": one.get_side_display()} for one in advisory.wordings.all()]


def reach_of(advisory: Advisory) -> dict[str, int]:
    """What became of an advisory: how many people were told, and how many answered. Numbers alone."""
    if advisory.alert_id is None:
        return {}
    told = Delivery.objects.filter(alert=advisory.alert_id)
    return told.aggregate(
        people=Count("recipient", distinct=True),
        answered=Count("recipient", distinct=True, filter=~Q(answer=DeliveryAnswer.NONE)),
    )


# --- What waits --------------------------------------------------------------------------------------------------


def twoway_waiting(viewer: Viewer) -> list[Waits]:
    """Questions, outcomes and advisories that wait for a coordinator."""
    if Role.COORDINATOR not in viewer.roles:
        return []
    advisories = ADVISORIES.rows_as(viewer, "coordinator").exclude(organisation__in=sorted(viewer.organisation_ids))
    return [
        Waits("alerts", questions_waiting(viewer), _question_words, "/alerts/#asked"),
        Waits("alerts", outcomes_waiting(viewer), _outcome_words, "/alerts/#outcomes-told"),
        Waits("alerts", advisories.filter(_waits()), _advisory_words, reverse("advisories")),
    ]


def _question_words(count: int) -> str:
    return ngettext("question to answer", "questions to answer", count)


def _outcome_words(count: int) -> str:
    return ngettext("outcome to read", "outcomes to read", count)


def _advisory_words(count: int) -> str:
    return ngettext("advisory to decide on", "advisories to decide on", count)


# --- Words of the line of time -----------------------------------------------------------------------------------

timeline.WORDS["advisory"] = {
    "given": gettext_lazy("Advisory given"),
    "rewritten": gettext_lazy("Words of the advisory changed"),
    "withdrawn": gettext_lazy("Advisory withdrawn"),
    "held": gettext_lazy("Advisory held"),
    "passed_on": gettext_lazy("Advisory passed on"),
}


def steps_of_advisory(advisory: Advisory) -> Sequence[tuple[str, datetime]]:
    """What was done with an advisory, and when; who did it stays at the desk."""
    from orgs import audit

    return [(timeline.words_of(entry), entry.at) for entry in audit.entries_of(advisory)]


def severity_words(advisory: Advisory) -> Iterable[str]:
    """Severity and type in words, for titles."""
    return (str(advisory.get_severity_display()), advisory.type.label)


def title_of(advisory: Advisory) -> str:
    """What an advisory is called in lists."""
    names = ", ".join(area.name for area in advisory.areas.all())
    return pgettext("advisory", "%(what)s – %(where)s") % {"what": advisory.type.label, "where": names}


def register() -> None:
    """Give the pages and the outbox what is asked of this part."""
    from orgs import providers

    panels.alert_page.register(questions_section)
    panels.alert_page.register(outcomes_section)
    providers.waiting.register(twoway_waiting)
    notice_words.register()
