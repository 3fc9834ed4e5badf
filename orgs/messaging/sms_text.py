"""How many parts an SMS is sent in (3GPP 23.038): the alphabet decides, and one letter can double the price."""

import unicodedata

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_TWO_SEPTETS = frozenset("^{}\\[~]|€\f")


def is_gsm7(text: str) -> bool:
    """Whether every character is in the GSM 7-bit alphabet (``ç â ê î ô û ’`` are not)."""
    return all(character in GSM7 or character in GSM7_TWO_SEPTETS for character in text)


def segments(text: str) -> int:
    """The number of parts a network sends and bills; 0 for nothing."""
    if is_gsm7(text):
        return _parts([2 if character in GSM7_TWO_SEPTETS else 1 for character in text], 160, 153)
    return _parts([2 if ord(character) > 0xFFFF else 1 for character in text], 70, 67)


def fits_one(text: str) -> bool:
    """Whether the text goes out in a single part."""
    return segments(text) <= 1


def _parts(widths: list[int], alone: int, joined: int) -> int:
    if sum(widths) <= alone:
        return 1 if widths else 0
    parts, room = 1, joined
    for width in widths:
        # A character of two units is never cut in half.
        if width > room:
            parts, room = parts + 1, joined
        room -= width
    return parts


_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
        "ç": "c",
        "€": "EUR",
        "\u00a0": " ",
        "\u202f": " ",
        "ɛ": "e",
        "ɔ": "o",
        "ɲ": "n",
        "ŋ": "n",
    }
)


def plain(text: str) -> str:
    """The same words in the GSM 7-bit alphabet, where only an accent or a sign stands in the way: ç as c, ê as e.

    For our own short answers, so that one letter does not make two messages of one. A script that has no such letters
    stays as it is.
    """
    kept = []
    for character in text.translate(_PLAIN):
        if is_gsm7(character):
            kept.append(character)
            continue
        bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
        kept.append(bare if bare and is_gsm7(bare) else character)
    return "".join(kept)
