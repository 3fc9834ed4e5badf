"""``manage.py first_organisations``: enter the organisations that the first source names, where they are not there."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from orgs.services.first_entries import load_first_entries


class Command(BaseCommand):
    """Real entries, as drafts with their source."""

    help = "Enter the real organisations that the first source names, as drafts with their source; twice does no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were new."""
        count = load_first_entries()
        if options["verbosity"]:
            self.stdout.write(_("Entered: %(count)d organisations.") % {"count": count})
