"""The incident form for phones, as an XLSForm: ``QUESTIONS`` are asked, what can be chosen stands in the database.

Words are those of the page's form, in every language of the product; a change of any of them makes a new version. The
recorded questions that administrators keep are heard in it too: a language that is only recorded is one more language
of the form, with the words of the product’s own language beside the voice.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyxform
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.models import HowKnown, IncidentType, Prompt
from incidents.models import Question as Asked
from incidents.said import EARLIEST, LONGEST_PLACE, LONGEST_TEXT, MOST_HARMED
from orgs.models import Area, Level
from orgs.models.areas import is_district_name
from orgs.presentation.pictograms import PATHS

FORM_ID = "passerelle_incident"
PHOTOS = ("photo_1", "photo_2", "photo_3")
VOICE = "voice"
PICTURE = "kind-{}.svg"
SOUND = "prompt-{}-{}.{}"
HEARD = {
    "what": Asked.WHAT,
    "where": Asked.WHERE,
    "when": Asked.WHEN,
    "killed": Asked.HARMED,
    "words": Asked.WORDS,
    VOICE: Asked.MEDIA,
    "how": Asked.HOW,
    "call_back": Asked.PHONE,
}
"""At which question of this form a recorded question of the page is heard."""
_ENDINGS = {"audio/ogg": "ogg", "audio/webm": "webm", "audio/mp4": "m4a", "audio/aac": "aac", "audio/mpeg": "mp3"}
_NAMES = {"fr": "Français (fr)", "en": "English (en)"}
Words = str | Promise


@dataclass(frozen=True)
class Question:
    """One line of the survey sheet."""

    kind: str
    name: str
    label: Words = ""
    hint: Words = ""
    more: dict[str, str] = field(default_factory=dict)
    """Columns of the sheet in XLSForm's own words."""
    refusal: Words = ""
    """What is said when the constraint does not hold."""


_LENGTH = _("This text is too long.")
_COUNT = {"constraint": f". >= 0 and . <= {MOST_HARMED}"}
_PERSON = _("Leave this empty if it is safer for you.")

QUESTIONS: tuple[Question, ...] = (
    Question("end", "end"),
    Question(
        "select_one kinds",
        "what",
        _("What is happening?"),
        more={"required": "yes", "appearance": "columns-pack"},
    ),
    Question(
        "text",
        "where",
        _("Where?"),
        _("Name of the village, the neighbourhood or the road, and the cercle if you know it."),
        {"constraint": f"string-length(.) <= {LONGEST_PLACE}", "required": "yes"},
        _LENGTH,
    ),
    Question("select_one regions", "region", _("Which région?"), more={"appearance": "minimal"}),
    Question(
        "select_one cercles",
        "cercle",
        _("Which cercle?"),
        more={"choice_filter": "region=${region}", "relevant": "${region} != ''", "appearance": "minimal"},
    ),
    Question("geopoint", "point", _("Where you are now"), _("Only if nobody can harm you for it.")),
    Question(
        "date",
        "when",
        _("Which day?"),
        more={"constraint": f". <= today() and . >= date('{EARLIEST.isoformat()}')"},
        refusal=_("This day lies in the future, or too far back."),
    ),
    Question("integer", "killed", _("Dead"), more=_COUNT),
    Question("integer", "injured", _("Injured"), more=_COUNT),
    Question("integer", "abducted", _("Taken or missing"), more=_COUNT),
    Question("integer", "displaced", _("Fled"), more=_COUNT),
    Question(
        "text",
        "words",
        _("What happened, in your words"),
        _("In any language. Without the names of people who could be harmed."),
        {"constraint": f"string-length(.) <= {LONGEST_TEXT}", "appearance": "multiline"},
        _LENGTH,
    ),
    Question("audio", VOICE, _("Or say it: record your voice"), more={"parameters": "quality=voice-only"}),
    Question("image", "photo_1", _("A photo"), more={"parameters": "max-pixels=1600"}),
    Question(
        "image", "photo_2", _("Another photo"), more={"parameters": "max-pixels=1600", "relevant": "${photo_1} != ''"}
    ),
    Question(
        "image", "photo_3", _("Another photo"), more={"parameters": "max-pixels=1600", "relevant": "${photo_2} != ''"}
    ),
    Question("select_one how", "how", _("How do you know?")),
    Question("select_one yes_no", "call_back", _("May we call you?")),
    Question(
        "text",
        "phone",
        _("Your number"),
        _PERSON,
        {"relevant": "${call_back} = 'yes'", "appearance": "numbers", "constraint": "string-length(.) <= 30"},
        _LENGTH,
    ),
    Question("text", "name", _("Your name"), _PERSON, {"constraint": "string-length(.) <= 100"}, _LENGTH),
)


@dataclass(frozen=True)
class Choice:
    """One line of the choices sheet; ``labels`` are its words by language."""

    list_name: str
    name: str
    labels: dict[str, str]
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Definition:
    """The whole form as pyxform reads it. ``version`` follows from everything that is in it."""

    sheets: dict[str, Any]
    version: str
    title: str
    pictures: dict[str, str]
    """File name of each picture: the path that is drawn."""
    sounds: dict[str, int]
    """File name of each recorded question: its number."""


