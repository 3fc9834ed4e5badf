"""Which part of a long message an SMS is: by its header (3GPP 23.040, 9.2.3.24) or by a gateway's own fields."""

import re
from dataclasses import dataclass

MOST_PARTS = 40
"""A phone writes 10 at most; more is not a message that a person typed."""
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_EIGHT_BITS, _SIXTEEN_BITS = 0x00, 0x08


@dataclass(frozen=True, slots=True)
class Part:
    """Part ``number`` (from 1) of ``total``; ``reference`` is the same for all parts of one message of one sender."""

    reference: str
    number: int
    total: int


def part_of(*, header: str, reference: str, number: str, total: str) -> Part | None:
    """What part it is; ``None`` for a message of its own, and for numbers that cannot be."""
    part = _of_header(header) if header else None
    if part is None and reference and _is_count(number) and _is_count(total):
        part = Part(reference[:40], int(number), int(total))
    if part is None or not (1 <= part.number <= part.total and 1 < part.total <= MOST_PARTS):
        return None
    return part


def _is_count(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 4


def _of_header(header: str) -> Part | None:
    """``header`` is hexadecimal, or the bare bytes as Latin-1."""
    try:
        octets = bytes.fromhex(header) if _HEX.fullmatch(header) else header.encode("latin-1")
    except ValueError:
        return None
    place = 1  # the first octet is the length of what follows
    while place + 2 <= len(octets):
        kind, length = octets[place], octets[place + 1]
        value = octets[place + 2 : place + 2 + length]
        if kind == _EIGHT_BITS and len(value) == 3:
            return Part(f"8-{value[0]}", value[2], value[1])
        if kind == _SIXTEEN_BITS and len(value) == 4:
            return Part(f"16-{int.from_bytes(value[:2], 'big')}", value[3], value[2])
        place += 2 + length
    return None
