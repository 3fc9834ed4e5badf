"""`manage.py import_dialogues FILE`: see docs/dialogues.md."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from dialogues.access import MACHINE
from dialogues.imports.shown import unused_columns
from dialogues.models import SessionImport, SessionImportState, SessionRowOutcome, SessionRowState
from dialogues.services import import_working, imports
from orgs.imports.problems import in_words
from orgs.management.bars import Bar

_SHOWN = 20
_CHUNK = 1024 * 1024


class Command(BaseCommand):
    """Bring sessions in from a file. Without ``--apply`` nothing is kept: it says what would happen.

    Interrupted, what has come in stays; the same command again brings the rest and doubles nothing.
    """

    help = "Import dialogue sessions from an Excel (.xlsx) or CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments are described in docs/dialogues.md."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--sheet", default="", help="the sheet of a workbook that holds the sessions")
        parser.add_argument("--apply", action="store_true", help="bring in the lines that are in order")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, say what would happen, and bring in where that is asked."""
        self.bar = Bar(sys.stderr)
        try:
            chunks = _chunks(options["file"])
            job = imports.bring_file(viewer=MACHINE, name=options["file"].name, chunks=chunks, sheet=options["sheet"])
            self._work(job)
            self._say_plan(job)
            if not options["apply"]:
                imports.stop(viewer=MACHINE, job=job)
                return
            imports.start(viewer=MACHINE, job=job)
            self._work(job)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(_("The file cannot be opened: %(why)s") % {"why": error.strerror}) from error
        except KeyboardInterrupt:
            words = _("Interrupted: what has come in stays. The same command again goes on from there.")
            raise CommandError(words, returncode=130) from None
        finally:
            self.bar.close()
        self._say_result(job)

    def _work(self, job: SessionImport) -> None:
        import_working.work(job.pk, self.bar.show)
        self.bar.close()
        job.refresh_from_db()
        if job.state == SessionImportState.FAILED:
            raise CommandError(job.fault)

    def _say_plan(self, job: SessionImport) -> None:
        for state in SessionRowState:
            if many := job.counts["states"].get(state):
                self.stdout.write(f"  {many:>6}  {state.label}")
        if unused := unused_columns(job):
            self.stdout.write(_("Columns left aside: %(columns)s") % {"columns": ", ".join(unused)})
        if job.other_sheets:
            told = {"sheet": job.sheet, "others": ", ".join(job.other_sheets)}
            self.stdout.write(_("Read: the sheet “%(sheet)s”. The workbook also has: %(others)s.") % told)
        for row in job.rows.exclude(problems=[]).order_by("pk").only("number", "problems")[:_SHOWN]:
            for one in in_words(row.problems):
                where = f"{row.number}: {one.column}" if one.column else str(row.number)
                self.stderr.write(self.style.WARNING(f"{where}: {one.words}"))

    def _say_result(self, job: SessionImport) -> None:
        for outcome in SessionRowOutcome:
            if outcome and (many := job.counts["outcomes"].get(outcome)):
                self.stdout.write(f"  {many:>6}  {outcome.label}")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
