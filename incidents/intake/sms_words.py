"""Reading an SMS: what happened, where, who was harmed, when. Forgiving in order, accents, capitals, slips and gaps.

    read("INC KORO TIR 3M 5B", today=...)

Nothing here asks a database: places are only found as words that may be one (``Words.places``), the likeliest first.
What is not understood is never lost: the whole text is the report's narrative.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from incidents.intake import sms_lexicon as lexicon
from incidents.models import HowKnown, TimePrecision
from incidents.said import EARLIEST, MOST_HARMED
from orgs.models.areas import plain_words

SHORT = 8
"""Words of a message that may be the short form without its keyword: "KORO tir"."""
LONGEST_NAME = 4
MOST_PLACES = 40
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_DATE = re.compile(r"(?<!\d)(\d{1,2})\s?[/.-]\s?(\d{1,2})(?:\s?[/.-]\s?(\d{2,4}))?(?!\d)")
_CODE = re.compile(r"(?:\d[\s.-]?){15}\d")


@dataclass(slots=True)
class Token:
    """A word or number of the text, where it stands, and what it was taken for."""

    key: str
    start: int
    end: int
    role: str = ""
    has_colon: bool = False


@dataclass(frozen=True)
class Words:
    """What was read in an SMS.

    ``language`` is "" where the words do not say. ``is_structured``: written as a form (with its keyword, or only a few
    words with one that means something). ``places`` are pairs of words as written and their key.
    """

    text: str
    command: str = ""
    code: str = ""
    language: str = ""
    has_keyword: bool = False
    is_structured: bool = False
    is_correction: bool = False
    is_new: bool = False
    kinds: tuple[str, ...] = ()
    harmed: dict[str, int] = field(default_factory=dict)
    occurred_on: date | None = None
    time_precision: str = TimePrecision.DAY
    how_known: str = HowKnown.UNKNOWN
    may_call_back: bool = False
    places: tuple[tuple[str, str], ...] = ()
    is_talk: bool = False
    """Nothing but a greeting or a word or two: no report."""


def read(text: str, *, today: date) -> Words:
    """Read an SMS. Never raises, whatever was sent."""
    tokens = list(_tokens(text))
    keys = [token.key for token in tokens]
    if not keys:
        return Words(text, is_talk=True)
    language = _language(keys)
    command, code = _command(text, keys)
    if command:
        return Words(text, command=command, code=code, language=language)
    marks = _marks(tokens)
    harmed = _harmed(tokens)
    occurred_on, precision = _day(text, tokens, today)
    kinds = _kinds(tokens)
    has_keyword = "keyword" in marks or "correction" in marks
    is_structured = has_keyword or (len(tokens) <= SHORT and bool(kinds or harmed))
    return Words(
        text,
        language=language,
        has_keyword=has_keyword,
        is_structured=is_structured,
        is_correction="correction" in marks,
        is_new="new" in marks,
        kinds=kinds,
        harmed=harmed,
        occurred_on=occurred_on,
        time_precision=precision,
        how_known=_how(keys),
        may_call_back=bool(lexicon.CALL_BACK & set(keys)),
        places=tuple(_places(text, tokens, is_structured=is_structured)),
        is_talk=not (kinds or harmed) and _is_talk([key for key in keys if key not in lexicon.KEYWORDS]),
    )


def slips(first: str, second: str) -> bool:
    """Whether two words differ by one slip at most: a letter wrong, missing, too many, or two exchanged."""
    if first == second:
        return True
    if abs(len(first) - len(second)) > 1:
        return False
    place = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    rest, other = first[place:], second[place:]
    return (
        rest[1:] == other[1:]
        or rest[1:] == other
        or rest == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )


def _tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        key = plain_words(found.group())
        if key and " " not in key:
            following = text[found.end() : found.end() + 2].lstrip()
            yield Token(key, found.start(), found.end(), has_colon=following[:1] in (":", "="))


def _language(keys: list[str]) -> str:
    first = keys[0]
    if first in lexicon.ENGLISH_COMMANDS:
        return "en"
    if first in lexicon.HELP or first in lexicon.FINISHING or first in ("suivi", "suivre", "alerte", "arret"):
        return "fr"
    french = sum(key in lexicon.FRENCH for key in keys)
    english = sum(key in lexicon.ENGLISH for key in keys)
    return "" if french == english else "fr" if french > english else "en"


def _command(text: str, keys: list[str]) -> tuple[str, str]:
    """What the sender wants, where it is not a report: help, stop, finish or follow, with the code to follow."""
    code = _CODE.search(text)
    bare = len("".join(key for key in keys if key.isdecimal())) == 16
    if keys[0] in lexicon.FOLLOWING and (code is not None or len(keys) <= 6):
        digits = "".join(sign for sign in text if sign.isdecimal())
        return "follow", digits
    if code is not None and bare and all(key.isdecimal() for key in keys):
        return "follow", "".join(keys)
    if len(keys) > 2:
        return "", ""
    for command, words in (
        ("help", lexicon.HELP),
        ("stop", lexicon.STOPPING),
        ("finish", lexicon.FINISHING),
    ):
        if keys[0] in words:
            return command, ""
    return "", ""


def _marks(tokens: list[Token]) -> set[str]:
    """Keyword, correction, "new": words at the head of the message."""
    marks = set()
    for token in tokens[:2]:
        for mark, words in (("keyword", lexicon.KEYWORDS), ("correction", lexicon.CORRECTIONS), ("new", lexicon.NEW)):
            if token.key in words:
                marks.add(mark)
                token.role = mark
        if not token.role:
            break
    return marks


def _kinds(tokens: list[Token]) -> tuple[str, ...]:
    """The kinds of incident that were named: phrases, then words that mean one thing, then words that may."""
    found: list[str] = []
    for width in (4, 3, 2):
        for start in range(len(tokens) - width + 1):
            part = tokens[start : start + width]
            code = lexicon.PHRASES.get(tuple(token.key for token in part))
            if code and not any(token.role for token in part):
                for token in part:
                    token.role = "kind"
                if code != lexicon.NOTHING:
                    found.append(code)
    weak: list[str] = []
    for token in tokens:
        word = _known(token) if token.role in ("", "harm") else ""
        if word in lexicon.STRONG and token.role == "":
            found.append(lexicon.STRONG[word])
            token.role = "kind"
        elif word in lexicon.WEAK:
            weak.append(lexicon.WEAK[word])
            token.role = token.role or "kind"
    return tuple(dict.fromkeys(found + weak))


def _known(token: Token) -> str:
    """The word of a kind that was meant; a slip of the finger is forgiven in longer words."""
    key = token.key
    if key in lexicon.KINDS:
        return key
    if len(key) < 5 or key in lexicon.STOP or key in lexicon.FRENCH or key in lexicon.ENGLISH or key in lexicon.HARMS:
        return ""
    return next((word for word in lexicon.STRONG if len(word) >= 6 and slips(key, word)), "")


def _harmed(tokens: list[Token]) -> dict[str, int]:
    """Numbers beside words of harm, either way round; the largest where the same harm is said twice."""
    found: dict[str, int] = {}
    # "morts: 3" says for itself where its number stands; those first, so that nobody else takes it.
    order = sorted(range(len(tokens)), key=lambda place: not tokens[place].has_colon)
    for place in order:
        token = tokens[place]
        harm = _harm(token)
        if not harm or token.role:
            continue
        number = None if token.has_colon else _before(tokens, place)
        if number is None:
            number = _after(tokens, place)
        if number is None or number > MOST_HARMED:
            continue
        token.role = "harm"
        found[harm] = max(found.get(harm, 0), number)
    return found


def _harm(token: Token) -> str:
    key = token.key
    if key in lexicon.HARMS:
        return lexicon.HARMS[key]
    if len(key) < 5 or key in lexicon.STOP:
        return ""
    return next((lexicon.HARMS[word] for word in lexicon.LONG_HARMS if slips(key, word)), "")


def _before(tokens: list[Token], place: int) -> int | None:
    """The number before a word of harm, over "hommes", "personnes" and the like."""
    reach = 1 if tokens[place].key in lexicon.LETTERS else 4
    for back in range(place - 1, max(place - 1 - reach, -1), -1):
        token = tokens[back]
        number = _number(token)
        if number is not None and not token.role and (reach > 1 or token.key.isdecimal()):
            for one in tokens[back:place]:
                one.role = "count"
            return number
        if token.key in lexicon.NONE and reach > 1:
            token.role = "count"
            return 0
        if token.key not in lexicon.PEOPLE:
            return None
    return None


def _after(tokens: list[Token], place: int) -> int | None:
    """The number after it ("morts: 3"), unless that is the number of the next word of harm ("tués 5 blessés")."""
    following = tokens[place + 1 : place + 3]
    if not following or not following[0].key.isdecimal() or following[0].role:
        return None
    if tokens[place].has_colon:
        following = following[:1]
    if len(following) == 2 and _harm(following[1]) and following[1].key not in lexicon.LETTERS:
        return None
    if len(following) == 2 and following[1].key in lexicon.LETTERS and tokens[place].key not in lexicon.LETTERS:
        return None
    following[0].role = "count"
    return _number(following[0])


def _number(token: Token) -> int | None:
    if token.key.isdecimal():
        return int(token.key) if len(token.key) <= 6 else None
    return lexicon.NUMBERS.get(token.key)


def _day(text: str, tokens: list[Token], today: date) -> tuple[date | None, str]:
    """The day that was named, never one to come."""
    written = _written_day(text, tokens, today)
    keys = {token.key for token in tokens}
    for token in tokens:
        if token.key in lexicon.TIMES and not token.role and token.key not in lexicon.FILLERS:
            token.role = "time"
    if written is not None:
        return written, TimePrecision.DAY
    if keys & lexicon.YESTERDAY:
        return today - timedelta(days=2 if keys & {"avant"} else 1), TimePrecision.DAY
    if keys & lexicon.TODAY or {"ce", "matin"} <= keys or {"ce", "soir"} <= keys or {"this", "morning"} <= keys:
        return today, TimePrecision.DAY
    for token in tokens:
        if token.key in lexicon.DAYS:
            token.role = "time"
            return today - timedelta(days=(today.weekday() - lexicon.DAYS[token.key]) % 7), TimePrecision.DAY
    return None, TimePrecision.DAY


def _written_day(text: str, tokens: list[Token], today: date) -> date | None:
    found = _DATE.search(text)
    if found is not None:
        day = _date(int(found[1]), int(found[2]), int(found[3] or 0), today)
        if day is not None:
            for token in tokens:
                if found.start() <= token.start < found.end():
                    token.role = "time"
            return day
    for first, second in itertools.pairwise(tokens):
        if first.key.isdecimal() and second.key in lexicon.MONTHS and not first.role:
            day = _date(int(first.key[:4]), lexicon.MONTHS[second.key], 0, today)
            if day is not None:
                first.role = second.role = "time"
                return day
    return None


def _date(day: int, month: int, year: int, today: date) -> date | None:
    try:
        read = date(year + 2000 if 0 < year < 100 else year or today.year, month, day)
    except ValueError:
        return None
    if read > today and not year:
        read = read.replace(year=read.year - 1) if (month, day) != (2, 29) else read
    return read if EARLIEST <= read <= today else None


def _how(keys: list[str]) -> str:
    said = f" {' '.join(keys)} "
    for how, phrases in lexicon.HOW:
        if any(f" {phrase} " in said for phrase in phrases):
            return how
    return HowKnown.UNKNOWN


def _places(text: str, tokens: list[Token], *, is_structured: bool) -> Iterator[tuple[str, str]]:
    """Words that may be a place: in the short form whatever nothing else claimed, else what follows "à", "de", …"""
    yielded = 0
    for run in _runs(tokens):
        for start in range(len(run)):
            if not is_structured and not _introduced(tokens, run[start]):
                continue
            if run[start].key in lexicon.FILLERS and start + 1 < len(run):
                continue
            longest = min(LONGEST_NAME, len(run) - start)
            for width in range(longest, 0, -1):
                part = run[start : start + width]
                if len(part[-1].key) < 2 or (width > 1 and part[-1].key in lexicon.FILLERS):
                    continue
                key = " ".join(token.key for token in part)
                if width == 1 and (key in lexicon.FILLERS or key in lexicon.PEOPLE):
                    continue
                yield text[part[0].start : part[-1].end], key
                yielded += 1
                if yielded >= MOST_PLACES:
                    return


def _introduced(tokens: list[Token], token: Token) -> bool:
    place = tokens.index(token)
    return place > 0 and tokens[place - 1].key in lexicon.BEFORE_PLACE


def _runs(tokens: list[Token]) -> Iterator[list[Token]]:
    """Runs of words that nothing has claimed yet."""
    run: list[Token] = []
    for token in tokens:
        if token.role or token.key.isdecimal() or token.key in lexicon.GREETINGS - lexicon.FILLERS:
            if run:
                yield run
            run = []
        else:
            run.append(token)
    if run:
        yield run


def _is_talk(keys: list[str]) -> bool:
    meant = [key for key in keys if key not in lexicon.GREETINGS]
    return len(meant) < 3 and sum(map(len, meant)) < 15
