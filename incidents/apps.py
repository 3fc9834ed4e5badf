"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """See the package's models for what it holds."""

    name = "incidents"
    verbose_name = _("Reports, incidents and alerts")

    def ready(self) -> None:
        """Offer the foundation's pages what they show of this app."""
        from incidents.desk import reports_waiting
        from orgs import providers

        providers.waiting.register(reports_waiting)
