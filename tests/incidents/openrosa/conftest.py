"""One phone, and a folder of the test's own for files."""

from pathlib import Path
from typing import Any

import pytest

from incidents.openrosa.auth import tries
from tests.incidents.openrosa.phone import Phone, device


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> Path:
    """Files of forms lie in the test's own folder; wrong attempts of other tests are forgotten."""
    tries.forget()
    settings.VAR_DIR = tmp_path
    return tmp_path / "media" / "kept"


def kept_files(folder: Path) -> list[Path]:
    """Every whole file that is kept."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def phone(db: None) -> Phone:
    """A phone that may send."""
    return Phone.of(device())
