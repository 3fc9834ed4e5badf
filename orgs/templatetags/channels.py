"""Template tags for what is sent: `{% load channels %}`."""

from django import template
from django.utils.functional import Promise

from orgs.messaging import prices, reasons

register = template.Library()


@register.simple_tag
def reason(code: str) -> str | Promise:
    """Say in words why a message failed, waits or was not sent."""
    return reasons.words(code)


@register.simple_tag
def sms_cost(parts: int) -> str:
    """Say what so many SMS parts cost by this installation's gateway: "12 parts, about 300 FCFA"."""
    return prices.cost_words(parts)
