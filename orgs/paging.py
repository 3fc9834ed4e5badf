"""Pages of a list, by the values of the last row seen and not by a number of rows to skip.

Page 400 costs what page 1 costs, and a row that is added or removed meanwhile moves no other row to another page. The
comparison is of whole rows of values, ``(received_at, id) > (x, y)``, which an index in that order answers; rows with
the same date are told apart by their id, so that none is lost or read twice.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value

Row = TypeVar("Row")
Order = Sequence[tuple[str, str]]
LARGEST_PAGE = 200
_LONGEST_TOKEN = 1000


class BadToken(ValueError):
    """The token of a page is not one that we gave."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, in its order, and the tokens of the pages around it (``None`` at the ends)."""

    rows: list[Row]
    next: str | None
    previous: str | None


class Beyond(Func):
    """``(a, b) < (x, y)``: the row's values come before or after the given ones, as one comparison."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, columns: Sequence[Any], values: Sequence[Any], operator: str) -> None:
        super().__init__(*columns, *values)
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Write the comparison."""
        parts, parameters = [], []
        for expression in self.source_expressions:
            sql, given = compiler.compile(expression)
            parts.append(sql)
            parameters.extend(given)
        half = len(parts) // 2
        return f"({', '.join(parts[:half])}) {self.operator} ({', '.join(parts[half:])})", parameters


def keyset(queryset: QuerySet[Any, Row], *, order: Order, after: str | None = None, size: int = 50) -> Page[Row]:
    """The page of ``queryset`` that the token ``after`` names, the first one without a token.

    ``order`` names columns of the model, none of which may be null, the last of them unique, all in one direction:
    ``(("occurred_on", "desc"), ("id", "desc"))``. ``size`` is held between 1 and ``LARGEST_PAGE``. Rows may be
    instances or the dictionaries of ``values()`` (which then must hold the columns of ``order``). Raises ``BadToken``.
    """
    names, descending = _read(order)
    size = max(1, min(size, LARGEST_PAGE))
    if not after:
        return _forwards(queryset, names, descending, size, None)
    backwards, values = read_token(after, fields_of(queryset.model, names))
    if not backwards:
        return _forwards(queryset, names, descending, size, values)
    found = list(_beyond(queryset, names, not descending, values)[: size + 1])
    if not found:
        return _forwards(queryset, names, descending, size, None)
    rows = found[:size][::-1]
    return Page(
        rows=rows,
        next=_token(rows[-1], names, backwards=False),
        previous=_token(rows[0], names, backwards=True) if len(found) > size else None,
    )


def _forwards(
    queryset: QuerySet[Any, Row], names: list[str], descending: bool, size: int, values: list[Any] | None
) -> Page[Row]:
    found = list(_beyond(queryset, names, descending, values)[: size + 1])
    rows = found[:size]
    return Page(
        rows=rows,
        next=_token(rows[-1], names, backwards=False) if len(found) > size else None,
        previous=_token(rows[0], names, backwards=True) if values is not None and rows else None,
    )


def _beyond(
    queryset: QuerySet[Any, Row], names: list[str], descending: bool, values: list[Any] | None
) -> QuerySet[Any, Row]:
    ordered = queryset.order_by(*(F(name).desc() if descending else F(name).asc() for name in names))
    if values is None:
        return ordered
    fields = fields_of(queryset.model, names)
    given = [Value(value, output_field=field) for value, field in zip(values, fields, strict=True)]
    return ordered.filter(Beyond([F(name) for name in names], given, "<" if descending else ">"))


def _read(order: Order) -> tuple[list[str], bool]:
    directions = {direction for _, direction in order}
    if len(directions) != 1 or not directions <= {"asc", "desc"}:
        raise ValueError("all columns of an order go in one direction, asc or desc")
    return [name for name, _ in order], directions == {"desc"}


def fields_of(model: type[Model], names: Sequence[str]) -> list[Field[Any, Any]]:
    """The columns of a model by their names."""
    fields = []
    for name in names:
        field = model._meta.get_field(name)
        if not isinstance(field, Field):
            raise FieldDoesNotExist(name)
        fields.append(field)
    return fields


def _token(row: Any, names: Sequence[str], *, backwards: bool) -> str:
    return write_token([row[name] if isinstance(row, Mapping) else getattr(row, name) for name in names], backwards)


def write_token(values: Sequence[Any], backwards: bool) -> str:
    """The name of the page that lies behind a row with these values, or before it."""
    words = [backwards, *(value if isinstance(value, int | str) else value.isoformat() for value in values)]
    return base64.urlsafe_b64encode(json.dumps(words, separators=(",", ":")).encode()).decode().rstrip("=")


def read_token(token: str, fields: Sequence[Field[Any, Any]]) -> tuple[bool, list[Any]]:
    """Whether a page lies before a row, and that row's values. Raises ``BadToken`` for a name that nobody gave."""
    if len(token) > _LONGEST_TOKEN:
        raise BadToken
    try:
        backwards, *values = json.loads(base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4)))
        if not isinstance(backwards, bool) or len(values) != len(fields) or not all(map(_plain, values)):
            raise BadToken
        read = [field.clean(value, None) for field, value in zip(fields, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError, ValidationError, RecursionError) as error:
        raise BadToken from error
    return backwards, read


def _plain(value: Any) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and "\x00" not in str(value)
