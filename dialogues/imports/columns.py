"""What each column of a file of sessions is taken for: guessed by its title or tag, or said by who brought the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from dialogues.imports.fields import BODY, BY_CODE, label_of

MOST_ASKED = 150
"""Columns about which a page asks; those after them stay as they were guessed."""

Column = Mapping[str, Any]
"""Place, title, tag, samples and guess as ``orgs.imports.headers`` finds them; ``chosen`` where a person said."""


def field_of(column: Column) -> str:
    """The field that a column fills; empty where it is left out."""
    return str(column.get("chosen", column["guess"]))


def name_of(column: Column) -> str:
    """What a column is called; one without a title goes by its number."""
    return str(column["title"] or column["tag"] or _("Column %(number)d") % {"number": int(column["place"]) + 1})


def chosen(columns: Sequence[Column], fields: Mapping[int, str]) -> list[dict[str, Any]]:
    """The columns with what a person says of them, by place; columns that they do not speak of stay as they are."""
    return [
        {**column, "chosen": fields[int(column["place"])]} if int(column["place"]) in fields else dict(column)
        for column in columns
    ]


def problems_of(columns: Sequence[Column]) -> dict[int | None, list[str]]:
    """What is wrong with a choice, by place; ``None``: with all of it."""
    found: dict[int | None, list[str]] = {}
    first: dict[str, Column] = {}
    for column in columns:
        code, place = field_of(column), int(column["place"])
        if "chosen" in column and code and code not in BY_CODE:
            found.setdefault(place, []).append(_("Choose one of the list."))
        elif code in BY_CODE and not BY_CODE[code].several and code in first:
            words = _("“%(other)s” is this already: choose it for one column only.")
            found.setdefault(place, []).append(words % {"other": name_of(first[code])})
        else:
            first.setdefault(code, column)
    if not set(BODY) & first.keys():
        names = " / ".join(label_of(code) for code in BODY)
        found[None] = [_("Say which column holds one of these: %(names)s.") % {"names": names}]
    return found


def headings_to_mend(column: Column) -> tuple[str, str]:
    """Title and tag of a column in a file that is brought again: what a person said of it is then understood."""
    if "chosen" not in column or column["chosen"] == column["guess"]:
        return str(column["title"]), str(column["tag"])
    target = BY_CODE.get(str(column["chosen"]))
    if target is None:
        return _("left out: %(title)s") % {"title": name_of(column)}, ""
    return str(target.label), target.tags.split(" ", maxsplit=1)[0]
