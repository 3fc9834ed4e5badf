"""What a rendition says before anything else: that it is an exercise, a rumour, an update and of what; what changed."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incidents.models import Alert, AlertKind, Incident, IncidentState


class Part(NamedTuple):
    """One line of a text, and what it is about ("" for what is never named)."""

    about: str
    words: str


def is_rumour(alert: Alert, incident: Incident) -> bool:
    """Whether it goes (or went) out before anybody verified it."""
    return alert.is_rumour or (alert.released_at is None and incident.state == IncidentState.OPEN)


def in_headline(alert: Alert, incident: Incident) -> list[str]:
    """The marks that stand before a headline, a subject and an SMS, in this order."""
    marks = [_("EXERCISE") if alert.exercise_id else ""]
    marks.append(_("UNVERIFIED RUMOUR: check it, do not spread it") if is_rumour(alert, incident) else "")
    marks.append(_kind(alert))
    return [mark for mark in marks if mark]


def in_body(alert: Alert, incident: Incident) -> list[str]:
    """The same in sentences, for the first lines of the text."""
    lines = []
    if alert.exercise_id:
        lines.append(_("EXERCISE. This is only a drill: nothing has happened."))
    if is_rumour(alert, incident):
        lines.append(_("UNVERIFIED RUMOUR: check it, do not spread it."))
    return lines


def what_follows(alert: Alert, parts: Iterable[Part], earlier: str | None) -> list[str]:
    """Of which alert this is the update or correction, and what is new compared with what this audience read then."""
    if alert.kind == AlertKind.ALERT or alert.follows is None:
        return []
    words = pgettext("alert", "UPDATE of the alert of %(time)s.")
    if alert.kind == AlertKind.CORRECTION:
        words = pgettext("alert", "CORRECTION of the alert of %(time)s. That one was not right: forget it.")
    line = words % {"time": time_of(alert.follows)}
    return [line if earlier is None else f"{line} {_changed(list(parts), earlier)}"]


def _changed(parts: list[Part], earlier: str) -> str:
    known = set(earlier.splitlines())
    new = [part for part in parts if part.words and any(line and line not in known for line in part.words.splitlines())]
    names = list(dict.fromkeys(part.about for part in new if part.about))
    if names:
        return _("What changed: %(names)s.") % {"names": ", ".join(names)}
    said = {line for part in parts for line in part.words.splitlines()}
    return _("Something was taken out.") if known - said - {""} else _("The rest still holds.")


def time_of(alert: Alert) -> str:
    """When an alert went out, as its readers know it."""
    return date_format(timezone.localtime(alert.released_at), "j F H:i") if alert.released_at else ""


def _kind(alert: Alert) -> str:
    if alert.kind == AlertKind.UPDATE:
        return pgettext("mark of an alert", "UPDATE")
    return pgettext("mark of an alert", "CORRECTION") if alert.kind == AlertKind.CORRECTION else ""


# --- Without content ---------------------------------------------------------------------------------------------


def closed(alert: Alert) -> Mapping[str, str]:
    """What messages without content may say: that it is an exercise, and which earlier message it replaces."""
    follows = alert.follows if alert.kind != AlertKind.ALERT else None
    replaces = _("It replaces the message of %(time)s.") % {"time": time_of(follows)} if follows else ""
    return {"exercise": _("EXERCISE") if alert.exercise_id else "", "kind": _kind(alert), "replaces": replaces}
