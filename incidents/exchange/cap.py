"""Common Alerting Protocol 1.2 (OASIS, 1 July 2010): one frozen message as a document, many as an Atom feed.

Order and cardinality of elements are those of the schema (section 3.4). What the schema does not hold is in
``incidents.exchange.cap_rules``. Dates have whole seconds and a written offset, since ``Z`` is not allowed (3.3.2).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from lxml import etree

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/cap+xml"

PUBLIC, RESTRICTED, PRIVATE = "Public", "Restricted", "Private"
ACTUAL, EXERCISE, TEST = "Actual", "Exercise", "Test"

_CATEGORIES: Mapping[str, str] = MappingProxyType({"displacement": "Safety", "services": "Infra", "other": "Other"})
"""CAP category by type of incident; every other type is a matter of security."""


@dataclass(frozen=True)
class Document:
    """Everything that a CAP document says. ``languages`` and ``pcodes`` are as ``CapMessage.content`` keeps them.

    ``references`` are the earlier messages as (identifier, sent); ``addresses`` are whom a private message is for.
    """

    identifier: str
    sender: str
    sent: datetime
    status: str
    kind: str
    scope: str
    expires: datetime
    web: str
    incident: str
    marking: str
    facts: Mapping[str, Any]
    restriction: str = ""
    addresses: Sequence[str] = ()
    note: str = ""
    references: Sequence[tuple[str, datetime]] = ()


@dataclass(frozen=True)
class Entry:
    """One message in a feed: ``link`` is where its document is."""

    identifier: str
    title: str
    summary: str
    updated: datetime
    link: str


def moment(at: datetime) -> str:
    """A time as CAP writes it: whole seconds, the offset in figures. Mali's own is +00:00 all year."""
    return timezone.localtime(at).replace(microsecond=0).isoformat()


def to_xml(document: Document) -> bytes:
    """The document as XML in UTF-8."""
    alert = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _add(alert, "identifier", document.identifier)
    _add(alert, "sender", document.sender)
    _add(alert, "sent", moment(document.sent))
    _add(alert, "status", document.status)
    _add(alert, "msgType", document.kind)
    _add(alert, "scope", document.scope)
    _add(alert, "restriction", document.restriction if document.scope == RESTRICTED else "")
    _add(alert, "addresses", " ".join(_quoted(one) for one in document.addresses))
    _add(alert, "note", document.note)
    _add(alert, "references", " ".join(f"{document.sender},{one},{moment(at)}" for one, at in document.references))
    _add(alert, "incidents", document.incident)
    for language, words in document.facts["languages"].items():
        _add_info(alert, document, language, words)
    return bytes(etree.tostring(alert, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _add_info(alert: Any, document: Document, language: str, words: Mapping[str, str]) -> None:
    facts = document.facts
    info = etree.SubElement(alert, f"{{{NAMESPACE}}}info")
    _add(info, "language", language)
    _add(info, "category", _CATEGORIES.get(facts["type"], "Security"))
    _add(info, "event", words["event"])
    for name in ("urgency", "severity", "certainty"):
        _add(info, name, facts[name].capitalize())
    _add(info, "audience", words["audience"])
    _add(info, "effective", moment(document.sent))
    _add(info, "expires", moment(document.expires))
    _add(info, "senderName", "Passerelle")
    for name in ("headline", "description", "instruction"):
        _add(info, name, words[name])
    _add(info, "web", document.web)
    _add_pair(info, "parameter", "TLP", document.marking)
    area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
    _add(area, "areaDesc", words["area"])
    for pcode in facts["pcodes"]:
        _add_pair(area, "geocode", f"P-code {facts['edition']}", pcode)


def _add(parent: Any, name: str, text: str) -> None:
    if text:
        etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = _xml_text(text)


def _add_pair(parent: Any, name: str, value_name: str, value: str) -> None:
    pair = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    _add(pair, "valueName", value_name)
    _add(pair, "value", value)


def _quoted(address: str) -> str:
    plain = address.replace('"', "'")
    return f'"{plain}"' if any(sign.isspace() for sign in plain) else plain


def _xml_text(text: str) -> str:
    """The text without the control signs that XML 1.0 cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n" or (ord(sign) >= 0x20 and ord(sign) not in (0xFFFE, 0xFFFF)))


def to_feed(*, address: str, title: str, entries: Iterable[Entry], updated: datetime, author: str) -> bytes:
    """An Atom feed (RFC 4287) whose entries link to CAP documents, as alert hubs read it."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _atom(feed, "id", address)
    _atom(feed, "title", title)
    _atom(feed, "updated", moment(updated))
    etree.SubElement(feed, f"{{{ATOM}}}link", rel="self", type="application/atom+xml", href=address)
    _atom(etree.SubElement(feed, f"{{{ATOM}}}author"), "name", author)
    for one in entries:
        entry = etree.SubElement(feed, f"{{{ATOM}}}entry")
        _atom(entry, "id", one.identifier)
        _atom(entry, "title", one.title)
        _atom(entry, "updated", moment(one.updated))
        _atom(entry, "summary", one.summary)
        etree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type=MEDIA_TYPE, href=one.link)
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _atom(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = _xml_text(text)
