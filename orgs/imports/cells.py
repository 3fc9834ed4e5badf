"""What single cells hold: phone numbers, addresses, years, days, however people typed them."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from orgs.imports.words import EMPTY
from orgs.models.organisations import FIRST_YEAR, LAST_YEAR
from orgs.phones import normal_phone

LIST_SIGNS = re.compile(r"[;|\n\r•]+")
_PHONE_SIGNS = re.compile(r"[;|\n\r,/•]+|\s+(?:ou|et|or|and|&)\s+", re.IGNORECASE)
_PHONE_WORDS = re.compile(
    r"(?i)\b(?:t[ée]l(?:[ée]phone)?s?|cel(?:lulaire)?|mob(?:ile)?|whatsapp|phone|n°|no)\b\s*[.:]*"
)
_FLOATING = re.compile(r"^\d(?:[.,]\d+)?[eE]\+?\d{1,2}$")
_EMAIL = re.compile(r"[^\s;,|/<>()]+@[^\s;,|/<>()]+")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y/%m/%d")
HOME_DIGITS = 8
"""Digits of a Malian phone number."""
_check_url = URLValidator(schemes=["http", "https"])


def meant(text: str) -> str:
    """A cell on one line, or nothing where it only says that nothing is known ("n/a", "-")."""
    line = " ".join(text.split())
    return "" if line.lower() in EMPTY else line


def listed(text: str) -> list[str]:
    """The parts of a cell that lists things by ";", "|" or one a line; without doubles."""
    parts = [meant(part) for part in LIST_SIGNS.split(text)]
    return list(dict.fromkeys(part for part in parts if part))


def phones(text: str) -> tuple[list[str], list[str]]:
    """The phone numbers in a cell in their one form, and what cannot be one."""
    found: list[str] = []
    wrong: list[str] = []
    for part in _PHONE_SIGNS.split(_PHONE_WORDS.sub(" ", text)):
        piece = meant(part)
        if not piece:
            continue
        numbers = _numbers(piece)
        found += [number for number in numbers if number not in found]
        if not numbers:
            wrong.append(piece)
    return found, wrong


def _numbers(piece: str) -> list[str]:
    if _FLOATING.match(piece):
        value = float(piece.replace(",", "."))
        piece = str(int(value)) if value.is_integer() else piece
    one = _number(piece)
    if one:
        return [one]
    digits = re.sub(r"\D", "", piece)
    if re.search(r"[A-Za-z]{3}", piece):
        return []
    # Several numbers side by side, with or without the country's code before each.
    for width in (HOME_DIGITS, HOME_DIGITS + 3):
        if len(digits) > width and len(digits) % width == 0:
            cut = [digits[start : start + width] for start in range(0, len(digits), width)]
            if width > HOME_DIGITS and not all(each.startswith("223") for each in cut):
                continue
            several = [_number(each if width == HOME_DIGITS else f"+{each}") for each in cut]
            if all(several):
                return [each for each in several if each]
    return []


def _number(piece: str) -> str | None:
    if len(re.sub(r"\D", "", piece)) < HOME_DIGITS or re.search(r"[A-Za-z]{3}", piece):
        return None
    try:
        return normal_phone(piece)
    except ValidationError:
        return None


def emails(text: str) -> tuple[list[str], list[str]]:
    """The e-mail addresses in a cell, and what is none."""
    found: list[str] = []
    for address in _EMAIL.findall(text.replace("mailto:", " ")):
        given = address.strip(".").lower()
        try:
            validate_email(given)
        except ValidationError:
            continue
        if len(given) <= 254 and given not in found:
            found.append(given)
    return found, [] if found or not meant(text) else [meant(text)]


def links(text: str) -> tuple[list[str], list[str]]:
    """The addresses of pages in a cell, and what is none."""
    found: list[str] = []
    wrong: list[str] = []
    for part in re.split(r"[;|\s,]+", text):
        piece = meant(part)
        if not piece:
            continue
        address = piece if re.match(r"(?i)https?://", piece) else f"https://{piece}"
        try:
            _check_url(address)
        except ValidationError:
            wrong.append(piece)
            continue
        if len(address) <= 300 and address not in found:
            found.append(address)
    return found, wrong


def year(text: str) -> int | None:
    """The year that a cell speaks of ("2004", "12/03/2004", "vers 2004")."""
    found = _YEAR.search(text)
    value = int(found[1]) if found else None
    return value if value is not None and FIRST_YEAR <= value <= min(LAST_YEAR, date.today().year) else None  # noqa: DTZ011


def day(text: str) -> date | None:
    """The day that a cell names, the day before the month."""
    for form in _DAYS:
        try:
            return datetime.strptime(text.strip()[:10], form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None
