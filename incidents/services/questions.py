"""What recipients of an alert ask its coordinators, and what these answer: to the asker, or to all recipients.

Neither side sees anything of the reporter: a question goes to the desk, an answer is words of the desk. Where the desk
must ask back, it does so in the reporter's own conversation (``conversations``).
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from incidents import access
from incidents.models import AlertQuestion, AlertState, Delivery, NoticeKind, QuestionAnswer, QuestionState, Reply
from incidents.said import clean_words
from incidents.services import notices, steps
from incidents.services.errors import NotAllowed
from incidents.services.reporters_words import repeated
from orgs.policy import Viewer
from orgs.wording import held_words

LONGEST_QUESTION = 500
LONGEST_ANSWER = 500
MOST_OPEN = 10
"""Open questions of one recipient about one alert: more would drown the desk, and a call is quicker."""


def ask(*, viewer: Viewer, delivery: Delivery, text: str) -> AlertQuestion:
    """Ask the coordinators of an alert something. The same words twice in a row (a double tap) are one question."""
    text = _checked(text, LONGEST_QUESTION, empty=_("Write your question."))
    with transaction.atomic():
        held = _lock(delivery)
        if not access.may_ask(viewer, held):
            raise NotAllowed(_("Only a recipient may ask about an alert, as long as it is not cancelled."))
        waiting = list(held.questions.filter(state=QuestionState.OPEN).order_by("-id")[:MOST_OPEN])
        if waiting and waiting[0].text == text and waiting[0].reply_id is None:
            return waiting[0]
        if len(waiting) == MOST_OPEN:
            raise NotAllowed(_("Your questions wait for an answer. If it is urgent, call."))
        question = AlertQuestion.objects.create(delivery=held, text=text)
        steps.note(viewer, question, "asked", alert=str(held.alert_id))
        notices.tell_coordinators(held, NoticeKind.ASKED)
    return question


def from_reply(held: Delivery, reply: Reply) -> AlertQuestion:
    """Put *I need to know more* among the questions that wait; part of the answer's own transaction."""
    question = AlertQuestion.objects.create(delivery=held, reply=reply, text=reply.text)
    notices.tell_coordinators(held, NoticeKind.ASKED)
    return question


def answer_question(
    *, viewer: Viewer, question: AlertQuestion, text: str, to_all: bool = False, confirmed: bool = False
) -> QuestionAnswer:
    """Answer a question; ``to_all`` tells every recipient of the alert.

    ``confirmed`` stands for having read that the words name nobody who reported and nothing that leads to them: no
    check by program can know that without opening who it was. Raises ``ValidationError`` on ``text``, ``confirmed``.
    """
    text = _checked(text, LONGEST_ANSWER, empty=_("Write your answer."))
    if not confirmed:
        raise ValidationError(
            {"confirmed": _("Read your answer once more: nothing in it may lead to who reported. Then tick this box.")}
        )
    with transaction.atomic():
        held = _lock_question(viewer, question)
        if copied := repeated(text, held.delivery.alert):
            raise ValidationError({"text": copied})
        last = held.answers.order_by("-id").first()
        if last is not None and (last.text, last.to_all) == (text, to_all):
            return last
        answer = QuestionAnswer.objects.create(question=held, text=text, to_all=to_all, written_by_id=viewer.user_id)
        held.state = QuestionState.ANSWERED
        held.save(update_fields=["state"])
        told = notices.tell_answer(answer, held.delivery)
        facts = {"question": held.pk, "to_all": to_all, "told": told, "alert": str(held.delivery.alert_id)}
        steps.note(viewer, answer, "answered_question", **facts)
    return answer


def close_question(*, viewer: Viewer, question: AlertQuestion) -> AlertQuestion:
    """Take a question off the list without words, since somebody called or it is not asked any more; or put it back."""
    with transaction.atomic():
        held = _lock_question(viewer, question)
        if held.state == QuestionState.ANSWERED:
            raise NotAllowed(_("This question is answered already."))
        closing = held.state == QuestionState.OPEN
        held.state = QuestionState.CLOSED if closing else QuestionState.OPEN
        held.closed_by_id = viewer.user_id if closing else None
        held.save(update_fields=["state", "closed_by"])
        verb = "closed_question" if closing else "reopened_question"
        steps.note(viewer, held, verb, alert=str(held.delivery.alert_id))
    return held


def _checked(text: str, longest: int, *, empty: str) -> str:
    text = clean_words(text)
    if not text:
        raise ValidationError({"text": empty})
    if len(text) > longest:
        raise ValidationError({"text": _("At most %(n)s characters.") % {"n": longest}})
    if held := held_words(text):
        raise ValidationError({"text": held})
    return text


def _lock(delivery: Delivery) -> Delivery:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("alert__incident")
    return rows.get(pk=delivery.pk)


def _lock_question(viewer: Viewer, question: AlertQuestion) -> AlertQuestion:
    rows = AlertQuestion.objects.select_for_update(of=("self",)).select_related("delivery__alert__incident")
    held = rows.filter(pk=question.pk).first()
    if held is None or access.QUESTIONS.audience(viewer, held) != "coordinator":
        raise NotAllowed(_("Only coordinators of the area may do this."))
    if held.delivery.recipient_id == viewer.user_id:
        raise NotAllowed(_("Another coordinator of the area answers your question."))
    if held.delivery.alert.state == AlertState.CANCELLED:
        raise NotAllowed(_("This alert is cancelled: nobody acts on it any more."))
    return held
