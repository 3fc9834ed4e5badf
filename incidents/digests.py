"""Words of the messages that carry several alerts at once: the daily digest, and what quiet hours or a full hour held.

Each alert is looked at again when the message is sent: does it still stand, may this person still be told, may its
words travel. An alert and its updates are one entry, the newest. What is left of one entry reads as that alert alone.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Value
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.access import people_who_may_be_told
from incidents.models import Alert, AlertState, Incident, Severity
from incidents.services import renditions
from incidents.services.addresses import address_of_alert
from incidents.services.fanout import DIGEST, JOINED
from incidents.services.subscriptions import digest_token
from orgs.messaging import purposes, reasons
from orgs.messaging.purposes import Envelope, Outgoing, Skip
from orgs.messaging.sms_text import segments
from orgs.models import WITH_ADDRESSES, Channel, Tlp

MOST_PARTS = 3
"""What an SMS may cost at most, as for an alert alone."""
LONGEST_HEADLINE = 60
_GRAVEST_FIRST = [str(level) for level in Severity.values]
_HEADERS = {"X-Auto-Response-Suppress": "All"}

_CARRIED = """
    SELECT carriage.message_id, delivery.code, delivery.tlp, delivery.recipient_id,
           person.email, person.phone, person.is_active, rendition.audience, rendition.language, rendition.headline,
           rendition.email_subject, rendition.email_text, rendition.sms_text,
           alert.id, alert.thread, alert.state, alert.severity, alert.released_at, alert.call_number,
           incident.id, incident.tlp
      FROM incidents_carriage AS carriage
      JOIN incidents_delivery AS delivery ON delivery.id = carriage.delivery_id
      JOIN orgs_user AS person ON person.id = delivery.recipient_id
      JOIN incidents_rendition AS rendition ON rendition.id = delivery.rendition_id
      JOIN incidents_alert AS alert ON alert.id = delivery.alert_id
      JOIN incidents_incident AS incident ON incident.id = alert.incident_id
     WHERE carriage.message_id = ANY (%s)
     ORDER BY alert.released_at DESC, delivery.id DESC"""


Group = tuple[int, str, str]
"""Incident, marking and audience: what decides, with the person, whether they may still be told."""
Allowed = set[tuple[Group, int]]


class Entry(NamedTuple):
    """One alert that a message carries, with all that its words need."""

    message_id: int
    code: str
    tlp: str
    recipient_id: int
    email: str | None
    phone: str | None
    is_active: bool
    audience: str
    language: str
    headline: str
    email_subject: str
    email_text: str
    sms_text: str
    alert_id: uuid.UUID
    thread: uuid.UUID
    alert_state: str
    severity: str
    released_at: datetime
    call_number: str
    incident_id: int
    incident_tlp: str

    @property
    def group(self) -> Group:
        """By what it is decided whether the recipient may still be told."""
        return self.incident_id, self.tlp, self.audience

    @property
    def carries_content(self) -> bool:
        """Whether the words may travel: by the marking they were sent with, and by the one the incident has now."""
        return Tlp(self.tlp).carries_content and Tlp(self.incident_tlp).carries_content

    @property
    def link(self) -> str:
        """Where it is read."""
        return address_of_alert(self.alert_id)


class JoinedWords:
    """Several alerts in one message; ``is_digest`` where the person can turn such messages off."""

    def __init__(self, *, is_digest: bool) -> None:
        self.is_digest = is_digest

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those who may still be told of something; two queries for a group."""
        carried = _carried_by(messages)
        allowed = _may_be_told(entry for entries in carried.values() for entry in entries)
        return {message.pk: self._words(message, carried.get(message.pk, []), allowed) for message in messages}

    def _words(self, message: Outgoing, carried: Sequence[Entry], allowed: Allowed) -> Envelope | Skip:
        told = _still_told(carried, allowed)
        if isinstance(told, Skip):
            return told
        if message.channel in WITH_ADDRESSES:
            return _for_a_program(told, message.language)
        address = (told[0].email if message.channel == Channel.EMAIL else told[0].phone) or ""
        if not address:
            return Skip(reasons.NO_ADDRESS)
        with translation.override(message.language):
            if message.channel == Channel.SMS:
                return Envelope(address=address, text=_sms(told))
            return self._email(address, told)

    def _email(self, address: str, told: Sequence[Entry]) -> Envelope:
        leave = f"{settings.SITE_URL}{reverse('digest-off', args=[digest_token(told[0].recipient_id)])}"
        headers = dict(_HEADERS)
        if self.is_digest:
            headers |= {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if len(told) == 1:
            subject, text = _alone(told[0])[:2]
        else:
            subject, text = _subject(told), _text(told, self.is_digest)
        if self.is_digest:
            text += "\n-- \n" + _("No digest any more: %(link)s") % {"link": leave} + "\n"
        return Envelope(address=address, subject=subject, text=text, headers=headers)


def _for_a_program(told: Sequence[Entry], language: str) -> Envelope:
    """The same words for push, webhook and notice; their addresses are looked up when they are sent."""
    with translation.override(language):
        subject, text = (_alone(told[0])[0], _alone(told[0])[2]) if len(told) == 1 else (_subject(told), _sms(told))
    codes = ", ".join(entry.code for entry in told)
    return Envelope("", text, subject, code=codes, link=f"{settings.SITE_URL}{reverse('alerts')}")


def _still_told(carried: Sequence[Entry], allowed: Allowed) -> list[Entry] | Skip:
    """What of it is told to its recipient today, or why nothing."""
    if not carried:
        return Skip(reasons.NO_WORDS)
    if not carried[0].is_active:
        return Skip(reasons.INACTIVE)
    standing = [entry for entry in carried if entry.alert_state == AlertState.RELEASED]
    if not standing:
        return Skip(reasons.CANCELLED)
    told = _newest_of_each(entry for entry in standing if (entry.group, entry.recipient_id) in allowed)
    return told or Skip(reasons.NO_LONGER_ALLOWED)


def _carried_by(messages: Sequence[Outgoing]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED, [[message.pk for message in messages]])
        for row in cursor.fetchall():
            entry = Entry(*row)
            found.setdefault(entry.message_id, []).append(entry)
    return found


def _may_be_told(entries: Iterable[Entry]) -> Allowed:
    """Which recipients may be told of which alert today, in one query for all."""
    people: dict[Group, set[int]] = {}
    for entry in entries:
        people.setdefault(entry.group, set()).add(entry.recipient_id)
    if not people:
        return set()
    groups = list(people)
    asked = [
        people_who_may_be_told(Incident(pk=incident), tlp=tlp, audience=audience)
        .filter(pk__in=people[incident, tlp, audience])
        .order_by()
        .annotate(place=Value(place))
        .values_list("pk", "place")
        for place, (incident, tlp, audience) in enumerate(groups)
    ]
    return {(groups[place], person) for person, place in asked[0].union(*asked[1:], all=True)}


def _newest_of_each(entries: Iterable[Entry]) -> list[Entry]:
    """One entry for each thread, the newest (they come newest first); the gravest at the top."""
    newest: dict[uuid.UUID, Entry] = {}
    for entry in entries:
        newest.setdefault(entry.thread, entry)
    return sorted(newest.values(), key=lambda entry: _GRAVEST_FIRST.index(entry.severity))


def _alone(entry: Entry) -> tuple[str, str, str]:
    """Subject, e-mail and SMS of one alert, as it reads when it is sent by itself."""
    letters = (entry.email_subject, entry.email_text, entry.sms_text)
    if not entry.carries_content:
        letters = renditions.neutral_letters(Alert(call_number=entry.call_number, tlp=entry.tlp), entry.language)
    subject, email, sms = (renditions.put_in(words, code=entry.code, link=entry.link) for words in letters)
    return subject, email, sms


def _subject(told: Sequence[Entry]) -> str:
    """How many wait, and nothing of what they say."""
    return ngettext("Passerelle: %(n)s alert", "Passerelle: %(n)s alerts", len(told)) % {"n": len(told)}


def _text(told: Sequence[Entry], is_digest: bool) -> str:
    entries: list[Mapping[str, Any]] = [
        {
            "code": entry.code,
            "link": entry.link,
            "headline": entry.headline if entry.carries_content else "",
            "severity": Severity(entry.severity).label if entry.carries_content else "",
            "call_number": entry.call_number,
        }
        for entry in told
    ]
    return render_to_string("email/digest.txt", {"entries": entries, "is_digest": is_digest}).strip() + "\n"


def _sms(told: Sequence[Entry]) -> str:
    """As many alerts as go into three parts, and how many more there are; where to read them all."""
    if len(told) == 1:
        return _alone(told[0])[2]
    for shown in range(len(told), -1, -1):
        text = renditions.plain_for_sms(_sms_of(told[:shown], len(told)))
        if segments(text) <= MOST_PARTS:
            return text
    return text


def _sms_of(shown: Sequence[Entry], total: int) -> str:
    parts = [
        f"{entry.code} {Truncator(entry.headline).chars(LONGEST_HEADLINE, truncate='...')}"
        if entry.carries_content
        else entry.code
        for entry in shown
    ]
    if total > len(shown):
        parts.append(f"+{total - len(shown)}")
    words = {"n": total, "alerts": "; ".join(parts), "link": f"{settings.SITE_URL}{reverse('alerts')}"}
    text = _("Passerelle, %(n)s alerts: %(alerts)s. Answer 1, 2 or 3 and the code. %(link)s") % words
    # Those without internet cannot read what carries no content: they call.
    number = next((entry.call_number for entry in shown if entry.call_number and not entry.carries_content), "")
    return f"{text} {_('Tel %(number)s.') % {'number': number}}" if number else text


def register() -> None:
    """Give the outbox the words of digests and of what was held otherwise."""
    purposes.register(DIGEST, JoinedWords(is_digest=True))
    purposes.register(JOINED, JoinedWords(is_digest=False))
