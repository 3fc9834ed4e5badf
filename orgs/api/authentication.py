"""How programs sign in to the API: a token in the header, read with its person and their posts in one statement."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from orgs import access, prepared
from orgs.models import User
from orgs.policy import Viewer
from orgs.services.tokens import hash_of

SCHEMES = ("bearer", "token")
LONGEST_KEY = 200

_PERSON = ("id", "name", "email", "language", "is_active")

# One row an area of a post; the person stands on every row. "Current" is that of MembershipQuerySet.current.
_STATEMENT = """
SELECT person.id, person.name, person.email, person.language, person.is_active,
       EXISTS (SELECT 1 FROM mfa_authenticator factor WHERE factor.user_id = person.id),
       post.id, post.role, post.organisation_id, area.id, area.level
  FROM orgs_apitoken token
  JOIN orgs_user person ON person.id = token.person_id AND person.is_active
  LEFT JOIN orgs_membership post
         ON post.person_id = person.id
        AND post.starts_at <= statement_timestamp()
        AND (post.ends_at IS NULL OR post.ends_at > statement_timestamp())
  LEFT JOIN orgs_membership_areas place ON place.membership_id = post.id
  LEFT JOIN orgs_area area ON area.id = place.area_id
 WHERE token.key_hash = %s
   AND token.revoked_at IS NULL
   AND (token.expires_at IS NULL OR token.expires_at > statement_timestamp())
 ORDER BY post.id
"""


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer KEY`` (or ``Token KEY``).

    The viewer is put on the request, so that nothing asks for it again. A key that is unknown, revoked, expired or of
    a closed account gets the same answer (401); a person whose role needs a second factor and has none gets 403.
    """

    scheme = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        """Find the person behind the key; ``None`` when the request brings none."""
        found = _whose(request.META)
        if found is None:
            return None
        person, request._request._viewer = found  # type: ignore[attr-defined]
        return User.from_db("default", _PERSON, person), "token"

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return self.scheme


REFUSAL = _("This key is not valid.")
NO_SECOND_FACTOR = _("Set up the second step of sign-in first.")


def viewer_by_token(request: HttpRequest) -> Viewer | None:
    """Who asks, by the key that the request brings; ``None`` when it brings none. Raises as ``TokenAuthentication``."""
    found = _whose(request.META)
    return None if found is None else found[1]


def _whose(headers: Mapping[str, Any]) -> tuple[tuple[Any, ...], Viewer] | None:
    """The columns ``_PERSON`` of the person whose key the request brings, and what they may see."""
    scheme, _space, key = headers.get("HTTP_AUTHORIZATION", "").partition(" ")
    return _holder(key.strip()) if scheme.lower() in SCHEMES else None


def viewer_of_key(key: str) -> Viewer:
    """Whose key this is and what they may see, however the key was sent. Raises as ``TokenAuthentication``."""
    return _holder(key)[1]


def _holder(key: str) -> tuple[tuple[Any, ...], Viewer]:
    found = _person_and_viewer(key)
    if found is None:
        raise AuthenticationFailed(REFUSAL)
    if access.lacks_second_factor(found[1]):
        raise PermissionDenied(NO_SECOND_FACTOR)
    return found


def _person_and_viewer(key: str) -> tuple[tuple[Any, ...], Viewer] | None:
    """In one statement; ``None`` when the key opens nothing. A model of the person is made only where one is wanted."""
    if not key or len(key) > LONGEST_KEY:
        return None
    with connection.wrap_database_errors:
        rows = prepared.rows(_STATEMENT, [hash_of(key)])
    if not rows:
        return None
    posts = access.posts_from(row[6:] for row in rows if row[6] is not None)
    first = rows[0]
    return first[: len(_PERSON)], Viewer(user_id=first[0], posts=posts, second_factor=first[5])


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says in the API's description how to send the key."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """OpenAPI's words for it."""
        return {"type": "http", "scheme": "bearer"}
