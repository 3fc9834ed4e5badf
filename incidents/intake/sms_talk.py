"""The conversation: one question a message, answered in few letters, asked again kindly where an answer does not fit.

``0`` goes back, STOP forgets everything, FIN sends what was said so far. What somebody writes is kept in the words of
the report, also where it did not fit. Nothing asks where forces are, and the beginning says not to write it.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from django.utils.translation import gettext as _

from incidents.intake import sms_answers, sms_lexicon
from incidents.intake.sms_places import day_of, known_kind, place_named, place_nearly_named
from incidents.intake.sms_words import Words
from incidents.models import HowKnown
from incidents.models import SmsQuestion as Q
from incidents.services import sms_conversations
from incidents.services.locating import picked_place
from incidents.services.sms_conversations import Held
from incidents.services.sms_senders import Seen
from orgs.messaging.inbound import IncomingSms
from orgs.messaging.sms_text import plain
from orgs.models.areas import plain_words

TRIES = 2
"""An answer that does not fit is asked for this often; then the conversation goes on without."""
CHOICES = 4
MENU = ("attack", "looting", "abduction", "explosion", "threat", "tension", "rumour", "displacement")
ORDER = (Q.WHAT, Q.WHERE, Q.WHEN, Q.HARMED, Q.HOW, Q.CALL)
_HOW = {"1": HowKnown.SAW, "2": HowKnown.TOLD, "3": HowKnown.HEARD}


def begin(sms: IncomingSms, seen: Seen, held: Held | None) -> str:
    """Ask the first question, or the one that waits again."""
    if held is not None:
        return plain(f"{sms_answers.no_positions()} {_controls()} {_question(held)}")
    held = sms_conversations.begin(key=seen.key, sender=sms.sender, user_id=sms.user_id, language=seen.language)
    return plain(f"{sms_answers.no_positions()} {_controls()} {_question(held)}")


def go_on(held: Held, sms: IncomingSms, words: Words) -> str:
    """Take an answer, and ask the next question or say what was understood."""
    text = sms.text.strip()
    if text == "0":
        return _back(held)
    question = Q(held.row.question)
    if _READERS[question](held, text, words, sms):
        return _ask_next(held)
    _keep_words(held, text)
    if held.row.unfit + 1 < TRIES:
        sms_conversations.keep(held, question=question, unfit=held.row.unfit + 1)
        return plain(_("Sorry, not understood.") + " " + _question(held))
    _skip(held, question, text)
    return _ask_next(held)


def finish(held: Held) -> str:
    """Make the report and answer with what was understood and its code."""
    got = sms_conversations.end(held)
    return sms_answers.received(got) if got is not None else sms_answers.stopped(news=True)


# --- Going through the questions ---------------------------------------------------------------------------------


def _ask_next(held: Held) -> str:
    question = _next(held)
    if question is None:
        return finish(held)
    sms_conversations.keep(held, question=question)
    return plain(_question(held))


def _next(held: Held) -> Q | None:
    talk, asked = held.talk, Q(held.row.question)
    if asked in (Q.WHERE, Q.WHICH) and talk.candidates and talk.where is None:
        return Q.WHICH
    place = ORDER.index(Q.WHERE if asked == Q.WHICH else asked)
    known = {
        Q.WHERE: talk.where is not None,
        Q.WHEN: bool(talk.occurred_on),
        Q.HARMED: bool(talk.harmed),
        Q.HOW: bool(talk.how_known),
    }
    return next((question for question in ORDER[place + 1 :] if not known.get(question, False)), None)


def _back(held: Held) -> str:
    """Ask the question before, and forget its answer."""
    talk, asked = held.talk, Q(held.row.question)
    place = ORDER.index(Q.WHEN if asked == Q.WHICH else asked)
    question = ORDER[max(place - 1, 0)]
    if question == Q.WHAT:
        talk.type_code, talk.texts, talk.harmed, talk.occurred_on, talk.how_known = None, [], None, "", ""
    elif question == Q.WHERE:
        talk.place_text, talk.where, talk.candidates = "", None, []
    elif question == Q.WHEN:
        talk.occurred_on = ""
    elif question == Q.HARMED:
        talk.harmed = None
    elif question == Q.HOW:
        talk.how_known = ""
    sms_conversations.keep(held, question=question)
    return plain(_question(held))


def _skip(held: Held, question: Q, text: str) -> None:
    """What becomes of an answer that did not fit twice: a place stays as it was written."""
    if question in (Q.WHERE, Q.WHICH):
        held.talk.place_text = (held.talk.place_text or text)[:200]
        held.talk.candidates = []


def _keep_words(held: Held, text: str) -> None:
    """Whatever was written in words; not the numbers and letters of an answer."""
    if len(plain_words(text)) > 2 and text not in held.talk.texts:
        held.talk.texts.append(text)


# --- Reading answers ---------------------------------------------------------------------------------------------


def _read_what(held: Held, text: str, words: Words, sms: IncomingSms) -> bool:
    talk = held.talk
    if text.isdecimal():
        if not (len(text) == 1 and 1 <= int(text) <= len(MENU)):
            return False
        talk.type_code = known_kind((MENU[int(text) - 1],))
        return True
    if not plain_words(text):
        return False
    _keep_words(held, text)
    talk.type_code = known_kind(words.kinds)
    talk.harmed = words.harmed or None
    talk.occurred_on = words.occurred_on.isoformat() if words.occurred_on else ""
    talk.how_known = words.how_known if words.how_known != HowKnown.UNKNOWN else ""
    return True


def _read_where(held: Held, text: str, words: Words, sms: IncomingSms) -> bool:
    if _is_unknown(text):
        return True
    if len(plain_words(text)) < 2 or text.isdecimal():
        return False
    found = place_named(text)
    if found.whereabouts.region_id is None and not found.candidates:
        found = place_nearly_named(text) or found
    talk = held.talk
    if found.whereabouts.region_id is not None:
        talk.place_text, talk.where, talk.candidates = text[:200], asdict(found.whereabouts), []
        return True
    if found.candidates:
        talk.place_text = text[:200]
        talk.candidates = [(one.kind, one.id, _short(one.label)) for one in found.candidates[:CHOICES]]
        return True
    return False


def _read_which(held: Held, text: str, words: Words, sms: IncomingSms) -> bool:
    talk = held.talk
    number = int(text) if text.isdecimal() and len(text) == 1 else 0
    if 1 <= number <= len(talk.candidates):
        kind, pk, label = talk.candidates[number - 1]
        where = picked_place(kind, pk)
        talk.where, talk.candidates = (asdict(where) if where else None), []
        talk.place_text = f"{talk.place_text} ({label})"[:200]
        return True
    if number == 9 or _is_unknown(text):
        talk.candidates = []
        return True
    # Not one of the numbers: another name perhaps. Where it is none, the choice stands.
    return not text.isdecimal() and _read_where(held, text, words, sms)


def _read_when(held: Held, text: str, words: Words, sms: IncomingSms) -> bool:
    today = day_of(sms)
    if text in ("1", "2"):
        held.talk.occurred_on = (today - timedelta(days=int(text) - 1)).isoformat()
        return True
    if words.occurred_on is not None:
        held.talk.occurred_on = words.occurred_on.isoformat()
        _keep_words(held, text)
        return True
    return _is_unknown(text)


def _read_harmed(held: Held, text: str, words: Words, sms: IncomingSms) -> bool:
    if words.harmed:
        held.talk.harmed = words.harmed
        _keep_words(held, text)
        return True
    key = plain_words(text)
    if key and set(key.split()) <= sms_lexicon.NOBODY | {"de", "mort", "blesse", "blesses"}:
        held.talk.harmed = {}
        return True
    return _is_unknown(text)


def _read_how(held: Held, text: str, words: Words, sms: IncomingSms) -> bool:
    how = _HOW.get(text) or (words.how_known if words.how_known != HowKnown.UNKNOWN else "")
    if how:
        held.talk.how_known = str(how)
        return True
    return _is_unknown(text)


def _read_call(held: Held, text: str, words: Words, sms: IncomingSms) -> bool:
    said = set(plain_words(text).split())
    if said & sms_lexicon.NO or _is_unknown(text):
        held.talk.may_call_back = False
        return True
    if said & sms_lexicon.YES:
        held.talk.may_call_back = True
        return True
    return False


_READERS: dict[Q, Callable[[Held, str, Words, IncomingSms], bool]] = {
    Q.WHAT: _read_what,
    Q.WHERE: _read_where,
    Q.WHICH: _read_which,
    Q.WHEN: _read_when,
    Q.HARMED: _read_harmed,
    Q.HOW: _read_how,
    Q.CALL: _read_call,
}


def _is_unknown(text: str) -> bool:
    return text.strip() == "?" or plain_words(text) in sms_lexicon.UNKNOWN


def _short(label: str) -> str:
    """A candidate in few letters: what it is, and the first area around it."""
    return ", ".join(label.partition(" – ")[0].split(", ")[:2])


# --- Questions ---------------------------------------------------------------------------------------------------


def _controls() -> str:
    return _("STOP: quit, 0: back.")


def _question(held: Held) -> str:
    return _QUESTIONS[Q(held.row.question)](held)


def _which(held: Held) -> str:
    choices = [f"{number} {label}" for number, (_kind, _pk, label) in enumerate(held.talk.candidates, start=1)]
    return _("Which one? %(choices)s. 9: none") % {"choices": " ".join(choices)}


_QUESTIONS: dict[Q, Callable[[Held], str]] = {
    Q.WHAT: lambda held: _(
        "What happened? In words, or 1 attack 2 theft 3 abduction 4 mine 5 threat 6 tension 7 rumour 8 flight"
    ),
    Q.WHERE: lambda held: _("Where? The village and its cercle, for example: Dinangourou, Koro. Not known: DK"),
    Q.WHICH: _which,
    Q.WHEN: lambda held: _("When? 1 today, 2 yesterday, or the date, for example 12/05. Not known: DK"),
    Q.HARMED: lambda held: _("Dead, injured? For example 3K 5I. Nobody: NO. Not known: DK"),
    Q.HOW: lambda held: _("How do you know? 1 I saw it 2 a witness told me 3 people say so"),
    Q.CALL: lambda held: _("May we call you back on this number? 1 yes 2 no"),
}
