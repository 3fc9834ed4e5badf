"""What those who run an installation set about its ways out: price, limit, and having one tried again."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from orgs import access, audit
from orgs.messaging import outbox
from orgs.models import Breaker, Channel, User, WayOut
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed

LARGEST_LIMIT = 100_000


@transaction.atomic
def set_terms(*, viewer: Viewer, way: WayOut, price: Decimal | None, currency: str, per_minute: int | None) -> WayOut:
    """Set what a part costs and how many messages may leave in a minute. Workers obey from their next group on."""
    held = _lock(viewer, way)
    wrong = {}
    if price is not None and not 0 <= price < 100_000:
        wrong["price"] = _("Give a price of nought or more.")
    if per_minute is not None and not 0 < per_minute <= LARGEST_LIMIT:
        wrong["per_minute"] = _("Give a number from 1 to %(most)s, or leave it empty.") % {"most": LARGEST_LIMIT}
    if price is not None and held.channel != Channel.SMS:
        wrong["price"] = _("Only SMS has a price.")
    if wrong:
        raise ValidationError(wrong)
    held.price, held.currency, held.per_minute = price, currency.strip()[:8], per_minute
    held.tokens, held.tokens_at = 0, None
    held.save(update_fields=["price", "currency", "per_minute", "tokens", "tokens_at"])
    _note(viewer, "set_terms", held, per_minute=per_minute, priced=price is not None)
    return held


@transaction.atomic
def try_again(*, viewer: Viewer, way: WayOut) -> WayOut:
    """Use a way again that was left alone because of trouble: somebody has mended it."""
    held = _lock(viewer, way)
    if held.state != Breaker.CLOSED or held.troubles:
        held.state, held.troubles = Breaker.CLOSED, 0
        held.opened_at = held.next_try_at = None
        held.save(update_fields=["state", "troubles", "opened_at", "next_try_at"])
        _note(viewer, "tried_way_again", held)
    outbox.wake(held.channel)
    return held


def _lock(viewer: Viewer, way: WayOut) -> WayOut:
    if not access.may_keep_ways_out(viewer):
        raise NotAllowed
    return WayOut.objects.select_for_update().get(pk=way.pk)


def _note(viewer: Viewer, verb: str, way: WayOut, **facts: object) -> None:
    audit.record(User.objects.filter(pk=viewer.user_id).first(), verb, way, channel=way.channel, **facts)
