"""Words of notices about questions, answers, outcomes and advisories, given when they are sent and not before.

Only an answer has content, and only where its marking lets content travel; everything else says that something waits,
and where. Who may still be told is asked again: once for each alert and each advisory among a group of ten at most.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from incidents.access import ADVISORIES, ALERTS, people_who_may_be_told
from incidents.models import AlertState, Notice, NoticeKind
from incidents.services import renditions
from incidents.services.addresses import address_of_alert
from incidents.services.notices import PURPOSE
from orgs.messaging import purposes, reasons
from orgs.messaging.purposes import Envelope, Outgoing, Skip, address_of
from orgs.models import Channel, Tlp, User

_FOR_COORDINATORS = (NoticeKind.ASKED, NoticeKind.OUTCOME, NoticeKind.GIVEN, NoticeKind.WITHDRAWN)


class NoticeWords:
    """Looks again who may be told, and gives the words."""

    def compose(self, messages: Sequence[Outgoing]) -> dict[int, Envelope | Skip]:
        """Envelopes for those who may still be told."""
        rows = Notice.objects.filter(message__in=[message.pk for message in messages]).select_related(
            "message__recipient",
            "delivery__alert__incident",
            "delivery__rendition",
            "answer__question__delivery",
            "advisory__organisation",
        )
        found = {notice.message_id: notice for notice in rows}
        allowed = _allowed(found.values())
        return {message.pk: _envelope(message, found.get(message.pk), allowed) for message in messages}


def _allowed(found: Iterable[Notice]) -> Mapping[Any, frozenset[int]]:
    people: dict[Any, tuple[Notice, list[int]]] = {}
    for notice in found:
        people.setdefault(_group(notice), (notice, []))[1].append(notice.message.recipient_id or 0)
    return {group: frozenset(_may_be_told(notice, ids)) for group, (notice, ids) in people.items()}


def _group(notice: Notice) -> tuple[Any, ...]:
    """Notices whose recipients are looked up together."""
    for_desk = notice.kind in _FOR_COORDINATORS
    if notice.delivery is None:
        return (notice.advisory_id, for_desk)
    if for_desk:
        return (notice.delivery.alert_id, True)
    return (notice.delivery.alert_id, notice.delivery.rendition.audience, notice.delivery.tlp)


def _may_be_told(notice: Notice, ids: Sequence[int]) -> Iterable[int]:
    if notice.advisory is not None:
        audience = "coordinator" if notice.kind in _FOR_COORDINATORS else "service"
        people = ADVISORIES.people_as(notice.advisory, (audience,))
    elif notice.delivery is None:
        return ()
    elif notice.kind in _FOR_COORDINATORS:
        people = ALERTS.people_as(notice.delivery.alert, ("coordinator",))
    else:
        audience, tlp = notice.delivery.rendition.audience, notice.delivery.tlp
        people = people_who_may_be_told(notice.delivery.alert.incident, tlp=tlp, audience=audience)
    return people.filter(pk__in=ids).order_by().values_list("pk", flat=True)


def _envelope(message: Outgoing, notice: Notice | None, allowed: Mapping[Any, frozenset[int]]) -> Envelope | Skip:
    person = notice.message.recipient if notice is not None else None
    if notice is None or person is None:
        return Skip(reasons.NO_WORDS)
    address = address_of(person, message.channel)
    if why := _hindrance(notice, person, address, allowed):
        return Skip(why)
    with translation.override(message.language):
        subject, text = _words(notice)
        if message.channel == Channel.SMS:
            sms = renditions.plain_for_sms(text.replace("\n", " "))
            return Envelope(address=address, text=Truncator(sms).chars(renditions.LONGEST_SMS, truncate="..."))
        return Envelope(address=address, subject=subject, text=text + "\n")


def _hindrance(notice: Notice, person: User, address: str, allowed: Mapping[Any, frozenset[int]]) -> str:
    if not person.is_active:
        return reasons.INACTIVE
    if person.pk not in allowed[_group(notice)]:
        return reasons.NO_LONGER_ALLOWED
    if notice.delivery is not None and notice.delivery.alert.state == AlertState.CANCELLED:
        return reasons.CANCELLED
    return "" if address else reasons.NO_ADDRESS


def _words(notice: Notice) -> tuple[str, str]:
    """Subject and text."""
    delivery, answer = notice.delivery, notice.answer
    drill = _("EXERCISE – ") if delivery is not None and delivery.alert.exercise_id is not None else ""
    if delivery is None:
        where = settings.SITE_URL + reverse("advisory", args=[notice.advisory_id])
    else:
        where = address_of_alert(delivery.alert_id)
    subject = drill + _("Passerelle: %(what)s") % {"what": _what(notice)}
    if answer is not None and delivery is not None and _carries(notice):
        words = _("%(what)s (%(code)s): %(answer)s") % {
            "what": _what(notice),
            "code": delivery.code,
            "answer": answer.text,
        }
        return subject, f"{drill}Passerelle: {words}\n{where}"
    return subject, f"{subject}. {where}"


def _what(notice: Notice) -> str:
    asked_it = notice.answer is not None and notice.answer.question.delivery_id == notice.delivery_id
    return {
        NoticeKind.ASKED: _("a question about an alert waits for your answer"),
        NoticeKind.ANSWERED: _("answer to your question") if asked_it else _("more about an alert"),
        NoticeKind.OUTCOME: _("somebody told what came of an alert"),
        NoticeKind.GIVEN: _("an advisory waits for your decision"),
        NoticeKind.DECIDED: _("your advisory was looked at"),
        NoticeKind.WITHDRAWN: _("an advisory was withdrawn"),
    }[NoticeKind(notice.kind)]


def _carries(notice: Notice) -> bool:
    """Whether content may travel: by the marking it was sent with, and by the one the incident has now."""
    delivery = notice.delivery
    assert delivery is not None
    return Tlp(delivery.tlp).carries_content and Tlp(delivery.alert.incident.tlp).carries_content


def register() -> None:
    """Give the outbox the words of notices."""
    purposes.register(PURPOSE, NoticeWords())
