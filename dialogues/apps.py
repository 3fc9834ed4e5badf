"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DialoguesConfig(AppConfig):
    """See the package's models for what it holds."""

    name = "dialogues"
    verbose_name = _("Dialogues")

    def ready(self) -> None:
        """Offer the foundation's pages what they show of this app, and the outbox the words of its messages."""
        from dialogues import answers, area_line
        from dialogues.presentation import TABS
        from incidents import panels
        from orgs import providers
        from orgs.presentation import tabs

        tabs.register("dialogues", TABS)
        panels.incident_page.register(answers.section)
        providers.timeline.register(area_line.moments)
