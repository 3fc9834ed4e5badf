"""`manage.py import_organisations FILE`: see docs/directory-imports.md."""

from __future__ import annotations

import hashlib
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from orgs.access import MACHINE
from orgs.imports.columns_form import unused_columns
from orgs.imports.fields import BY_CODE
from orgs.imports.problems import in_words
from orgs.management.bars import Bar
from orgs.models import ImportJob, ImportMode, ImportState, RowOutcome, RowState
from orgs.services import import_working, imports

_SHOWN = 20
_CHUNK = 1024 * 1024


class Command(BaseCommand):
    """Bring organisations in from a file. Without ``--apply`` nothing is written: it says what would happen."""

    help = "Import organisations from an Excel (.xlsx) or CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments are described in docs/directory-imports.md."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--sheet", action="append", default=[], help="take this sheet only; may be repeated")
        parser.add_argument(
            "--mapping", action="append", default=[], metavar="TITLE=FIELD", help="what a column holds; may be repeated"
        )
        parser.add_argument("--source", default="", help="noted with each organisation")
        parser.add_argument("--fill-only", action="store_true", help="keep what known entries say")
        parser.add_argument("--apply", action="store_true", help="write, all lines or none")
        parser.add_argument("--valid-rows-only", action="store_true", help="write the lines in order, chunk by chunk")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen (as without --apply)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, say what would happen, and write where that is asked."""
        self.bar = Bar(sys.stderr)
        self.job: ImportJob | None = None
        writes = options["apply"] and not options["dry_run"]
        job = self._unfinished(options["file"]) if writes else None
        try:
            if job is None:
                job = self._prepared(options)
                self._say_plan(job)
                if not writes:
                    imports.stop(viewer=MACHINE, job=job)
                    return
                mode = ImportMode.VALID if options["valid_rows_only"] else ImportMode.ALL
                imports.start(viewer=MACHINE, job=job, mode=mode)
            self._work(job)
        except ValidationError as error:
            if job is not None and job.state == ImportState.READY:
                imports.stop(viewer=MACHINE, job=job)
            raise CommandError(" ".join(error.messages)) from error
        except KeyboardInterrupt:
            raise CommandError(self._interrupted(job or self.job), returncode=130) from None
        finally:
            self.bar.close()
        self._say_result(job)

    def _unfinished(self, path: Path) -> ImportJob | None:
        """The import of this very file that was interrupted while it came in."""
        digest = hashlib.sha256()
        try:
            for chunk in _chunks(path):
                digest.update(chunk)
        except OSError as error:
            raise CommandError(_("The file cannot be opened: %(why)s") % {"why": error.strerror}) from error
        waiting = ImportJob.objects.filter(is_machine=True, sha256=digest.hexdigest(), state=ImportState.APPLYING)
        job = waiting.order_by("-pk").first()
        if job is not None:
            self.stderr.write(_("This file was interrupted while it came in: going on."))
        return job

    def _prepared(self, options: dict[str, Any]) -> ImportJob:
        try:
            job = self.job = imports.bring_file(
                viewer=MACHINE, name=options["file"].name, chunks=_chunks(options["file"]), source=options["source"]
            )
        except OSError as error:
            raise CommandError(_("The file cannot be opened: %(why)s") % {"why": error.strerror}) from error
        try:
            imports.choose_columns(
                viewer=MACHINE,
                job=job,
                mapping=_mapping(job, options["sheet"], options["mapping"]),
                source=options["source"],
                fills_only=options["fill_only"],
            )
        except (ValidationError, CommandError):
            imports.stop(viewer=MACHINE, job=job)
            raise
        self._work(job)
        return job

    def _work(self, job: ImportJob) -> None:
        import_working.work(job.pk, self.bar.show)
        self.bar.close()
        job.refresh_from_db()
        if job.state == ImportState.FAILED:
            raise CommandError(job.fault)
        if job.is_at_work:
            raise CommandError(_("Somebody else is at work on this import: try again in a minute."))

    def _interrupted(self, job: ImportJob | None) -> str:
        if job is not None and imports.interrupted(job=job) == ImportState.APPLYING:
            return _("Interrupted: what has come in stays. The same command again goes on from there.")
        return _("Interrupted: nothing was written. The same command again starts anew.")

    def _say_plan(self, job: ImportJob) -> None:
        states = job.counts.get("states", {})
        self.stdout.write(
            _("%(lines)d lines, %(organisations)d organisations")
            % {"lines": job.counts["lines"], "organisations": job.counts["organisations"]}
        )
        for state in RowState:
            if states.get(state):
                self.stdout.write(f"  {states[state]:>6}  {state.label}")
        unused = unused_columns(job)
        if unused:
            self.stdout.write(_("Columns left aside: %(columns)s") % {"columns": ", ".join(unused)})
        noted = job.rows.exclude(problems=[]).order_by("pk").only("sheet", "number", "problems")
        for row in noted[:_SHOWN]:
            for one in in_words(row.problems):
                where = f"{row.sheet} {row.number}".strip()
                self.stderr.write(
                    self.style.WARNING(f"{where}: {one.column}: {one.words}" if one.column else f"{where}: {one.words}")
                )
        if job.counts["noted"] > _SHOWN:
            self.stderr.write(_("… and %(count)d more.") % {"count": job.counts["noted"] - _SHOWN})

    def _say_result(self, job: ImportJob) -> None:
        result = job.counts.get("result", {})
        for outcome in RowOutcome:
            if outcome and result.get(outcome):
                self.stdout.write(f"  {result[outcome]:>6}  {outcome.label}")
        self.stdout.write(_("Import %(number)d.") % {"number": job.pk})


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _mapping(job: ImportJob, sheets: list[str], said: list[str]) -> dict[str, dict[str, str]]:
    """The guesses for the chosen sheets, with what was said of columns by their title."""
    names = [sheet["name"] for sheet in job.sheets]
    for name in sheets:
        if name not in names:
            raise CommandError(
                _("There is no sheet “%(sheet)s”. There is: %(sheets)s") % {"sheet": name, "sheets": ", ".join(names)}
            )
    by_title = dict(_said(one) for one in said)
    mapping: dict[str, dict[str, str]] = {}
    for sheet in job.sheets:
        if (sheets and sheet["name"] not in sheets) or not (sheets or sheet["is_usable"] or by_title):
            continue
        columns = {
            str(column["place"]): by_title.get(column["title"].casefold(), column["guess"])
            for column in sheet["columns"]
        }
        mapping[sheet["name"]] = {place: code for place, code in columns.items() if code}
    return mapping


def _said(text: str) -> tuple[str, str]:
    title, sign, code = text.rpartition("=")
    if not sign or (code and code not in BY_CODE):
        raise CommandError(_("Write TITLE=FIELD, with a field of: %(fields)s") % {"fields": ", ".join(BY_CODE)})
    return title.strip().casefold(), code.strip()
