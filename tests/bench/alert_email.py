"""One alert to many people by e-mail, against two bare loops that put the same bytes on the wire.

Ours: a real Celery worker with two processes, on a database that waits for its disk; the clock runs from the moment the
alert is released until the last message is booked. The floor: two processes with one open SMTP connection each, that
know every address and send a template. Both send to the same server in the same round, in turn. What choosing the
recipients and writing the outbox takes before is told beside, with the ratio that it would make.
"""

import contextlib
import multiprocessing
import os
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import connection
from django.db.models import F

from config import embedded
from incidents.models import Alert, Audience, IncidentState
from incidents.services import alerts
from incidents.services.alerts import Line
from incidents.services.links import token_of
from orgs.access import viewer_for
from orgs.messaging.channels.letters import letter
from orgs.messaging.drain import compose
from orgs.messaging.ledger import GROUP
from orgs.messaging.purposes import Envelope
from orgs.models import Membership, Message, MessageState, Organisation, Role, Tlp, User
from orgs.policy import Viewer
from tests.bench.database import NAME, bench_database
from tests.bench.mail_sink import ROOT, Sink
from tests.factories import IncidentFactory, OrganisationFactory, area, person

LOOPS = 2
MUST, AIM = 0.5, 0.75
LONGEST_ROUND = 180

# Both by their index: the table grows from round to round, and looking must not cost.
_HELD = "SELECT count(*) FROM orgs_message WHERE state = 'sending' AND claimed_at > now() - interval '1 day'"
_WAITING = """SELECT id FROM orgs_message WHERE channel = 'email' AND state = 'pending' ORDER BY priority, id LIMIT 1"""


@dataclass
class Round:
    """What one round took."""

    ours: float
    release: float
    floor: float
    ours_cpu: float
    floor_cpu: float
    most_held: int


def run(*, rounds: int, size: int) -> dict[str, Any]:
    """Measure; ``ratio`` is our rate over the floor's."""
    with bench_database(), _parts() as (sink, worker):
        viewer = _people(size)
        _check_same_bytes(sink, viewer, size)
        taken = [_round(sink, worker, viewer, size) for _ in range(rounds + 1)][1:]
    ratios = [one.floor / (one.ours - one.release) for one in taken]
    with_release = statistics.median(one.floor / one.ours for one in taken)
    middle = statistics.median(ratios)
    one = sorted(taken, key=lambda made: made.floor / (made.ours - made.release))[len(taken) // 2]
    line = (
        f"{'ok  ' if middle >= MUST else 'FAIL'} alert to {size} people by e-mail: {middle:.2f} x two bare loops"
        f" ({min(ratios):.2f} to {max(ratios):.2f} in {rounds} rounds; must >= {MUST:g}, aim >= {AIM:g})\n"
        f"       {size / (one.ours - one.release):.0f}/s, floor {size / one.floor:.0f}/s; the release took"
        f" {one.release:.2f} s before ({with_release:.2f} x with it)\n"
        f"       CPU a message {one.ours_cpu / size * 1e3:.2f} ms with database and release, floor"
        f" {one.floor_cpu / size * 1e3:.2f} ms; at most {max(made.most_held for made in taken)} sends unbooked"
    )
    return {"name": "alert_email", "ratio": middle, "ratios": ratios, "holds": middle >= MUST, "line": line}


@contextlib.contextmanager
def _parts() -> Iterator[tuple[Sink, psutil.Process]]:
    """A mail sink, a broker and a worker."""
    from config.celery import app

    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        home = Path(folder)
        (home / "keys").mkdir(mode=0o700)
        for file in Path(settings.KEYS_DIR).iterdir():
            (home / "keys" / file.name).symlink_to(file)
        sink, broker = Sink().start(), embedded.Valkey(home)
        broker.start()
        broker.wait()
        before, app.conf.broker_url = app.conf.broker_url, embedded.broker_url(home)
        worker = _start_worker(home, sink)
        try:
            yield sink, psutil.Process(worker.pid)
        finally:
            app.conf.broker_url = before
            worker.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(10)
            worker.kill()
            broker.stop()
            sink.stop()


def _start_worker(home: Path, sink: Sink) -> "subprocess.Popen[bytes]":
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PASSERELLE_VAR": str(home),
        "DATABASE_URL": _database_address(),
        "BROKER_URL": embedded.broker_url(home),
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        "WORKER_PROCESSES": str(LOOPS),
    }
    options = ["--queues", "default,messages", "--concurrency", str(LOOPS), "--without-gossip", "--without-mingle"]
    with (home / "worker.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--loglevel", "WARNING", *options],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )


def _database_address() -> str:
    return os.environ.get("BENCH_DATABASE_URL") or embedded.database_url(
        Path(settings.VAR_DIR).parent / "bench", name=NAME
    )


