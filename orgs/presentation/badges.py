"""Badges: severity, traffic-light marking and state, each told by a word and a shape as well as by a colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from orgs.presentation.pictograms import drawing

Words = str | Promise
Tone = Literal["new", "doing", "done", "stopped"]

# The levels of CAP 1.2.
SEVERITIES: Mapping[str, Words] = MappingProxyType(
    {
        "minor": _("Minor"),
        "moderate": _("Moderate"),
        "severe": _("Severe"),
        "extreme": _("Extreme"),
        "unknown": _("Severity unknown"),
    }
)


@dataclass(frozen=True)
class Marking:
    """One level of the Traffic Light Protocol 2.0 and who may read what carries it."""

    name: str
    readers: Words


MARKINGS: Mapping[str, Marking] = MappingProxyType(
    {
        "clear": Marking("TLP:CLEAR", _("may be made public")),
        "green": Marking("TLP:GREEN", _("for the network in these areas")),
        "amber": Marking("TLP:AMBER", _("for the organisation and those it serves")),
        "amber-strict": Marking("TLP:AMBER+STRICT", _("for the organisation only")),
        "red": Marking("TLP:RED", _("for the named persons only")),
    }
)


def severity_badge(value: str) -> SafeString:
    """Show a CAP severity; what is not one of its levels shows as unknown."""
    level = str(value).lower()
    if level not in SEVERITIES:
        level = "unknown"
    return format_html('<span class="badge sev-{}">{}{}</span>', level, drawing(f"severity-{level}"), SEVERITIES[level])


def marking_badge(value: str, *, with_readers: bool = False) -> SafeString:
    """Show a traffic-light marking, with the words for who may read on, if wished; nothing for an unknown one."""
    level = str(value).lower().removeprefix("tlp:").replace("+", "-").replace("_", "-").replace(" ", "-")
    marking = MARKINGS.get(level)
    if marking is None:
        return SafeString("")
    badge = format_html('<span class="badge tlp tlp-{}">{}</span>', level, marking.name)
    return format_html("{} <span>{}</span>", badge, marking.readers) if with_readers else badge


def state_badge(label: Words, tone: Tone = "doing") -> SafeString:
    """Show a state by its word; the tone (new, doing, done, stopped) gives it its shape."""
    return format_html('<span class="badge state-{}">{}{}</span>', tone, drawing(tone), label)
