"""Gaps as CSV with an HXL row, for analysts and partners."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from orgs.maps.gaps import CercleGaps, Gap
from orgs.maps.state_services import Said
from orgs.models import StateServiceKind

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(cercles: Iterable[CercleGaps]) -> str:
    """The table with headings in the reader's language, then HXL tags, then one line a cercle."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = _columns()
    writer.writerow([heading for heading, _tag in columns])
    writer.writerow([tag for _heading, tag in columns])
    for one in cercles:
        writer.writerow([_safe(cell) for cell in _line(one)])
    return out.getvalue()


def _columns() -> list[tuple[str, str]]:
    counted = [
        (_("organisations"), ""),
        (_("verified"), "+verified"),
        (_("of women"), "+women"),
        (_("with a working emergency contact"), "+emergency"),
        (_("mediators"), "+mediator"),
    ]
    return [
        (_("Region"), "#adm1+name"),
        (_("P-code of the region"), "#adm1+code"),
        (_("Cercle"), "#adm2+name"),
        (_("P-code of the cercle"), "#adm2+code"),
        *((f"{_('In the cercle')} : {words}", f"#org+num{tag}+cercle") for words, tag in counted),
        *((f"{_('In the whole region')} : {words}", f"#org+num{tag}+region") for words, tag in counted),
        *((str(gap.label), f"#indicator+bool+gap_{gap.value}") for gap in Gap),
        *((str(kind.label), f"#service+status+{kind.value}") for kind in StateServiceKind),
    ]


def _line(one: CercleGaps) -> list[str]:
    tallies = (one.here, one.around)
    return [
        one.region.name if one.region else "",
        one.region.pcode if one.region else "",
        one.area.name,
        one.area.pcode,
        *(str(number) for tally in tallies for number in _numbers(tally)),
        *(str(int(gap in one.missing)) for gap in Gap),
        *(" | ".join(in_one_line(said) for said in one.said if said.kind == kind) for kind in StateServiceKind.values),
    ]


def _numbers(tally: object) -> list[int]:
    return [getattr(tally, name) for name in ("total", "verified", "women", "emergency", "mediator")]


def in_one_line(said: Said) -> str:
    """A statement as one sentence."""
    since = f" {_('since %(when)s') % {'when': said.since}}" if said.since else ""
    return f"{said.presence_words}{since} ({said.who}, {said.as_of.isoformat()}, {said.area})"


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS_A_FORMULA) else cell
