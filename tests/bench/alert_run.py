"""One alert to many people, by any channel: what the rows of the channels share.

A real Celery worker with two processes, on a database that waits for its disk; the clock runs from the moment the alert
is released until the last message is booked. Meanwhile a real web server is asked for a page again and again, and the
worker's memory is looked at. The floor: two processes with one open connection each, that know every address and send a
template. Both send to the same server in the same round, in turn. What choosing the recipients and writing the outbox
takes before is told beside, with the ratio that it would make.
"""

import contextlib
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx
import psutil
from django.conf import settings
from django.db import connection

from config import embedded
from incidents.models import Alert, Audience, IncidentState
from incidents.services import alerts
from incidents.services.alerts import Line
from orgs.access import viewer_for
from orgs.messaging.ledger import GROUP
from orgs.models import Membership, Message, MessageState, Organisation, Role, Tlp, User
from orgs.policy import Viewer
from orgs.services.hours import LARGEST_CAP
from tests import reviewing
from tests.bench.database import NAME, bench_database
from tests.factories import IncidentFactory, OrganisationFactory, area, person
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
LOOPS = 2
LONGEST_ROUND = 180
PAGE = "/report/follow-up/"
PAGE_PAUSE = 0.1

# Both by their index: the table grows from round to round, and looking must not cost.
_HELD = "SELECT count(*) FROM orgs_message WHERE state = 'sending' AND claimed_at > now() - interval '1 day'"
_WAITING = "SELECT id FROM orgs_message WHERE channel = %s AND state = 'pending' ORDER BY priority, id LIMIT 1"


class Way(Protocol):
    """One channel: how a worker reaches the server, who gets it, and what a bare loop would send."""

    channel: str
    words: str
    """In the line of the result: "by e-mail"."""

    def start(self) -> dict[str, str]:
        """Start the receiving server; the worker's settings that lead to it."""

    def person(self, number: int) -> User:
        """Somebody who is told by this channel, not saved."""

    def tally(self) -> tuple[int, int, int]:
        """Messages, bytes and digest that the server took since it was last asked."""

    def verify(self, on: bool) -> None:
        """Whether the server makes digests."""

    def loops(self, alert: Alert) -> Sequence[Callable[[], Callable[[], None]]]:
        """The bare loops: each connects when called and gives what sends everything."""

    def stop(self) -> None:
        """Stop the server."""


@dataclass
class Round:
    """What one round took."""

    ours: float
    release: float
    floor: float
    ours_cpu: float
    floor_cpu: float
    most_held: int
    memory: int
    page_median: float
    page_longest: float


@dataclass
class Pages:
    """Asks for a page until it is told to stop; how long each answer took, in seconds."""

    url: str
    taken: list[float] = field(default_factory=list)
    failed: int = 0

    def __enter__(self) -> "Pages":
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            while not self._stop.wait(PAGE_PAUSE):
                began = time.perf_counter()
                try:
                    ok = client.get(PAGE).status_code == 200
                except httpx.HTTPError:
                    ok = False
                self.taken.append(time.perf_counter() - began)
                self.failed += not ok


@dataclass
class Parts:
    """What runs: a broker, a worker and a web server."""

    worker: psutil.Process
    web: str


