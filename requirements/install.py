"""Make .venv and install hashed requirements into it: ``python3 requirements/install.py base embedded``.

Runs on the machine's own Python with nothing but the standard library. Does nothing when all is installed already.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "installed"
OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")
QUIET = ["--disable-pip-version-check", "--no-input", "--quiet", "--quiet", "--progress-bar", "off"]


def main(sets: list[str]) -> None:
    """Install the named sets (base, embedded, dev) if they have changed since the last time."""
    if sys.version_info < OLDEST:
        run_with_newer_python()
    if not works(VENV / "bin" / "python"):
        say("Python environment: .venv")
        make_environment()
    wanted = [name for name in sets if stamp_of(name) != read(STAMPS / name)]
    if not wanted:
        return
    say(f"Installing libraries ({', '.join(wanted)}), a minute or two the first time ...")
    install(wanted)
    STAMPS.mkdir(exist_ok=True)
    for name in wanted:
        (STAMPS / name).write_text(stamp_of(name))


def run_with_newer_python() -> None:
    """Start again with a newer Python if the machine has one beside its default."""
    for name in NEWER:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, *sys.argv])  # noqa: S606 (the same script)
    sys.exit(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")


def works(python: Path) -> bool:
    """Whether the environment's Python starts (it does not when the machine's Python went away)."""
    try:
        return subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    """Make the environment; without ensurepip (Debian packs it apart) the machine's own pip will do."""
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", VENV], check=False, capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        command = [sys.executable, "-m", "venv", "--without-pip", VENV]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"The Python environment cannot be made: {last_line(done.stderr or done.stdout)}")


def install(sets: list[str]) -> None:
    """Install with pip, only what the hashes vouch for."""
    python = VENV / "bin" / "python"
    pip = [str(python), "-m", "pip"]
    if subprocess.run([*pip, "--version"], check=False, capture_output=True).returncode:
        pip = [sys.executable, "-m", "pip", "--python", str(python)]
    files = [part for name in sets for part in ("-r", str(ROOT / "requirements" / f"{name}.txt"))]
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    done = subprocess.run(
        [*pip, "install", *QUIET, "--require-hashes", "--only-binary", ":all:", *files],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\nThe libraries could not be installed (see above).")


def stamp_of(name: str) -> str:
    """What is installed: the file and the Python it was installed for."""
    text = (ROOT / "requirements" / f"{name}.txt").read_bytes()
    return hashlib.sha256(text + sys.version.encode()).hexdigest()


def read(path: Path) -> str:
    """The text of a file, or nothing."""
    return path.read_text() if path.exists() else ""


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def say(text: str) -> None:
    """Tell what is being done."""
    print(text, flush=True)  # noqa: T201 (this is the terminal)


if __name__ == "__main__":
    main(sys.argv[1:])
