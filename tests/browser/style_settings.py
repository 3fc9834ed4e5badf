"""The product's settings with one more page: every part of the look. Used by the tests' own web server only."""

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "tests.browser.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "tests" / "browser" / "templates")
