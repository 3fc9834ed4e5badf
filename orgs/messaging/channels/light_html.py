"""The HTML of a letter, made from the very words of its plain text: paragraphs, lines and links, and nothing else.

No picture, no style sheet, nothing that tells anybody that it was opened; no colour of ours, so that a mail program
shows it in its own light or dark.
"""

import re
from functools import lru_cache

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_GAP = re.compile(r"\n[ \t]*\n+")


@lru_cache(maxsize=64)
def light_html(subject: str, text: str, language: str) -> str:
    """A whole HTML page that says what ``text`` says. Kept, because thousands get the same but for their code."""
    paragraphs = [_lines(part) for part in _GAP.split(text.strip("\n")) if part.strip()]
    context = {"subject": " ".join(subject.split()), "paragraphs": paragraphs, "language": language}
    return get_template("email/light.html").render(context)


def _lines(part: str) -> SafeString:
    """One paragraph; every letter of it is escaped, whoever wrote it."""
    return mark_safe("<br>\n".join(_linked(line) for line in part.strip().split("\n")))  # noqa: S308 (escaped below)


def _linked(line: str) -> str:
    shown, place = "", 0
    for found in _LINK.finditer(line):
        link = escape(found[0])
        shown += f'{escape(line[place : found.start()])}<a href="{link}">{link}</a>'
        place = found.end()
    return shown + escape(line[place:])
