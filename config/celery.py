"""The Celery application. Workers are only woken by it: the database is the outbox."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES |= dict.fromkeys(("redis", "rediss"), "config.broker:Transport")

app = Celery("passerelle", amqp="config.broker:AMQP")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def wait_longer_than_a_page(conf: Any, **kwargs: Any) -> None:
    """A worker blocks on the broker while it waits for work; only pages and commands must be quick to give up."""
    conf.broker_transport_options = {**conf.broker_transport_options, "socket_timeout": 30}
