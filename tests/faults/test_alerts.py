"""Everything dies at random while alerts go out and their ladders climb: nothing is lost, repeated, or unaccounted for.

Workers, single hands of a worker, beat, the broker, the database, one of its own processes, and all of them at once are
killed with ``kill -9`` and started again as the supervisor would, while a coordinator releases one alert after the
other and begins again wherever the database breaks off.
"""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from pytest_django.plugin import DjangoDbBlocker

from config import addresses, embedded
from incidents import access
from incidents.models import Alert, Audience
from incidents.services import alerts
from incidents.services.ladder_plans import Rung
from orgs.models import Channel, Role, User
from tests.factories import area, person
from tests.faults.installations import descendants
from tests.faults.messages import (
    GROUP,
    LONG,
    WORKERS,
    Beat,
    Books,
    Worker,
    database,
    on_own_database,
    running,
    wait_until,
)
from tests.faults.servers import Server
from tests.incidents.alerts.conftest import Place, a_place, drafted, verified
from tests.incidents.ladder.conftest import a_ladder

pytestmark = pytest.mark.faults
__all__ = ["database"]
ALERTS = 50 if LONG else 8
TIMES_EACH = 5 if LONG else 1
SEED = int(os.environ.get("FAULTS_SEED", "5"))
STEPS = 3
GROWN = 12
"""People of each kind, besides those of the place."""
LONGEST_PAUSE = 4.0
GONE = (OperationalError, InterfaceError, psycopg.Error)

# The ladders of a test do not wait for minutes: every wait that the product wrote is taken back.
HURRY = """
    WITH hurried AS (
        UPDATE incidents_escalation SET due_at = now() - interval '1 second'
         WHERE state = 'waiting' AND due_at > now() RETURNING 1)
    SELECT count(*) FROM hurried"""


@dataclass
class Product:
    """Every process of an installation, and the ways in which they die."""

    environment: dict[str, str]
    database: embedded.Postgres
    broker: embedded.Valkey
    workers: list[Worker]
    beat: Beat
    dice: random.Random
    deaths: Counter[str] = field(default_factory=Counter)
    unexpected: Counter[str] = field(default_factory=Counter)

    def faults(self) -> dict[str, Callable[[], None]]:
        return {
            "worker": self.kill_worker,
            "hand": self.kill_hand,
            "beat": self.beat.kill,
            "broker": self.kill_broker,
            "database": self.kill_database,
            "backend": self.kill_backend,
            "everything": self.kill_everything,
        }

    def strike(self, name: str) -> None:
        """Let this die; start again whatever is dead a moment later."""
        self.faults()[name]()
        self.deaths[name] += 1
        time.sleep(self.dice.uniform(0, 2))
        self.raise_up(name)

    def raise_up(self, name: str = "nothing") -> None:
        """What the supervisor does. A program that died though it should have lived is counted."""
        if self.database.process is not None and self.database.process.poll() is not None:
            self.database.prepare()
            self.database.start()
        self.database.wait()
        if self.broker.process is not None and self.broker.process.poll() is not None:
            self.broker.start()
        self.broker.wait()
        for program in (*self.workers, self.beat):
            if program.process is None or program.process.poll() is not None:
                if name not in ("worker", "beat", "everything"):
                    self.unexpected[f"{program.log.stem} by {name}"] += 1
                program.start()

    def kill_worker(self) -> None:
        self.dice.choice(self.workers).kill()

    def kill_hand(self) -> None:
        """One process of a worker's pool: Celery puts another in its place."""
        worker = self.dice.choice(self.workers)
        assert worker.process is not None
        self._kill_one_of(worker.process.pid)

    def kill_broker(self) -> None:
        assert self.broker.process is not None
        self.broker.process.kill()
        self.broker.process.wait()

    def kill_database(self) -> None:
        assert self.database.process is not None
        self.database.process.kill()
        self.database.process.wait()

    def kill_backend(self) -> None:
        """One process of the database: it throws all others out and recovers by itself."""
        assert self.database.process is not None
        self._kill_one_of(self.database.process.pid)

    def kill_everything(self) -> None:
        self.kill_database()
        self.kill_broker()
        for program in (*self.workers, self.beat):
            program.kill()

    def _kill_one_of(self, parent: int) -> None:
        children = sorted(descendants(parent))
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.dice.choice(children), signal.SIGKILL)

    @property
    def most_in_flight(self) -> int:
        """How many sends may have been under way at all these deaths: the group in each hand, and the one after it."""
        hands = WORKERS * len(self.workers)
        held = {"worker": WORKERS, "hand": 1, "database": hands, "backend": hands, "everything": hands}
        return 2 * GROUP * sum(held.get(name, 0) * times for name, times in self.deaths.items())


