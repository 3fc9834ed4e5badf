"""What recipients answer: on the page, by SMS (``reply_sms``), or to somebody who calls them.

Their order: *I have read it* takes nothing back; *I need to know more* does not undo that somebody acts, and opens a
question (``questions``); telling what came of it says that it is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import (
    AlertState,
    DeclineReason,
    Delivery,
    DeliveryAnswer,
    Did,
    Helped,
    Missing,
    NoticeKind,
    Reply,
    ReplyKind,
)
from incidents.services import notices, questions, steps
from incidents.services.errors import NotAllowed
from orgs import audit
from orgs.models import Channel, User
from orgs.policy import Viewer
from orgs.wording import held_words

LONGEST_TEXT = 500
ANSWERS = {
    ReplyKind.ACKNOWLEDGE: DeliveryAnswer.ACKNOWLEDGED,
    ReplyKind.ACT: DeliveryAnswer.ACTING,
    ReplyKind.DONE: DeliveryAnswer.DONE,
    ReplyKind.DECLINE: DeliveryAnswer.DECLINED,
    ReplyKind.NEED_MORE: DeliveryAnswer.NEED_MORE,
    ReplyKind.OUTCOME: DeliveryAnswer.DONE,
}
_STAYS: dict[str, tuple[str, ...]] = {
    ReplyKind.ACKNOWLEDGE: tuple(value for value in DeliveryAnswer.values if value),
    ReplyKind.NEED_MORE: (DeliveryAnswer.ACTING, DeliveryAnswer.DONE),
}
"""What an answer leaves as it is, when it was said before."""


class CallResult(StrEnum):
    """What came of calling somebody."""

    ACKNOWLEDGED = "acknowledge"
    ACTING = "act"
    DONE = "done"
    DECLINED = "decline"
    NEED_MORE = "need_more"
    OUTCOME = "outcome"
    NO_ANSWER = "no_answer"
    RECALLED = "recalled"


def answer(
    *,
    viewer: Viewer,
    delivery: Delivery,
    kind: str,
    reason: str = "",
    text: str = "",
    missing: Iterable[str] = (),
    did: Iterable[str] = (),
    helped: str = "",
    channel: str = Channel.INBOX,
    external_id: str = "",
) -> Reply:
    """Answer an alert: the recipient in person. Saying the same twice is saying it once.

    ``missing`` goes with *I need to know more*, ``did`` and ``helped`` with what came of it.
    """
    said = _Said(kind, reason, text, tuple(missing), tuple(did), helped, channel, external_id)
    _check(said)
    with transaction.atomic():
        held = _lock(delivery)
        may = access.may_tell_outcome if kind == ReplyKind.OUTCOME else access.may_answer
        if not may(viewer, held):
            raise NotAllowed(_("Only its recipient may answer an alert, while it stands."))
        return _add(held, said)


def tick_call(
    *,
    viewer: Viewer,
    delivery: Delivery,
    result: str,
    reason: str = "",
    text: str = "",
    missing: Iterable[str] = (),
    did: Iterable[str] = (),
    helped: str = "",
) -> Delivery:
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
            said = _Said(result, reason, text, tuple(missing), tuple(did), helped, Channel.CALL, "", viewer.user_id)
            _check(said)
            _refuse_over(held, result)
            held.called_at, held.called_by_id = timezone.now(), viewer.user_id
            held.save(update_fields=["called_at", "called_by"])
            _add(held, said)
        steps.note(viewer, held, "called", result=result, alert=str(held.alert_id))
    return held


def _refuse_over(held: Delivery, kind: str) -> None:
    still = access.ANSWERABLE_LATER if kind == ReplyKind.OUTCOME else (AlertState.RELEASED,)
    if held.alert.state not in still:
        raise NotAllowed(_("This alert no longer holds: only what came of it can still be told."))


def _recall(viewer: Viewer, held: Delivery) -> None:
    if held.alert.state == AlertState.RELEASED:
        raise NotAllowed(_("This alert still holds."))
    held.recalled_at, held.called_by_id = timezone.now(), viewer.user_id
    held.save(update_fields=["recalled_at", "called_by"])


def _lock(delivery: Delivery) -> Delivery:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("alert__incident")
    return rows.get(pk=delivery.pk)


@dataclass(frozen=True)
class _Said:
    """One answer as it came in."""

    kind: str
    reason: str = ""
    text: str = ""
    missing: tuple[str, ...] = ()
    did: tuple[str, ...] = ()
    helped: str = ""
    channel: str = Channel.INBOX
    external_id: str = ""
    recorded_by_id: int | None = None

    @property
    def words(self) -> dict[str, Any]:
        """What was said, apart from how it came; what belongs to another kind of answer is left out."""
        return {
            "kind": self.kind,
            "reason": self.reason if self.kind == ReplyKind.DECLINE else "",
            "missing": _in_order(Missing, self.missing) if self.kind == ReplyKind.NEED_MORE else [],
            "did": _in_order(Did, self.did) if self.kind == ReplyKind.OUTCOME else [],
            "helped": self.helped if self.kind == ReplyKind.OUTCOME else "",
            "text": self.text.strip(),
        }


def _in_order(choices: Any, chosen: Iterable[str]) -> list[str]:
    wanted = set(chosen)
    return [str(value) for value in choices.values if value in wanted]


def _check(said: _Said) -> None:
    problems: dict[str, str | list[str]] = {}
    if said.kind not in ReplyKind.values:
        problems["kind"] = _("Choose one of the list.")
    if said.kind == ReplyKind.DECLINE and said.reason not in DeclineReason.values:
        problems["reason"] = _("Say why you cannot act: it helps to find somebody who can.")
    if said.kind == ReplyKind.NEED_MORE and not _chosen_from(Missing, said.missing):
        problems["missing"] = _("Say what is missing: the coordinators look for exactly that.")
    if said.kind == ReplyKind.OUTCOME:
        if not _chosen_from(Did, said.did):
            problems["did"] = _("Say what was done, also if nothing was found.")
        if said.helped not in Helped.values:
            problems["helped"] = _("Say whether it helped. If you do not know, say so.")
    if len(said.text) > LONGEST_TEXT:
        problems["text"] = _("At most %(n)s characters.") % {"n": LONGEST_TEXT}
    elif held := held_words(said.text):
        problems["text"] = held
    if problems:
        raise ValidationError(problems)


def _chosen_from(choices: Any, codes: tuple[str, ...]) -> bool:
    return bool(codes) and set(codes) <= set(choices.values)


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
    if held.answer not in _STAYS.get(said.kind, ()):
        held.answer = ANSWERS[ReplyKind(said.kind)]
    held.answered_at = held.answered_at or reply.at
    held.save(update_fields=["answer", "answered_at"])
    _note(held, said)
    if said.kind == ReplyKind.NEED_MORE:
        questions.from_reply(held, reply)
    elif said.kind == ReplyKind.OUTCOME:
        notices.tell_coordinators(held, NoticeKind.OUTCOME)
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
