"""`manage.py import_areas FILE --edition CODE --level LEVEL`: see docs/areas.md."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from orgs.areas.files import FileRefusedError
from orgs.models.areas import Level
from orgs.services import areas

_SHOWN = 20
_BAR = 30


class Command(BaseCommand):
    """Load one level of an edition of the division from a file: all of it or nothing."""

    help = "Load régions, cercles, arrondissements, communes (GeoJSON, zipped shapefile, CSV) or villages (CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments are described in docs/areas.md."""
        levels = [Level.REGION.value, Level.CERCLE.value, Level.ARRONDISSEMENT.value, Level.COMMUNE.value]
        parser.add_argument("file", type=Path)
        parser.add_argument("--edition", required=True, help="code of the edition, such as 2015")
        parser.add_argument("--level", required=True, choices=[*levels, areas.VILLAGE])
        parser.add_argument("--title", default="")
        parser.add_argument("--source", default="")
        parser.add_argument("--credit", default="", help="credit and licence, shown under maps")
        parser.add_argument("--valid-from", type=date.fromisoformat)
        parser.add_argument("--valid-to", type=date.fromisoformat)
        parser.add_argument("--current", action="store_true", help="put this edition in force")
        parser.add_argument("--unofficial", action="store_true", help="these shapes are approximate")
        parser.add_argument("--rename", action="store_true", help="the names of the file win")
        parser.add_argument("--replace", action="store_true", help="remove areas that the file does not hold")
        parser.add_argument("--by-position", action="store_true", help="place villages by their coordinates")

    def handle(self, *args: Any, **options: Any) -> None:
        """Parse, call the service, say what happened."""
        bar = _Bar(sys.stderr)
        try:
            result = areas.import_areas(
                None,
                path=options["file"],
                level=options["level"],
                edition=_details(options),
                choices=areas.ImportChoices(
                    rename=options["rename"],
                    replace=options["replace"],
                    by_position=options["by_position"],
                    make_current=options["current"],
                ),
                progress=bar.show,
            )
        except FileRefusedError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except areas.ImportRefusedError as error:
            raise CommandError(_words(error)) from error
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted: nothing was loaded."), returncode=130) from None
        finally:
            bar.close()
        for warning in result.warnings[:_SHOWN]:
            self.stderr.write(self.style.WARNING(warning))
        self.stdout.write(
            _("Edition %(edition)s, %(level)s: %(created)d added, %(updated)d updated, %(removed)d removed.")
            % {
                "edition": result.edition.code,
                "level": _(result.level),
                "created": result.created,
                "updated": result.updated,
                "removed": result.removed,
            }
        )
        if options["current"]:
            self.stdout.write(_("Now run “%(command)s”.") % {"command": "manage.py resolve_areas"})


def _details(options: dict[str, Any]) -> areas.EditionDetails:
    return areas.EditionDetails(
        code=options["edition"],
        title=options["title"],
        source=options["source"],
        credit=options["credit"],
        valid_from=options["valid_from"],
        valid_to=options["valid_to"],
        is_official=not options["unofficial"],
    )


def _words(error: areas.ImportRefusedError) -> str:
    lines = [str(error), *(str(problem) for problem in error.problems[:_SHOWN])]
    rest = len(error.problems) - _SHOWN
    if rest > 0:
        lines.append(_("… and %(count)d more.") % {"count": rest})
    return "\n".join(lines)


class _Bar:
    """A progress bar on a terminal; one line a step elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.is_terminal = out.isatty()
        self.last = ("", -1)

    def show(self, what: str, done: int, total: int) -> None:
        """Draw only when the percentage changes."""
        percent = done * 100 // max(total, 1)
        if (what, percent) == self.last or (not self.is_terminal and percent < 100):
            return
        self.last = (what, percent)
        if self.is_terminal:
            filled = "█" * (percent * _BAR // 100)
            self.out.write(f"\r{what:<12} {filled:<{_BAR}} {percent:3d} % ({done}/{total})")
        else:
            self.out.write(f"{what} {done}/{total}\n")
        self.out.flush()

    def close(self) -> None:
        """Leave the last bar on its own line."""
        if self.is_terminal and self.last[1] >= 0:
            self.out.write("\n")
