"""One rule, three questions: may this person see this row; which rows may they see; who may see this row.

An app states its rules as a ``Policy``: a list of grants ("coordinators, in their own areas, as audience
*coordinator*") and of barriers ("never the people of the service held responsible"). Each scope answers the three
questions for its part, and ``Policy`` joins the answers. Pages, API, admin, exports, search and alert fan-out ask the
same policy, so that none of them can be more generous than another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import Case, CharField, Model, Q, QuerySet, Value, When

from orgs.models import User
from orgs.policy_scopes import (
    AmongThem,
    Everywhere,
    OwnAreas,
    OwnAreasOfMany,
    OwnOrganisation,
    OwnOrganisationOfMany,
    Post,
    Scope,
    Themselves,
    Viewer,
    WithoutArea,
    follow,
    members,
    members_of,
    reached_by,
)

__all__ = [
    "NOTHING",
    "AmongThem",
    "Barrier",
    "Everywhere",
    "Gone",
    "Grant",
    "Opening",
    "OwnAreas",
    "OwnAreasOfMany",
    "OwnOrganisation",
    "OwnOrganisationOfMany",
    "Policy",
    "Post",
    "Row",
    "Scope",
    "SeenWith",
    "Themselves",
    "Viewer",
    "WithoutArea",
    "follow",
    "members",
    "members_of",
    "reached_by",
]

Row = TypeVar("Row", bound=Model)
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Grant:
    """``audience`` is what the row is shown as; ``roles`` of ``None`` means anyone; ``when`` is asked of the row.

    ``when`` holds plain lookups on the row's own columns: ``{"tlp__in": (...), "state": "released"}``.
    """

    audience: str
    scope: Scope
    roles: tuple[str, ...] | None = None
    when: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, viewer: Viewer) -> Q | None:
        """The rows this grant opens to the viewer, or ``None``."""
        posts = viewer.posts_as(self.roles)
        if self.roles is not None and not posts:
            return None
        found = self.scope.rows(viewer, posts)
        return None if found is None else found & Q(**self.when)

    def sees(self, viewer: Viewer, row: Any) -> bool:
        """Whether this grant opens this row to the viewer."""
        posts = viewer.posts_as(self.roles)
        if self.roles is not None and not posts:
            return False
        return _holds(row, self.when) and self.scope.sees(viewer, posts, row)

    def people(self, row: Any) -> Q | None:
        """The people to whom this grant opens this row, or ``None``."""
        return self.scope.people(row, self.roles) if _holds(row, self.when) else None


def _holds(row: Any, when: Mapping[str, Any]) -> bool:
    for lookup, wanted in when.items():
        name, _, kind = lookup.partition("__")
        value = getattr(row, name)
        if kind == "in":
            if value not in wanted:
                return False
        elif kind == "isnull":
            if (value is None) is not wanted:
                return False
        elif kind == "" and value != wanted:
            return False
        elif kind not in ("", "in", "isnull"):
            raise ValueError(f"no such condition on a row: {lookup}")
    return True


@dataclass(frozen=True)
class Opening:
    """What one grant opens to one viewer: the rows, as which audience, and what is known of each such row."""

    condition: Q
    audience: str
    when: Mapping[str, Any]

    def values(self, column: str) -> frozenset[str] | None:
        """The values that a column of these rows can have; ``None`` where the grant says nothing of it."""
        if column in self.when:
            return frozenset([str(self.when[column])])
        several = self.when.get(f"{column}__in")
        return None if several is None else frozenset(str(value) for value in several)


class Barrier(Protocol):
    """Keeps rows from people whatever was granted."""

    def hidden(self, viewer: Viewer) -> Q | None:
        """The rows kept from this viewer; ``None`` for none."""

    def hides(self, viewer: Viewer, row: Any) -> bool:
        """Whether this row is kept from this viewer."""

    def excluded(self, row: Any) -> Q | None:
        """The people from whom this row is kept; ``None`` for nobody."""


@dataclass(frozen=True)
class Gone:
    """A barrier: rows that another row has replaced (``column`` names it) are nobody's any more."""

    column: str

    def hidden(self, viewer: Viewer) -> Q | None:
        return Q(**{f"{self.column}__isnull": False})

    def hides(self, viewer: Viewer, row: Any) -> bool:
        return getattr(row, f"{self.column}_id") is not None

    def excluded(self, row: Any) -> Q | None:
        return None if getattr(row, f"{self.column}_id") is None else ~NOTHING


