"""`manage.py resolve_areas [--dry-run]`: see docs/areas.md."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from orgs.management.bars import Bar
from orgs.models import Edition
from orgs.services import resolving


class Command(BaseCommand):
    """Give reports, incidents and whatever else carries areas those of the edition in force."""

    help = (
        "After another edition was put in force: give every row its areas of today. Can be interrupted and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only whether to write."""
        parser.add_argument("--dry-run", action="store_true", help="say what would change, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Call the service, say what happened."""
        current = Edition.objects.current()
        if current is None:
            raise CommandError(_("No edition of the areas is in force."))
        bar = Bar(sys.stderr)
        try:
            outcomes = resolving.resolve_again(dry_run=options["dry_run"], progress=bar.show)
        except KeyboardInterrupt:
            raise CommandError(
                _("Interrupted. What was done stays; run it again for the rest."), returncode=130
            ) from None
        finally:
            bar.close()
        if options["dry_run"]:
            self.stdout.write(_("Nothing is written. This is what would happen:"))
        self.stdout.write(_("Edition in force: %(edition)s.") % {"edition": current.code})
        for outcome in outcomes:
            self.stdout.write(resolving.words_of(outcome))
        if any(outcome.left for outcome in outcomes):
            self.stdout.write(
                _("What is left has no sure area of today, or would let somebody see more than before. Decide by hand.")
            )
