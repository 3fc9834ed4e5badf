"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgsConfig(AppConfig):
    """See the package's models for what it holds."""

    name = "orgs"
    verbose_name = _("Organisations and areas")

    def ready(self) -> None:
        """Let each part of the directory add its section to the page of an organisation."""
        from orgs import sections
        from orgs.sections_merges import merge_section
        from orgs.sections_support import support_section

        sections.register(support_section)
        sections.register(merge_section)
