"""Answers to alerts that come by SMS, read as people write them.

1 received, 2 acting, 3 cannot, 4 done, 5 needs to know more; each with the code, in any order, or in words.
"""

import re
from dataclasses import dataclass

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from incidents.models import DeclineReason, Delivery, Missing, ReplyKind
from incidents.services.errors import NotAllowed
from incidents.services.replies import answer
from orgs.access import viewer_for
from orgs.messaging.inbound import IncomingSms
from orgs.models import Channel, User
from orgs.models.areas import name_key

_BY_DIGIT = {
    "1": ReplyKind.ACKNOWLEDGE,
    "2": ReplyKind.ACT,
    "3": ReplyKind.DECLINE,
    "4": ReplyKind.DONE,
    "5": ReplyKind.NEED_MORE,
}
# The first that is found counts: "not enough details" is no refusal, "received but I cannot" is one.
_SAID: tuple[tuple[ReplyKind, str], ...] = (
    (
        ReplyKind.NEED_MORE,
        r"plus dinfo|plus dinfos|plus dinformation|plus dinformations|plus d infos|plus de details|plus de precisions"
        r"|besoin dinfos|besoin dinformations|besoin d infos|besoin de details|besoin de precisions|pas assez|pas clair"
        r"|savoir plus|preciser|precisez|need more|need to know more|more info|more information|more details"
        r"|not enough|not clear",
    ),
    (
        ReplyKind.DECLINE,
        r"non|no|pas|peux pas|peux plus|peut plus|peut pas|impossible|cannot|cant|can t|refuse|decline",
    ),
    (ReplyKind.DONE, r"fait|faite|fini|termine|done|finished|regle"),
    (ReplyKind.ACT, r"jagis|agis|agi|agit|act|acting|acts|en cours|on y va|j y vais|jy vais|going|on it"),
    (
        ReplyKind.ACKNOWLEDGE,
        r"recu|recue|bien recu|ok|okay|oui|yes|lu|vu|compris|received|read|got it|merci|thanks|d accord|daccord",
    ),
)
# Words that people put around an answer; with anything else in it, the message is not an answer to an alert.
_POLITE = """
    je j ne n c est cest nous on vous le la l un une et mais bien de d du code passerelle alerte message bonjour bonsoir
    salut svp stp reponse i we it is am the not can do a y to il me faut veux voudrais avoir en have
"""
_AROUND = frozenset(_POLITE.split())
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
    ReplyKind.NEED_MORE: lambda: _("Noted for %(code)s: you need to know more. Somebody will answer or call you."),
    ReplyKind.DECLINE: lambda: _("Noted for %(code)s: you cannot act. Somebody else will be sought."),
}


def _meant(sender: User | None, codes: tuple[str, ...]) -> Delivery | None:
    if sender is None:
        return None
    rows = Delivery.objects.filter(recipient=sender, code__in=codes).select_related("alert__incident")
    return rows.order_by(F("created_at").desc(), F("id").desc()).first()


def _taken(sender: User, delivery: Delivery, kind: ReplyKind, sms: IncomingSms) -> bool:
    reason = DeclineReason.OTHER if kind == ReplyKind.DECLINE else ""
    missing = (Missing.OTHER,) if kind == ReplyKind.NEED_MORE else ()
    number = f"{sms.gateway}:{sms.external_id}"[:100]
    try:
        answer(
            viewer=viewer_for(sender),
            delivery=delivery,
            kind=kind,
            reason=reason,
            missing=missing,
            channel=Channel.SMS,
            external_id=number,
        )
    except NotAllowed:
        return False
    return True
