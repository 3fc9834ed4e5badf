"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgsConfig(AppConfig):
    """See the package's models for what it holds."""

    name = "orgs"
    verbose_name = _("Organisations and areas")

    def ready(self) -> None:
        """Put the parts of the directory together: sections of an organisation's page, words of messages, counts."""
        from orgs import providers
        from orgs.living import messages, waiting
        from orgs.living.section import keeping
        from orgs.messaging import inbound
        from orgs.presentation import directory_tabs, tabs
        from orgs.sections import organisation_page
        from orgs.sections_merges import merge_section
        from orgs.sections_support import support_section
        from orgs.views.networks import network_section
        from orgs.views.ratings import actor_section

        messages.register()
        inbound.handlers.register(messages.confirm_by_sms)
        providers.waiting.register(waiting.changes_waiting)
        for section in (keeping, network_section, actor_section, support_section, merge_section):
            organisation_page.register(section)
        tabs.register("directory", directory_tabs.TABS)
