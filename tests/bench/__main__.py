"""`make bench`: every row against its floor. `ARGS=--short` measures less and judges the same."""

import argparse
import os
import sys


def main() -> int:
    """Measure, print, and fail where a promise is not kept."""
    parser = argparse.ArgumentParser(description="Measure the product against floors.")
    parser.add_argument("--short", action="store_true", help="fewer rows and rounds, for CI")
    parser.add_argument("--only", choices=("list", "report", "api-report", "alert"), help="one row")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from tests.bench import api_list, api_report, report_in
    from tests.bench.database import bench_database, seed_incidents

    rounds = 5 if asked.short else 9
    results = []
    if asked.only in (None, "list", "report", "api-report"):
        with bench_database():
            if asked.only != "api-report":  # it reads no incident
                seed_incidents(500_000 if asked.short else 1_000_000)
            if asked.only in (None, "list"):
                results += api_list.run(rounds=rounds, calls=60 if asked.short else 200)
            if asked.only in (None, "api-report"):
                results += api_report.run(rounds=rounds, calls=100 if asked.short else 300)
            if asked.only in (None, "report"):
                results += report_in.run(rounds=rounds, calls=100 if asked.short else 300)
    for result in results:
        print(result.line(), flush=True)
    failed = sum(not result.holds for result in results)
    if asked.only in (None, "alert"):
        from tests.bench import alert_email

        row = alert_email.run(rounds=5, size=1_000 if asked.short else 10_000)
        print(row["line"], flush=True)
        failed += not row["holds"]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
