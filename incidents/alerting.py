"""What people find of alerts: inbox, what they may read, who was told and answered, and what waits for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from incidents.access import ALERTS, DELIVERIES, SENT, TOTALS
from incidents.chains import Chain, Link, chains_of
from incidents.disclosure import NO_SMALL_COUNTS
from incidents.models import (
    ADVISORY_HOLDS,
    Alert,
    AlertState,
    Audience,
    Delivery,
    DeliveryAnswer,
    Incident,
    LinkOpening,
    Rendition,
    Reply,
    Severity,
)
from incidents.safety_shown import harm_details
from incidents.services import following, timeline
from incidents.services.fanout import CARRIERS, ORDER
from orgs.messaging import reasons
from orgs.models import Area, AuditEntry, Channel, Message, MessageState, Organisation, Role
from orgs.policy import Viewer
from orgs.providers import Advisory, Moment, Waits

TOTALS_OF_DAYS = 30
MOST_REPLIES_ON_A_LINE = 100
_GRAVEST_FIRST = [str(level) for level in Severity.values]


# --- Inbox -------------------------------------------------------------------------------------------------------


def inbox(viewer: Viewer) -> QuerySet[Delivery]:
    """The viewer's own alerts, with what the list shows."""
    own = DELIVERIES.rows(viewer).filter(recipient=viewer.user_id, alert__state__in=SENT)
    return own.select_related("alert__incident", "rendition").order_by("-created_at", "-id")


