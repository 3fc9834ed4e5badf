"""The links in messages: one for each delivery. They run out, can be recalled, and it is kept when they were opened.

A link is made from the delivery's number, its nonce and the installation's key (HMAC): it is stored nowhere, and costs
no statement when ten thousand messages leave. It opens nothing by itself but leads to the sign-in and then to the
alert: phones are shared and lost, messages forwarded and scanned, so who holds one is not taken for its reader.
"""

import base64
import binascii
import hmac
import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import Alert, Delivery, LinkOpening, LinkState
from incidents.services import steps
from incidents.services.errors import NotAllowed
from orgs.crypto import keyed_proof
from orgs.policy import Viewer

LINKS_HOLD = timedelta(days=30)
"""For so long a link works at most; an alert that holds less long takes its links with it."""
MOST_OPENINGS = 50
"""So many openings of one link are kept: a scanner that comes again and again fills no table."""
OWN_LINK = "{token}"
_NUMBER, _PROOF = 6, 12
_LENGTH = 24


class Opened(NamedTuple):
    """What a link leads to, and what it is good for."""

    alert_id: uuid.UUID
    state: LinkState


def address_with(token: str) -> str:
    """The whole address of a link; ``OWN_LINK`` may stand for each one's own."""
    return f"{settings.SITE_URL}/a/{token}/"


def address_of_link(delivery_id: int, nonce: uuid.UUID) -> str:
    """The whole address that one delivery's messages carry."""
    return address_with(token_of(delivery_id, nonce))


def example_link() -> str:
    """An address as long as any."""
    return address_with("x" * _LENGTH)


def token_of(delivery_id: int, nonce: uuid.UUID) -> str:
    """24 letters: the delivery's number and 96 bits that only this installation can make."""
    return base64.urlsafe_b64encode(delivery_id.to_bytes(_NUMBER, "big") + _proof(delivery_id, nonce)).decode()


def _proof(delivery_id: int, nonce: uuid.UUID) -> bytes:
    return keyed_proof(b"alert-link", delivery_id.to_bytes(_NUMBER, "big") + nonce.bytes)[:_PROOF]


def state_of(delivery: Delivery, now: datetime) -> LinkState:
    """What the link of a delivery (with its alert) is good for."""
    if delivery.link_recalled_at or delivery.alert.links_recalled_at:
        return LinkState.RECALLED
    return LinkState.OPEN if now < runs_out_at(delivery) else LinkState.EXPIRED


def runs_out_at(delivery: Delivery) -> datetime:
    """When the link of a delivery stops working by itself."""
    longest = delivery.created_at + LINKS_HOLD
    return min(longest, delivery.alert.expires_at or longest)


def open_link(token: str) -> Opened | None:
    """Follow a link and keep that it was followed; ``None`` for what was never one of ours."""
    delivery = _found(token)
    if delivery is None:
        return None
    state = state_of(delivery, timezone.now())
    if delivery.link_openings.count() < MOST_OPENINGS:
        LinkOpening.objects.create(delivery=delivery, state=state)
    return Opened(delivery.alert_id, state)


def _found(token: str) -> Delivery | None:
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except (ValueError, binascii.Error):
        return None
    if len(token) != _LENGTH or len(raw) != _NUMBER + _PROOF:
        return None
    number = int.from_bytes(raw[:_NUMBER], "big")
    delivery = Delivery.objects.select_related("alert").filter(pk=number).first()
    if delivery is None or not hmac.compare_digest(_proof(number, delivery.link_nonce), raw[_NUMBER:]):
        return None
    return delivery


def recall_links(*, viewer: Viewer, alert: Alert) -> Alert:
    """Make every link of an alert useless. Whoever was told still finds it after signing in."""
    with transaction.atomic():
        held = Alert.objects.select_for_update(of=("self",)).select_related("incident").get(pk=alert.pk)
        _refuse_others(viewer, held)
        if held.links_recalled_at is None:
            held.links_recalled_at = timezone.now()
            held.save(update_fields=["links_recalled_at"])
            steps.note(viewer, held, "links_recalled", incident=held.incident_id)
    return held


def recall_link(*, viewer: Viewer, delivery: Delivery) -> Delivery:
    """Make the link of one person useless, as when their phone is lost."""
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(of=("self",)).select_related("alert__incident")
        held = rows.get(pk=delivery.pk)
        _refuse_others(viewer, held.alert)
        if held.link_recalled_at is None:
            held.link_recalled_at = timezone.now()
            held.save(update_fields=["link_recalled_at"])
            steps.note(viewer, held, "link_recalled", alert=str(held.alert_id))
    return held


def _refuse_others(viewer: Viewer, alert: Alert) -> None:
    if not access.may_follow(viewer, alert):
        raise NotAllowed(_("Only coordinators of the area may do this."))
    if alert.state not in access.SENT:
        raise NotAllowed(_("Nothing has been sent yet."))
