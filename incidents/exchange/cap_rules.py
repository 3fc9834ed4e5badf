"""The rules of CAP 1.2 that its schema does not hold, for our own documents and for whoever checks others'.

Sources: CAP 1.2, sections 3.2 and 3.3; each rule names its element.
"""

import re
from datetime import datetime
from typing import Any

from lxml import etree

from incidents.exchange.cap import NAMESPACE, PRIVATE, RESTRICTED

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_NAME = re.compile(r"[^\s,&<]+")
_DATES = ("sent", "effective", "onset", "expires")
_NEEDS_REFERENCES = ("Update", "Cancel", "Ack", "Error")


def complaints(document: bytes) -> list[str]:
    """What is wrong with a CAP document besides its shape; empty when it is right. Raises ``XMLSyntaxError``."""
    alert = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    texts = {name: alert.findtext(_q(name)) or "" for name in ("identifier", "sender", "sent", "scope", "msgType")}
    return [
        *(f"{name}: no space, comma, < or &" for name in ("identifier", "sender") if not _NAME.fullmatch(texts[name])),
        *(f"{one.tag}: {one.text}" for one in _dates(alert) if not _MOMENT.fullmatch(one.text or "")),
        *_scope(alert, texts["scope"]),
        *_references(alert, texts),
        *_infos(alert),
    ]


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _dates(alert: Any) -> list[Any]:
    return [one for name in _DATES for one in alert.iter(_q(name))]


def _scope(alert: Any, scope: str) -> list[str]:
    found = []
    if scope == PRIVATE and not alert.findtext(_q("addresses")):
        found.append("addresses: needed by a private message")
    if (scope == RESTRICTED) != bool(alert.findtext(_q("restriction"))):
        found.append("restriction: belongs to restricted messages, and only to them")
    return found


def _references(alert: Any, texts: dict[str, str]) -> list[str]:
    given = (alert.findtext(_q("references")) or "").split()
    if texts["msgType"] in _NEEDS_REFERENCES and not given:
        return [f"references: needed by {texts['msgType']}"]
    found = []
    for reference in given:
        parts = reference.split(",")
        if len(parts) != 3 or not _MOMENT.fullmatch(parts[2]):
            found.append(f"references: {reference}")
        elif parts[1] == texts["identifier"]:
            found.append("references: a message names itself")
        elif datetime.fromisoformat(parts[2]) > datetime.fromisoformat(texts["sent"]):
            found.append("references: names a later message")
    return found


def _infos(alert: Any) -> list[str]:
    languages = [info.findtext(_q("language")) for info in alert.iter(_q("info"))]
    found = ["info: one for each language"] if len(set(languages)) != len(languages) else []
    for info in alert.iter(_q("info")):
        effective, expires = info.findtext(_q("effective")), info.findtext(_q("expires"))
        if effective and expires and datetime.fromisoformat(expires) <= datetime.fromisoformat(effective):
            found.append("expires: not after effective")
        if any("<" in (text or "") and ">" in (text or "") for text in info.itertext()):
            found.append("info: looks like HTML")
    return found
