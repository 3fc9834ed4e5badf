"""What phones download: the list of forms, the form, its manifest and its pictures.

The form is built once a version and kept: phones compare the md5 of the very bytes they were served, and download again
whenever it differs.
"""

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree
from pyxform.xls2xform import convert

from incidents.models import Prompt
from incidents.openrosa.definition import FORM_ID, Definition, definition

LIST_NS = "http://openrosa.org/xforms/xformsList"
MANIFEST_NS = "http://openrosa.org/xforms/xformsManifest"
_KEPT_VERSIONS = 3
_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="240" height="240">'
    '<path d="{}" fill="none" stroke="#1b1b1b" stroke-width="1.6" '
    'stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


@dataclass(frozen=True)
class Media:
    """One file that comes with the form."""

    filename: str
    content: bytes
    content_type: str

    @property
    def hash(self) -> str:
        """As manifests give it."""
        return _hash(self.content)


@dataclass(frozen=True)
class Form:
    """One version of the form, as it is served."""

    form_id: str
    version: str
    title: str
    xml: bytes
    media: tuple[Media, ...]

    @property
    def hash(self) -> str:
        """As lists of forms give it: of exactly the bytes that are served."""
        return _hash(self.xml)


def _hash(content: bytes) -> str:
    return "md5:" + hashlib.md5(content, usedforsecurity=False).hexdigest()


_building = threading.Lock()
_built: dict[str, Form] = {}


def current_form() -> Form:
    """The form as it is today; building it takes a second, once a version and process."""
    wanted = definition()
    form = _built.get(wanted.version)
    if form is None:
        with _building:
            form = _built.get(wanted.version) or _build(wanted)
            while len(_built) >= _KEPT_VERSIONS:
                del _built[next(iter(_built))]
            _built[wanted.version] = form
    return form


def _build(wanted: Definition) -> Form:
    made = convert(xlsform=wanted.sheets, validate=False, pretty_print=False, form_name="data")
    pictures = [
        Media(name, _DRAWING.format(path).encode(), "image/svg+xml") for name, path in sorted(wanted.pictures.items())
    ]
    return Form(FORM_ID, wanted.version, wanted.title, made.xform.encode(), (*pictures, *_sounds(wanted)))


def _sounds(wanted: Definition) -> list[Media]:
    kept = Prompt.objects.in_bulk(wanted.sounds.values())
    files = ((name, kept.get(number)) for name, number in sorted(wanted.sounds.items()))
    return [Media(name, bytes(one.audio), one.media_type) for name, one in files if one is not None]


# --- Lists -------------------------------------------------------------------------------------------------------


def form_list(forms: Iterable[tuple[Form, str, str]]) -> bytes:
    """The list of forms, each with its address and that of its manifest. One incomplete entry would void it whole."""
    root = etree.Element(f"{{{LIST_NS}}}xforms", nsmap={None: LIST_NS})
    for form, download, manifest in forms:
        entry = etree.SubElement(root, f"{{{LIST_NS}}}xform")
        for name, value in (
            ("formID", form.form_id),
            ("name", form.title),
            ("version", form.version),
            ("hash", form.hash),
            ("downloadUrl", download),
            ("manifestUrl", manifest),
        ):
            if value:
                etree.SubElement(entry, f"{{{LIST_NS}}}{name}").text = value
    return _bytes(root)


def manifest(files: Iterable[tuple[Media, str]]) -> bytes:
    """The files of a form, each with its address; phones use the last part of a file's name alone."""
    root = etree.Element(f"{{{MANIFEST_NS}}}manifest", nsmap={None: MANIFEST_NS})
    for media, download in files:
        entry = etree.SubElement(root, f"{{{MANIFEST_NS}}}mediaFile")
        for name, value in (("filename", media.filename), ("hash", media.hash), ("downloadUrl", download)):
            etree.SubElement(entry, f"{{{MANIFEST_NS}}}{name}").text = value
    return _bytes(root)


def _bytes(root: etree._Element) -> bytes:
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return made
