"""Lets Django find the checks of an installation."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Not a room of its own: it only registers checks."""

    name = "config"

    def ready(self) -> None:
        """Register the checks."""
        from config import checks  # noqa: F401
