"""Scopes and barriers of the directory: rows of an organisation in one's areas; what is said about one's own body."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from orgs.policy import Post, Viewer, follow, members


@dataclass(frozen=True)
class AreasOfOrganisation:
    """Rows of an organisation that is or works in one of the post's areas.

    ``path`` leads to the organisation; empty for the organisation itself. One that says nothing of its areas is in
    nobody's but those whose post is for the whole country.
    """

    path: str = "organisation"

    def rows(self, viewer: Viewer, posts: Sequence[Post]) -> Q | None:
        if any(post.nationwide for post in posts):
            return Q()
        ids = self._ids(posts)
        before = f"{self.path}__" if self.path else ""
        return Q(**{f"{before}reach__overlap": ids}) if ids else None

    def sees(self, viewer: Viewer, posts: Sequence[Post], row: Any) -> bool:
        return any(post.nationwide for post in posts) or bool(set(self._ids(posts)) & set(self._reach(row)))

    def people(self, row: Any, roles: Sequence[str] | None) -> Q | None:
        return members(roles, Q(areas__in=self._reach(row)) | Q(areas__level="country"))

    def _ids(self, posts: Sequence[Post]) -> list[int]:
        return sorted(set().union(*(post.region_ids | post.cercle_ids | post.commune_ids for post in posts)))

    def _reach(self, row: Any) -> list[int]:
        for step in filter(None, self.path.split("__")):
            row = getattr(row, step)
        reach: list[int] = row.reach
        return reach


@dataclass(frozen=True)
class NotAboutOwn:
    """A barrier: what is said about a body is kept from that body's people. ``path`` leads to the body, if any."""

    path: str

    def hidden(self, viewer: Viewer) -> Q | None:
        ids = sorted(viewer.organisation_ids)
        return Q(**{f"{self.path}__in": ids}) if ids else None

    def hides(self, viewer: Viewer, row: Any) -> bool:
        return follow(row, self.path) in viewer.organisation_ids

    def excluded(self, row: Any) -> Q | None:
        body = follow(row, self.path)
        return None if body is None else members(None, Q(organisation=body))