def run(way: Way, *, rounds: int, size: int, must: float, aim: float) -> dict[str, Any]:
    """Measure; ``ratio`` is our rate over the floor's. ``holds`` asks for the pages too: every one must answer."""
    with bench_database(), _parts(way) as parts:
        viewer = _people(way, size)
        _check_same_bytes(way, viewer, size)
        idle = _idle(parts)
        taken = [_round(way, parts, viewer, size) for _ in range(rounds + 1)][1:]
    ratios = [one.floor / (one.ours - one.release) for one in taken]
    with_release = statistics.median(one.floor / one.ours for one in taken)
    middle = statistics.median(ratios)
    one = sorted(taken, key=lambda made: made.floor / (made.ours - made.release))[len(taken) // 2]
    line = (
        f"{'ok  ' if middle >= must else 'FAIL'} alert to {size} people {way.words}: {middle:.2f} x two bare loops"
        f" ({min(ratios):.2f} to {max(ratios):.2f} in {rounds} rounds; must >= {must:g}, aim >= {aim:g})\n"
        f"       {size / (one.ours - one.release):.0f}/s, floor {size / one.floor:.0f}/s; the release took"
        f" {one.release:.2f} s before ({with_release:.2f} x with it)\n"
        f"       CPU a message {one.ours_cpu / size * 1e3:.2f} ms with database and release, floor"
        f" {one.floor_cpu / size * 1e3:.2f} ms; at most {max(made.most_held for made in taken)} sends unbooked\n"
        f"       the worker holds at most {max(made.memory for made in taken) / 2**20:.0f} MB; meanwhile a page answers"
        f" in {one.page_median / idle:.1f} x its idle time (median; the longest"
        f" {max(made.page_longest for made in taken) / idle:.0f} x)"
    )
    return {"name": f"alert_{way.channel}", "ratio": middle, "ratios": ratios, "holds": middle >= must, "line": line}


def measured(fork: Callable[[], Callable[[], None]], signals: tuple[Any, Any, Any]) -> None:
    """One bare loop in a process of its own: connect, wait for the others, send, tell the CPU time."""
    ready, go, spent = signals
    send = fork()
    ready.wait()
    go.wait()
    began = time.process_time()
    send()
    spent.put(time.process_time() - began)


@contextlib.contextmanager
def _parts(way: Way) -> Iterator[Parts]:
    """The receiving server, a broker, a worker and a web server."""
    from config.celery import app

    with tempfile.TemporaryDirectory(dir="/tmp") as folder, contextlib.ExitStack() as stack:
        home = Path(folder)
        (home / "keys").mkdir(mode=0o700)
        for file in Path(settings.KEYS_DIR).iterdir():
            (home / "keys" / file.name).symlink_to(file)
        stack.callback(way.stop)
        environment = _environment(home) | way.start()
        broker = embedded.Valkey(home)
        broker.start()
        stack.callback(broker.stop)
        broker.wait()
        before, app.conf.broker_url = app.conf.broker_url, embedded.broker_url(home)
        stack.callback(setattr, app.conf, "broker_url", before)
        worker = _started(stack, home, "worker", environment, [
            sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--loglevel", "WARNING",
            "--queues", "default,messages", "--concurrency", str(LOOPS), "--without-gossip", "--without-mingle",
        ])  # fmt: skip
        port = free_port()
        granian = str(Path(sys.executable).with_name("granian"))
        _started(stack, home, "web", environment, [
            granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "config.wsgi:application",
        ])  # fmt: skip
        web = f"http://127.0.0.1:{port}"
        _wait_for(web)
        yield Parts(psutil.Process(worker.pid), web)


def _environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PASSERELLE_VAR": str(home),
        "DATABASE_URL": _database_address(),
        "BROKER_URL": embedded.broker_url(home),
        "WORKER_PROCESSES": str(LOOPS),
    }


