"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgsConfig(AppConfig):
    """See the package's models for what it holds."""

    name = "orgs"
    verbose_name = _("Organisations and areas")
