"""Where a sheet's titles are, and what each column seems to hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from orgs.imports.fields import BY_CODE, NAMING, is_tag, target_of_tag, target_of_title
from orgs.imports.files import Line, Sheet

HEAD = 25
"""Lines among which titles and HXL tags are looked for, as HXL's own tools do."""
SAMPLES = 3
SAMPLE_LENGTH = 60


@dataclass(frozen=True)
class Vocabulary:
    """What columns may be called in files of one sort: which field a title or a tag means (empty: none of ours)."""

    of_title: Callable[[str], str]
    of_tag: Callable[[str], str]
    is_single: Callable[[str], bool]
    """Whether one column alone of a sheet may fill a field."""
    naming: Sequence[str]
    """Fields without which a sheet is of no use: one of them is enough."""


def _is_single(code: str) -> bool:
    target = BY_CODE.get(code)
    return target is not None and not target.several


DIRECTORY = Vocabulary(target_of_title, target_of_tag, _is_single, NAMING)


@dataclass(frozen=True)
class Column:
    """One column: its place from 0, its title, its HXL tag, some of what stands in it, the field it seems to fill."""

    place: int
    title: str
    tag: str
    samples: list[str]
    guess: str


@dataclass(frozen=True)
class Found:
    """What is known of a sheet before its lines are read."""

    name: str
    first: int
    """Line number of the first line after titles and tags."""
    has_tags: bool
    columns: list[Column]
    naming: Sequence[str] = NAMING

    @property
    def is_usable(self) -> bool:
        """Whether what is wanted is named in it."""
        return any(column.guess in self.naming for column in self.columns)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the import."""
        kept = asdict(self)
        del kept["naming"]
        return {**kept, "is_usable": self.is_usable}


def look_at(sheet: Sheet, known: Vocabulary = DIRECTORY) -> Found:
    """Find the titles of a sheet among its first lines: above the HXL tags, or where the most titles are known."""
    head = list(islice((line for line in sheet.lines() if not line.is_blank), HEAD + SAMPLES))
    if not head:
        return Found(sheet.name, 1, has_tags=False, columns=[], naming=known.naming)
    tags = next((place for place, line in enumerate(head[:HEAD]) if _is_tag_line(line)), None)
    at = _titles_before(head, tags) if tags is not None else _best_titles(head, known)
    body_from = max(at if at is not None else -1, tags if tags is not None else -1) + 1
    titles = head[at].cells if at is not None else []
    tag_cells = head[tags].cells if tags is not None else []
    body = head[body_from:]
    width = max(len(titles), len(tag_cells), *(len(line.cells) for line in body), 0)
    columns = [_column(place, titles, tag_cells, body, known) for place in range(width)]
    first = body[0].number if body else head[-1].number + 1
    used = _each_once([column for column in columns if _is_used(column)], known)
    return Found(sheet.name, first, tags is not None, used, known.naming)


def _is_tag_line(line: Line) -> bool:
    filled = [cell for cell in line.cells if cell]
    return bool(filled) and all(is_tag(cell) for cell in filled)


def _titles_before(head: Sequence[Line], tags: int) -> int | None:
    return tags - 1 if tags else None


def _known(line: Line, known: Vocabulary) -> int:
    return sum(1 for cell in line.cells if cell and known.of_title(cell))


def _best_titles(head: Sequence[Line], known: Vocabulary) -> int:
    """The line with the most known titles; where none is known, the first that fills more than one column."""
    scores = [_known(line, known) for line in head[:HEAD]]
    if max(scores) > 0:
        return scores.index(max(scores))
    several = (place for place, line in enumerate(head[:HEAD]) if sum(map(bool, line.cells)) > 1)
    return next(several, 0)


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _column(place: int, titles: Sequence[str], tags: Sequence[str], body: Sequence[Line], known: Vocabulary) -> Column:
    title, tag = " ".join(_cell(titles, place).split()), _cell(tags, place)
    samples: list[str] = []
    for line in body:
        text = " ".join(_cell(line.cells, place).split())[:SAMPLE_LENGTH]
        if text and text not in samples and len(samples) < SAMPLES:
            samples.append(text)
    guess = (known.of_tag(tag) if tag else "") or known.of_title(title)
    return Column(place, title[:120], tag[:60], samples, guess)


def _is_used(column: Column) -> bool:
    return bool(column.title or column.tag or column.samples)


def _each_once(columns: Sequence[Column], known: Vocabulary) -> list[Column]:
    """A field is guessed for one column: the tagged one, else the first; other columns stay without a guess."""
    taken: dict[str, int] = {}
    for column in sorted(columns, key=lambda column: (not column.tag, column.place)):
        if column.guess and known.is_single(column.guess):
            taken.setdefault(column.guess, column.place)
    return [
        column
        if column.guess not in taken or taken[column.guess] == column.place
        else Column(column.place, column.title, column.tag, column.samples, "")
        for column in columns
    ]
