"""The columns of an exported file of sessions: titles and tags are those by which an import knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.exports.sheets import LIST_SIGN, Labels, SheetColumn, Write
from dialogues.imports.fields import BY_CODE
from dialogues.models import AgeBand, Country, Group, Need, SessionKind, SessionState, Sex
from orgs.models import Vocabulary

LINE_SIGN = "\n"

Row = Mapping[str, Any]


def _plain(source: str) -> Write:
    return lambda row, labels: row.get(source)


def _choice(source: str, choices: Any) -> Write:
    return lambda row, labels: dict(choices.choices).get(row.get(source), "")


def _terms(source: str) -> Write:
    return lambda row, labels: labels.terms(Vocabulary.SPOKEN, row.get(source))


def _groups(source: str) -> Write:
    words = dict(Group.choices)
    return lambda row, labels: LIST_SIGN.join(str(words.get(code, code)) for code in row.get(source) or ())


def _hour(source: str) -> Write:
    return lambda row, labels: row[source].strftime("%H:%M") if row.get(source) else None


def _cell(sex: str, band: str) -> Write:
    return lambda row, labels: row["ages"].get((sex, band))


def _counted(row: Row, labels: Labels) -> str:
    words = dict(Group.choices)
    there = ((words.get(code, code), many) for code, many in row["groups"].items() if code != Group.UNKNOWN)
    return LIST_SIGN.join(str(word) if many is None else f"{word} : {many}" for word, many in there)


def _issues(row: Row, labels: Labels) -> str:
    needs = dict(Need.choices)
    lines = []
    for one in row["issues"]:
        marks = ", ".join(str(needs.get(code, code)) for code in one["needs"] or ())
        themes = labels.terms(Vocabulary.THEME, one["themes"]).replace(LIST_SIGN, ", ")
        parts = (one["words"] or "", f"[{marks}]" if marks else "", f"{{{themes}}}" if themes else "")
        lines.append(" ".join(part for part in parts if part))
    return LINE_SIGN.join(lines)


def _points(kind: str) -> Write:
    return lambda row, labels: LINE_SIGN.join(row["points"].get(kind, ()))


def _column(code: str, write: Write | None = None) -> SheetColumn:
    target = BY_CODE[code]
    return SheetColumn(target.label, target.tags.split(" ", maxsplit=1)[0], write or _plain(code))


_SEXES = (str(Sex.WOMEN), str(Sex.MEN))
_BANDS = tuple(str(band) for band in AgeBand if band != AgeBand.UNKNOWN)

COLUMNS = (
    _column("key", _plain("uid")),
    _column("process", _plain("process_title")),
    _column("number"),
    _column("kind", _choice("kind", SessionKind)),
    _column("title"),
    _column("held_on"),
    _column("starts_at", _hour("starts_at")),
    _column("ends_at", _hour("ends_at")),
    _column("state", _choice("state", SessionState)),
    _column("country", _choice("country", Country)),
    _column("region"),
    _column("region_code", _plain("region_pcode")),
    _column("cercle"),
    _column("cercle_code", _plain("cercle_pcode")),
    _column("commune"),
    _column("commune_code", _plain("commune_pcode")),
    _column("place", _plain("place_text")),
    _column("spoken", _terms("spoken")),
    _column("interpreted", _terms("interpreted")),
    _column("led_by", _plain("led_by_name")),
    _column("people"),
    _column("spectators"),
    _column("f", _plain("women")),
    _column("m", _plain("men")),
    *(_column(f"{sex}:{band}", _cell(sex, band)) for sex in _SEXES for band in _BANDS),
    SheetColumn(_("Aged 15 to 35, women and men"), "#affected+youth", _plain("youth")),
    _column("groups", _counted),
    _column("invited", _groups("invited")),
    _column("absent", _groups("absent")),
    _column("agenda"),
    _column("minutes"),
    _column("issues", _issues),
    _column("agreements", _points("agreement")),
    _column("disagreements", _points("disagreement")),
    _column("tlp"),
)