@dataclass(frozen=True)
class SeenWith:
    """A barrier: a row is never shown more widely than the row it belongs to, at the end of ``path``."""

    policy: "Policy[Any]"
    path: str

    def hidden(self, viewer: Viewer) -> Q | None:
        return ~Q(**{f"{self.path}__in": self.policy.rows(viewer).order_by().values("pk")})

    def hides(self, viewer: Viewer, row: Any) -> bool:
        return not self.policy.sees(viewer, self._owner(row))

    def excluded(self, row: Any) -> Q | None:
        return ~Q(pk__in=self.policy.people(self._owner(row)).values("pk"))

    def _owner(self, row: Any) -> Any:
        for step in self.path.split("__"):
            row = getattr(row, step)
        return row


class Policy(Generic[Row]):
    """Who may see the rows of one model. The order of grants is the order in which an audience is chosen."""

    def __init__(self, model: type[Row], grants: Sequence[Grant], barriers: Sequence[Barrier] = ()) -> None:
        self.model = model
        self.grants = tuple(grants)
        self.barriers = tuple(barriers)

    def condition(self, viewer: Viewer, audiences: Sequence[str] | None = None) -> Q:
        """The condition that keeps the rows this viewer may see, by a grant of one of these audiences if given."""
        parts = self._parts(viewer, audiences)
        if not parts:
            return NOTHING
        return reduce(or_, parts) & self._open(viewer)

    def conditions(self, viewer: Viewer, audiences: Sequence[str] | None = None) -> list[Q]:
        """The same grant by grant: who asks by ``IN`` asks each, since each has an index and all at once have none."""
        is_open = self._open(viewer)
        return [part & is_open for part in self._parts(viewer, audiences)]

    def _parts(self, viewer: Viewer, audiences: Sequence[str] | None) -> list[Q]:
        """What each grant opens; everything (an empty condition) stands alone."""
        chosen = [grant for grant in self.grants if audiences is None or grant.audience in audiences]
        parts = [part for part in (grant.rows(viewer) for grant in chosen) if part is not None]
        return [Q()] if any(not part for part in parts) else parts

    def _open(self, viewer: Viewer) -> Q:
        """What no barrier keeps from this viewer."""
        hidden = [found for found in (barrier.hidden(viewer) for barrier in self.barriers) if found is not None]
        return reduce(and_, (~one for one in hidden), Q())

    def rows(self, viewer: Viewer, base: QuerySet[Row] | None = None) -> QuerySet[Row]:
        """The rows this viewer may see, of ``base`` or of the whole table."""
        queryset = self.model._default_manager.all() if base is None else base
        return queryset.filter(self.condition(viewer))

    def rows_as(self, viewer: Viewer, *audiences: str) -> QuerySet[Row]:
        """The rows this viewer may see by a grant of one of these audiences: a queue holds no more than one's own."""
        return self.model._default_manager.filter(self.condition(viewer, audiences))

    def sees(self, viewer: Viewer, row: Row) -> bool:
        """Whether this viewer may see this row."""
        return self.audience(viewer, row) is not None

    def audience(self, viewer: Viewer, row: Row) -> str | None:
        """As which audience this viewer sees this row; ``None`` when they may not see it."""
        if any(barrier.hides(viewer, row) for barrier in self.barriers):
            return None
        return next((grant.audience for grant in self.grants if grant.sees(viewer, row)), None)

    def openings(self, viewer: Viewer) -> "list[Opening]":
        """For lists: what each grant opens to this viewer, in order; the first whose condition holds counts."""
        found: list[Opening] = []
        for grant in self.grants:
            part = grant.rows(viewer)
            if part is None:
                continue
            found.append(Opening(part, grant.audience, grant.when))
            if not part:
                break
        return found

    def audience_column(self, viewer: Viewer) -> Case | Value:
        """The audience of each row as an SQL expression, for lists."""
        found = self.openings(viewer)
        names = {opening.audience for opening in found}
        if len(names) == 1:
            return Value(names.pop(), output_field=CharField())
        whens = [When(opening.condition, then=Value(opening.audience)) for opening in found if opening.condition]
        rest = next((opening.audience for opening in found if not opening.condition), "")
        return Case(*whens, default=Value(rest), output_field=CharField())

    def people(self, row: Row) -> QuerySet[User]:
        """The people with an account who may see this row, anyone's rights included."""
        return self.people_as(row, None)

    def people_as(self, row: Row, audiences: Sequence[str] | None) -> QuerySet[User]:
        """The people who may see this row by a grant of one of these audiences (``None`` for any)."""
        chosen = [grant for grant in self.grants if audiences is None or grant.audience in audiences]
        parts = [part for part in (grant.people(row) for grant in chosen) if part is not None]
        if not parts:
            nobody: QuerySet[User] = User.objects.none()
            return nobody
        allowed = Q() if any(not part for part in parts) else reduce(or_, parts)
        people: QuerySet[User] = User.objects.active().filter(allowed)
        for barrier in self.barriers:
            excluded = barrier.excluded(row)
            if excluded is not None:
                people = people.exclude(excluded)
        return people
