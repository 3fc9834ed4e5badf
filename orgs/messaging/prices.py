"""What SMS cost, before they are sent, and how long a limit makes the last one wait."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.messaging import channels
from orgs.models import Channel, WayOut


def sms_way() -> WayOut | None:
    """The way out of SMS as it is set up now; ``None`` before anything left by it."""
    return WayOut.objects.filter(channel=Channel.SMS, gateway=channels.gateway_of(Channel.SMS)).first()


def cost_words(parts: int, way: WayOut | None = None) -> str:
    """So many parts and what they cost, as far as the price is known."""
    way = way or sms_way()
    words = ngettext("%(n)s part", "%(n)s parts", parts) % {"n": parts}
    if way is None or way.price is None or not parts:
        return words
    total = number_format(round(parts * way.price, 2).normalize(), use_l10n=True, force_grouping=True)
    return _("%(parts)s, about %(total)s %(currency)s") % {"parts": words, "total": total, "currency": way.currency}


def minutes_to_send(messages: int, way: WayOut | None = None) -> int:
    """After how many minutes the last of so many messages leaves by this way; 0 where no limit holds it."""
    if way is None or way.per_minute is None:
        return 0
    return max(0, -(-messages // way.per_minute) - 1)
