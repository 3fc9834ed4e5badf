"""Publishing never makes a page wait: the database is the outbox, a lost wake-up costs nothing.

A worker outlives its broker.
"""

import contextlib
import logging
import os
import signal
import time

import pytest
from celery import Celery
from django.conf import settings
from kombu.common import ignore_errors
from kombu.exceptions import OperationalError
from kombu.message import Message

from config import embedded

SECONDS_ALLOWED = 1.0


def application(url: str) -> Celery:
    """The product's Celery settings on a broker of the test's own."""
    app = Celery("test", set_as_current=False, amqp="config.broker:AMQP")
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = url
    return app


def publish(app: Celery) -> float:
    began = time.monotonic()
    with pytest.raises(Exception, match=r"."):
        app.send_task("nothing", ignore_result=True)
    return time.monotonic() - began


def test_publishing_to_a_broker_that_is_gone_fails_fast(valkey: embedded.Valkey) -> None:
    app = application(embedded.broker_url(valkey.var))
    app.send_task("nothing")
    valkey.stop()
    assert publish(app) < SECONDS_ALLOWED
    assert publish(app) < SECONDS_ALLOWED


def test_publishing_to_a_broker_that_hangs_fails_fast(valkey: embedded.Valkey) -> None:
    app = application(embedded.broker_url(valkey.var))
    app.send_task("nothing")
    assert valkey.process is not None
    os.kill(valkey.process.pid, signal.SIGSTOP)
    try:
        assert publish(app) < SECONDS_ALLOWED
    finally:
        os.kill(valkey.process.pid, signal.SIGCONT)


def test_publishing_works_again_when_the_broker_is_back(valkey: embedded.Valkey) -> None:
    app = application(embedded.broker_url(valkey.var))
    valkey.stop()
    publish(app)
    valkey.start()
    valkey.wait()
    app.send_task("nothing")
    with app.connection_for_read() as link:
        assert link.default_channel.client.llen(app.conf.task_default_queue) == 1


def test_a_broken_connection_is_given_up_with_what_a_worker_has_in_hand(valkey: embedded.Valkey) -> None:
    """As the worker does it: any error but the ones that it expects would end it."""
    app = application(embedded.broker_url(valkey.var))
    app.send_task("nothing")
    link = app.connection_for_read()
    in_hand: list[Message] = []
    app.amqp.TaskConsumer(link, on_message=in_hand.append).consume()
    app.control.mailbox.Node("worker@test", channel=link.channel()).listen()
    while not in_hand:
        link.drain_events(timeout=5)
    with contextlib.suppress(TimeoutError):
        link.drain_events(timeout=0.1)
    valkey.stop()
    with pytest.raises(link.connection_errors):
        link.drain_events(timeout=5)
    with contextlib.suppress(Exception):
        link.collect(socket_timeout=1)
    ignore_errors(link, link.close)
    for task in in_hand:
        task.ack_log_error(logging.getLogger(__name__), link.connection_errors)
    assert [task.acknowledged for task in in_hand] == [False]


def test_a_worker_looks_for_its_broker_every_two_seconds(valkey: embedded.Valkey) -> None:
    app = application(embedded.broker_url(valkey.var))
    valkey.stop()
    pauses: list[float] = []
    with app.connection_for_read() as link, pytest.raises(OperationalError):
        link.ensure_connection(lambda _error, pause: pauses.append(pause), 3)
    assert len(pauses) >= 2
    assert set(pauses) == {2}


def test_tasks_are_acknowledged_late_and_leave_nothing_behind() -> None:
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_IGNORE_RESULT
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
