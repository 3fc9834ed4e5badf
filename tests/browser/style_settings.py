"""The product's settings with one more page: every part of the look. Used by the tests' own web server only."""

from pathlib import Path
from typing import Any

from config import settings
from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.browser.urls"
_first: dict[str, Any] = settings.TEMPLATES[0]
TEMPLATES = [{**_first, "DIRS": [*_first["DIRS"], Path(__file__).parent / "templates"]}]
