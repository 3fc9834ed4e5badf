"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DialoguesConfig(AppConfig):
    """See the package's models for what it holds."""

    name = "dialogues"
    verbose_name = _("Dialogues")

    def ready(self) -> None:
        """Offer the foundation's pages what they show of this app, and the outbox the words of its messages."""
        from dialogues import commitments_shown, committees, joined, reminder_words
        from dialogues.presentation import TABS
        from dialogues.services import resolving
        from dialogues.services.session_papers import kept_names
        from dialogues.sessions_listed import edits_waiting
        from incidents.media import owners
        from orgs import providers
        from orgs.presentation import tabs

        tabs.register("dialogues", TABS)
        owners.register(kept_names)
        reminder_words.register()
        resolving.register()
        providers.waiting.register(edits_waiting)
        providers.waiting.register(commitments_shown.commitments_waiting)
        providers.waiting.register(committees.committees_waiting)
        joined.register()
