"""What the pages of subscriptions, rules and alerts show of who is chosen, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from incidents.access import ALERTS, DELIVERIES, SENT, may_follow
from incidents.access.choice import SUBSCRIPTIONS, organisations_ruled_by
from incidents.models import (
    Alert,
    Audience,
    Delivery,
    Hold,
    IncidentType,
    Rendition,
    RuleAsDigest,
    Sending,
    Severity,
    Subscription,
)
from incidents.preview import words_of_line
from incidents.services import wishes
from incidents.services.subscriptions import Wanted
from orgs.models import Area, AreaNeighbour, Organisation
from orgs.models.areas import words_of
from orgs.policy import Viewer
from orgs.sections import Section
from orgs.services.hours import hours_of

PREVIEW_DAYS = 90
MOST_SHOWN = 12
_READ_AS = {
    "public": (Audience.PUBLIC,),
    "network": (Audience.NETWORK,),
    "coordinator": tuple(Audience),
}
"""Of the alerts of a preview; the number counts all of them."""


# --- Subscriptions and rules -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A subscription in words."""

    row: Subscription
    words: list[str]
    paused: str = ""
    as_digest: bool = False


def own_subscriptions(viewer: Viewer) -> list[Shown]:
    """The viewer's own, newest first."""
    return _shown(SUBSCRIPTIONS.rows_as(viewer, "own").filter(person=viewer.user_id, deleted_at=None))


def rules_kept_by(viewer: Viewer) -> list[Shown]:
    """The rules of the organisations for which the viewer sets them."""
    return _shown(SUBSCRIPTIONS.rows_as(viewer, "keeper").filter(deleted_at=None))


def rules_about(viewer: Viewer) -> list[Shown]:
    """The rules in use that mean the viewer: of their organisation, for one of their roles in it."""
    if not viewer.organisation_ids:
        return []
    posts = [(post.organisation_id, post.role) for post in viewer.posts if post.organisation_id is not None]
    meant = Q(pk__in=[])
    for organisation, role in posts:
        meant |= Q(organisation=organisation, role__in=["", role])
    rows = SUBSCRIPTIONS.rows_as(viewer, "told", "keeper").filter(meant, deleted_at=None, is_active=True)
    turned = set(RuleAsDigest.objects.filter(person=viewer.user_id).values_list("subscription", flat=True))
    return _shown(rows, turned)


def organisations_to_rule(viewer: Viewer) -> QuerySet[Organisation]:
    """The organisations whose rules the viewer sets."""
    return Organisation.objects.filter(pk__in=organisations_ruled_by(viewer)).order_by("name")


def _shown(rows: QuerySet[Subscription], turned: Iterable[int] = ()) -> list[Shown]:
    """In words, in three queries for any number of them."""
    found = rows.select_related("organisation").prefetch_related("areas", "types").order_by("-created_at", "-id")
    kept = set(turned)
    return [Shown(row, words_of_subscription(row), _paused(row), row.pk in kept) for row in found.distinct()]


def words_of_subscription(row: Subscription) -> list[str]:
    """What a subscription says, part by part."""
    areas = [words_of(area) for area in row.areas.all()]
    where = ", ".join(areas) if areas else _("the whole country")
    if areas and row.with_neighbours:
        where = _("%(areas)s and the areas beside") % {"areas": where}
    types = ", ".join(one.label for one in row.types.all()) or _("every type")
    least = Severity(row.min_severity)
    severity = _("every severity") if least == Severity.UNKNOWN else _("from “%(level)s”") % {"level": least.label}
    return [where, types, severity, hours_in_words(row), str(Sending(row.sending).label)]


def hours_in_words(row: Any) -> str:
    """Days and hours, of a subscription or of what is wanted."""
    days = ", ".join(str(WEEKDAYS[day - 1]) for day in row.days) or _("every day")
    if row.from_time is None:
        return _("%(days)s, at any hour") % {"days": days}
    hours = {"days": days, "from": time_format(row.from_time, "H:i"), "to": time_format(row.to_time, "H:i")}
    return _("%(days)s, from %(from)s to %(to)s") % hours


def _paused(row: Subscription) -> str:
    if not row.is_active:
        return _("Paused")
    if row.paused_until is not None and row.paused_until > timezone.now():
        return _("Paused until %(day)s") % {"day": date_format(timezone.localtime(row.paused_until), "j F, H:i")}
    return ""


def neighbours_are_known() -> bool:
    """Whether any neighbours were worked out for the areas of today."""
    return AreaNeighbour.objects.filter(area__edition__is_current=True).exists()


# --- What it would have been -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """One alert of the last days that a wish would have meant."""

    alert: Alert
    headline: str


