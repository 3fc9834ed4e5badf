"""Every test database is real: a copy of a migrated template on the embedded PostgreSQL."""

import gc
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from django.utils import timezone, translation
from pytest_django.plugin import DjangoDbBlocker

from config import embedded
from incidents.views import buckets
from tests.cluster import TestCluster
from tests.workers import Grouped


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Who asks for the day before a test runs is wrong a day later: runs begin before midnight and end after it."""

    now, collecting = timezone.now, True

    def ask() -> datetime:  # modules keep what they find: it has to serve afterwards as well
        assert not collecting, "Asked for the time while tests were collected: leave it to the test (tests.moments)."
        return now()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timezone, "now", ask)
        yield
    collecting = False


def pytest_collection_finish() -> None:
    """What was loaded until here stays to the end: looking through it for garbage took a fifteenth of the time."""
    gc.collect()
    gc.freeze()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped | None:
    """``--dist loadgroup`` with the groups of ``tests.workers``."""
    return Grouped(config, log) if config.getvalue("dist") == "loadgroup" else None


def _use_database(name: str) -> None:
    connection = connections["default"]
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def cluster(django_db_blocker: DjangoDbBlocker) -> Iterator[TestCluster]:
    """The cluster of this checkout, started if need be."""
    cluster = TestCluster(settings.VAR_DIR, os.environ.get("TEST_DATABASE_URL", ""))
    cluster.join()
    yield cluster
    cluster.leave(stop=bool(os.environ.get("TEST_CLUSTER_STOP")))


@pytest.fixture(scope="session")
def template(cluster: TestCluster, django_db_blocker: DjangoDbBlocker) -> str:
    """The migrated template database."""

    def migrate(name: str) -> None:
        # Each step makes all models anew: looking for garbage after every few objects took a quarter of the time.
        before = gc.get_threshold()
        gc.set_threshold(50_000, 10, 5)
        with django_db_blocker.unblock():
            _use_database(name)
            call_command("migrate", verbosity=0, interactive=False)
            connections["default"].close()
        gc.set_threshold(*before)

    cluster.clear_leftovers()
    return cluster.template(migrate)


@pytest.fixture(scope="session")
def django_db_setup(
    cluster: TestCluster, template: str, worker_id: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Give this worker a database of its own, and a fresh one after each test that really commits."""
    name = f"test_{os.getpid()}_{worker_id}"
    case: Any = TransactionTestCase
    original = case._fixture_teardown

    def start_afresh(self: TransactionTestCase) -> None:
        connections.close_all()
        cluster.create(name, template)

    with django_db_blocker.unblock():
        cluster.create(name, template)
        _use_database(name)
    case._fixture_teardown = start_afresh
    yield
    case._fixture_teardown = original
    with django_db_blocker.unblock():
        connections.close_all()
        cluster.drop(name)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of the xdist worker, also when there is none."""
    workerinput = getattr(request.config, "workerinput", None)
    return str(workerinput["workerid"]) if workerinput else "main"


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Each test begins in the product's own language, whatever another one left."""
    translation.activate(settings.LANGUAGE_CODE)
    buckets.forget()  # likewise: what others sent is in nobody's way
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def list_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever proposes or releases an alert has gone through the list "Do no harm" (``tests.reviewing``)."""
    from tests.reviewing import answer_before_each_step

    answer_before_each_step(monkeypatch)


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """The test's own folder; servers that lived there take along what they had to keep elsewhere."""
    yield tmp_path
    embedded.forget(tmp_path)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[embedded.Valkey]:
    """A broker of the test's own."""
    server = embedded.Valkey(tmp_path)
    server.start()
    server.wait()
    yield server
    server.stop()


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """The address of this test's database, for processes that the test starts."""
    return embedded.database_url(settings.VAR_DIR, name=str(settings.DATABASES["default"]["NAME"]))


@pytest.fixture
def process_environment(database_url: str, valkey: embedded.Valkey, tmp_path: Path) -> dict[str, str]:
    """The environment of real processes (worker, web, commands) on this test's database and broker."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PASSERELLE_VAR": str(tmp_path),
        "SECRET_KEY_FILE": str(settings.KEYS_DIR / "secret_key"),
        "DATABASE_URL": database_url,
        "BROKER_URL": embedded.broker_url(tmp_path),
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }
    keys = tmp_path / "keys"
    keys.mkdir(exist_ok=True)
    for file in settings.KEYS_DIR.iterdir():
        if not (keys / file.name).exists():
            (keys / file.name).symlink_to(file)
    return environment
