"""Kannel puts octets into its query as they came from the network: in UTF-16 for every script but the Latin one."""

from urllib.parse import parse_qsl

_TEXTS = ("text", "message")


def decoded(query: str) -> dict[str, str]:
    """The fields of a query that are not UTF-8: the user data header (``udh``, as Latin-1), and the words of a message
    whose ``charset`` (``%C``) or ``coding`` (``%c``) says that they are UTF-16."""
    octets = dict(parse_qsl(query, keep_blank_values=True, encoding="latin-1", max_num_fields=100))
    read = {"udh": octets["udh"]} if octets.get("udh") else {}
    charset = octets.get("charset", "").upper().replace("_", "-")
    if charset in ("UTF-16BE", "UCS-2", "UCS2") or (not charset and octets.get("coding") == "2"):
        codec = "utf-16-be"
    elif charset in ("WINDOWS-1252", "ISO-8859-1", "LATIN1"):
        codec = "windows-1252"
    else:
        return read
    return read | {name: octets[name].encode("latin-1").decode(codec, "replace") for name in _TEXTS if name in octets}
