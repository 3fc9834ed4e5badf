"""One rule, three questions: may this person see this row; which rows may they see; who may see this row.

An app states its rules as a ``Policy``: a list of grants ("coordinators, in their own areas, as audience
*coordinator*") and of barriers ("never the people of the service held responsible"). Each scope answers the three
questions for its part, and ``Policy`` joins the answers. Pages, API, admin, exports, search and alert fan-out ask the
same policy, so that none of them can be more generous than another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import Case, CharField, Exists, Model, OuterRef, Q, QuerySet, Subquery, Value, When

from orgs.models import Area, Membership, Role, User

Row = TypeVar("Row", bound=Model)
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Post:
    """One membership as access needs it: a role for an organisation in areas, by level."""

    role: str
    organisation_id: int | None
    nationwide: bool = False
    region_ids: frozenset[int] = frozenset()
    cercle_ids: frozenset[int] = frozenset()
    commune_ids: frozenset[int] = frozenset()

    def covers(self, *, region_id: int | None, cercle_id: int | None, commune_id: int | None) -> bool:
        """Whether a row with these area columns lies in the areas of this post."""
        return (
            self.nationwide
            or region_id in self.region_ids
            or cercle_id in self.cercle_ids
            or commune_id in self.commune_ids
        )


@dataclass(frozen=True)
class Viewer:
    """Who asks: a person with their posts, or anyone (no person, no posts)."""

    user_id: int | None = None
    posts: tuple[Post, ...] = ()
    second_factor: bool = False
    organisation_ids: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        ids = frozenset(post.organisation_id for post in self.posts if post.organisation_id is not None)
        object.__setattr__(self, "organisation_ids", ids)

    @property
    def roles(self) -> frozenset[str]:
        """Every role the person has anywhere."""
        return frozenset(post.role for post in self.posts)

    def posts_as(self, roles: Iterable[str] | None) -> tuple[Post, ...]:
        """The posts in one of these roles; all of them for ``None``."""
        if roles is None:
            return self.posts
        wanted = set(roles)
        return tuple(post for post in self.posts if post.role in wanted)


class Scope(Protocol):
    """A part of a rule that can answer all three questions about a row."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        """The rows this viewer reaches by these posts; ``None`` for none at all."""

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        """Whether this viewer reaches this row."""

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        """The people (a condition on ``User``) who reach this row in one of these roles."""


def members(roles: Sequence[str] | None, condition: Q) -> Q:
    """The people (a condition on ``User``) with a current membership that meets a condition, in one of these roles."""
    memberships = Membership.objects.current().filter(condition, person=OuterRef("pk"))
    if roles is not None:
        memberships = memberships.filter(role__in=[str(role) for role in roles])
    return Q(Exists(memberships))


@dataclass(frozen=True)
class Everywhere:
    """Every row, for whoever has the role (or for anyone at all)."""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        return Q()

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        return True

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        return Q() if roles is None else members(roles, Q())


@dataclass(frozen=True)
class OwnAreas:
    """Rows whose area columns lie in the subtree of one of the post's areas.

    ``prefix`` leads to the row that carries ``region``, ``cercle`` and ``commune`` ("incident__" for a figure).
    """

    prefix: str = ""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if any(post.nationwide for post in posts):
            return Q()
        parts = []
        for level in ("region", "cercle", "commune"):
            ids: set[int] = set().union(*(getattr(post, f"{level}_ids") for post in posts))
            if len(ids) == 1:
                parts.append(Q(**{f"{self.prefix}{level}": ids.pop()}))
            elif ids:
                parts.append(Q(**{f"{self.prefix}{level}__in": sorted(ids)}))
        return reduce(or_, parts) if parts else None

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        columns = self._columns(row)
        return any(post.covers(**columns) for post in posts)

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        ids = [area_id for area_id in self._columns(row).values() if area_id is not None]
        return members(roles, Q(areas__in=ids) | Q(areas__level="country"))

    def _columns(self, row: Any) -> dict[str, int | None]:
        for step in self.prefix.split("__")[:-1]:
            row = getattr(row, step)
        return {"region_id": row.region_id, "cercle_id": row.cercle_id, "commune_id": row.commune_id}


@dataclass(frozen=True)
class OwnAreasOfMany:
    """Rows one of whose areas (a many-to-many field) lies in the subtree of one of the post's areas."""

    model: type[Model]
    path: str = "areas"

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        inside = OwnAreas().rows(viewer, posts)
        if inside is None or not inside:
            return inside
        # By primary key: a join would give a row once for each of its areas.
        reached = {f"{self.path}__in": Area.objects.filter(inside).values("pk")}
        return Q(pk__in=self.model._default_manager.filter(**reached).values("pk"))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        if any(post.nationwide for post in posts):
            return True
        return any(OwnAreas().sees(viewer, posts, area) for area in getattr(row, self.path).all())

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        parts = [part for part in (OwnAreas().people(area, roles) for area in getattr(row, self.path).all()) if part]
        return reduce(or_, parts) if parts else members(roles, Q(areas__level="country"))


@dataclass(frozen=True)
class WithoutArea:
    """Rows whose place was not found: they lie in nobody's areas. ``prefix`` as in ``OwnAreas``."""

    prefix: str = ""

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        return Q(**{f"{self.prefix}region_id__isnull": True})

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        return self._is_nowhere(row)

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        return members(roles, Q()) if self._is_nowhere(row) else None

    def _is_nowhere(self, row: Any) -> bool:
        for step in self.prefix.split("__")[:-1]:
            row = getattr(row, step)
        return row.region_id is None


@dataclass(frozen=True)
class OwnOrganisation:
    """Rows of an organisation that the viewer belongs to. ``path`` leads to the organisation."""

    path: str = "organisation"

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        ids = sorted({post.organisation_id for post in posts if post.organisation_id is not None})
        return Q(**{f"{self.path}__in": ids}) if ids else None

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        owner = self._owner(row)
        return owner is not None and any(post.organisation_id == owner for post in posts)

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        owner = self._owner(row)
        return None if owner is None else members(roles, Q(organisation=owner))

    def _owner(self, row: Any) -> int | None:
        owner: int | None = follow(row, self.path)
        return owner


@dataclass(frozen=True)
class Themselves:
    """Rows that are about, or addressed to, the viewer in person. ``path`` leads to the person."""

    path: str

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        return None if viewer.user_id is None else Q(**{self.path: viewer.user_id})

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        return viewer.user_id is not None and follow(row, self.path) == viewer.user_id

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        person = follow(row, self.path)
        return None if person is None else Q(pk=person)


def follow(row: Any, path: str) -> Any:
    """The primary key at the end of a path of foreign keys; ``"pk"`` is the row's own."""
    *steps, last = path.split("__")
    for step in steps:
        row = getattr(row, step)
        if row is None:
            return None
    return row.pk if last == "pk" else getattr(row, f"{last}_id")


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
        chosen = [grant for grant in self.grants if audiences is None or grant.audience in audiences]
        parts = [part for part in (grant.rows(viewer) for grant in chosen) if part is not None]
        if not parts:
            return NOTHING
        allowed = Q() if any(not part for part in parts) else reduce(or_, parts)
        for barrier in self.barriers:
            hidden = barrier.hidden(viewer)
            if hidden is not None:
                allowed &= ~hidden
        return allowed

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


def members_of(organisations: Subquery | QuerySet[Any] | Sequence[int], roles: Sequence[Role] | None = None) -> Q:
    """The people (a condition on ``User``) who have a current membership in one of these organisations."""
    return members(roles, Q(organisation__in=organisations))