class Coordinator(threading.Thread):
    """Releases one alert after the other, and again where it is not known whether the release was written."""

    def __init__(self, place: Place, drafts: list[Alert], dice: random.Random, pause: float) -> None:
        super().__init__(daemon=True)
        self.place, self.drafts, self.dice, self.pause = place, drafts, dice, pause
        self.again = 0
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            for draft in self.drafts:
                time.sleep(self.dice.uniform(0, self.pause))
                self.release(draft)
        except Exception as error:  # the test reports it
            self.error = error
        finally:
            connections.close_all()

    def release(self, draft: Alert) -> None:
        while True:
            try:
                alerts.release_alert(viewer=self.place.second_view, alert=draft, version=draft.version)
            except GONE:
                self.again += 1
                connections.close_all()
                time.sleep(0.2)
            else:
                return


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[dict[str, Server]]:
    """A mail server and an SMS gateway, slow enough for a death to find sends under way."""
    made = {kind: Server(kind, tmp_path / kind).start("slow") for kind in ("smtp", "gateway")}
    with running(*made.values()):
        yield made


@pytest.fixture
def environment(database: embedded.Postgres, servers: dict[str, Server], tmp_path: Path) -> dict[str, str]:
    keys = tmp_path / "keys"
    for file in settings.KEYS_DIR.iterdir():
        if not (keys / file.name).exists():
            (keys / file.name).symlink_to(file)
    return on_own_database(
        tmp_path,
        EMAIL_URL=f"smtp://127.0.0.1:{servers['smtp'].port}",
        SMS_GATEWAY_URL=f"generic+http://127.0.0.1:{servers['gateway'].port}/send",
        LADDER_CLIMB="1",
        # Attempts must outlast the trouble: the same message may be in hand at many deaths.
        MESSAGE_PAUSES=",".join(["1"] * 100),
    )


