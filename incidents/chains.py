"""How a delivery went on its way, in plain words: each way that was taken, what became of it, and why the next one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import Alert, Delivery, FallBack, WhyNext
from incidents.services.fanout import CARRIERS
from orgs.messaging import prices, reasons
from orgs.models import Breaker, Message, MessageState, WayOut
from orgs.policy import Viewer
from orgs.presentation.ways import TONES, state_words
from orgs.sections import Section

Words = str | Promise


@dataclass(frozen=True)
class Link:
    """One way that was taken for a delivery."""

    channel: Words
    state: str
    tone: str
    why: Words
    at: datetime
    maybe_double: bool
    after: Words = ""
    """Why it was taken, where another stood before it."""


@dataclass
class Chain:
    """All ways of one delivery, in the order in which they were taken, and the message that stands for it."""

    links: list[Link] = field(default_factory=list)
    message: Message | None = None


def chains_of(deliveries: Iterable[Delivery]) -> dict[int, Chain]:
    """The chain of each delivery, in one query for the page."""
    rows = (
        Message.objects.filter(deliveries__in=list(deliveries), purpose__in=CARRIERS)
        .annotate(of=F("deliveries"))
        .select_related("fall_back")
        .defer("sealed")
        .order_by("id")
    )
    found: dict[int, Chain] = {}
    for row in rows:
        chain = found.setdefault(row.of, Chain())
        chain.links.append(_link(row))
        if chain.message is None or chain.message.state != MessageState.DELIVERED:
            chain.message = row
    return found


def _link(message: Message) -> Link:
    step: FallBack | None = getattr(message, "fall_back", None)
    return Link(
        channel=message.get_channel_display(),
        state=state_words(message),
        tone=TONES[MessageState(message.state)],
        why=reasons.words(message.reason),
        at=message.final_at or message.created_at,
        maybe_double=message.maybe_double,
        after=WhyNext(step.why).label if step is not None else "",
    )


def own_chain(viewer: Viewer, alert: Alert) -> Section | None:
    """On an alert's page, for its recipient: by which ways it was sent to them."""
    own = access.DELIVERIES.rows(viewer).filter(alert=alert, recipient=viewer.user_id) if viewer.user_id else None
    chains = chains_of(own) if own is not None else {}
    links = [link for number in sorted(chains) for link in chains[number].links]
    if not links:
        return None
    data = {"links": links}
    return Section("ways", _("How this came to you"), "incidents/alerts/own_chain.html", data, position=900)


def what_it_costs(viewer: Viewer, alert: Alert) -> Section:
    """On the page of a draft: what its SMS cost, how long they take, and which ways are in trouble now."""
    ways = list(WayOut.objects.order_by("channel"))
    by_sms = prices.sms_way()
    trouble = [way for way in ways if way.state != Breaker.CLOSED]
    limited = [way for way in ways if way.per_minute is not None]
    data = {"sms": by_sms, "trouble": trouble, "limited": limited}
    return Section("cost", _("What it costs, and how fast it goes"), "incidents/alerts/cost.html", data, position=800)


def register() -> None:
    """Give the pages of alerts their sections."""
    from incidents import panels

    panels.alert_page.register(own_chain)
    panels.preview_page.register(what_it_costs)