def newest_of_threads(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Deliveries without those that a later alert of their thread replaced for the same person: these are folded."""
    newer = Delivery.objects.filter(
        recipient=OuterRef("recipient"), alert__thread=OuterRef("alert__thread"), alert__state__in=SENT
    ).filter(alert__released_at__gt=OuterRef("alert__released_at"))
    return rows.exclude(Exists(newer))


def with_earlier(viewer: Viewer, rows: Iterable[Delivery]) -> list[tuple[Delivery, list[Delivery]]]:
    """Each with the earlier ones of its thread that the viewer had, in one query for all."""
    page = list(rows)
    threads = {row.alert.thread for row in page}
    older: dict[Any, list[Delivery]] = {}
    for one in inbox(viewer).filter(alert__thread__in=threads) if threads else ():
        older.setdefault(one.alert.thread, []).append(one)
    return [(row, [one for one in older.get(row.alert.thread, []) if _before(one, row)]) for row in page]


def _before(one: Delivery, other: Delivery) -> bool:
    return bool(one.pk != other.pk and (one.alert.released_at, one.pk) < (other.alert.released_at, other.pk))


def unanswered(viewer: Viewer) -> QuerySet[Delivery]:
    """What still waits for the viewer's answer, newest first."""
    return inbox(viewer).filter(_WAITS)


def answered(viewer: Viewer) -> QuerySet[Delivery]:
    """What the viewer answered, and what was cancelled."""
    return inbox(viewer).exclude(_WAITS)


_WAITS = Q(answer=DeliveryAnswer.NONE, alert__state=AlertState.RELEASED)


def may_also_read(viewer: Viewer) -> QuerySet[Alert]:
    """Alerts that the viewer may read without being a recipient, newest first."""
    others = ALERTS.rows(viewer).filter(state__in=SENT)
    if viewer.user_id is not None:
        others = others.exclude(pk__in=Delivery.objects.filter(recipient=viewer.user_id).values("alert"))
    return others.select_related("incident").order_by("-released_at", "-id")


def worked_on(viewer: Viewer) -> QuerySet[Alert]:
    """The alerts of a coordinator's areas: those that wait for a second person, drafts, then the rest by age."""
    place = Case(
        When(state=AlertState.PROPOSED, then=Value(0)),
        When(state=AlertState.DRAFT, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = ALERTS.rows_as(viewer, "coordinator").select_related("incident__type", "incident__cercle", "created_by")
    return rows.annotate(place=place).order_by("place", "-created_at", "-id")


@dataclass(frozen=True)
class AreaTotal:
    """How many incidents were verified in a cercle; ``None`` for so few that they might point at somebody."""

    area: str
    incidents: int | None


def totals_of_own_areas(viewer: Viewer) -> list[AreaTotal]:
    """Verified incidents of the last days in a liaison's own areas, by cercle: numbers and no content."""
    if Role.LIAISON not in viewer.roles:
        return []
    since = timezone.localdate() - timedelta(days=TOTALS_OF_DAYS)
    rows = (
        TOTALS.rows(viewer)
        .filter(occurred_on__gte=since, cercle__isnull=False)
        .order_by()
        .values_list("cercle__name")
        .annotate(incidents=Count("pk"))
    )
    found = [AreaTotal(name, NO_SMALL_COUNTS.python(incidents)) for name, incidents in rows]
    return sorted(found, key=lambda total: (-(total.incidents or 0), total.area))


# --- One alert ---------------------------------------------------------------------------------------------------


def own_delivery(viewer: Viewer, alert: Alert) -> Delivery | None:
    """The delivery by which the viewer was told."""
    if viewer.user_id is None:
        return None
    rows = DELIVERIES.rows(viewer).filter(alert=alert, recipient=viewer.user_id)
    return rows.select_related("alert__incident", "rendition").order_by("-step").first()


def reading_for(viewer: Viewer, alert: Alert, own: Delivery | None = None) -> Rendition | None:
    """The rendition that this viewer reads, in the language of the page; ``None`` where none was written for them."""
    frozen = {(one.audience, one.language): one for one in alert.renditions.all()}
    audience = _audience_read(viewer, alert, own)
    language = (get_language() or "fr")[:2]
    return frozen.get((audience, language)) or frozen.get((audience, "fr"))


def _audience_read(viewer: Viewer, alert: Alert, own: Delivery | None) -> str:
    if own is not None:
        return own.rendition.audience
    sees_as = ALERTS.audience(viewer, alert)
    if sees_as == "recipient":
        return _audience_of_colleagues(viewer, alert)
    if sees_as in ("network", "coordinator"):
        return Audience.NETWORK
    return Audience.PUBLIC


def _audience_of_colleagues(viewer: Viewer, alert: Alert) -> str:
    """What was written for the viewer's organisation, or for one that serves it."""
    own = sorted(viewer.organisation_ids)
    served_by = Organisation.objects.filter(serves__in=own).values("pk")
    told = alert.deliveries.filter(Q(organisation__in=own) | Q(organisation__in=served_by))
    audiences = set(told.values_list("rendition__audience", flat=True).distinct())
    return next((str(audience) for audience in ORDER if audience in audiences), Audience.PUBLIC)


@dataclass(frozen=True)
class Told:
    """One recipient as the coordinators of the area see them."""

    delivery: Delivery
    message: Message | None
    state: str
    why: str
    after: str
    links: list[Link]


def recipients_of(viewer: Viewer, alert: Alert) -> QuerySet[Delivery]:
    """Who was told, for the coordinators who follow the alert."""
    return DELIVERIES.rows_as(viewer, "coordinator").filter(alert=alert)


def with_messages(deliveries: Iterable[Delivery]) -> list[Told]:
    """Deliveries with what became of their messages, in one query for the page."""
    page = list(deliveries)
    chains = chains_of(page)
    return [_told(delivery, chains.get(delivery.pk, Chain())) for delivery in page]


def _told(delivery: Delivery, chain: Chain) -> Told:
    message = chain.message
    state = message.get_state_display() if message else ""
    if delivery.channel == Channel.CALL:
        state = _("Called") if delivery.called_at else _("To be called")
    elif delivery.channel == Channel.INBOX:
        state = _("In the inbox")
    elif delivery.hold:
        return Told(delivery, message, str(delivery.get_hold_display()), held_words(delivery), "", [])
    after = ""
    if delivery.answered_at and delivery.alert.released_at:
        after = after_words(delivery.answered_at - delivery.alert.released_at)
    why = str(reasons.words(message.reason)) if message else ""
    return Told(delivery, message, str(state), why, after, chain.links)


def held_words(delivery: Delivery) -> str:
    """Until when a message is held."""
    if delivery.held_until is None:
        return ""
    return _("until %(moment)s") % {"moment": date_format(timezone.localtime(delivery.held_until), "j F, H:i")}


def call_list(viewer: Viewer, alert: Alert) -> QuerySet[Delivery]:
    """Whom somebody must call: those without internet or whose message failed; once it is over, those called."""
    by_call = Q(channel=Channel.CALL)
    # Failed by one way and on its way, or arrived, by another: nobody need call yet.
    going = Message.objects.filter(
        Q(maybe_double=True) | ~Q(state__in=(MessageState.FAILED, MessageState.SKIPPED)),
        carriages__delivery=OuterRef("pk"),
        purpose__in=CARRIERS,
    )
    not_reached = Q(messages__purpose__in=CARRIERS, messages__state=MessageState.FAILED) & ~Exists(going)
    rows = recipients_of(viewer, alert).filter(by_call | not_reached, recipient__is_active=True)
    if alert.state != AlertState.RELEASED:
        rows = rows.filter(following.call_again(alert))
    return rows.select_related("recipient", "organisation", "rendition", "alert").order_by("answer", "id").distinct()


def openings_of(deliveries: Iterable[Delivery]) -> dict[int, list[LinkOpening]]:
    """When the links of these deliveries were opened, the newest first; one query for the page."""
    found: dict[int, list[LinkOpening]] = {}
    for one in LinkOpening.objects.filter(delivery__in=list(deliveries)).order_by("delivery", "-id"):
        found.setdefault(one.delivery_id, []).append(one)
    return found


def tries_of(deliveries: Iterable[Delivery]) -> dict[str, int]:
    """How often nobody answered a call, by delivery."""
    numbers = [str(delivery.pk) for delivery in deliveries]
    rows = AuditEntry.objects.filter(
        object_type="delivery", object_id__in=numbers, verb="called", facts__result="no_answer"
    )
    return dict(rows.values_list("object_id").annotate(Count("pk")).values_list("object_id", "pk__count"))


def progress_of(alert: Alert) -> dict[str, int]:
    """How many people were told, by answer and in all; one query."""
    rows = alert.deliveries.order_by().values_list("answer").annotate(people=Count("pk"))
    counts = {answer or "none": people for answer, people in rows}
    return {**counts, "all": sum(counts.values())}


# --- The incident's line of time ---------------------------------------------------------------------------------

timeline.WORDS["alert"] = {
    "prepared": gettext_lazy("Alert prepared"),
    "audiences_chosen": gettext_lazy("Recipients of the alert chosen"),
    "worded": gettext_lazy("Words of the alert changed"),
    "proposed": gettext_lazy("Alert proposed to a second person"),
    "released": gettext_lazy("Alert released"),
    "cancelled": gettext_lazy("Alert cancelled"),
    "expired": gettext_lazy("The time of the alert was over"),
    "copied": gettext_lazy("Alert opened as text to copy"),
    "links_recalled": gettext_lazy("Links of the alert recalled"),
    "calls_opened": gettext_lazy("Call list opened"),
    "discarded": gettext_lazy("Draft of an alert thrown away"),
    "reviewed": gettext_lazy("Gone through “Do no harm”"),
    "closed": gettext_lazy("Said what the alert turned out to be"),
    "closing_corrected": gettext_lazy("Corrected what the alert turned out to be"),
}


def alerts_on_the_line(incident: Incident, viewer: Viewer) -> list[Moment]:
    """What was done to the alerts of an incident, who was told and when, what was answered after how long."""
    found = {str(alert.pk): alert for alert in ALERTS.rows_as(viewer, "coordinator").filter(incident=incident)}
    if not found:
        return []
    return [*_steps(found), *_first_delivered(found), *_replies(found)]


def _steps(found: dict[str, Alert]) -> list[Moment]:
    # The call list is opened again after each call that is ticked off: for the audit log, not for this line.
    entries = (
        AuditEntry.objects.filter(object_type="alert", object_id__in=list(found))
        .exclude(verb="calls_opened")
        .select_related("actor")
    )
    return [
        Moment(entry.at, timeline.words_of(entry), _step_detail(entry), reverse("alert", args=[entry.object_id]))
        for entry in entries.order_by("id")
    ]


def _step_detail(entry: AuditEntry) -> str:
    who = entry.actor.name if entry.actor is not None else ""
    people = entry.facts.get("recipients")
    told = "" if people is None else ngettext("%(n)s person told", "%(n)s people told", people) % {"n": people}
    return " · ".join(part for part in (who, told, *harm_details(entry.facts)) if part)


def _first_delivered(found: dict[str, Alert]) -> list[Moment]:
    """How many messages have left, by alert and channel, at the time of the first."""
    rows = (
        Message.objects.filter(
            deliveries__alert__in=list(found),
            purpose__in=CARRIERS,
            state__in=(MessageState.SENT, MessageState.DELIVERED),
        )
        .order_by()
        .values_list("channel", "deliveries__alert")
        .annotate(people=Count("pk"), first=Min("sent_at"), confirmed=Count("pk", filter=Q(state="delivered")))
    )
    return [
        Moment(
            first,
            f"{Channel(channel).label} – {_messages_sent(people)}",
            _messages_confirmed(confirmed) if confirmed else "",
            reverse("alert", args=[alert]),
        )
        for channel, alert, people, first, confirmed in rows
    ]


def _messages_sent(count: int) -> str:
    return ngettext("%(n)s message sent", "%(n)s messages sent", count) % {"n": count}


def _messages_confirmed(count: int) -> str:
    return ngettext("%(n)s arrived on the phone", "%(n)s arrived on the phones", count) % {"n": count}


def _replies(found: dict[str, Alert]) -> list[Moment]:
    rows = Reply.objects.filter(delivery__alert__in=list(found)).select_related("delivery__recipient")
    return [
        _reply(reply, found[str(reply.delivery.alert_id)]) for reply in rows.order_by("-id")[:MOST_REPLIES_ON_A_LINE]
    ]


def _reply(reply: Reply, alert: Alert) -> Moment:
    reason = reply.get_reason_display() if reply.reason else ""
    words = " · ".join(str(part) for part in (reply.delivery.recipient.name, reason, reply.text) if part)
    after = after_words(reply.at - alert.released_at) if alert.released_at else ""
    return Moment(reply.at, f"{reply.get_kind_display()} ({after})" if after else str(reply.get_kind_display()), words)


def after_words(waited: timedelta) -> str:
    """How long somebody took: "after 12 min"."""
    minutes = max(0, int(waited.total_seconds() // 60))
    if minutes < 60:
        return _("after %(n)s min") % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return _("after %(n)s h") % {"n": hours}
    return ngettext("after %(n)s day", "after %(n)s days", hours // 24) % {"n": hours // 24}


# --- What the foundation asks ------------------------------------------------------------------------------------


def public_advisories(viewer: Viewer) -> list[Advisory]:
    """Alerts written for the public that still hold, the gravest first."""
    since = timezone.now() - ADVISORY_HOLDS
    rows = ALERTS.rows(viewer).filter(
        Q(expires_at__gt=timezone.now()) | Q(expires_at=None, released_at__gte=since),
        state=AlertState.RELEASED,
        renditions__audience=Audience.PUBLIC,
    )
    current = list(rows.select_related("incident").prefetch_related("renditions").distinct()[:50])
    areas = _area_names(alert.incident for alert in current)
    found = [_advisory(alert, areas) for alert in current]
    return sorted(found, key=lambda one: (_GRAVEST_FIRST.index(one.severity), -one.issued_at.timestamp()))


def _advisory(alert: Alert, areas: dict[int, str]) -> Advisory:
    language = (get_language() or "fr")[:2]
    public = {one.language: one for one in alert.renditions.all() if one.audience == Audience.PUBLIC}
    rendition = public.get(language) or public["fr"]
    incident = alert.incident
    assert alert.released_at is not None
    return Advisory(
        title=rendition.headline,
        area=areas.get(incident.cercle_id or 0) or areas.get(incident.region_id or 0) or _("Mali"),
        severity=alert.severity,
        issued_at=alert.released_at,
        text=alert.instruction,
        url=reverse("alert", args=[alert.pk]),
        expires_at=alert.expires_at or alert.released_at + ADVISORY_HOLDS,
    )


def _area_names(incidents: Iterable[Incident]) -> dict[int, str]:
    ids = {area_id for incident in incidents for area_id in (incident.cercle_id, incident.region_id) if area_id}
    return dict(Area.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def alerts_waiting(viewer: Viewer) -> list[Waits]:
    """Alerts that wait for the viewer's answer, and proposals that wait for a second person."""
    if viewer.user_id is None:
        return []
    waits = [Waits("alerts", unanswered(viewer), _answer_words, reverse("alerts"))]
    if Role.COORDINATOR in viewer.roles:
        proposals = ALERTS.rows_as(viewer, "coordinator").filter(state=AlertState.PROPOSED)
        others = proposals.exclude(created_by=viewer.user_id)
        waits.append(Waits("alerts", others, _agreement_words, reverse("alerts")))
    return waits


def _answer_words(count: int) -> str:
    return ngettext("alert waits for your answer", "alerts wait for your answer", count)


def _agreement_words(count: int) -> str:
    return ngettext("alert needs your agreement", "alerts need your agreement", count)


def register() -> None:
    """Give the foundation's pages and the incident's line what is asked of this room."""
    from orgs import providers

    providers.advisories.register(public_advisories)
    providers.waiting.register(alerts_waiting)
    if alerts_on_the_line not in timeline.sources:
        timeline.sources.append(alerts_on_the_line)


def shown_state(alert: Alert) -> tuple[str, Any]:
    """The state in a word, and the tone of its badge."""
    tones = {
        AlertState.DRAFT: "new",
        AlertState.PROPOSED: "doing",
        AlertState.RELEASED: "done",
        AlertState.CANCELLED: "stopped",
        AlertState.REPLACED: "done",
        AlertState.EXPIRED: "done",
    }
    return str(alert.get_state_display()), tones[AlertState(alert.state)]
