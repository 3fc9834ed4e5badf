"""``make check``: every check, one after the other, with one line each and the complaints of those that fail."""

import os
import subprocess
import sys
import tempfile
import time

from config.paths import BASE_DIR

MANAGE = [sys.executable, "manage.py"]
# Deployment settings are checked as a production site has them; the data folder is thrown away afterwards.
PRODUCTION = {"SITE_URL": "https://passerelle.example.org", "DEMO": "0", "DATABASE_URL": "postgresql:///passerelle"}

CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("ruff", [sys.executable, "-m", "ruff", "check", "--quiet", "."], {}),
    ("format", [sys.executable, "-m", "ruff", "format", "--check", "--quiet", "."], {}),
    ("types", [sys.executable, "-m", "mypy", "--no-error-summary"], {}),
    ("imports", [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"], {}),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], {"DATABASE_URL": "postgresql:///none"}),
    ("catalogues", [*MANAGE, "catalogues", "check"], {}),
    ("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
]


def main() -> int:
    """Run every check; return how many failed."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="passerelle-check-") as var:
        for name, command, settings in CHECKS:
            environment = {**os.environ, "PASSERELLE_VAR": var, "PYTHONWARNINGS": "ignore", **settings}
            began = time.monotonic()
            done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
            verdict = "ok" if done.returncode == 0 else "FAILED"
            print(f"{name:<12}{verdict:<8}{time.monotonic() - began:5.1f} s", flush=True)  # noqa: T201
            if done.returncode:
                failed += 1
                print(f"{done.stdout}{done.stderr}".rstrip(), flush=True)  # noqa: T201
    return failed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
