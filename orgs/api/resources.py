"""What the API gives of a model: a policy says which rows, a disclosure table says which fields.

Lists are the API's hot path. A list is one SQL statement made by the ORM from policy, table and filters; since that
depends only on who asks and for what, its text is kept and used again (``_statement``), and rows go from the driver
to orjson without passing through model instances or serializers. See docs/decisions/0005-api-lists.md.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, F, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django_filters import FilterSet
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from orgs import prepared
from orgs.disclosure import Table
from orgs.listing import columns_for
from orgs.paging import Beyond
from orgs.policy import Policy, Viewer

Row = TypeVar("Row", bound=Model)

DEFAULT_PAGE = 50
LARGEST_PAGE = 200
KEPT_SECONDS = 60


@dataclass(frozen=True)
class Through:
    """How a row is named that another row points to: by a column of it, and only to those who may see it too."""

    policy: Policy[Any]
    column: str

    def in_list(self, viewer: Viewer, pointer: str) -> Subquery:
        """For lists, where ``pointer`` is the annotation that holds its primary key."""
        # Hidden from everybody who asks, it is a NULL without a type, which PostgreSQL takes for a text.
        seen = self.policy.rows(viewer).order_by().filter(pk=Cast(OuterRef(pointer), BigIntegerField()))
        return Subquery(seen.values(self.column)[:1])

    def of_one(self, viewer: Viewer, pk: Any) -> Any:
        """For one row."""
        if pk is None:
            return None
        return self.policy.rows(viewer).order_by().filter(pk=pk).values_list(self.column, flat=True).first()


@dataclass(frozen=True)
class Published:
    """One field of the API: its name outside, its name in the disclosure table, and how the schema describes it.

    Where the table shows that it points to another row, ``through`` says how that one is named.
    """

    name: str
    source: str
    schema: serializers.Field[Any, Any, Any, Any]
    through: Through | None = None


@dataclass(frozen=True)
class Order:
    """The order of a list: columns of the model, unique together, all in one direction."""

    columns: tuple[str, ...]
    descending: bool = True


@dataclass(frozen=True, eq=False)
class Resource(Generic[Row]):
    """A model as the API gives it."""

    name: str
    policy: Policy[Row]
    table: Table
    published: tuple[Published, ...]
    order: Order
    filters: type[FilterSet]
    joined: tuple[str, ...] = ()
    """Foreign keys that the table's fields follow: fetched with a single row in the same query."""
    key: str = "pk"
    """The column by which one row is asked for."""
    names: tuple[str, ...] = field(init=False)
    sources: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(one.name for one in self.published))
        object.__setattr__(self, "sources", tuple(one.source for one in self.published))

    def statement(
        self, viewer: Viewer, asked: Mapping[str, Sequence[str]], *, size: int, after: bool, backwards: bool
    ) -> "Statement":
        """The SQL of one page. Raises ``ValidationError`` where a filter does not understand what was asked."""
        key = tuple(sorted((name, tuple(values)) for name, values in asked.items()))
        return _statement(self, viewer, key, size, after, backwards, int(time.monotonic() // KEPT_SECONDS))

    def one(self, viewer: Viewer, value: Any) -> dict[str, Any] | None:
        """One row as this viewer may see it; ``None`` both when it is not there and when it may not be seen."""
        row = self.policy.model._default_manager.select_related(*self.joined).filter(**{self.key: value}).first()
        audience = self.policy.audience(viewer, row) if row is not None else None
        if row is None or audience is None:
            return None
        shown = self.table.show(row, audience)
        return {
            one.name: one.through.of_one(viewer, shown[one.source]) if one.through else shown[one.source]
            for one in self.published
        }


# --- Pages -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """SQL of a page with the places where the row to go on from is put in."""

    sql: str
    parameters: tuple[Any, ...]
    slots: tuple[int, ...]

    def run(self, position: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows, each with the values of its order columns at the end."""
        if not self.sql:
            return []
        parameters = list(self.parameters)
        for slot, value in zip(self.slots, position, strict=True):
            parameters[slot] = value
        with connection.wrap_database_errors:
            return prepared.rows(self.sql, parameters)


class _Slot:
    """Stands in a statement's parameters for a value that each page puts in."""


@lru_cache(maxsize=1024)
def _statement(  # noqa: PLR0917
    resource: Resource[Any],
    viewer: Viewer,
    asked: tuple[tuple[str, tuple[str, ...]], ...],
    size: int,
    after: bool,
    backwards: bool,
    period: int,
) -> Statement:
    """``period`` only ends the life of what is kept: a filter may have looked up an area that an import replaced."""
    queryset = _filtered(resource, viewer, dict(asked))
    order = resource.order
    descending = order.descending is not backwards
    if after:
        queryset = queryset.filter(
            Beyond(
                [F(column) for column in order.columns],
                [Value(_Slot()) for _ in order.columns],
                "<" if descending else ">",
            )
        )
    sign = "-" if descending else ""
    fields = columns_for(resource.policy, resource.table, viewer, only=resource.sources)
    if not fields:
        return Statement("", (), ())
    pointers = {f"shown_{one.source}": fields[f"shown_{one.source}"] for one in resource.published if one.through}
    columns = {
        f"out_{one.name}": one.through.in_list(viewer, f"shown_{one.source}")
        if one.through
        else fields[f"shown_{one.source}"]
        for one in resource.published
    }
    listed = (
        queryset.order_by(*(f"{sign}{column}" for column in order.columns))
        .annotate(**pointers)
        .annotate(**columns)
        .values_list(*columns, *order.columns)[: size + 1]
    )
    try:
        sql, parameters = listed.query.sql_with_params()
    except EmptyResultSet:  # the ORM saw that nothing can match
        return Statement("", (), ())
    slots = tuple(place for place, value in enumerate(parameters) if isinstance(value, _Slot))
    return Statement(sql, tuple(parameters), slots)


def _filtered(resource: Resource[Any], viewer: Viewer, asked: dict[str, tuple[str, ...]]) -> QuerySet[Any]:
    """The rows asked for. A filter that must know who asks finds the viewer where filters keep the request."""
    queryset = resource.policy.rows(viewer).order_by()
    if not asked:
        return queryset
    data = QueryDict(mutable=True)
    for name, values in asked.items():
        data.setlist(name, list(values))
    unknown = sorted(set(asked) - set(resource.filters.base_filters))
    if unknown:
        raise ValidationError({name: ["?"] for name in unknown})
    filters = resource.filters(data, queryset=queryset, request=viewer)
    if not filters.is_valid():
        raise ValidationError(filters.errors)
    chosen: QuerySet[Any] = filters.qs
    return chosen
