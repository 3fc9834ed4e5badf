"""The folder of each test, and the demonstration as it stands once loaded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as all_settings
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from orgs import demo
from orgs.models import AuditEntry


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    """The file of accounts, mail and SMS of each test lie in a folder of its own."""
    settings.VAR_DIR = tmp_path
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path


@pytest.fixture(scope="module")
def story(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demonstration, loaded once for the tests of a module; gives its file of accounts."""
    before, all_settings.VAR_DIR = all_settings.VAR_DIR, tmp_path_factory.mktemp("story")
    try:
        with django_db_blocker.unblock(), transaction.atomic():
            assert demo.load()
            yield demo.accounts.path()
            transaction.set_rollback(True)
    finally:
        all_settings.VAR_DIR = before


@pytest.fixture
def loaded(story: Path, own_folder: Path, db: None) -> Path:
    """The demonstration, in a folder of the test's own."""
    demo.accounts.path().write_bytes(story.read_bytes())
    demo.accounts.path().chmod(story.stat().st_mode)
    return story


def rows() -> dict[str, int]:
    """How many rows there are of every model of the product, the audit log apart (it only grows)."""
    names = ("orgs", "incidents", "dialogues", "account", "mfa")
    models: list[Any] = [
        model for name in names for model in apps.get_app_config(name).get_models(include_auto_created=True)
    ]
    return {model._meta.label: model._default_manager.count() for model in models if model is not AuditEntry}
