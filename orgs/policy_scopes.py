"""What a rule may speak of: everything, one's own areas, one's own organisation, oneself. See ``orgs.policy``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Protocol

from django.db.models import Exists, ManyToManyField, Model, OuterRef, Q, QuerySet, Subquery

from orgs.models import Area, Membership, Role


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
class OwnOrganisationOfMany:
    """Rows one of whose organisations (a many-to-many field, ``path``) the viewer belongs to."""

    model: type[Model]
    path: str

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        ids = sorted({post.organisation_id for post in posts if post.organisation_id is not None})
        if not ids:
            return None
        return Q(pk__in=_naming(self.model, self.path, ids))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        own = {post.organisation_id for post in posts}
        return any(body.pk in own for body in getattr(row, self.path).all())

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        return members(roles, Q(organisation__in=getattr(row, self.path).values("pk")))


@dataclass(frozen=True)
class AmongThem:
    """Rows that name the viewer among several people (a many-to-many field, ``path``)."""

    model: type[Model]
    path: str

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if viewer.user_id is None:
            return None
        return Q(pk__in=_naming(self.model, self.path, [viewer.user_id]))

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        return viewer.user_id is not None and any(who.pk == viewer.user_id for who in getattr(row, self.path).all())

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        return _in_role(Q(pk__in=getattr(row, self.path).values("pk")), roles)


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
        return None if person is None else _in_role(Q(pk=person), roles)


def _in_role(people: Q, roles: Sequence[str] | None) -> Q:
    return people if roles is None else people & members(roles, Q())


def _naming(model: type[Model], path: str, ids: Sequence[int]) -> QuerySet[Any]:
    """The numbers of rows that name one of ``ids`` in a many-to-many field.

    Not by a join, which would give a row once for each; and from the field's own table alone, by its index.
    """
    field = model._meta.get_field(path)
    assert isinstance(field, ManyToManyField)
    through: Any = field.remote_field.through
    named = {f"{field.m2m_reverse_field_name()}__in": ids}
    found: QuerySet[Any] = through._default_manager.filter(**named).values(field.m2m_field_name())
    return found


def reached_by(path: str, model: type[Model], conditions: Sequence[Q]) -> Q | None:
    """Rows at the end of whose ``path`` stands a row that meets one of these conditions, each asked of its own index.

    Joined by OR within one subquery they would be read row by row; ``None`` where there is no condition.
    """
    if not conditions:
        return None
    if any(not one for one in conditions):
        return Q(**{f"{path}__isnull": False})
    rows = model._default_manager.order_by()
    return reduce(or_, (Q(**{f"{path}__in": rows.filter(one).values("pk")}) for one in conditions))


def follow(row: Any, path: str) -> Any:
    """The primary key at the end of a path of foreign keys; ``"pk"`` is the row's own."""
    *steps, last = path.split("__")
    for step in steps:
        row = getattr(row, step)
        if row is None:
            return None
    return row.pk if last == "pk" else getattr(row, f"{last}_id")


def members_of(organisations: Subquery | QuerySet[Any] | Sequence[int], roles: Sequence[Role] | None = None) -> Q:
    """The people (a condition on ``User``) who have a current membership in one of these organisations."""
    return members(roles, Q(organisation__in=organisations))
