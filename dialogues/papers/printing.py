"""A report as PDF: the marking on every page, for whom it was written and when; who made it is not on it."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dialogues.papers.sections import Report
from dialogues.papers.typesetting import pdf
from orgs.presentation.badges import MARKINGS
from orgs.presentation.times import exact

NARROW = gettext_lazy("Only for those it was written for: it says more than others with this marking may read.")


def report_pdf(report: Report, *, keep: bool = False) -> bytes:
    """The PDF of a report, in the language that is on; ``keep`` the bytes of what everybody may read."""
    marking = MARKINGS[report.tlp.replace("_", "-")]
    data = _plain(asdict(report))
    for section, made in zip(report.sections, data["sections"], strict=True):
        made["longest"] = section.longest
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
        keep=keep,
    )


def _plain(value: Any) -> Any:
    """Without anything that JSON does not know."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Promise) else value
