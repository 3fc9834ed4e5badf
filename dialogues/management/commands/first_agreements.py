"""``manage.py first_agreements``: enter the first peace agreements with their provisions, where they are not there."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from dialogues.services.first_agreements import load_first_agreements


class Command(BaseCommand):
    """Real agreements, in short words, without any verdict."""

    help = "Enter the first peace agreements with their provisions and no verdict; twice does no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were new."""
        count = load_first_agreements()
        if options["verbosity"]:
            self.stdout.write(_("Entered: %(count)d agreements.") % {"count": count})
