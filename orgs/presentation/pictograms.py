"""Our own line drawings, each one SVG path on a 24 by 24 grid.

They stand beside words, never instead of them, for people who read little or not in French. Names of incident kinds are
the values of the kinds themselves where these agree, so that a form can ask for the picture of a choice.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.html import format_html
from django.utils.safestring import SafeString

_BUBBLE = "M3 4h18v12h-9l-5 5v-5H3z"
_DROP = "M7 3c3 4 4 5 4 7a4 4 0 0 1-8 0c0-2 1-3 4-7z"
_TWO_PEOPLE = "M4 8a2 2 0 1 0 0-.1M2 20v-4a4 4 0 0 1 7-2M16 8a2 2 0 1 0 0-.1M22 20v-4a4 4 0 0 0-7-2"
_DEAD = "M2 19h20M4 14a2 2 0 1 0 0-.1M10 15h12M14 15v-3"
_MISSING = "M6 7a3 3 0 1 0 0-.1M3 21v-3a6 6 0 0 1 9-5M15 14a2.5 2.5 0 1 1 3 3v1M18 21v.1"
_HOUSE_LEFT = "M2 12l7-7 7 7M4 11v9h6M12 17h10M19 14l3 3-3 3"

PATHS: Mapping[str, str] = MappingProxyType(
    {
        # What happened
        "attack": "M15 7a2 2 0 1 0 0-.1M11 21v-5a4 4 0 0 1 8 0v5M2 12h6M5 9l3 3-3 3",
        "clash": "M2 12h7M6 9l3 3-3 3M22 12h-7M18 9l-3 3 3 3M12 3v4M12 17v4",
        "explosion": "M12 2l2 6 6-3-3 6 5 2-6 2 2 6-5-4-3 5-1-6-6 1 4-4-5-4 6-1z",
        "abduction": "M7 6a2 2 0 1 0 0-.1M5 21v-6a4 4 0 0 1 8 0v6M4 17h10M16 8h6M19 5l3 3-3 3",
        "sexual_violence": "M12 20l-8-8a5 5 0 0 1 8-6 5 5 0 0 1 8 6zM12 6l-2 4 4 2-2 4",
        "cattle": "M3 4c0 4 3 5 5 5M21 4c0 4-3 5-5 5M8 8h8v6l-2 6h-4l-2-6zM10.5 12h.1M13.5 12h.1",
        "road": "M9 3L5 21M15 3l4 18M2 12h20M12 4v4M12 16v4",
        "displacement": _HOUSE_LEFT,
        "threat": _BUBBLE + "M12 7v4M12 13.5v.1",
        "land": _DROP + "M2 20h20M17 20v-8M17 14c0-3 2-4 5-4 0 3-2 5-5 5M17 17c0-2-2-3-4-3",
        "tension": _TWO_PEOPLE + "M13 3l-3 6h4l-3 6",
        "rumour": _BUBBLE + "M10 8.5a2 2 0 1 1 2 2.5M12 13.5v.1",
        "protest": "M3 10v4h4l10 5V5L7 10zM7 14l1 6h3M20 9a4 4 0 0 1 0 6",
        "arrest": "M11 15a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM21 15a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM7 11l3-5h4l3 5",
        "closed": "M3 21V9l9-6 9 6v12zM9 12l6 6M15 12l-6 6",
        "other": "M12 3a9 9 0 1 0 .1 0M8 12h.1M12 12h.1M16 12h.1",
        # How it is known
        "saw": "M2 12c4-8 16-8 20 0-4 8-16 8-20 0zM12 9a3 3 0 1 0 .1 0",
        "told": "M4 11a3 3 0 1 0 0-.1M2 21v-1a5 5 0 0 1 10 0v1M13 3h9v7h-5l-3 3z",
        "heard": "M8 21c4 0 3-4 5-6s5-3 5-7a6 6 0 0 0-12 0M10 9a2 2 0 1 1 4 0c0 2-3 2-3 4",
        # Who was harmed
        "dead": _DEAD,
        "killed": _DEAD,
        "injured": "M4 14L14 4a4 4 0 0 1 6 6L10 20a4 4 0 0 1-6-6zM9 9l6 6M12 10v.1M14 12h.1M10 12h.1M12 14v.1",
        "missing": _MISSING,
        "abducted": _MISSING,
        "displaced": _HOUSE_LEFT,
        # Ways round the site
        "bridge": "M2 17h20M4 17c3-9 13-9 16 0M8 11v6M12 10v7M16 11v6",
        "home": "M3 11l9-8 9 8M5 10v11h14V10M10 21v-6h4v6",
        "report": "M4 20l1-5L16 4l4 4L9 19zM13 7l4 4",
        "desk": "M3 13h5l2 3h4l2-3h5M3 13l3-9h12l3 9v7H3z",
        "incident": "M12 3l10 18H2zM12 10v5M12 18v.1",
        "alert": "M5 17V10a7 7 0 0 1 14 0v7l2 2H3zM10 22h4",
        "person": "M8 8a4 4 0 1 0 0-.1M4 21a8 8 0 0 1 16 0",
        "people": "M5 8a3 3 0 1 0 0-.1M2 20a6 6 0 0 1 12 0M15 5a3 3 0 1 1 1 6M17 14a6 6 0 0 1 5 6",
        "dialogue": "M2 4h13v9H9l-4 4v-4H2zM18 9h4v9h-2v3l-3-3h-6v-2",
        "watch": "M3 20h18M3 16l5-6 4 4 8-10",
        "settings": "M4 7h10M18 7h2M4 17h2M10 17h10M14 7a2 2 0 1 0 4 0 2 2 0 1 0-4 0M6 17a2 2 0 1 0 4 0 2 2 0 1 0-4 0",
        "search": "M4 10a6 6 0 1 0 0-.1M15 15l6 6",
        "phone": "M5 3h4l2 5-3 2a12 12 0 0 0 6 6l2-3 5 2v4c-9 2-18-7-16-16z",
        "place": "M12 22c-5-6-7-9-7-12a7 7 0 0 1 14 0c0 3-2 6-7 12zM12 8a2 2 0 1 0 .1 0",
        "agreement": "M2 7l5-2 5 2 5-2 5 2v9l-4 1-6 4-6-4-4-1zM12 7l-4 5c2 1 3 0 4-1l5 4",
        "unknown": "M9 9a3 3 0 1 1 3 4v2M12 19v.1",
        # States
        "new": "M12 8a4 4 0 1 0 .1 0",
        "doing": "M12 4a8 8 0 1 0 .1 0M12 7v5l4 2",
        "done": "M4 13l5 5L20 6",
        "stopped": "M6 6l12 12M18 6L6 18",
        # Severity: more corners, then filled, as it grows worse
        "severity-minor": "M12 4a8 8 0 1 0 .1 0",
        "severity-moderate": "M12 2l10 10-10 10L2 12z",
        "severity-severe": "M12 3l10 18H2zM12 10v5M12 18v.1",
        "severity-extreme": "M8 2h8l6 6v8l-6 6H8l-6-6V8zM12 7v6M12 17v.1",
        "severity-unknown": "M9 9a3 3 0 1 1 3 4v2M12 19v.1",
    }
)


def drawing(name: str, label: str = "") -> SafeString:
    """Give the SVG of a pictogram; nothing when there is none of that name.

    With a label it speaks for itself to screen readers; without, it is hidden from them, since words stand beside it.
    """
    path = PATHS.get(name)
    if path is None:
        return SafeString("")
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="pic" viewBox="0 0 24 24" width="24" height="24" {}><path d="{}"/></svg>', spoken, path
    )