def _started(
    stack: contextlib.ExitStack, home: Path, name: str, environment: dict[str, str], command: list[str]
) -> "subprocess.Popen[bytes]":
    with (home / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    stack.callback(_stop, process)
    return process


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()


def _wait_for(web: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{web}{PAGE}", timeout=10).status_code == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("the web server does not answer")


def _database_address() -> str:
    return os.environ.get("BENCH_DATABASE_URL") or embedded.database_url(
        Path(settings.VAR_DIR).parent / "bench", name=NAME
    )


def _people(way: Way, size: int) -> Viewer:
    """As many monitors in Koro, and the coordinator who warns them."""
    coordinator = person(Role.COORDINATOR, "Koro")
    organisations: list[Organisation] = OrganisationFactory.create_batch(20)
    made = [way.person(number) for number in range(size)]
    for one in made:
        one.hour_cap = LARGEST_CAP  # a warm-up and all rounds lie within one hour
    people = User.objects.bulk_create(made, batch_size=2000)
    posts = Membership.objects.bulk_create(
        [
            Membership(person=one, organisation=organisations[number % 20], role=Role.MONITOR)
            for number, one in enumerate(people)
        ],
        batch_size=2000,
    )
    link, koro = Membership.areas.through, area("Koro")
    link.objects.bulk_create([link(membership_id=post.pk, area_id=koro.pk) for post in posts], batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return viewer_for(coordinator)


def _draft(viewer: Viewer) -> Alert:
    incident = IncidentFactory.create(state=IncidentState.VERIFIED, tlp=Tlp.GREEN, summary="Vol de bétail. " * 20)
    return alerts.prepare_alert(
        viewer=viewer,
        incident=incident,
        lines=[Line(Audience.NETWORK, role=Role.MONITOR, area=area("Koro"))],
        instruction="Évitez le marché de Koro ce matin et gardez les enfants à la maison.",
        call_number="+22376000099",
    )


def _check_same_bytes(way: Way, viewer: Viewer, size: int) -> None:
    """Before anything is timed: both ways, the server gets the same from the same people."""
    way.verify(on=True)
    alert = _send(way, viewer, size)[0]
    ours = way.tally()
    _floor(way, alert)
    assert ours == way.tally(), "the floor does not send the same bytes"
    assert ours[0] == size
    way.verify(on=False)


def _idle(parts: Parts) -> float:
    """The median time of the page while nothing else runs."""
    with Pages(parts.web) as pages:
        time.sleep(3)
    assert not pages.failed
    return statistics.median(pages.taken)


def _round(way: Way, parts: Parts, viewer: Viewer, size: int) -> Round:
    before = _cpu([*_tree(parts.worker), *_database_processes()])
    with Pages(parts.web) as pages:
        alert, release, ours, held = _send(way, viewer, size)
    ours_cpu = _cpu(_tree(parts.worker) + _database_processes()) - before
    assert not pages.failed, "a page did not answer while the alert went out"
    assert way.tally()[0] == size
    with Pages(parts.web):  # what the pages cost, both sides bear
        floor, floor_cpu = _floor(way, alert)
    assert way.tally()[0] == size
    return Round(
        ours, release, floor, ours_cpu, floor_cpu, held, _memory(parts.worker),
        statistics.median(pages.taken), max(pages.taken),
    )  # fmt: skip


def _send(way: Way, viewer: Viewer, size: int) -> tuple[Alert, float, float, int]:
    """Release an alert; the alert, seconds of the release, seconds until all is booked, most sends unbooked."""
    alert = _draft(viewer)
    reviewing.answered(viewer, alert)
    held = 0
    began = time.perf_counter()
    released = alerts.release_alert(viewer=viewer, alert=alert, version=alert.version)
    release = time.perf_counter() - began
    assert released.recipients == size, released.recipients
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_HELD)
            held = max(held, now_held := cursor.fetchone()[0])
            cursor.execute(_WAITING, [way.channel])
            if not now_held and cursor.fetchone() is None:
                break
            assert time.perf_counter() - began < LONGEST_ROUND, "the worker does not finish"
            time.sleep(0.03)
    taken = time.perf_counter() - began
    sent = Message.objects.filter(deliveries__alert=alert)
    assert sent.filter(state=MessageState.SENT, maybe_double=False).count() == size
    assert held <= GROUP * LOOPS
    return alert, release, taken, held


def _floor(way: Way, alert: Alert) -> tuple[float, float]:
    """Send the same by bare loops; seconds by the clock and of CPU."""
    context = multiprocessing.get_context("fork")
    loops = way.loops(alert)
    connection.close()
    ready, go = context.Barrier(len(loops) + 1), context.Event()
    spent: Any = context.Queue()
    started = [context.Process(target=measured, args=(loop, (ready, go, spent))) for loop in loops]
    for process in started:
        process.start()
    ready.wait()
    began = time.perf_counter()
    go.set()
    cpu = sum(spent.get() for _ in loops)
    taken = time.perf_counter() - began
    for process in started:
        process.join()
    return taken, cpu


def _tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _database_processes() -> list[psutil.Process]:
    number = embedded.Postgres(Path(settings.VAR_DIR).parent / "bench").running_process()
    return _tree(psutil.Process(number)) if number else []


def _memory(worker: psutil.Process) -> int:
    """Bytes that the worker and its processes hold by themselves."""
    return sum(int(one.memory_full_info().uss) for one in _tree(worker))


def _cpu(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            # A connection that closed within the round has left what it took to the server that started it.
            total += times.user + times.system + times.children_user + times.children_system
    return total
