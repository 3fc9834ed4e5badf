"""Data and a template of ours as a PDF (typst). What people wrote is data and never code: it goes in as JSON.

Templates lie in ``templates/dialogues/papers``; they read no file outside that folder and no package from elsewhere.
The fonts are those inside typst's own wheel, so that a paper looks the same on every machine.
"""

import json
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import typst
from django.conf import settings
from django.utils.translation import gettext as _

FOLDER = Path("dialogues") / "papers"
LONGEST = 2_000_000
"""Characters of data for one paper: some hundreds of pages."""
KEPT = 16
"""Papers of what everybody may read that a process keeps, by all that stands on them: the same paper is asked for
often, and what has changed by a letter is another one."""
_STANDARD = "ua-1"
_TURNS = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
"""Marks that turn the direction of writing: with them a line can read as something else than was written."""


class TooLong(ValueError):
    """More than fits on one paper."""


def pdf(template: str, data: dict[str, Any], *, drawings: Sequence[str] = (), keep: bool = False) -> bytes:
    """The PDF that ``template`` (a name without ending) makes of ``data``: tagged, for screen readers too (PDF/UA-1).

    What somebody wrote can forbid PDF/UA: a letter that no font of ours can draw (the paper then says so), a title of
    nothing but signs that are not printed. Then the paper is made without: a paper that is not made helps nobody.
    ``drawings`` are SVG documents that ``data`` names by their place; they are ours and taken as they are.
    ``keep`` says that everybody may read it: its bytes may then stay in memory for the next reader.
    """
    clean, drawn = printable(data), json.dumps(drawings)
    try:
        return _compiled(template, clean, drawn, _STANDARD, keep=keep)
    except typst.TypstError as error:
        if "PDF/UA" not in str(error):
            raise
        odd = "could not be displayed" in str(error)
    note = _("Some letters could not be printed and stand here as empty boxes. Write them by hand.")
    return _compiled(template, {**clean, **({"unprintable": note} if odd else {})}, drawn, keep=keep)


def _compiled(template: str, data: dict[str, Any], drawings: str, *standards: Any, keep: bool) -> bytes:
    text = json.dumps(data, ensure_ascii=False)
    if len(text) > LONGEST:
        raise TooLong
    return (_typeset_once if keep else _typeset)(template, text, drawings, standards)


def _typeset(template: str, text: str, drawings: str, standards: tuple[Any, ...]) -> bytes:
    folder = folder_of_templates()
    return typst.compile(
        folder / f"{template}.typ",
        root=folder,
        format="pdf",
        ignore_system_fonts=True,
        package_path=folder / "none",
        package_cache_path=folder / "none",
        sys_inputs={"data": text, "drawings": drawings},
        pdf_standards=list(standards),
    )


_typeset_once = lru_cache(maxsize=KEPT)(_typeset)


@cache
def folder_of_templates() -> Path:
    """Where our templates lie, wherever the process was started."""
    folders = [one / FOLDER for one in cast("list[Path]", settings.TEMPLATES[0]["DIRS"])]
    return next(folder for folder in folders if folder.is_dir())


def printable(value: Any) -> Any:
    """The same without what is no letter: control characters and marks that turn the direction of writing."""
    if isinstance(value, dict):
        return {str(name): printable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [printable(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return "".join(filter(_is_letter, unicodedata.normalize("NFC", str(value))))


def _is_letter(letter: str) -> bool:
    return letter == "\n" or (unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn") and letter not in _TURNS)
