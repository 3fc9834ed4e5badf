"""SMS as fast as a sender can, and the database killed in the middle: each is taken, or refused and taken on retry."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import httpx
import psycopg
import pytest

from config import embedded
from tests.faults.installations import Installation
from tests.faults.messages import LONG, wait_until

pytestmark = pytest.mark.faults
COUNT = 10_000 if LONG else 1_000
SENDERS = COUNT // 20
HANDS = 16
MOST_GROWTH = 48 * 1024 * 1024
"""Bytes by which one process may grow from the first quarter of the flood to its end."""
GATEWAY = "generic+http://127.0.0.1:9/send?secret=flood"


@pytest.fixture
def installation() -> Iterator[Installation]:
    folder = Path(mkdtemp(prefix="up-", dir="/tmp"))
    folder.chmod(0o755)
    installation = Installation(folder / "var", SMS_GATEWAY_URL=GATEWAY, WEB_PROCESSES="2", MESSAGE_SWEEP="1")
    yield installation
    installation.clean_up()
    shutil.rmtree(folder)


@dataclass
class Sender:
    """A gateway that tries each message until it is taken."""

    port: int
    refused: int = 0
    without_time: int = 0
    taken: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, numbers: Iterator[int]) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30, trust_env=False) as client:
            for number in numbers:
                while not self._is_taken(client, number):
                    time.sleep(0.2)

    def _is_taken(self, client: httpx.Client, number: int) -> bool:
        sender = f"+22370{number % SENDERS:06}"
        fields = {"secret": "flood", "id": f"n{number}", "from": sender, "text": f"NOUVEAU INC KORO TIR {number}M"}
        try:
            answer = client.post("/gateways/sms/generic/incoming", data=fields)
        except httpx.HTTPError:
            return False
        with self.lock:
            self.taken += answer.status_code == 200
            if answer.status_code == 503:
                self.refused += 1
                self.without_time += "Retry-After" not in answer.headers
            else:
                assert answer.status_code == 200, answer.status_code
        return answer.status_code == 200


def test_a_flood_loses_nothing_and_takes_no_memory(installation: Installation) -> None:
    installation.start().wait_until_ready()
    sender = Sender(installation.port)
    before: dict[int, int] = {}
    began = time.monotonic()
    shared = _Shared(COUNT)
    with ThreadPoolExecutor(HANDS) as hands:
        work = [hands.submit(sender.send, shared) for _ in range(HANDS)]
        wait_until(lambda: sender.taken > COUNT // 4, "a quarter is taken", 120)
        before = _memory(installation)
        _kill_the_database(installation)
        for one in work:
            one.result(600)
    seconds = time.monotonic() - began
    grown = {number: size - before.get(number, size) for number, size in _memory(installation).items()}
    assert max(grown.values()) < MOST_GROWTH, grown
    assert sender.without_time == 0
    url = embedded.database_url(installation.var)
    with psycopg.connect(url, autocommit=True) as database:
        kept = database.execute("SELECT count(*), count(DISTINCT external_id) FROM orgs_receivedsms").fetchone()
        assert kept == (COUNT, COUNT)

        def all_read() -> bool:
            row = database.execute("SELECT count(*) FROM orgs_receivedsms WHERE handled_by = ''").fetchone()
            return row == (0,)

        wait_until(all_read, "all are read", 120 + COUNT / 10, 0.5)
        reports = database.execute("SELECT count(*) FROM incidents_report WHERE door = 'sms'").fetchone()
        assert reports == (COUNT,)
    print(f"{COUNT / seconds:.0f} SMS/s taken, {sender.refused} refused in between")  # noqa: T201


class _Shared:
    """Numbers that several threads take from, each once."""

    def __init__(self, count: int) -> None:
        self._numbers = iter(range(count))
        self._lock = threading.Lock()

    def __iter__(self) -> "_Shared":
        return self

    def __next__(self) -> int:
        with self._lock:
            return next(self._numbers)


def _command(number: int) -> str:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _memory(installation: Installation) -> dict[int, int]:
    """Bytes that each process of ours holds (servers aside)."""
    held = {}
    for number in installation.processes():
        if not any(name in _command(number) for name in ("postgres", "valkey")):
            try:
                pages = int(Path(f"/proc/{number}/statm").read_text().split()[1])
            except OSError:
                continue
            held[number] = pages * os.sysconf("SC_PAGE_SIZE")
    return held


def _kill_the_database(installation: Installation) -> None:
    victim = next(number for number in installation.processes() if "bin/postgres" in _command(number))
    os.kill(victim, signal.SIGKILL)
