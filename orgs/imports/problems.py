"""What is wrong with a line, as codes that are kept with it and words that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ERROR, WARNING = "error", "warning"

_WORDS: dict[str, tuple[str, str | Promise]] = {
    # code: (level, words with %(given)s and %(hint)s)
    "no_name": (ERROR, gettext_lazy("No name of an organisation stands in this line.")),
    "long_name": (
        ERROR,
        gettext_lazy("The name is longer than 200 letters: perhaps the columns have shifted. It begins: “%(given)s”"),
    ),
    "not_yours": (
        ERROR,
        gettext_lazy("It lies outside your areas (%(hint)s): its coordinator or an administrator may bring it."),
    ),
    "known_not_yours": (
        ERROR,
        gettext_lazy("“%(hint)s” is known already and lies outside your areas: you may not change it."),
    ),
    "unknown_slug": (
        WARNING,
        gettext_lazy("No entry has the address “%(given)s”: the line was compared by its name."),
    ),
    "kind": (WARNING, gettext_lazy("Kind of organisation not known: “%(given)s”. It is kept as “other”.")),
    "term": (WARNING, gettext_lazy("Not in our list, left out: “%(given)s”")),
    "year": (WARNING, gettext_lazy("This is not a year, left out: “%(given)s”")),
    "day": (WARNING, gettext_lazy("This is not a date, left out: “%(given)s”")),
    "phone": (WARNING, gettext_lazy("This is not a phone number, left out: “%(given)s”")),
    "email": (WARNING, gettext_lazy("This is not an e-mail address, left out: “%(given)s”")),
    "link": (WARNING, gettext_lazy("This is not an address of a page, left out: “%(given)s”")),
    "scheme": (WARNING, gettext_lazy("Register not known, left out: “%(given)s”")),
    "visibility": (
        WARNING,
        gettext_lazy(
            "“%(given)s” does not say to whom it agreed to be shown: it stays with coordinators. "
            "Write: tout le monde, partenaires or coordinateurs."
        ),
    ),
    "place": (WARNING, gettext_lazy("Place not found in Mali, kept as it is written: “%(given)s”")),
    "place_hint": (
        WARNING,
        gettext_lazy("Place not found, kept as it is written: “%(given)s”. Perhaps: %(hint)s"),
    ),
    "place_outside": (
        WARNING,
        gettext_lazy("“%(given)s” is not in %(hint)s in our division: it was taken all the same."),
    ),
    "security_seat": (WARNING, gettext_lazy("Where security services sit is never kept: the place was left out.")),
    "no_result": (
        WARNING,
        gettext_lazy("The formula in this cell has no result: the cell was left out. Save the file in Excel first."),
    ),
    "cut": (WARNING, gettext_lazy("Too long: only its beginning is kept.")),
    "contact_alone": (
        WARNING,
        gettext_lazy("A contact without phone or e-mail cannot be kept: “%(given)s”"),
    ),
    "differs": (
        WARNING,
        gettext_lazy(
            "The lines of this organisation say different things: “%(given)s” is left out, “%(hint)s” is kept."
        ),
    ),
    "same_phone": (WARNING, gettext_lazy("The same phone number as in line %(hint)s, under another name.")),
    "same_acronym": (WARNING, gettext_lazy("The same acronym as in line %(hint)s, under another name.")),
}
LONGEST = 80


def know(words: Mapping[str, tuple[str, str | Promise]]) -> None:
    """Learn what the problems of other sorts of files are called: code -> (level, words)."""
    _WORDS.update(words)


def problem(code: str, *, column: str = "", given: str = "", hint: str = "") -> dict[str, str]:
    """One problem as it is kept; empty facts are left out."""
    facts = {"code": code, "column": column, "given": given[:LONGEST], "hint": hint[:LONGEST]}
    return {name: value for name, value in facts.items() if value}


def is_error(one: Mapping[str, Any]) -> bool:
    """Whether it keeps the line from coming in."""
    return _WORDS.get(str(one.get("code")), (WARNING, ""))[0] == ERROR


def has_error(problems: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of them keeps the line from coming in."""
    return any(is_error(one) for one in problems)


@dataclass(frozen=True)
class Said:
    """A problem in the reader's words."""

    column: str
    words: str
    is_error: bool


def in_words(problems: Sequence[Mapping[str, Any]]) -> list[Said]:
    """Problems as a person reads them, what keeps the line out first."""
    said = [
        Said(
            str(one.get("column", "")),
            str(_WORDS.get(str(one.get("code")), (WARNING, _("Something is wrong here.")))[1])
            % {"given": one.get("given", ""), "hint": one.get("hint", "")},
            is_error(one),
        )
        for one in problems
    ]
    return sorted(said, key=lambda each: not each.is_error)
