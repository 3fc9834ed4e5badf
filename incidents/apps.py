"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """See the package's models for what it holds."""

    name = "incidents"
    verbose_name = _("Reports, incidents and alerts")
