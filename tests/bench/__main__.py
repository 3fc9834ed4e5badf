"""`make bench`: every row against its floor. `ARGS=--short` measures less and judges the same."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

ON_MANY_INCIDENTS = {"list": ("api_list", 200), "report": ("report_in", 300)}
"""Rows that are measured beside a million incidents: module and calls a round."""
ON_AN_EMPTY_DATABASE = {
    "sms": ("sms_in", 300),
    "openrosa": ("openrosa_in", 300),
    "api-report": ("api_report", 300),
    "directory": ("directory", 60),
    "dialogues": ("dialogues", 60),
}
"""Rows that bring what they need."""
OF_AN_ALERT = {"alert": "alert_email", "alert-sms": "alert_sms"}
"""Rows that run workers, each a module."""
ROWS = (*ON_MANY_INCIDENTS, *ON_AN_EMPTY_DATABASE, *OF_AN_ALERT)


def main() -> int:
    """Measure, print, and fail where a promise is not kept."""
    parser = argparse.ArgumentParser(description="Measure the product against floors.")
    parser.add_argument("--short", action="store_true", help="fewer rows and rounds, for CI")
    parser.add_argument("--only", choices=ROWS, help="one row")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    wanted = [asked.only] if asked.only else list(ROWS)
    failed = _on_many_incidents([name for name in wanted if name in ON_MANY_INCIDENTS], short=asked.short)
    for name in wanted:
        if name in ON_AN_EMPTY_DATABASE:
            failed += _alone(name, short=asked.short)
    for name in wanted:
        if name in OF_AN_ALERT:
            failed += _alert(OF_AN_ALERT[name], short=asked.short)
    return 1 if failed else 0


def _on_many_incidents(names: Sequence[str], *, short: bool) -> int:
    from tests.bench.database import bench_database, seed_incidents

    if not names:
        return 0
    with bench_database():
        seed_incidents(500_000 if short else 1_000_000)
        return sum(_measured(*ON_MANY_INCIDENTS[name], short=short) for name in names)


def _alone(name: str, *, short: bool) -> int:
    from tests.bench.database import bench_database

    with bench_database():
        return _measured(*ON_AN_EMPTY_DATABASE[name], short=short)


def _alert(module: str, *, short: bool) -> int:
    row = import_module(f"tests.bench.{module}").run(rounds=5, size=1_000 if short else 10_000)
    print(row["line"], flush=True)
    return int(not row["holds"])


def _measured(module: str, calls: int, *, short: bool) -> int:
    """Measure the rows of a module, print them, and say how many do not hold."""
    run = import_module(f"tests.bench.{module}").run
    results = run(rounds=5 if short else 9, calls=calls // 3 if short else calls)
    for result in results:
        print(result.line(), flush=True)
    return sum(not result.holds for result in results)


if __name__ == "__main__":
    sys.exit(main())
