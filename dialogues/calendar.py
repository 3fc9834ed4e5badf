"""A person's sessions and due days as iCalendar (RFC 5545), as far as they may see them; less than on the pages.

A calendar is read by phones and by companies elsewhere. So what is AMBER or closer has no title and no place finer than
the cercle, what is RED is left out, and agenda, people and names are never in it. Of commitments there are the days of
those alone that the person's organisations owe or whose session or process they hold; of committees the days by which
those must meet that their organisations keep.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from dialogues.access import COMMITMENTS, COMMITTEES, SESSIONS, SHARED
from dialogues.addresses import session_address
from dialogues.committees import DUE, OVERDUE, with_due
from dialogues.disclosed_agreements import COMMITTEE
from dialogues.disclosed_commitments import COMMITMENT
from dialogues.disclosure import SESSION
from dialogues.models import OPEN_STATES, OwnerKind, SessionState
from orgs.access import viewer_for
from orgs.listing import columns_for
from orgs.models import Tlp, User
from orgs.policy import Viewer

BEFORE, AHEAD, MOST = timedelta(days=90), timedelta(days=730), 500
LASTS = timedelta(hours=2)
"""How long a session lasts in the calendar when nobody wrote when it ends."""
_FIELDS = (
    "uid", "title", "state", "held_on", "starts_at", "ends_at", "region", "cercle", "commune", "place_text", "tlp",
    "updated_at",
)  # fmt: skip
_FIELDS_OF_A_PROMISE = ("uid", "what", "owner_kind", "due_on", "tlp", "updated_at")
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
        viewer = viewer_for(person)
        for event in (*map(_event, _rows(viewer)), *map(_due_day, _promises(viewer)), *map(_meeting, _late(viewer))):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _rows(viewer: Viewer) -> list[dict[str, Any]]:
    columns = columns_for(SESSIONS, SESSION, viewer, only=_FIELDS)
    seen = SESSIONS.rows(viewer).exclude(tlp=Tlp.RED).filter(held_on__range=_days())
    return _shown(seen.order_by("-held_on", "-id").values(**columns)[:MOST])


def _days() -> tuple[date, date]:
    today = timezone.localdate()
    return today - BEFORE, today + AHEAD


def _shown(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [{name.removeprefix("shown_"): value for name, value in row.items()} for row in rows]


def _event(row: dict[str, Any]) -> Event:
    is_open = row["tlp"] in _OPEN
    event = _entry("session", row, row["title"] if is_open else _("Dialogue session"))
    for name, moment in _times(row).items():
        event.add(name, moment)
    if place := _place(row, is_open):
        event.add("location", place)
    event.add("status", _STATUS[row["state"]])
    if address := session_address(row["uid"]):
        event.add("url", f"{settings.SITE_URL}{address}")
    return event


def _entry(kind: str, row: dict[str, Any], summary: str) -> Event:
    """What each entry has; one that is read again under the same number takes the place of the one before."""
    event = Event()
    event.add("uid", f"{kind}-{row['uid']}@{urlsplit(settings.SITE_URL).hostname or 'passerelle'}")
    event.add("dtstamp", row["updated_at"].astimezone(UTC))
    event.add("last-modified", row["updated_at"].astimezone(UTC))
    event.add("summary", summary)
    event.add("class", "PUBLIC" if kind == "session" and row["tlp"] == Tlp.CLEAR else "PRIVATE")
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


# --- Days by which something is to be done -----------------------------------------------------------------------


def _promises(viewer: Viewer) -> list[dict[str, Any]]:
    """What is still to be kept by the viewer’s organisations, or was promised in what they hold."""
    columns = columns_for(COMMITMENTS, COMMITMENT, viewer, only=_FIELDS_OF_A_PROMISE)
    own = COMMITMENTS.rows_as(viewer, "owner", "team").filter(
        state__in=OPEN_STATES, tlp__in=SHARED, order_on__range=_days()
    )
    own = own.annotate(place_tlp=Coalesce("session__tlp", "process__tlp")).exclude(place_tlp=Tlp.RED)
    return _shown(own.order_by("order_on", "id").values("id", "place_tlp", **columns)[:MOST])


def _due_day(row: dict[str, Any]) -> Event:
    """The promise itself only up to GREEN, and never a single person’s: who is meant is easily told from it."""
    code = _("Commitment %(code)s") % {"code": f"E-{row['id']}"}
    is_open = {row["tlp"], row["place_tlp"]} <= _OPEN and row["owner_kind"] != OwnerKind.PERSON
    event = _entry("commitment", row, f"{code} – {row['what']}" if is_open else code)
    return _whole_day(event, row["due_on"], reverse("commitment", args=[row["uid"]]))


def _late(viewer: Viewer) -> list[dict[str, Any]]:
    """Committees that the viewer’s organisations keep and that have no next meeting yet."""
    columns = columns_for(COMMITTEES, COMMITTEE, viewer, only=("uid", "tlp", "updated_at"))
    kept = with_due(COMMITTEES.rows_as(viewer, "team").exclude(tlp=Tlp.RED))
    rows = kept.filter(standing__in=(OVERDUE, DUE), next_due__range=_days()).order_by("next_due", "id")
    return _shown(rows.values("id", "next_due", **columns)[:MOST])


def _meeting(row: dict[str, Any]) -> Event:
    """A code, whatever the marking: which committee does not meet is for those inside."""
    event = _entry("committee", row, _("Committee %(code)s should meet") % {"code": f"C-{row['id']}"})
    return _whole_day(event, row["next_due"], reverse("committee", args=[row["uid"]]))


def _whole_day(event: Event, day: date, address: str) -> Event:
    """On a day, but it takes none of its hours: the person is as free as before."""
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{settings.SITE_URL}{address}")
    return event