@dataclass(frozen=True)
class Recorded:
    """The recorded questions in use: their files by question and language, and the languages besides the product's."""

    files: dict[tuple[str, str], str]
    languages: dict[str, str]
    numbers: dict[str, int]
    marks: list[str]


def definition() -> Definition:
    """The form as it is today. Three queries."""
    kinds = list(
        IncidentType.objects.filter(on_form=True, is_active=True).values_list(
            "code", "label_fr", "label_en", "pictogram"
        )
    )
    pictures = {PICTURE.format(code): PATHS[name] for code, _fr, _en, name in kinds if name in PATHS}
    recorded = _recorded()
    choices = [*_kinds(kinds, pictures, recorded), *_areas(), *_fixed()]
    sheets = {
        "survey": [_survey_row(question, recorded) for question in QUESTIONS],
        "choices": [_choice_row(choice, recorded) for choice in choices],
        "settings": [{"form_id": FORM_ID, "form_title": _title(), "default_language": _NAMES[settings.LANGUAGE_CODE]}],
    }
    every = orjson.dumps([pyxform.__version__, sheets, pictures, recorded.marks], option=orjson.OPT_SORT_KEYS)
    version = hashlib.sha256(every).hexdigest()[:12]
    sheets["settings"][0]["version"] = version
    return Definition(sheets, version, _title(), pictures, recorded.numbers)


def _recorded() -> Recorded:
    found = Recorded({}, {}, {}, [])
    rows = Prompt.objects.filter(is_active=True, question__in=list(HEARD.values())).order_by("language", "question")
    for row in rows.values_list("pk", "question", "language", "language_name", "media_type", "sha256", named=True):
        file = SOUND.format(row.question, row.language, _ENDINGS.get(row.media_type, "amr"))
        if row.language not in _NAMES:
            # Colons part the words of a column's title.
            found.languages.setdefault(row.language, f"{row.language_name.replace(':', ' ')} ({row.language})")
        found.files[row.question, row.language] = file
        found.numbers[file] = row.pk
        found.marks.append(row.sha256)
    return found


def _title() -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_NAME} – {_('Report an incident')}"


# --- Sheets ------------------------------------------------------------------------------------------------------


def _survey_row(question: Question, recorded: Recorded) -> dict[str, str]:
    row = {"type": question.kind, "name": question.name, **question.more}
    asked = HEARD.get(question.name)
    for column, words in (
        ("label", question.label),
        ("hint", question.hint),
        ("constraint_message", question.refusal),
    ):
        if words:
            said = dict(_in_every_language(words))
            own = said[_NAMES[settings.LANGUAGE_CODE]]
            row |= {f"{column}::{name}": text for name, text in said.items()}
            row |= {f"{column}::{name}": own for name in recorded.languages.values()}
    for code, name in {**_NAMES, **recorded.languages}.items():
        if asked is not None and (asked, code) in recorded.files:
            row[f"media::audio::{name}"] = recorded.files[asked, code]
    return row


def _choice_row(choice: Choice, recorded: Recorded) -> dict[str, str]:
    row = {"list_name": choice.list_name, "name": choice.name, **choice.more}
    row |= {f"label::{_NAMES[code]}": words for code, words in choice.labels.items()}
    return row | {f"label::{name}": choice.labels[settings.LANGUAGE_CODE] for name in recorded.languages.values()}


def _in_every_language(words: Words) -> Iterable[tuple[str, str]]:
    for code, name in _NAMES.items():
        with translation.override(code):
            yield name, str(words)


def _said(words: Words) -> dict[str, str]:
    return {code: text for code, (_name, text) in zip(_NAMES, _in_every_language(words), strict=True)}


# --- What can be chosen ------------------------------------------------------------------------------------------


def _kinds(rows: list[tuple[str, str, str, str]], pictures: dict[str, str], recorded: Recorded) -> Iterable[Choice]:
    names = [*_NAMES.values(), *recorded.languages.values()]
    for code, french, english, _pictogram in rows:
        file = PICTURE.format(code)
        shown = {f"media::image::{name}": file for name in names} if file in pictures else {}
        yield Choice("kinds", code, {"fr": french, "en": english}, shown)


def _areas() -> Iterable[Choice]:
    """Régions, and in each its cercles, by P-code. Bamako's one cercle is the district itself."""
    areas = Area.objects.current().filter(level__in=(Level.REGION, Level.CERCLE)).order_by("name_key", "pk")
    rows = list(areas.values_list("level", "pcode", "name", "region__pcode"))
    for level, pcode, name, region in rows:
        labels = dict.fromkeys(_NAMES, name)
        if level == Level.REGION:
            yield Choice("regions", pcode, labels)
        elif not is_district_name(name):
            yield Choice("cercles", pcode, labels, {"region": region})


def _fixed() -> Iterable[Choice]:
    for value, label in HowKnown.choices:
        if value != HowKnown.UNKNOWN:
            yield Choice("how", str(value), _said(label))
    yield Choice("yes_no", "yes", _said(_("Yes")))
    yield Choice("yes_no", "no", _said(_("No")))
