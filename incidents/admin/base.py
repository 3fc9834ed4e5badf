"""What the content models share in admin: the rows of a coordinator's own desk, the fields that disclosure shows them.

Other grants of the same person (a public incident elsewhere, a report of their own) open nothing here: admin shows a
row whole, so it shows only rows whose every field the person reads as a coordinator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from orgs.admin.base import ReadOnlyAdmin
from orgs.disclosure import Table, Treatment
from orgs.models import Tlp

AUDIENCE = "coordinator"
_SHAPES = ("region__geometry", "cercle__geometry", "commune__geometry")


class DeskAdmin(ReadOnlyAdmin):
    """Rows of the desk, looked at.

    ``path`` leads from the row to the row that ``policy`` decides about (empty: the row itself). ``table`` says what
    is shown; ``besides`` are fields that no audience but this one ever gets (who did it, when).
    """

    path: ClassVar[str] = ""
    table: ClassVar[Table | None] = None
    besides: ClassVar[Sequence[str]] = ()
    first: ClassVar[Sequence[str]] = ()
    """Displays of this page alone that stand before the fields."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the viewer works on as a coordinator."""
        assert self.policy is not None
        viewer, rows = self.viewer(request), self.rows()
        if not self.path:
            return rows.filter(self.policy.condition(viewer, (AUDIENCE,)))
        return rows.filter(**{f"{self.path}__in": self.policy.rows_as(viewer, AUDIENCE).values("pk")})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What the disclosure table shows, then the rest."""
        return [*self.first, *self._disclosed(), *self.besides]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns, without those that disclosure does not show."""
        return [name for name in self.list_display if self._is_shown(str(name))]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Only what is shown can be searched: a search answers questions about what it looks at."""
        return [name for name in self.search_fields if self._is_shown(name.lstrip("=^@"))]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The same for conditions in the address (``?narrative__contains=``)."""
        filters = {str(one).split("__")[0] for one in self.list_filter}
        if lookup.split("__", maxsplit=1)[0] not in filters and not self._is_shown(lookup):
            return False
        return bool(super().lookup_allowed(lookup, value, request))

    def _disclosed(self) -> list[str]:
        if self.table is None:
            return []
        names = (column.path.removesuffix("_id") for name, column in self.table.fields.items() if self._shows(name))
        own = {field.name for field in self.model._meta.concrete_fields}
        return [name for name in names if name in own and name not in self.besides and name != "id"]

    def _is_shown(self, name: str) -> bool:
        """Whether a column of the model, or what a path through it leads to, is shown; displays of ours always are."""
        step = name.split("__", maxsplit=1)[0]
        columns = {field.name for field in self.model._meta.concrete_fields}
        return step not in columns or step in self._shown()

    def _shown(self) -> set[str]:
        """The columns that are shown, by themselves or in a display that says by ``path`` which column it shows."""
        names = {*self.first, *self._disclosed(), *self.besides, self.path.split("__")[0], self.model._meta.pk.name}
        return names | {getattr(getattr(type(self), name, None), "path", name).split("__")[0] for name in names}

    def _shows(self, name: str) -> bool:
        assert self.table is not None
        cell = self.table.cells[name][AUDIENCE]
        return all(cell[str(tlp)] is Treatment.SHOW for tlp in Tlp.values)


def without_shapes(rows: QuerySet[Any], prefix: str = "") -> QuerySet[Any]:
    """Leave the limits of areas where they are: they weigh more than the rest of the page."""
    return rows.defer(*(f"{prefix}{name}" for name in _SHAPES))


def named(path: str, label: Any) -> Callable[[Any, Any], str]:
    """A column with a name alone: a person without a link (accounts are not for coordinators) or an area."""

    @admin.display(description=label)
    def show(_admin: Any, row: Any) -> str:
        for step in path.split("__"):
            row = getattr(row, step) if row is not None else None
        return row.name if row is not None else ""

    show.path = path  # type: ignore[attr-defined]
    return show
