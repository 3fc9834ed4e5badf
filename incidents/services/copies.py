"""A rendition as text that a person carries on: for WhatsApp, or to be read on the radio. Never above TLP:GREEN.

Made from what was frozen, so nothing leaves this way that did not leave by message or page.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import Alert, AlertState, Audience, Rendition
from incidents.services import steps
from incidents.services.addresses import address_of_alert
from incidents.services.errors import NotAllowed
from orgs.models import Tlp
from orgs.policy import Viewer


class CopyFor(StrEnum):
    """What a copy is for."""

    WRITTEN = "written"
    RADIO = "radio"


MAY_BE_COPIED = Tlp.up_to(Tlp.GREEN)
ON_AIR = (Audience.PUBLIC, Audience.NETWORK)
"""Whose rendition may be read out."""


@dataclass(frozen=True)
class Copy:
    """A text to be carried on."""

    text: str
    rendition: Rendition
    purpose: CopyFor


def may_be_copied(alert: Alert, rendition: Rendition, purpose: str) -> bool:
    """Whether a rendition may leave as a text: by the markings of alert and incident, and while it holds."""
    return (
        alert.state == AlertState.RELEASED
        and alert.tlp in MAY_BE_COPIED
        and alert.incident.tlp in MAY_BE_COPIED
        and (purpose != CopyFor.RADIO or rendition.audience in ON_AIR)
    )


def open_copy(*, viewer: Viewer, rendition: Rendition, purpose: CopyFor) -> Copy:
    """The text, for coordinators of the area; that it was opened is written to the audit log."""
    alert = rendition.alert
    if not access.may_follow(viewer, alert):
        raise NotAllowed(_("Only coordinators of the area may do this."))
    if not may_be_copied(alert, rendition, purpose):
        raise NotAllowed(_("This may not be copied out: by its marking, or because it no longer holds."))
    with translation.override(rendition.language):
        text = _for_radio(alert, rendition) if purpose == CopyFor.RADIO else _written(alert, rendition)
    facts = {"audience": rendition.audience, "language": rendition.language, "purpose": str(purpose)}
    steps.note(viewer, alert, "copied", **facts)
    return Copy(text, rendition, purpose)


def _written(alert: Alert, rendition: Rendition) -> str:
    """Headline, text, until when it holds, and how far it may be passed on."""
    is_public = rendition.audience == Audience.PUBLIC
    lines = [f"*{rendition.headline}*", "", rendition.body, ""]
    if alert.expires_at:
        lines.append(_("Holds until: %(time)s") % {"time": _time(alert)})
    lines.append(f"Passerelle – {address_of_alert(alert.pk)}" if is_public else "Passerelle")
    if not is_public:
        lines.append(_("TLP:GREEN – only for organisations of the network. Do not publish."))
    return "\n".join(lines).strip() + "\n"


def _time(alert: Alert) -> str:
    return date_format(timezone.localtime(alert.expires_at), "j F Y H:i")


# --- To be read aloud --------------------------------------------------------------------------------------------

_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_MARKUP = re.compile(r"[*_~`#|<>{}\[\]]+")


def _words() -> dict[str, str]:
    """What is written short and must be said in full."""
    return {
        "TLP": "",
        "SMS": _("text message"),
        "ONG": _("organisation"),
        "NGO": _("organisation"),
        "OSC": _("organisation"),
        "CSCOM": _("health centre"),
        "CSREF": _("health centre"),
        "km": _("kilometres"),
        "km/h": _("kilometres an hour"),
        "env.": _("about"),
        "approx.": _("about"),
        "max.": _("at most"),
        "min.": _("minutes"),
        "n°": _("number"),
        "N°": _("number"),
        "tél.": _("telephone"),
        "Tél.": _("telephone"),
        "Tel": _("telephone"),
        "etc.": _("and so on"),
        "&": _("and"),
        "%": _("per cent"),
        "+": _("plus"),
    }


def _for_radio(alert: Alert, rendition: Rendition) -> str:
    """Whole words in short sentences: no code, no link, no abbreviation. An exercise says so at both ends."""
    lines = [rendition.headline, *rendition.body.splitlines()]
    spoken = [_spoken(line) for line in lines if line.strip()]
    if alert.expires_at:
        spoken.append(_spoken(_("This holds until %(time)s.") % {"time": _time(alert)}))
    if alert.exercise_id:
        spoken.append(_spoken(_("EXERCISE. This is only a drill: nothing has happened.")))
    return "\n\n".join(line for line in spoken if line) + "\n"


def _spoken(line: str) -> str:
    text = _LINK.sub("", _MARKUP.sub(" ", line))
    text = _CLOCK.sub(lambda found: _clock(int(found[1]), int(found[2])), text)
    text = text.replace(" – ", ". ").replace("(", ", ").replace(")", "")
    for short, full in sorted(_words().items(), key=lambda pair: -len(pair[0])):
        text = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", full, text)
    text = re.sub(r"\s+([,.])", r"\1", " ".join(text.split()))
    text = re.sub(r"(^|\. )(\w)", lambda found: found[1] + found[2].upper(), text)
    return text if not text or text[-1] in ".!?" else f"{text}."


def _clock(hour: int, minute: int) -> str:
    words = _("%(hour)s o’clock") if minute == 0 else _("%(hour)s hours %(minute)s")
    return words % {"hour": hour, "minute": minute}
