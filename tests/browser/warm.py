"""The product's web server for one test after the other: the product is loaded once, each server is new.

Loading the product takes longer than most tests of a page. So this program loads it, and for each line ``start`` on
its input becomes two: the one that stays waits for ``stop``, the other is the server of one test, with nothing in its
memory of the tests before. ``crowded`` starts one at which others behind the same address take every place there is.
It ends with its input, whatever became of the tests.

    python -m tests.browser.warm PORT LOG
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

ADDRESS, SECONDS_TO_END = "127.0.0.1", 10


def load() -> None:
    """Load what a first request would; the database and the broker are not touched."""
    import granian.cli  # noqa: F401
    from django.urls import get_resolver
    from django.utils import translation

    import config.wsgi  # noqa: F401

    assert get_resolver().url_patterns
    with translation.override("fr"):
        translation.gettext("")


def serve(port: int, log: Path) -> NoReturn:
    """Be the server, as the command line would start it."""
    from granian.cli import cli

    os.setsid()  # its own processes end with it
    for source, number in ((os.devnull, 0), (str(log), 1), (str(log), 2)):
        os.dup2(os.open(source, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    options = ["--interface", "wsgi", "--host", ADDRESS, "--port", str(port), "--workers", "1"]
    try:
        cli([*options, "config.wsgi:application"], prog_name="granian", standalone_mode=True)
    finally:
        os._exit(1)


def crowd() -> None:
    """Leave this server's forms no place without waiting, as if others behind the same address took each at once."""
    from incidents.views import flood
    from incidents.views.buckets import Bucket

    flood.BUCKETS.of_one_address = Bucket(size=0, a_second=0)


def stop(server: int) -> None:
    """End a server with all its processes."""
    os.kill(server, signal.SIGTERM)
    until = time.monotonic() + SECONDS_TO_END
    while time.monotonic() < until:
        if os.waitpid(server, os.WNOHANG)[0]:
            return
        time.sleep(0.01)
    os.killpg(server, signal.SIGKILL)
    os.waitpid(server, 0)


def main() -> None:
    """Start and stop servers as the input says; each line is answered by one."""
    port, log = int(sys.argv[1]), Path(sys.argv[2])
    load()
    server = 0
    for line in sys.stdin:
        if line.strip() in ("start", "crowded"):
            server = os.fork()
            if server == 0:
                if line.strip() == "crowded":
                    crowd()
                serve(port, log)
        elif server:
            stop(server)
            server = 0
        sys.stdout.write("done\n")
        sys.stdout.flush()
    if server:
        stop(server)


if __name__ == "__main__":
    main()
