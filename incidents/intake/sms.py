"""The door of SMS: free words, the short form, a conversation, or the code of a receipt.

Registered behind the answers to alerts: what those do not take comes here. Everything is answered in the language that
its sender last used.
"""

import re

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from incidents.intake import sms_answers, sms_talk
from incidents.intake.sms_places import day_of, known_kind, place_in
from incidents.intake.sms_words import Words, read
from incidents.models import Door, SmsSender
from incidents.said import Said, clean_words
from incidents.services import feedback, sms_conversations, sms_senders, sms_threads
from incidents.services.identities import Identity
from incidents.services.reports import receive_report, report_by_code
from orgs.messaging.inbound import IncomingSms
from orgs.messaging.receiving import sender_key
from orgs.messaging.sms_text import plain

_ALERT_CODE = re.compile(r"^\D{0,12}[1-9]\d{4}\b|\b[1-9]\d{4}\D{0,3}$")


def report_by_sms(sms: IncomingSms) -> str | None:
    """Take in what somebody wrote; ``None`` for a greeting, or an answer to an alert gone wrong."""
    words = read(sms.text, today=day_of(sms))
    key = sender_key(sms.sender)
    seen = sms_senders.see(key=key, said=words.language, otherwise=sms.language)
    with translation.override(seen.language):
        return _answer(sms, words, seen)


def language_of(number: str) -> str:
    """The language that a number was last written in and is answered in."""
    known = SmsSender.objects.filter(pk=sender_key(number)).values_list("language", flat=True).first()
    return known or settings.LANGUAGE_CODE


def _answer(sms: IncomingSms, words: Words, seen: sms_senders.Seen) -> str | None:
    conversation = sms_conversations.current(key=seen.key)
    if words.command:
        return _commanded(sms, words, seen, conversation)
    if conversation is not None and not words.has_keyword:
        return sms_talk.go_on(conversation, sms, words)
    if words.has_keyword and words.is_talk and not words.places:
        return sms_answers.how_to_write()
    if not words.has_keyword and (words.is_talk or _is_for_an_alert(sms, words)):
        return None
    return _report(sms, words, seen)


def _commanded(
    sms: IncomingSms, words: Words, seen: sms_senders.Seen, conversation: sms_conversations.Held | None
) -> str | None:
    if words.command == "follow":
        return _outcome(words.code, seen)
    if words.command == "help":
        sms_senders.want_news(key=seen.key, wants=True)
        return sms_talk.begin(sms, seen, conversation)
    return _ended(sms, words, seen, conversation)


def _ended(
    sms: IncomingSms, words: Words, seen: sms_senders.Seen, conversation: sms_conversations.Held | None
) -> str | None:
    if conversation is not None:
        if words.command == "finish" and conversation.talk.says_something:
            return sms_talk.finish(conversation)
        sms_conversations.drop(conversation)
        return sms_answers.stopped(news=True)
    if words.command == "finish":
        return None
    sms_senders.want_news(key=seen.key, wants=False)
    feedback.stop_feedback(phone=sms.sender)
    return sms_answers.stopped(news=False)


def _outcome(code: str, seen: sms_senders.Seen) -> str:
    """What became of a report, for whoever has its code. Too many wrong ones are answered as one more."""
    if not code:
        return plain(_("Send FOLLOW and the 16 digits of your code."))
    report = report_by_code(code)
    if not sms_senders.may_try_codes(key=seen.key):
        return sms_answers.wrong_code()
    if report is None:
        sms_senders.count_wrong_code(key=seen.key)
        return sms_answers.wrong_code()
    return sms_answers.outcome(report)


def _is_for_an_alert(sms: IncomingSms, words: Words) -> bool:
    """Somebody with an account who names a code of five digits answers an alert: what they add is no report."""
    return sms.user_id is not None and not words.has_keyword and bool(_ALERT_CODE.search(sms.text.strip()))


# --- A report ----------------------------------------------------------------------------------------------------


def said_in(words: Words) -> Said:
    """What a message says, in the one shape of every door. The whole text is its narrative."""
    found = place_in(words)
    return Said(
        type_code=known_kind(words.kinds),
        occurred_on=words.occurred_on,
        time_precision=words.time_precision,
        place_text=found.text,
        narrative=clean_words(words.text),
        harmed=words.harmed,
        how_known=words.how_known,
        may_call_back=words.may_call_back,
        whereabouts=found.whereabouts,
    )


def _report(sms: IncomingSms, words: Words, seen: sms_senders.Seen) -> str:
    said = said_in(words)
    identity = Identity(phone=sms.sender, user_id=sms.user_id)
    lately = sms_threads.lately_by(person_key=identity.person_key)
    number = f"{sms.gateway}:{sms.external_id}"[:100]
    earlier = sms_threads.said_before(said, lately)
    if earlier is None and not words.is_new:
        is_form = words.is_structured
        earlier = sms_threads.goes_with(said, lately, is_form=is_form, is_correction=words.is_correction)
        said = sms_threads.completed(said, earlier) if earlier is not None else said
    got = receive_report(
        door=Door.SMS,
        external_id=earlier.external_id if earlier is not None else number,
        said=said,
        identity=identity,
        language=seen.language,
        sent_at=sms.sent_at,
    )
    return sms_answers.received(got) if got.created else sms_answers.added(got)
