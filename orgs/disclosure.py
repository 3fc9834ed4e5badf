"""One door out: what each audience is shown of a row, as a table of data with two readers.

A table has a line a field and a column an audience. A cell says, for every marking at once or for
CLEAR/GREEN/AMBER/AMBER+STRICT/RED in turn, ``S`` show, ``C`` coarsen, ``-`` hide::

    field        public  network    coordinator
    cercle       S       S          S
    commune      -       S/S/-/-/-  S

``Table.show`` reads it in Python for one row, ``Table.columns`` in SQL for lists; a property test holds them equal.
What coarsening means is stated once a field, as a pair (Python, SQL). A field that the table does not name does not
leave at all.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Case, Expression, F, Field, ForeignKey, Model, Q, Value, When

from orgs.models import Tlp


class Treatment(StrEnum):
    """What happens to a field on its way to an audience."""

    SHOW = "S"
    COARSEN = "C"
    HIDE = "-"


@dataclass(frozen=True)
class Coarsening:
    """One way to say less, for one row and for lists. Both must give the same.

    Both are given the field, and behind it what ``Column.beside`` names.
    """

    python: Callable[..., Any]
    sql: Callable[..., Expression | F]


@dataclass(frozen=True)
class Column:
    """Where a field comes from (a path of attributes, the same for Python and the ORM), and how it is coarsened.

    ``beside`` are other paths at which the coarsening has to look: what can be worked out from a number and its total.
    """

    path: str
    coarsening: Coarsening | None = None
    beside: tuple[str, ...] = ()


Cell = dict[str, Treatment]


@dataclass(frozen=True)
class Way:
    """How a field is read in SQL, and by which treatments."""

    expression: Expression | F
    treatments: frozenset[Treatment]

    @property
    def is_plain(self) -> bool:
        """Whether every row is treated alike."""
        return len(self.treatments) == 1


class Table:
    """What each audience is shown of the rows of one model.

    ``text`` is the table as written above; ``fields`` say where its fields come from where that is not the column of
    the same name; ``tlp`` is the path to the row's marking, ``None`` for rows without one.
    """

    def __init__(
        self, model: type[Model], text: str, *, fields: Mapping[str, Column] | None = None, tlp: str | None = "tlp"
    ) -> None:
        self.model = model
        self.tlp = tlp
        lines = [line.split() for line in text.strip().splitlines() if line.strip()]
        self.audiences = tuple(lines[0][1:])
        self.cells: dict[str, dict[str, Cell]] = {
            name: dict(zip(self.audiences, (_cell(cell) for cell in cells), strict=True)) for name, *cells in lines[1:]
        }
        given = dict(fields or {})
        self.fields = {name: given.pop(name, Column(name)) for name in self.cells}
        if given:
            raise ValueError(f"not in the table: {', '.join(given)}")
        for name, row in self.cells.items():
            coarse = any(Treatment.COARSEN in cell.values() for cell in row.values())
            if coarse and self.fields[name].coarsening is None:
                raise ValueError(f"{name} is coarsened but nothing says how")

    def treatment(self, field: str, audience: str, tlp: str) -> Treatment:
        """What happens to this field of a row with this marking on its way to this audience."""
        return self.cells[field][audience][tlp]

    def show(self, row: Any, audience: str) -> dict[str, Any]:
        """The fields of one row as this audience may read them; hidden ones are ``None``."""
        tlp = _attribute(row, self.tlp) if self.tlp else Tlp.CLEAR
        return {name: self._shown(row, name, self.treatment(name, audience, tlp)) for name in self.cells}

    def _shown(self, row: Any, name: str, treatment: Treatment) -> Any:
        if treatment is Treatment.HIDE:
            return None
        column = self.fields[name]
        value = _attribute(row, column.path)
        if treatment is Treatment.SHOW or column.coarsening is None:
            return value
        return column.coarsening.python(value, *(_attribute(row, path) for path in column.beside))

    def columns(self, audience: str) -> dict[str, Expression | F]:
        """SQL expressions of the fields as this audience may read them, for ``annotate`` or ``values``.

        Keys are the field's names with the prefix ``shown_`` (a bare name would collide with the model's own).
        """
        return {f"shown_{name}": self.way(name, audience).expression for name in self.cells}

    def way(self, name: str, audience: str, tlps: Collection[str] | None = None) -> "Way":
        """How this audience reads a field of rows with one of these markings (any, when not said), in SQL."""
        cell = {tlp: treatment for tlp, treatment in self.cells[name][audience].items() if tlps is None or tlp in tlps}
        column, output = self.fields[name], self.output_field(name)
        choices = {treatment: self._sql(column, treatment, output) for treatment in dict.fromkeys(cell.values())}
        if len(choices) == 1:
            return Way(next(iter(choices.values())), frozenset(choices))
        whens = [
            When(Q(**{f"{self.tlp}__in": [tlp for tlp, t in cell.items() if t is treatment]}), then=expression)
            for treatment, expression in choices.items()
            if treatment is not Treatment.HIDE
        ]
        return Way(Case(*whens, default=Value(None, output_field=output), output_field=output), frozenset(choices))

    def output_field(self, name: str) -> "Field[Any, Any]":
        """The type of a field in SQL."""
        model, field = self.model, None
        for step in self.fields[name].path.split("__"):
            field = model._meta.get_field(step)
            if field.is_relation and field.related_model is not None:
                model = field.related_model
        if isinstance(field, ForeignKey):
            field = field.target_field
        if not isinstance(field, Field):
            raise TypeError(f"not a column: {name}")
        return field

    def _sql(self, column: Column, treatment: Treatment, output: "Field[Any, Any]") -> Expression | F:
        if treatment is Treatment.HIDE:
            return Value(None, output_field=output)
        if treatment is Treatment.COARSEN and column.coarsening is not None:
            return column.coarsening.sql(column.path, *column.beside)
        return F(column.path)


def _cell(text: str) -> Cell:
    parts = text.split("/")
    if len(parts) == 1:
        parts *= len(Tlp)
    return {str(tlp): Treatment(part) for tlp, part in zip(Tlp.values, parts, strict=True)}


def _attribute(row: Any, path: str) -> Any:
    for step in path.split("__"):
        if row is None:
            return None
        row = getattr(row, step)
    return row
