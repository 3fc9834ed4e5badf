"""Settings come from the environment, and nothing secret has a default."""

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import addresses, keys
from config.logs import mask
from config.management.commands.up import programs
from config.paths import BASE_DIR

SHOW = """
import json
from config import settings as s
print(json.dumps({name: getattr(s, name) for name in (
    "SECRET_KEY", "DEBUG", "SITE_URL", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT")}))
"""


def settings_with(var: Path, **environment: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "PASSERELLE_VAR": str(var), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_each_installation_has_a_secret_of_its_own(tmp_path: Path) -> None:
    first, second = settings_with(tmp_path / "a"), settings_with(tmp_path / "b")
    assert first["SECRET_KEY"] != second["SECRET_KEY"]
    assert first == settings_with(tmp_path / "a")
    assert stat.S_IMODE((tmp_path / "a" / "keys" / "secret_key").stat().st_mode) == 0o600


def test_public_site_is_secure_without_being_told(tmp_path: Path) -> None:
    found = settings_with(tmp_path, SITE_URL="https://passerelle.example.org")
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["DEBUG"] is False
    assert "passerelle.example.org" in found["ALLOWED_HOSTS"]  # type: ignore[operator]


def test_this_machine_needs_no_https(tmp_path: Path) -> None:
    found = settings_with(tmp_path, PORT="8777")
    assert found["SITE_URL"] == "http://localhost:8777"
    assert found["SESSION_COOKIE_SECURE"] is False


def test_keys_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "one"
    assert keys.read_or_create(path) == keys.read_or_create(path)
    path.write_text("")
    with pytest.raises(keys.KeyUnavailable, match="empty"):
        keys.read_or_create(path)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p%40ss@db.example:5433/name?sslmode=require", ("name", "u", "p@ss", "db.example", "5433")),
        ("postgres://u@/name?host=%2Frun%2Fpg", ("name", "u", "", "/run/pg", "")),
        ("host=/run/pg dbname=name user=u", ("name", "u", "", "/run/pg", "")),
    ],
)
def test_database_addresses(url: str, expected: tuple[str, ...]) -> None:
    found = addresses.database(url)
    assert tuple(found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "postgresql://localhost", "nonsense"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        addresses.database(url)


def test_mail_addresses() -> None:
    found = addresses.mail("smtp://me%40x:secret@mail.example:587/?tls=true")
    assert found["EMAIL_HOST_USER"] == "me@x"
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (587, True, False)
    with pytest.raises(ImproperlyConfigured):
        addresses.mail("mail.example")


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("sent to aminata.diallo@example.org now", "sent to <e-mail> now"),
        ("call +223 76 12 34 56 back", "call <phone> back"),
        ("Key (phone)=(+22376123456) exists", "Key (phone)=(<phone>) exists"),
        ("2026-11-21 22:51:09,123 INFO task 12 done", "2026-11-21 22:51:09,123 INFO task 12 done"),
        ("incident ML-2026-000123", "incident ML-2026-000123"),
        ("task 5f1c2a4e-9a9c-4d2e-8f00-123456789012 done", "task 5f1c2a4e-9a9c-4d2e-8f00-123456789012 done"),
    ],
)
def test_log_lines_hold_no_personal_data(line: str, masked: str) -> None:
    assert mask(line) == masked


def test_the_web_server_writes_no_line_a_request() -> None:
    web = programs()[0].command
    assert "--no-access-log" in web, "keys stand in some addresses"
    handlers = logging.getLogger("django.server").handlers
    assert not handlers, "its own handler does not mask"
