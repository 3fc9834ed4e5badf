"""Lets Django find the checks of an installation."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig


class ConfigConfig(AppConfig):
    """Not a room of its own: it only registers checks."""

    name = "config"

    def ready(self) -> None:
        """Register the checks."""
        from config import checks  # noqa: F401


class StaticFilesConfig(DjangoStaticFilesConfig):
    """Leaves out what other packages bring and this product never serves."""

    ignore_patterns = [
        *DjangoStaticFilesConfig.ignore_patterns,
        "rest_framework",
        "drf_spectacular_sidecar/redoc",
        "htmax-*",
        "draw",
        "leaflet-src.*",
        "leaflet.extras.*",
        "leaflet.forms.js",
        "leaflet_django.css",
        "proj4*",
        "Control.MiniMap.*",
        "xregexp.js",
        "select2.full.js",
    ]
