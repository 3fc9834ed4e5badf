"""A real browser on the real web server.

``live_url`` is the product as it is served in production (granian, compressed files); ``style_url`` adds the page that
shows every part of the look. Where no Chromium is found the tests are skipped by name; with ``BROWSER_TESTS=required``
they fail instead.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from config import embedded
from orgs.models import User
from tests.ports import free_port

SHOTS = Path(os.environ.get("SHOTS", settings.VAR_DIR / "shots"))
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (320, 768, 1280)
# Nothing takes as long on an idle machine; on a busy one a page may.
SECONDS_ALLOWED = 30


def chromium() -> str:
    """Where Chromium is, or nothing."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests of this worker."""
    program = chromium()
    if not program:
        line = "no Chromium found (apt-get install chromium, or set CHROMIUM to its path): browser tests did not run"
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(line)
        pytest.skip(line)
    # Playwright keeps an event loop in this thread; the tests' own queries beside it are sound.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=SECONDS_ALLOWED * 1000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield opened
        opened.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of a width, in French; scripts may be switched off."""
    contexts: list[BrowserContext] = []

    def opens(width: int = 320, *, scripts: bool = True, language: str = "fr-FR") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 720}, locale=language, java_script_enabled=scripts
        )
        context.set_default_timeout(SECONDS_ALLOWED * 1000)
        contexts.append(context)
        return context.new_page()

    yield opens
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(live_url: str) -> Callable[..., None]:
    """Sign a person in on a page of ``live_url``, as if they had just typed their password and second factor."""

    def signs_in(page: Page, person: User, *, second_factor: bool = True) -> None:
        if second_factor:
            TOTP.activate(person, generate_totp_secret())
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
        key = str(session.session_key)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_url}])

    return signs_in


@pytest.fixture(scope="session")
def served_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation with its compressed static files collected."""
    var = tmp_path_factory.mktemp("served")
    # The same keys as the test's: links and codes that the test makes are understood by the server.
    settings.KEYS_DIR.mkdir(parents=True, exist_ok=True)
    (var / "keys").symlink_to(settings.KEYS_DIR)
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=_environment(var, "", 0), check=True, timeout=180)
    return var


@pytest.fixture(scope="session")
def warm_server(django_db_setup: None, served_files: Path) -> Iterator[Callable[[str], int]]:
    """A program that has loaded the product: told to "start" (or "crowded") or "stop" a server, it says the port."""
    port = free_port()
    # Every test of this worker has its database under the same name.
    database = embedded.database_url(settings.VAR_DIR, name=str(settings.DATABASES["default"]["NAME"]))
    environment = _environment(served_files, database, port)
    command = [sys.executable, "-m", "tests.browser.warm", str(port), str(served_files / f"web-{port}.log")]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines_in, lines_out = process.stdin, process.stdout

    def tell(what: str) -> int:
        lines_in.write(f"{what}\n")
        lines_in.flush()
        assert lines_out.readline() == "done\n", "the web server cannot be started"
        return port

    yield tell
    lines_in.close()
    process.wait(2 * SECONDS_ALLOWED)
    lines_out.close()


@pytest.fixture
def live_url(database_url: str, warm_server: Callable[[str], int], served_files: Path) -> Iterator[str]:
    """The product as it is served in production, on this test's database, by a server of the test's own."""
    with _started("start", warm_server, served_files) as url:
        yield url


@pytest.fixture
def crowded_url(database_url: str, warm_server: Callable[[str], int], served_files: Path) -> Iterator[str]:
    """As ``live_url``, while others behind the same address send as many reports as may come without waiting."""
    with _started("crowded", warm_server, served_files) as url:
        yield url


@contextmanager
def _started(how: str, warm_server: Callable[[str], int], served_files: Path) -> Iterator[str]:
    port = warm_server(how)
    try:
        _wait_for(port, lambda: True, served_files / f"web-{port}.log")
        yield f"http://localhost:{port}"
    finally:
        warm_server("stop")


@pytest.fixture(scope="session")
def style_url(served_files: Path) -> Iterator[str]:
    """Where the page with every part of the look is. Its server has no database."""
    with web_server(served_files, "postgresql:///none", "tests.browser.style_settings") as url:
        yield f"{url}/style/"


@contextmanager
def web_server(var: Path, database_url: str, settings_module: str, *, port: int = 0, **more: str) -> Iterator[str]:
    """Serve the product as in production; ``more`` is put into its environment."""
    port = port or free_port()
    environment = _environment(var, database_url, port) | {"DJANGO_SETTINGS_MODULE": settings_module} | more
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "config.wsgi:application"]
    log = var / f"web-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output)
    try:
        _wait_for(port, lambda: process.poll() is None, log)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _environment(var: Path, database_url: str, port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PASSERELLE_VAR": str(var),
        "SECRET_KEY_FILE": str(settings.KEYS_DIR / "secret_key"),
        "DATABASE_URL": database_url,
        "BROKER_URL": embedded.broker_url(settings.VAR_DIR),
        "PORT": str(port),
        "DEMO": "0",
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
    }


def _wait_for(port: int, lives: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + 2 * SECONDS_ALLOWED
    while time.monotonic() < until and lives():
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"the web server does not answer:\n{log.read_text()[-2000:]}")
