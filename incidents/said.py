"""What a person said, in one shape for every door."""

import json
import re
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from incidents.models import Harm, HowKnown, IncidentType, PlacePrecision, Report, TimePrecision
from orgs.crypto import keyed_hash

LONGEST_TEXT = 10_000
"""Characters of a report's free words, or of an addition."""
LONGEST_PLACE = 200
MOST_HARMED = 100_000
"""People of one kind; more is a slip of the finger."""
EARLIEST = date(2012, 1, 1)
"""Nothing before this day is a report."""

_UNSENDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean_words(text: str) -> str:
    """Words as they are kept: one kind of line break, no bytes that nobody can type, nothing around them.

    Everything that can be read stays: emoji, every script, marks of direction, HTML as the letters that it is.
    """
    return _UNSENDABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


@dataclass(frozen=True)
class Whereabouts:
    """What a place was resolved to, in areas of the current edition (primary keys)."""

    region_id: int | None = None
    cercle_id: int | None = None
    commune_id: int | None = None
    place_id: int | None = None
    precision: str = PlacePrecision.UNKNOWN


@dataclass(frozen=True)
class Said:
    """The content of a report.

    ``lat`` and ``lon`` (degrees, WGS 84) are where the reporter stands: they find the area and are kept with the
    identity alone. ``harmed`` maps a kind of ``Harm`` to a number of people. A door that has already resolved the place
    (to ask the person) gives ``whereabouts``; otherwise the service resolves it.
    """

    type_code: str | None = None
    occurred_on: date | None = None
    time_precision: str = TimePrecision.DAY
    place_text: str = ""
    place_id: int | None = None
    area_id: int | None = None
    lat: float | None = None
    lon: float | None = None
    narrative: str = ""
    harmed: dict[str, int] = field(default_factory=dict)
    how_known: str = HowKnown.UNKNOWN
    may_call_back: bool = False
    wants_feedback: bool = True
    whereabouts: Whereabouts | None = None


def content_key(said: Said) -> str:
    """A hash that two reports share when they say the same, apart from capitals and spaces."""
    words = [
        said.type_code,
        said.occurred_on and said.occurred_on.isoformat(),
        said.time_precision,
        _folded(said.place_text),
        _folded(said.narrative),
        sorted(said.harmed.items()),
        said.how_known,
        said.may_call_back,
    ]
    return keyed_hash("report-content", json.dumps(words, ensure_ascii=False))


def words_key(text: str) -> str:
    """The same for the words of an addition."""
    return keyed_hash("addition-content", _folded(text))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def changes(report: Report, said: Said) -> str:
    """What ``said`` says otherwise than the report, a line each, in the language in force; empty when nothing."""
    lines = []
    if said.type_code != report.type_id:
        kind = IncidentType.objects.filter(pk=said.type_code or "").first()
        lines.append((_("What"), kind.label if kind else _("not said")))
    if said.occurred_on != report.occurred_on or said.time_precision != report.time_precision:
        day = said.occurred_on.isoformat() if said.occurred_on else _("not said")
        lines.append((_("When"), f"{day} ({TimePrecision(said.time_precision).label})"))
    if _folded(said.place_text) != _folded(report.place_text):
        lines.append((_("Where"), said.place_text or _("not said")))
    lines += [
        (str(kind.label), str(said.harmed.get(kind, _("not said"))))
        for kind in Harm
        if said.harmed.get(kind) != report.harmed.get(kind)
    ]
    if said.how_known != report.how_known:
        lines.append((_("How it is known"), str(HowKnown(said.how_known).label)))
    # The other way round is no change of mind: browsers do not keep phone numbers when people go back.
    if said.may_call_back and not report.may_call_back:
        lines.append((_("May be called back"), _("yes")))
    if _folded(said.narrative) != _folded(report.narrative):
        lines.append((_("In their words"), said.narrative or _("nothing more")))
    return "\n".join(_("%(word)s: %(value)s") % {"word": word, "value": value} for word, value in lines)
