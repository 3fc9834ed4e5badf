"""Who asks: the viewer that a person is, and whether they have what their roles need."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings

from orgs.models import SECOND_FACTOR_ROLES, Level, Membership, User
from orgs.policy import Post, Viewer

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

ANYONE = Viewer()


def viewer_of(request: "HttpRequest") -> Viewer:
    """Who asks; worked out once a request, in one query."""
    viewer: Viewer | None = getattr(request, "_viewer", None)
    if viewer is None:
        viewer = viewer_for(request.user)
        request._viewer = viewer  # type: ignore[attr-defined]
    return viewer


def viewer_for(user: "User | AnonymousUser | None") -> Viewer:
    """The viewer that a person is: their current posts with the areas of each."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ANYONE
    return Viewer(user_id=user.pk, posts=posts_of(user.pk), second_factor=has_second_factor(user))


def posts_of(user_id: int) -> tuple[Post, ...]:
    """The current posts of a person, in one query."""
    return posts_from(
        Membership.objects.current()
        .filter(person=user_id)
        .order_by("pk")
        .values_list("pk", "role", "organisation", "areas__pk", "areas__level")
    )


def posts_from(rows: Iterable[tuple[Any, ...]]) -> tuple[Post, ...]:
    """Posts from rows of (membership, role, organisation, area, level of the area), one row an area."""
    areas: dict[tuple[int, str, int | None], dict[str, set[int]]] = {}
    for pk, role, organisation_id, area_id, level in rows:
        by_level = areas.setdefault((pk, role, organisation_id), {})
        if area_id is not None:
            by_level.setdefault(level, set()).add(area_id)
    return tuple(
        Post(
            role=role,
            organisation_id=organisation_id,
            nationwide=Level.COUNTRY in by_level,
            region_ids=frozenset(by_level.get(Level.REGION, ())),
            cercle_ids=frozenset(by_level.get(Level.CERCLE, ())),
            commune_ids=frozenset(by_level.get(Level.COMMUNE, ())),
        )
        for (_, role, organisation_id), by_level in areas.items()
    )


def has_second_factor(user: User) -> bool:
    """Whether the person has set up a second factor; signing in then always asks for it."""
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(user))


def needs_second_factor(viewer: Viewer) -> bool:
    """Whether one of the person's roles may not work without a second factor."""
    return bool(viewer.roles & set(SECOND_FACTOR_ROLES))


def is_second_factor_relaxed() -> bool:
    """Whether the switch for demonstrations is on; it counts only where the data are made up."""
    return bool(settings.RELAX_SECOND_FACTOR and settings.DEMO)


def is_proved(viewer: Viewer) -> bool:
    """Whether this person may do what asks for a second factor, such as opening names."""
    return viewer.second_factor or is_second_factor_relaxed()


def lacks_second_factor(viewer: Viewer) -> bool:
    """Whether this person must set up a second factor before anything else works."""
    return needs_second_factor(viewer) and not viewer.second_factor and not is_second_factor_relaxed()