@dataclass(frozen=True)
class Would:
    """What somebody would have had: how many alerts, and the newest of them."""

    days: int
    count: int
    alerts: list[Past] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The number in a sentence."""
        words = ngettext(
            "In the last %(days)s days you would have had %(n)s alert.",
            "In the last %(days)s days you would have had %(n)s alerts.",
            self.count,
        )
        return words % {"days": self.days, "n": self.count}


def would_have_had(viewer: Viewer, wanted: Wanted, *, at: datetime | None = None) -> Would:
    """The alerts that a wish would have meant, of those that the viewer may see; by the condition of the fan-out."""
    until = at or timezone.now()
    words, given = wishes.would_have_had(
        wanted.wish(hours_of(viewer).time_zone), until - timedelta(days=PREVIEW_DAYS), until
    )
    rows = ALERTS.rows(viewer).filter(pk__in=RawSQL(words, given), state__in=SENT).distinct()  # noqa: S611
    newest = list(rows.order_by("-released_at", "-id")[:MOST_SHOWN])
    headlines = _headlines(viewer, newest)
    return Would(PREVIEW_DAYS, rows.count(), [Past(alert, headlines.get(alert.pk, "")) for alert in newest])


def _headlines(viewer: Viewer, alerts: list[Alert]) -> dict[Any, str]:
    """What each is called in a rendition that the viewer reads: what was sent to them; else that of the network or of
    the public, as which they see the alert; any of them for its coordinators, who read them all."""
    keys = [alert.pk for alert in alerts]
    language = (get_language() or "fr")[:2]
    seen_as = dict(
        ALERTS.rows(viewer).filter(pk__in=keys).annotate(seen=ALERTS.audience_column(viewer)).values_list("pk", "seen")
    )
    best = Case(When(language=language, then=Value(0)), default=Value(1))
    found: dict[Any, str] = {}
    renditions = Rendition.objects.filter(alert__in=keys)
    for alert, audience, headline in renditions.order_by(best, "pk").values_list("alert", "audience", "headline"):
        if audience in _READ_AS.get(seen_as.get(alert, ""), ()):
            found.setdefault(alert, headline)
    mine = DELIVERIES.rows(viewer).filter(alert__in=keys, recipient=viewer.user_id)
    found |= dict(mine.values_list("alert", "rendition__headline"))
    return found


# --- On the page of an alert -------------------------------------------------------------------------------------


def held_section(viewer: Viewer, alert: Alert) -> Section | None:
    """For those who follow the alert: how many people wait for it, why, and until when."""
    if not may_follow(viewer, alert):
        return None
    rows = (
        DELIVERIES.rows_as(viewer, "coordinator")
        .filter(alert=alert)
        .exclude(hold="")
        .order_by()
        .values("hold")
        .annotate(people=Count("pk", distinct=True), first=Min("held_until"), last=Max("held_until"))
    )
    held = [{**row, "why": Hold(row["hold"]).label} for row in rows.order_by("hold")]
    if not held:
        return None
    return Section("held", _("Not sent yet, on purpose"), "incidents/alerts/held.html", {"held": held}, position=60)


def why_section(viewer: Viewer, alert: Alert) -> Section | None:
    """For a recipient: why they were told, and until when their message waits."""
    if viewer.user_id is None:
        return None
    rows = DELIVERIES.rows(viewer).filter(alert=alert, recipient=viewer.user_id)
    own = (
        rows.select_related(
            "line__area", "line__organisation", "line__person", "subscription__organisation", "roster__organisation"
        )
        .defer("line__area__geometry")
        .order_by("step")
        .first()
    )
    if own is None:
        return None
    reasons = reasons_of(own)
    if not reasons and not own.hold:
        return None
    data = {"reasons": reasons, "held": own if own.hold else None}
    return Section("why", _("Why you were told"), "incidents/alerts/why.html", data, position=70)


def reasons_of(delivery: Delivery) -> list[str]:
    """Why a person was chosen, in words: the line, their subscription or their organisation's rule, the roster."""
    reasons = []
    if delivery.line is not None:
        parts = [str(delivery.line.get_audience_display()), words_of_line(delivery.line)]
        reasons.append(_("The coordinators told: %(line)s.") % {"line": " · ".join(part for part in parts if part)})
    if delivery.subscription is not None:
        if delivery.subscription.organisation is None:
            reasons.append(_("You subscribed to alerts like this one."))
        else:
            names = {"organisation": delivery.subscription.organisation.name}
            reasons.append(_("Because of a rule of your organisation, %(organisation)s.") % names)
    if delivery.roster is not None:
        reasons.append(_("You were on duty: %(roster)s.") % {"roster": delivery.roster.name})
    return reasons


def areas_to_choose(viewer: Viewer) -> QuerySet[Area]:
    """Régions and cercles of today, and the communes of the viewer's own cercles."""
    own = {cercle for post in viewer.posts for cercle in post.cercle_ids}
    wanted = Q(level__in=(Area.Level.REGION, Area.Level.CERCLE)) | Q(level=Area.Level.COMMUNE, cercle__in=own)
    rows: QuerySet[Area] = Area.objects.current().filter(wanted).with_names()
    return rows.order_by(F("region__name_key").asc(nulls_first=True), "name_key")


def types_to_choose() -> QuerySet[IncidentType]:
    """The types in use."""
    return IncidentType.objects.filter(is_active=True)


def register() -> None:
    """Give the alert's page what is said there of who was chosen."""
    from incidents import panels

    panels.alert_page.register(held_section)
    panels.alert_page.register(why_section)
