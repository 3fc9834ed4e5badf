"""Contacts as each viewer may read them, with what may be done with each: call, write, or neither."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from orgs.access import CONTACTS
from orgs.disclosed import CONTACT
from orgs.models import Channel, OrganisationVisibility, ProvedHow
from orgs.policy import Viewer

ANY, WORKING = "any", "working"
EMERGENCY = [(ANY, _("has one")), (WORKING, _("has one that was proved to work"))]
"""What one may ask of an organisation's emergency contacts."""


@dataclass(frozen=True)
class ShownContact:
    """One contact as a page shows it. Empty is what the viewer may not read, or what nobody knows."""

    name: str
    role: str
    phone: str
    email: str
    spoken: list[str]
    is_emergency: bool
    wishes: list[str]
    """What they asked not to be done, and by what they are reached best."""
    call: str = ""
    """Address that calls; empty where they asked not to be called."""
    sms: str = ""
    write: str = ""
    proved_at: datetime | None = None
    proved_how: str = ""
    failed_at: datetime | None = None
    shown_to: str = ""
    source: str = ""


def has_emergency_contact(viewer: Viewer, *, working: bool = False) -> Exists:
    """SQL: the organisation has an emergency contact that this viewer may see (``working``: that has not failed)."""
    rows = CONTACTS.rows(viewer).emergency()  # type: ignore[attr-defined]
    return Exists((rows.working() if working else rows).filter(organisation=OuterRef("pk")))


def contacts_of(
    viewer: Viewer, organisations: Iterable[int], *, emergency: bool = False, spoken: dict[str, str] | None = None
) -> dict[int, list[ShownContact]]:
    """The current contacts of these organisations that this viewer may see, in one query, emergency ones first.

    ``spoken`` gives the words for codes of languages.
    """
    rows: Any = CONTACTS.rows(viewer).filter(organisation__in=list(organisations))
    rows = rows.emergency() if emergency else rows.current()
    found: dict[int, list[ShownContact]] = defaultdict(list)
    for contact in rows.select_related("organisation").order_by("-is_emergency", "position", "pk"):
        audience = CONTACTS.audience(viewer, contact)
        if audience is not None:
            found[contact.organisation_id].append(_shown(CONTACT.show(contact, audience), spoken or {}))
    return dict(found)


def _shown(fields: dict[str, Any], words: dict[str, str]) -> ShownContact:
    phone, email = fields["phone"] or "", fields["email"] or ""
    return ShownContact(
        name=fields["name"] or "",
        role=fields["role"] or "",
        phone=phone,
        email=email,
        spoken=[words.get(code, code) for code in fields["spoken"] or ()],
        is_emergency=bool(fields["is_emergency"]),
        wishes=_wishes(fields),
        call=f"tel:{phone}" if phone and not fields["do_not_call"] else "",
        sms=f"sms:{phone}" if phone and not fields["do_not_sms"] else "",
        write=f"mailto:{email}" if email and not fields["do_not_email"] else "",
        proved_at=fields["proved_at"],
        proved_how=_word(ProvedHow, fields["proved_how"]),
        failed_at=fields["failed_at"],
        shown_to=_word(OrganisationVisibility, fields["visibility"]),
        source=fields["source"] or "",
    )


def _wishes(fields: dict[str, Any]) -> list[str]:
    """What they wish, in words: what not to do first."""
    wishes = [
        str(words)
        for name, words, way in (
            ("do_not_call", _("Do not call."), "phone"),
            ("do_not_sms", _("Do not send SMS."), "phone"),
            ("do_not_email", _("Do not send e-mail."), "email"),
        )
        if fields[name] and fields[way]
    ]
    best = {Channel.CALL: _("Best by a call."), Channel.SMS: _("Best by SMS."), Channel.EMAIL: _("Best by e-mail.")}
    refused = {Channel.CALL: "do_not_call", Channel.SMS: "do_not_sms", Channel.EMAIL: "do_not_email"}
    channel = fields["channel"]
    if channel in best and not fields[refused[channel]]:
        wishes.append(str(best[channel]))
    return wishes


def _word(choices: Any, code: str | None) -> str:
    return str(choices(code).label) if code else ""
