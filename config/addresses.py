"""Service addresses (URLs in the environment) turned into Django settings."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

DATABASE_SECONDS_TO_CONNECT = 5
DATABASE_SECONDS_TO_KEEP = 600


def database(url: str, *, pool: int = 0) -> dict[str, Any]:
    """Django's settings for one PostgreSQL address, in any form libpq understands (sockets included).

    With ``pool`` the threads of a process share so many connections; without, each thread keeps its own.
    """
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL is not a PostgreSQL address: {error}") from error
    named = {
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
    }
    if not named["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL does not name a database")
    parts.setdefault("connect_timeout", DATABASE_SECONDS_TO_CONNECT)
    parts.setdefault("application_name", "passerelle")
    if pool:
        parts["pool"] = {"min_size": 1, "max_size": pool, "timeout": DATABASE_SECONDS_TO_CONNECT}
    return {
        "ENGINE": "config.postgresql",
        "CONN_MAX_AGE": 0 if pool else DATABASE_SECONDS_TO_KEEP,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts,
        **named,
    }


def mail(url: str) -> dict[str, Any]:
    """Django's settings for ``smtp://user:password@host:port/?tls=true`` (``smtps://`` for TLS from the start)."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp://user:password@host:port/?tls=true")
    tls = parse_qs(parts.query).get("tls", ["false"])[0].lower() in {"1", "true", "yes"}
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": tls and parts.scheme == "smtp",
    }
