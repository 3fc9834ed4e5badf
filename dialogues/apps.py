"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DialoguesConfig(AppConfig):
    """See the package's models for what it holds."""

    name = "dialogues"
    verbose_name = _("Dialogues")
