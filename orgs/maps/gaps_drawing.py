"""The map of gaps: cercles shaded by what they lack, or circles where their limits are not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orgs.maps import drawing, shapes
from orgs.maps.counting import AreaTotal, frame_for
from orgs.maps.gaps import CercleGaps
from orgs.maps.narrowing import Division, Row


def shade(cercle: CercleGaps, gap: str) -> int:
    """How dark a cercle is: as its gaps are many, or all or nothing for one gap."""
    return drawing.SHADES * cercle.has(gap) if gap else len(cercle.missing)


def number(cercle: CercleGaps, gap: str) -> int:
    """What stands on a cercle: how many gaps, or one for the one that is looked at."""
    return int(cercle.has(gap)) if gap else len(cercle.missing)


LEGEND = tuple(drawing.Step(shade, shade, shade) for shade in range(drawing.SHADES + 1))


def drawing_of(
    cercles: Sequence[CercleGaps], areas: Division, stamp: shapes.Stamp | None, region: Row | None, gap: str
) -> Any:
    """The map of these cercles; the number of a région is how many of its cercles have the gap (any, for none)."""
    if stamp is None:
        return None
    frame = frame_for(areas, stamp, region)
    paths = shapes.paths(stamp, frame, region.pk if region else None)
    numbers = {one.area.pk: number(one, gap) for one in cercles}
    shades = {one.area.pk: shade(one, gap) for one in cercles}
    shown = areas.regions if region is None else areas.cercles(region.pk)
    counts = [AreaTotal(row, _total(row, areas, numbers, region)) for row in shown]

    def patches(count: AreaTotal) -> list[tuple[str, int]]:
        inside = areas.cercles(count.area.pk) if region is None else (count.area,)
        return [(paths[row.pk], shades.get(row.pk, 0)) for row in inside if row.pk in paths]

    linked = drawing.linked_of(counts, patches, frame, LEGEND)
    drawn = {one.count.area.pk for one in linked}
    dots = [count for count in counts if count.total and count.area.pk not in drawn]
    return drawing.draw(dots, frame, linked=linked)


def _total(row: Row, areas: Division, numbers: dict[int, int], region: Row | None) -> int:
    if region is not None:
        return numbers.get(row.pk, 0)
    return sum(bool(numbers.get(cercle.pk)) for cercle in areas.cercles(row.pk))
