"""Log lines without personal data: whatever slips into a message or traceback is masked before it is written."""

import logging
import re

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
# Eight digits or more, as in telephone numbers; dates and times have fewer in a row.
PHONE = re.compile(r"(?<![\w.:-])\+?\d(?:[ .-]?\d){7,14}(?![\w:-])")
# The key in the address of a person's calendar, which opens it to whoever reads it here.
KEY = re.compile(r"(/dialogues/calendar/)[^/\s\"'<>]+")
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")


def mask(text: str) -> str:
    """Replace e-mail addresses, telephone numbers and keys in addresses by what they are."""
    text = KEY.sub(r"\1<key>", text)
    text = EMAIL.sub("<e-mail>", text)
    return PHONE.sub(lambda found: found[0] if DATE.match(found[0]) else "<phone>", text)


class Formatter(logging.Formatter):
    """A formatter for ``{``-style lines that masks personal data in the finished text."""

    def format(self, record: logging.LogRecord) -> str:
        """Format as usual, then mask."""
        return mask(super().format(record))
