"""What recipients answer: on the page, by SMS, or to somebody who calls them."""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import AlertState, DeclineReason, Delivery, DeliveryAnswer, Reply, ReplyKind
from incidents.services import steps
from incidents.services.errors import NotAllowed
from orgs import audit
from orgs.access import viewer_for
from orgs.messaging.inbound import IncomingSms
from orgs.models import Channel, User
from orgs.models.areas import name_key
from orgs.policy import Viewer
from orgs.wording import held_words

LONGEST_TEXT = 500
ANSWERS = {
    ReplyKind.ACKNOWLEDGE: DeliveryAnswer.ACKNOWLEDGED,
    ReplyKind.ACT: DeliveryAnswer.ACTING,
    ReplyKind.DONE: DeliveryAnswer.DONE,
    ReplyKind.DECLINE: DeliveryAnswer.DECLINED,
}


class CallResult(StrEnum):
    """What came of calling somebody."""

    ACKNOWLEDGED = "acknowledge"
    ACTING = "act"
    DECLINED = "decline"
    NO_ANSWER = "no_answer"
    RECALLED = "recalled"


def answer(
    *,
    viewer: Viewer,
    delivery: Delivery,
    kind: str,
    reason: str = "",
    text: str = "",
    channel: str = Channel.INBOX,
    external_id: str = "",
) -> Reply:
    """Acknowledge, act, have done, or decline: the recipient in person. Saying the same twice is saying it once."""
    _check(kind, reason, text)
    with transaction.atomic():
        held = _lock(delivery)
        if not access.may_answer(viewer, held):
            raise NotAllowed(_("Only its recipient may answer an alert, while it stands."))
        return _add(held, _Said(kind, reason, text, channel, external_id))


def tick_call(*, viewer: Viewer, delivery: Delivery, result: str, reason: str = "") -> Delivery:
    """Note what came of a call to a recipient: what they answered, or that nobody answered."""
    if result not in set(CallResult):
        raise ValidationError({"result": _("Choose one of the list.")})
    with transaction.atomic():
        held = _lock(delivery)
        if not access.may_follow(viewer, held.alert):
            raise NotAllowed(_("Only coordinators of the area may do this."))
        if result == CallResult.RECALLED:
            _recall(viewer, held)
        elif held.alert.state != AlertState.RELEASED:
            raise NotAllowed(_("This alert is over: say so to those who were called."))
        elif result != CallResult.NO_ANSWER:
            _check(result, reason, "")
            held.called_at, held.called_by_id = timezone.now(), viewer.user_id
            held.save(update_fields=["called_at", "called_by"])
            _add(held, _Said(result, reason, channel=Channel.CALL, recorded_by_id=viewer.user_id))
        steps.note(viewer, held, "called", result=result, alert=str(held.alert_id))
    return held


def _recall(viewer: Viewer, held: Delivery) -> None:
    if held.alert.state == AlertState.RELEASED:
        raise NotAllowed(_("This alert still holds."))
    held.recalled_at, held.called_by_id = timezone.now(), viewer.user_id
    held.save(update_fields=["recalled_at", "called_by"])


def _lock(delivery: Delivery) -> Delivery:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("alert__incident")
    return rows.get(pk=delivery.pk)


def _check(kind: str, reason: str, text: str) -> None:
    problems: dict[str, str | list[str]] = {}
    if kind not in ReplyKind.values:
        problems["kind"] = _("Choose one of the list.")
    if kind == ReplyKind.DECLINE and reason not in DeclineReason.values:
        problems["reason"] = _("Say why you cannot act: it helps to find somebody who can.")
    if len(text) > LONGEST_TEXT:
        problems["text"] = _("At most %(n)s characters.") % {"n": LONGEST_TEXT}
    elif held := held_words(text):
        problems["text"] = held
    if problems:
        raise ValidationError(problems)


@dataclass(frozen=True)
class _Said:
    """One answer as it came in."""

    kind: str
    reason: str = ""
    text: str = ""
    channel: str = Channel.INBOX
    external_id: str = ""
    recorded_by_id: int | None = None

    @property
    def words(self) -> dict[str, str]:
        """What was said, apart from how it came."""
        reason = self.reason if self.kind == ReplyKind.DECLINE else ""
        return {"kind": self.kind, "reason": reason, "text": self.text.strip()}


def _add(held: Delivery, said: _Said) -> Reply:
    """Add an answer to a locked delivery, unless it was given already."""
    before = _said_before(held, said)
    if before is not None:
        return before
    reply = Reply.objects.create(
        delivery=held,
        **said.words,
        channel=said.channel,
        external_id=said.external_id,
        recorded_by_id=said.recorded_by_id,
    )
    reply.refresh_from_db(fields=["at"])
    if said.kind != ReplyKind.ACKNOWLEDGE or not held.answer:
        held.answer = ANSWERS[ReplyKind(said.kind)]
    held.answered_at = held.answered_at or reply.at
    held.save(update_fields=["answer", "answered_at"])
    _note(held, said)
    return reply


def _said_before(held: Delivery, said: _Said) -> Reply | None:
    """The same answer, given last (a second tap), or already brought by the gateway."""
    last = held.replies.order_by("-id").first()
    if last is not None and all(getattr(last, name) == value for name, value in said.words.items()):
        return last
    if not said.external_id:
        return None
    return held.replies.filter(channel=said.channel, external_id=said.external_id).first()


def _note(held: Delivery, said: _Said) -> None:
    actor = User.objects.get(pk=said.recorded_by_id or held.recipient_id)
    audit.record(actor, "answered", held, kind=str(said.kind), by=str(said.channel), alert=str(held.alert_id))


