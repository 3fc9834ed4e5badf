"""``manage.py catalogues update|compile|check``: the translations, with Babel alone."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config import catalogues
from config.paths import BASE_DIR


class Command(BaseCommand):
    """Keep the translation catalogues in step with code and templates."""

    help = "Update, compile or check the translation catalogues."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb."""
        parser.add_argument("verb", choices=["update", "compile", "check"])

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Do it and say what was done."""
        {"update": self._update, "compile": self._compile, "check": self._check}[verb]()

    def _update(self) -> None:
        for path in catalogues.catalogue_files():
            added, dropped = catalogues.update(path)
            self.stdout.write(f"{path.relative_to(BASE_DIR)}: {added} new, {dropped} no longer used")

    def _compile(self) -> None:
        self.stdout.write(f"{catalogues.compile_all()} compiled")

    def _check(self) -> None:
        catalogues.compile_all()
        found = [line for path in catalogues.catalogue_files() for line in catalogues.complaints(path)]
        for line in found:
            self.stderr.write(line)
        if found:
            self.stderr.write(f"{len(found)} strings are not translated as they should be")
            sys.exit(1)
        self.stdout.write("Catalogues are complete.")
