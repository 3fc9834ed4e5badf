"""How figures are written: numbers, times, and what is kept back."""

from collections.abc import Sized

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

register = template.Library()


@register.simple_tag
def counted(value: int | None, sign: str = "") -> SafeString:
    """A number, or that it is kept back."""
    if value is None:
        return format_html('<span class="quiet">{}</span>', pgettext("count", "few"))
    return format_html("{}{}", value, f"\u202f{sign}" if sign else "")


@register.simple_tag
def lasted(seconds: float | None, people: int | None = -1) -> SafeString:
    """A time in words and, if given, of how many people it is the median."""
    if people is None:
        return format_html('<span class="quiet">{}</span>', pgettext("count", "few"))
    if seconds is None:
        return SafeString("–")
    words = duration(seconds)
    return SafeString(words) if people < 0 else format_html('{} <span class="quiet">({})</span>', words, people)


def duration(seconds: float) -> str:
    """Minutes, hours or days, as one says them."""
    minutes = round(seconds / 60)
    if minutes < 90:
        return _("%(n)s min") % {"n": minutes}
    hours = round(minutes / 60)
    return _("%(n)s h") % {"n": hours} if hours < 48 else _("%(n)s days") % {"n": round(hours / 24)}


@register.filter
def bars_height(bars: Sized) -> int:
    """How high the drawing of these bars is."""
    return 8 * len(bars)
