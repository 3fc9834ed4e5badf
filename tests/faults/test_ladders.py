"""Workers and beat are killed at random while ladders climb: each step once, in order, messages as the books say."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from incidents.models import Alert, Audience
from incidents.services.ladder_plans import Rung
from tests.factories import area
from tests.faults.messages import LONG, Books, Worker, environment, running, wait_until
from tests.faults.servers import Server
from tests.incidents.alerts.conftest import Place, koro, released, verified
from tests.incidents.ladder.conftest import a_ladder

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
__all__ = ["environment", "koro"]
ALERTS = 50 if LONG else 8
KILLS = 25 if LONG else 3
STEPS = 3

# The ladders of a test do not wait for minutes: every wait that the product wrote is taken back.
HURRY = (
    "UPDATE incidents_escalation SET due_at = now() - interval '1 second' WHERE state = 'waiting' AND due_at > now()"
)


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Server]:
    server = Server("smtp", tmp_path / "mail").start("ok")
    yield server
    server.stop()


def test_killed_workers_skip_and_repeat_no_step(
    environment: dict[str, str], database_url: str, mail: Server, tmp_path: Path, koro: Place
) -> None:
    environment |= {"EMAIL_URL": f"smtp://127.0.0.1:{mail.port}", "LADDER_CLIMB": "1"}
    a_ladder(
        rungs=[
            Rung(wait=5, audience=Audience.LIAISON, area=area("Bankass")),
            Rung(wait=5, audience=Audience.NETWORK, area=area("Koro")),
            Rung(wait=5, call_name="Mme Cissé", call_phone="+22376000088", call_words="Une alerte attend."),
        ]
    )
    made = [released(koro, verified()) for _number in range(ALERTS)]
    connections.close_all()
    books = Books(database_url)
    dice = random.Random(len(made))
    workers = [Worker(environment, tmp_path / f"{name}.log") for name in ("first", "second")]
    with running(*workers):
        for worker in workers:
            worker.start()
        for _kill in range(KILLS):
            time.sleep(dice.uniform(1, 6))
            _hurry(books)
            victim = dice.choice(workers)
            victim.kill()
            victim.start()
        wait_until(lambda: _all_climbed(books), "every ladder is at its end", 240, 1)
        wait_until(books.all_final, "every message is final", 120)
    done = books.rows("SELECT state, count(*) FROM incidents_escalation GROUP BY state")
    assert done == [("done", ALERTS * STEPS)]
    notes = books.rows(
        "SELECT object_id, count(*) FROM orgs_auditentry WHERE verb = 'climbed' GROUP BY object_id HAVING count(*) > 1"
    )
    assert notes == []
    disordered = books.rows(
        "SELECT 1 FROM incidents_escalation a JOIN incidents_escalation b USING (alert_id)"
        " WHERE a.step < b.step AND a.done_at > b.done_at"
    )
    assert disordered == []
    told = books.rows("SELECT alert_id, recipient_id FROM incidents_delivery")
    assert len(told) == len(set(told))
    assert Alert.objects.count() == ALERTS
    accepted = mail.counts()
    assert set(accepted) == books.sent()
    assert {key for key, times in accepted.items() if times > 1} <= books.marked()


def _hurry(books: Books) -> None:
    books.rows(f"WITH hurried AS ({HURRY} RETURNING 1) SELECT count(*) FROM hurried")


def _all_climbed(books: Books) -> bool:
    _hurry(books)
    return books.rows("SELECT 1 FROM incidents_escalation WHERE state <> 'done' LIMIT 1") == []
