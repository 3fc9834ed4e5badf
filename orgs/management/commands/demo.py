"""``manage.py demo``: load the demonstration, or take it away again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from orgs import demo
from orgs.demo import accounts


class Command(BaseCommand):
    """Made-up data that show what the product does."""

    help = "Load the demonstration data (made up, marked as such), or take them away with --remove."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Loading needs no option."""
        parser.add_argument("--remove", action="store_true", help="take every row of the demonstration away")
        parser.add_argument("--yes", action="store_true", help="do not ask before removing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is being done, unless asked to be silent."""
        self._silent = options["verbosity"] == 0
        if options["remove"]:
            self._remove(sure=options["yes"])
        else:
            self._load()

    def _load(self) -> None:
        try:
            loaded = demo.load(self._say)
        except demo.Refused as error:
            raise CommandError(str(error)) from error
        self._say(_("Loaded.") if loaded else _("The demonstration is there already."))
        self._say(_("The accounts are in %(file)s.") % {"file": accounts.path()})

    def _remove(self, *, sure: bool) -> None:
        if along := demo.goes_along():
            kinds = ", ".join(f"{kind} ({count})" for kind, count in along.items())
            self._say(_("What people wrote on it goes too: %(kinds)s.") % {"kinds": kinds})
        if not sure and not self._agreed():
            raise CommandError(_("Nothing was removed."))
        gone = demo.remove(self._say)
        self._say(_("Removed: %(count)d rows.") % {"count": sum(gone.values())})

    def _agreed(self) -> bool:
        question = _("Remove every organisation, person, report, incident and dialogue of the demonstration? (yes/no)")
        try:
            return input(f"{question} ").strip().lower() in {"yes", "y", _("yes"), _("yes")[:1]}
        except EOFError:
            return False

    def _say(self, line: str) -> None:
        if not self._silent:
            self.stdout.write(line)
