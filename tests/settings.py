"""Settings of the tests: those of the product, on servers of their own, untouched by the developer's environment."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEST_VAR = Path(os.environ.get("TEST_VAR", ROOT / "var" / "test"))

for name in (
    "SITE_URL",
    "PORT",
    "DEBUG",
    "DEMO",
    "RELAX_SECOND_FACTOR",
    "EMAIL_URL",
    "SMS_GATEWAY_URL",
    "ALLOWED_HOSTS",
):
    os.environ.pop(name, None)
os.environ.pop("SECRET_KEY_FILE", None)
os.environ["PASSERELLE_VAR"] = str(TEST_VAR)
# Another PostgreSQL or broker than the embedded ones may be tried with TEST_DATABASE_URL and TEST_BROKER_URL.
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
os.environ["BROKER_URL"] = os.environ.get("TEST_BROKER_URL", "")

from config.settings import *  # noqa: E402, F403
from config.settings import MIDDLEWARE as LIVE  # noqa: E402

_CHECK = LIVE.index("django.middleware.csrf.CsrfViewMiddleware") + 1
MIDDLEWARE = [*LIVE[:_CHECK], "tests.live.ReadsForms", *LIVE[_CHECK:]]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
SMS_READ_SOON = False  # tests read what came in themselves