def _people(size: int) -> Viewer:
    """As many monitors in Koro, and the coordinator who warns them."""
    coordinator = person(Role.COORDINATOR, "Koro")
    organisations: list[Organisation] = OrganisationFactory.create_batch(20)
    people = User.objects.bulk_create(
        [User(name=f"Personne {n}", email=f"personne.numero{n}@example.org", password="!") for n in range(size)],
        batch_size=2000,
    )
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


def _check_same_bytes(sink: Sink, viewer: Viewer, size: int) -> None:
    """Before anything is timed: both ways, the server gets the same from the same people."""
    sink.verify(on=True)
    alert = _send(viewer, size)[0]
    ours = sink.tally()
    _floor(sink, alert)
    assert ours == sink.tally(), "the floor does not send the same bytes"
    assert ours[0] == size
    sink.verify(on=False)


def _round(sink: Sink, worker: psutil.Process, viewer: Viewer, size: int) -> Round:
    servers = [*_tree(worker), *_database_processes()]
    before = _cpu(servers)
    alert, release, ours, held = _send(viewer, size)
    ours_cpu = _cpu(_tree(worker) + _database_processes()) - before
    assert sink.tally()[0] == size
    floor, floor_cpu = _floor(sink, alert)
    assert sink.tally()[0] == size
    return Round(ours, release, floor, ours_cpu, floor_cpu, held)


def _send(viewer: Viewer, size: int) -> tuple[Alert, float, float, int]:
    """Release an alert; the alert, seconds of the release, seconds until all is booked, most sends unbooked."""
    alert = _draft(viewer)
    held = 0
    began = time.perf_counter()
    released = alerts.release_alert(viewer=viewer, alert=alert, version=alert.version, confirmed=True)
    release = time.perf_counter() - began
    assert released.recipients == size, released.recipients
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_HELD)
            held = max(held, now_held := cursor.fetchone()[0])
            cursor.execute(_WAITING)
            if not now_held and cursor.fetchone() is None:
                break
            assert time.perf_counter() - began < LONGEST_ROUND, "the worker does not finish"
            time.sleep(0.03)
    taken = time.perf_counter() - began
    sent = Message.objects.filter(deliveries__alert=alert)
    assert sent.filter(state=MessageState.SENT, maybe_double=False).count() == size
    assert held <= GROUP * LOOPS
    return alert, release, taken, held


def _floor(sink: Sink, alert: Alert) -> tuple[float, float]:
    """Send the same by two bare loops; seconds by the clock and of CPU."""
    template, rows = _template(alert)
    context = multiprocessing.get_context("fork")
    connection.close()
    ready, go = context.Barrier(LOOPS + 1), context.Event()
    spent: Any = context.Queue()
    loops = [
        context.Process(target=_loop, args=(sink.port, template, rows[number::LOOPS], (ready, go, spent)))
        for number in range(LOOPS)
    ]
    for loop in loops:
        loop.start()
    ready.wait()
    began = time.perf_counter()
    go.set()
    cpu = sum(spent.get() for _ in loops)
    taken = time.perf_counter() - began
    for loop in loops:
        loop.join()
    return taken, cpu


def _loop(port: int, template: bytes, rows: list[dict[bytes, bytes]], signals: tuple[Any, Any, Any]) -> None:
    ready, go, spent = signals
    server = smtplib.SMTP("127.0.0.1", port, local_hostname="bench")
    server.ehlo()
    ready.wait()
    go.wait()
    began = time.process_time()
    for row in rows:
        server.mail("passerelle@localhost")
        server.rcpt(row[b"to"].decode())
        server.data(template % row)
    spent.put(time.process_time() - began)
    server.close()


def _template(alert: Alert) -> tuple[bytes, list[dict[bytes, bytes]]]:
    """One e-mail of this alert with holes, and what belongs into them for each person."""
    messages = Message.objects.filter(deliveries__alert=alert).annotate(
        to=F("recipient__email"), code=F("deliveries__code"), of=F("deliveries"), nonce=F("deliveries__link_nonce")
    )
    first = messages.order_by("pk")[0]
    words = compose([first])[first.pk]
    assert isinstance(words, Envelope)
    made = letter(first, words, words.address).replace(b"%", b"%%")
    token = token_of(first.of, first.nonce)
    for value, name in ((str(first.key), b"key"), (first.to, b"to"), (first.code, b"code"), (token, b"token")):
        made = made.replace(value.encode(), b"%%(%s)s" % name)
    rows = messages.order_by("pk").values_list("key", "to", "code", "of", "nonce")
    return made, [
        {
            b"key": str(key).encode(),
            b"to": to.encode(),
            b"code": code.encode(),
            b"token": token_of(of, nonce).encode(),
        }
        for key, to, code, of, nonce in rows
    ]


def _tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _database_processes() -> list[psutil.Process]:
    number = embedded.Postgres(Path(settings.VAR_DIR).parent / "bench").running_process()
    return _tree(psutil.Process(number)) if number else []


def _cpu(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            # A connection that closed within the round has left what it took to the server that started it.
            total += times.user + times.system + times.children_user + times.children_system
    return total
