"""A person's sessions as iCalendar (RFC 5545), as far as they may see them; less than on the pages.

A calendar is read by phones and by companies elsewhere. So what is AMBER or closer has no title and no place finer than
the cercle, what is RED is left out, and agenda, people and names are never in it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from dialogues.access import SESSIONS
from dialogues.addresses import session_address
from dialogues.disclosure import SESSION
from dialogues.models import SessionState
from orgs.access import viewer_for
from orgs.listing import columns_for
from orgs.models import Tlp, User

BEFORE, AHEAD, MOST = timedelta(days=90), timedelta(days=730), 500
LASTS = timedelta(hours=2)
"""How long a session lasts in the calendar when nobody wrote when it ends."""
_FIELDS = (
    "uid", "title", "state", "held_on", "starts_at", "ends_at", "region", "cercle", "commune", "place_text", "tlp",
    "updated_at",
)  # fmt: skip
_OPEN = {str(tlp) for tlp in Tlp.up_to(Tlp.GREEN)}
_STATUS = {
    SessionState.PLANNED: "TENTATIVE",
    SessionState.HELD: "CONFIRMED",
    SessionState.CANCELLED: "CANCELLED",
}


def calendar_of(person: User) -> bytes:
    """The calendar of a person, in their language; lines folded at 75 octets, times in UTC."""
    calendar = Calendar()
    calendar.add("prodid", "-//Passerelle//Dialogues//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    with override(person.language or settings.LANGUAGE_CODE):
        calendar.add("x-wr-calname", _("Dialogues"))
        for row in _rows(person):
            calendar.add_component(_event(row))
    return bytes(calendar.to_ical())


def _rows(person: User) -> list[dict[str, Any]]:
    viewer, today = viewer_for(person), timezone.localdate()
    columns = columns_for(SESSIONS, SESSION, viewer, only=_FIELDS)
    seen = SESSIONS.rows(viewer).exclude(tlp=Tlp.RED).filter(held_on__range=(today - BEFORE, today + AHEAD))
    rows = seen.order_by("-held_on", "-id").values(**columns)[:MOST]
    return [{name.removeprefix("shown_"): value for name, value in row.items()} for row in rows]


def _event(row: dict[str, Any]) -> Event:
    event, is_open = Event(), row["tlp"] in _OPEN
    event.add("uid", f"session-{row['uid']}@{urlsplit(settings.SITE_URL).hostname or 'passerelle'}")
    event.add("dtstamp", row["updated_at"].astimezone(UTC))
    event.add("last-modified", row["updated_at"].astimezone(UTC))
    event.add("summary", row["title"] if is_open else _("Dialogue session"))
    for name, moment in _times(row).items():
        event.add(name, moment)
    if place := _place(row, is_open):
        event.add("location", place)
    event.add("status", _STATUS[row["state"]])
    event.add("class", "PUBLIC" if row["tlp"] == Tlp.CLEAR else "PRIVATE")
    if address := session_address(row["uid"]):
        event.add("url", f"{settings.SITE_URL}{address}")
    return event


def _times(row: dict[str, Any]) -> dict[str, Any]:
    """A whole day where the hour is not known, or not told."""
    if row["starts_at"] is None:
        return {"dtstart": row["held_on"], "dtend": row["held_on"] + timedelta(days=1)}
    begins = _utc(row, row["starts_at"])
    return {"dtstart": begins, "dtend": _utc(row, row["ends_at"]) if row["ends_at"] else begins + LASTS}


def _utc(row: dict[str, Any], hour: Any) -> datetime:
    return timezone.make_aware(datetime.combine(row["held_on"], hour)).astimezone(UTC)


def _place(row: dict[str, Any], is_open: bool) -> str:
    names = ("place_text", "commune", "cercle", "region") if is_open else ("cercle", "region")
    return ", ".join(dict.fromkeys(row[name] for name in names if row[name]))
