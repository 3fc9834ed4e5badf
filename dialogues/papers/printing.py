"""A report as PDF: the marking on every page, for whom it was written and when; who made it is not on it."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dialogues.papers.sections import Picture, Report
from dialogues.papers.typesetting import pdf
from incidents.media import Clean, smaller, store
from orgs.presentation.badges import MARKINGS
from orgs.presentation.times import exact

LONGEST_SIDE = 900
"""Points of a photo on paper: sharp enough at 15 cm, and twenty of them still go through a bad network."""
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
NARROW = gettext_lazy("Only for those it was written for: it says more than others with this marking may read.")


def report_pdf(report: Report, *, keep: bool = False) -> bytes:
    """The PDF of a report, in the language that is on; ``keep`` the bytes of what everybody may read."""
    marking = MARKINGS[report.tlp.replace("_", "-")]
    data = _plain(asdict(report))
    drawings: list[str] = []
    for section, made in zip(report.sections, data["sections"], strict=True):
        made["longest"] = section.longest
        made["pictures"] = list(_drawn_into(drawings, section.pictures))
    return pdf(
        "report",
        data
        | {
            "lang": (get_language() or "fr")[:2],
            "marking": marking.name,
            "readers": _("%(marking)s: %(readers)s") % {"marking": marking.name, "readers": marking.readers},
            "narrow_words": str(NARROW) if report.narrow else "",
            "footer": _("Written for: %(audience)s. Made on %(day)s.")
            % {"audience": report.audience, "day": exact(timezone.localdate())},
            "header": report.title,
        },
        drawings=drawings,
        keep=keep,
    )


def _drawn_into(drawings: list[str], pictures: Sequence[Picture]) -> Iterator[dict[str, Any]]:
    """Add each picture that is still there; where it lies, and its words."""
    for picture in pictures:
        data = store.read(picture.stored)
        if data is not None:
            yield {"drawing": len(drawings), "words": str(picture.words)}
            drawings.append(_drawing(smaller(data, LONGEST_SIDE)))


def _drawing(picture: Clean) -> str:
    """An SVG around a photo: typst takes no bytes from data, but text."""
    size = f'width="{picture.width}" height="{picture.height}"'
    inside = f"data:image/jpeg;base64,{base64.b64encode(picture.data).decode()}"
    return f'<svg xmlns="{_SVG}" xmlns:xlink="{_XLINK}" {size}><image {size} xlink:href="{inside}"/></svg>'


def _plain(value: Any) -> Any:
    """Without anything that JSON does not know."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Promise) else value