@pytest.fixture
def connected(environment: dict[str, str], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Every thread of this process is on the test's own database too."""
    ours = connections["default"].settings_dict
    connections.close_all()
    before = {name: ours[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    address = addresses.database(environment["DATABASE_URL"])
    ours.update({name: address[name] for name in before})
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    ours.update(before)


@pytest.fixture
def product(
    environment: dict[str, str], database: embedded.Postgres, valkey: embedded.Valkey, tmp_path: Path
) -> Iterator[Product]:
    workers = [Worker(environment, tmp_path / f"{name}.log", beat=False) for name in ("first", "second")]
    beat = Beat(environment, tmp_path / "beat.log")
    with running(*workers, beat):
        for program in (*workers, beat):
            program.start()
        yield Product(environment, database, valkey, workers, beat, random.Random(SEED))


def test_whatever_dies_every_alert_reaches_everybody_once(
    connected: None, product: Product, servers: dict[str, Server]
) -> None:
    books = Books(product.environment["DATABASE_URL"])
    place, people = _people()
    drafts = [_ready(place) for _number in range(ALERTS)]
    faults = sorted(product.faults()) * TIMES_EACH
    product.dice.shuffle(faults)
    coordinator = Coordinator(place, drafts, random.Random(SEED), pause=2 * LONGEST_PAUSE * len(faults) / ALERTS)
    began = time.monotonic()
    coordinator.start()
    for fault in faults:
        time.sleep(product.dice.uniform(0.3, LONGEST_PAUSE))
        _hurry(books)
        product.strike(fault)
    for server in servers.values():
        server.behave("ok")
    _wait(product, lambda: not coordinator.is_alive(), "every alert is released")
    assert coordinator.error is None, coordinator.error
    _wait(product, lambda: _all_climbed(books), "every ladder is at its end")
    _wait(product, books.all_final, "every message is final")
    _assert_each_step_once(books)
    _assert_everybody_told(books, people)
    doubles = _assert_counts_match(books, servers)
    assert len(books.marked()) <= product.most_in_flight
    print(  # noqa: T201
        f"{ALERTS} alerts, {len(faults)} deaths {dict(product.deaths)} in {time.monotonic() - began:.0f} s;"
        f" {sum(books.states().values())} messages, {len(books.marked())} perhaps double (at most"
        f" {product.most_in_flight}), {doubles} came twice; released again {coordinator.again} times;"
        f" died of themselves: {dict(product.unexpected)}"
    )


def _people() -> tuple[Place, int]:
    """Koro with a few people of each kind, half of them by SMS, and its ladder; how many an alert reaches in all."""
    place = a_place()
    for number in range(GROWN):
        own: dict[str, Any] = {"channel": (Channel.EMAIL, Channel.SMS)[number % 2], "phone": f"+2237611{number:04d}"}
        person(Role.LIAISON, "Koro", organisation=place.service, **own)
        own["phone"] = f"+2237622{number:04d}"
        person(Role.LIAISON, "Bankass", organisation=place.service, **own)
        own["phone"] = f"+2237633{number:04d}"
        person(Role.MONITOR, "Koro", organisation=place.association, **own)
    User.objects.update(hour_cap=60)
    a_ladder(
        rungs=[
            Rung(wait=5, audience=Audience.LIAISON, area=area("Bankass")),
            Rung(wait=5, audience=Audience.NETWORK, area=area("Koro")),
            Rung(wait=5, call_name="Mme Cissé", call_phone="+22376000088", call_words="Une alerte attend."),
        ]
    )
    coordinators = 3  # they are of the network: two of Koro, and the one who keeps the ladder
    return place, 3 * (1 + GROWN) + coordinators


def _ready(place: Place) -> Alert:
    """A draft that the second coordinator may release."""
    draft = drafted(place, verified())
    if access.needs_second_person(draft):
        draft = alerts.propose_alert(viewer=place.author_view, alert=draft, version=draft.version)
    return draft


def _wait(product: Product, condition: Callable[[], bool], what: str) -> None:
    """Whatever dies late is started again meanwhile."""

    def met() -> bool:
        product.raise_up()
        return condition()

    wait_until(met, what, 180, 0.5)


def _hurry(books: Books) -> None:
    with contextlib.suppress(psycopg.OperationalError):
        books.rows(HURRY)


def _all_climbed(books: Books) -> bool:
    _hurry(books)
    return books.rows("SELECT 1 FROM incidents_escalation WHERE state <> 'done' LIMIT 1") == []


def _assert_each_step_once(books: Books) -> None:
    assert books.rows("SELECT state, count(*) FROM incidents_alert GROUP BY state") == [("released", ALERTS)]
    assert books.rows("SELECT state, count(*) FROM incidents_escalation GROUP BY state") == [("done", ALERTS * STEPS)]
    noted = "SELECT count(*), count(DISTINCT object_id) FROM orgs_auditentry WHERE verb = 'climbed'"
    assert books.rows(noted) == [(ALERTS * STEPS, ALERTS * STEPS)]
    disordered = books.rows(
        "SELECT 1 FROM incidents_escalation a JOIN incidents_escalation b USING (alert_id)"
        " WHERE a.step < b.step AND a.done_at > b.done_at"
    )
    assert disordered == []


def _assert_everybody_told(books: Books, people: int) -> None:
    """Each person once an alert, whatever the step, by one message that went out."""
    told = books.rows("SELECT alert_id, recipient_id FROM incidents_delivery")
    assert len(told) == len(set(told)) == ALERTS * people
    carried = books.rows(
        "SELECT count(*), count(DISTINCT delivery_id), count(DISTINCT message_id) FROM incidents_carriage"
    )
    assert carried == [(ALERTS * people,) * 3]
    assert books.states() == {"sent": ALERTS * people}


def _assert_counts_match(books: Books, servers: dict[str, Server]) -> int:
    """The servers took what the books say, and more than once only where a mark stands; how many came too often."""
    accepted: Counter[str] = Counter()
    for server in servers.values():
        accepted += server.counts()
    by_channel = {kind: len(server.counts()) for kind, server in servers.items()}
    booked = dict(books.rows("SELECT channel, count(*) FROM orgs_message GROUP BY channel"))
    assert by_channel == {"smtp": booked["email"], "gateway": booked["sms"]}
    assert set(accepted) == books.sent()
    doubles = {key for key, times in accepted.items() if times > 1}
    assert doubles <= books.marked()
    return len(doubles)
