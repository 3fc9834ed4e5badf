"""Reading a filled-in form. What comes is anybody's bytes: no entities, no network, no depth, and a clear refusal."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml import etree

from incidents.models.doors import LONGEST_INSTANCE_ID

LARGEST_XML = 1024 * 1024
DEEPEST = 24
MOST_ELEMENTS = 2000
LONGEST_VERSION = 249
_ID = re.compile(rf"[!-~]{{1,{LONGEST_INSTANCE_ID}}}")


_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


class BadForm(Exception):
    """What is wrong with a form, in words for whoever sent it, and the status it is answered with."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


@dataclass(frozen=True)
class Instance:
    """One filled-in form: who it is, and its answers by the name of the question."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    answers: dict[str, str] = field(default_factory=dict)


def read_instance(content: bytes) -> Instance:
    """Read the XML of a form. Raises ``BadForm``."""
    root = _root_of(content)
    answers: dict[str, str] = {}
    meta: dict[str, str] = {}
    for element in root:
        name = _local(element)
        if name == "meta":
            # In the form's own namespace or in OpenRosa's, as the tool that made the form likes it.
            meta |= {_local(one): (one.text or "").strip() for one in element}
        else:
            answers.setdefault(name, element.text or "")
    instance_id, deprecated_id = meta.get("instanceID", ""), meta.get("deprecatedID", "")
    if not _ID.fullmatch(instance_id):
        raise BadForm(_("The form has no number of its own (instanceID), or one that cannot be read."))
    if deprecated_id and (not _ID.fullmatch(deprecated_id) or deprecated_id == instance_id):
        raise BadForm(_("The number of the form that this one replaces (deprecatedID) cannot be right."))
    form_id = root.get("id") or etree.QName(root).namespace or ""
    return Instance(form_id, root.get("version", "")[:LONGEST_VERSION], instance_id, deprecated_id, answers)


def _root_of(content: bytes) -> etree._Element:
    if len(content) > LARGEST_XML:
        raise BadForm(_("The form is too large."), 413)
    try:
        root = etree.fromstring(content, _PARSER)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise BadForm(_("The form cannot be read: it is not whole, or not XML.")) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadForm(_("The form has a document type, which no form needs."))
    _check_size(root)
    return root


def _check_size(root: etree._Element) -> None:
    depth = count = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise BadForm(_("The form is nested too deeply, or has too many parts."))


def _local(element: etree._Element) -> str:
    """The name without its namespace; comments and instructions, which have none, were left out by the parser."""
    return str(element.tag).rpartition("}")[2]