# --- By SMS ------------------------------------------------------------------------------------------------------

_BY_DIGIT = {"1": ReplyKind.ACKNOWLEDGE, "2": ReplyKind.ACT, "3": ReplyKind.DECLINE, "4": ReplyKind.DONE}
_SAID: tuple[tuple[ReplyKind, str], ...] = (
    (ReplyKind.DECLINE, r"non|no|pas|peux pas|peut pas|impossible|cannot|cant|can t|refuse|decline"),
    (ReplyKind.DONE, r"fait|faite|fini|termine|done|finished|regle"),
    (ReplyKind.ACT, r"jagis|agis|agi|agit|act|acting|acts|en cours|on y va|j y vais|jy vais|going|on it"),
    (
        ReplyKind.ACKNOWLEDGE,
        r"recu|recue|bien recu|ok|okay|oui|yes|lu|vu|compris|received|read|got it|merci|thanks|d accord|daccord",
    ),
)
# Words that people put around an answer; with anything else in it, the message is not an answer to an alert.
_AROUND = frozenset(
    name_key(
        "je j ne n c est cest nous on vous le la l un une et mais bien de du code passerelle alerte message bonjour "
        "bonsoir salut svp stp reponse i we it is am the not can do a y"
    ).split()
)
_ALL_SAID = frozenset(word for _kind, words in _SAID for phrase in words.split("|") for word in phrase.split())
_LONGEST_ANSWER = 80


@dataclass(frozen=True)
class SmsAnswer:
    """An answer read from an SMS: what was said, and the codes that it may name, the likeliest first."""

    kind: ReplyKind
    codes: tuple[str, ...]


def read_sms(text: str) -> SmsAnswer | None:
    """Read "1 12345", "12345 ok", "RECU 12345", "j’agis 12345" and the like; ``None`` for any other message."""
    if len(text) > _LONGEST_ANSWER:
        return None
    key = name_key(re.sub(r"(\d)([^\W\d])|([^\W\d])(\d)", r"\1\3 \2\4", text))
    words = key.split()
    numbers = [word for word in words if word.isdecimal()]
    said = " ".join(word for word in words if not word.isdecimal())
    if not set(said.split()) <= _ALL_SAID | _AROUND:
        return None
    found = _numbers(numbers)
    if found is None:
        return None
    digit, codes = found
    kind = _BY_DIGIT.get(digit) if digit else _kind_said(said)
    return None if kind is None else SmsAnswer(kind, codes)


def _numbers(numbers: list[str]) -> tuple[str, tuple[str, ...]] | None:
    """The digit of the answer (or none) and the codes that may be meant; ``None`` for other numbers."""
    digits = [number for number in numbers if number in _BY_DIGIT]
    codes = [number for number in numbers if re.fullmatch(r"[1-9]\d{4}", number)]
    joined = [number for number in numbers if re.fullmatch(r"\d{6}", number)]
    if len(digits) + len(codes) + len(joined) != len(numbers) or len(digits) > 1:
        return None
    if len(codes) == 1 and not joined:
        return (digits[0] if digits else ""), tuple(codes)
    if len(joined) == 1 and not codes and not digits:
        number = joined[0]
        if number[0] in _BY_DIGIT and number[1] != "0":
            return number[0], (number[1:],)
        if number[5] in _BY_DIGIT and number[0] != "0":
            return number[5], (number[:5],)
    return None


def _kind_said(said: str) -> ReplyKind | None:
    for kind, words in _SAID:
        if re.search(rf"(?<!\S)(?:{words})(?!\S)", said):
            return kind
    return ReplyKind.ACKNOWLEDGE if not said or set(said.split()) <= _AROUND else None


def answer_by_sms(sms: IncomingSms) -> str | None:
    """Take an SMS that answers an alert; it counts only from the number of the person to whom the code was given.

    A wrong code and a wrong number get the same words, so that nothing can be learnt by trying.
    """
    read = read_sms(sms.text)
    if read is None:
        return None
    sender = User.objects.active().filter(phone=sms.sender).first()
    delivery = _meant(sender, read.codes)
    with translation.override(sender.language if sender else "fr"):
        if sender is None or delivery is None or not _taken(sender, delivery, read.kind, sms):
            return _("We could not use this answer. Check the code, or open Passerelle.")
        return _CONFIRMATIONS[read.kind]() % {"code": delivery.code}


_CONFIRMATIONS = {
    ReplyKind.ACKNOWLEDGE: lambda: _("Thank you. Noted for %(code)s: received. If you act, answer 2 %(code)s."),
    ReplyKind.ACT: lambda: _("Thank you. Noted for %(code)s: you are acting. When it is done, answer 4 %(code)s."),
    ReplyKind.DONE: lambda: _("Thank you. Noted for %(code)s: done."),
    ReplyKind.DECLINE: lambda: _("Noted for %(code)s: you cannot act. Somebody else will be sought."),
}


def _meant(sender: User | None, codes: tuple[str, ...]) -> Delivery | None:
    if sender is None:
        return None
    rows = Delivery.objects.filter(recipient=sender, code__in=codes).select_related("alert__incident")
    return rows.order_by(F("created_at").desc(), F("id").desc()).first()


def _taken(sender: User, delivery: Delivery, kind: ReplyKind, sms: IncomingSms) -> bool:
    reason = DeclineReason.OTHER if kind == ReplyKind.DECLINE else ""
    number = f"{sms.gateway}:{sms.external_id}"[:100]
    try:
        answer(
            viewer=viewer_for(sender),
            delivery=delivery,
            kind=kind,
            reason=reason,
            channel=Channel.SMS,
            external_id=number,
        )
    except NotAllowed:
        return False
    return True
