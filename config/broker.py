"""The way to the broker, mended where a connection that breaks off would end the worker."""

from typing import Any

from celery.app import amqp
from kombu.connection import Connection as KombuConnection
from kombu.transport import redis


class Channel(redis.Channel):
    """Gives up with a broken connection as the worker expects it: the worker connects again and goes on."""

    # While a broken connection is tidied up, what a worker has in hand would be put back into the broker. That fails,
    # and not with an error that the worker knows. Nothing is lost without it: the sweep finds what is due.
    do_restore = False

    def _connparams(self, asynchronous: bool = False) -> Any:
        """Tasks that end after their connection did are still acknowledged on it; say what is the matter."""
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("this connection to the broker was given up")
        return super()._connparams(asynchronous)  # type: ignore[no-untyped-call]


class Transport(redis.Transport):
    """Redis or Valkey."""

    Channel = Channel


class Connection(KombuConnection):
    """Looks every two seconds whether the broker is there again, however long it has been gone."""

    def ensure_connection(self, errback: Any = None, max_retries: int | None = None, **how: Any) -> Any:
        """Workers and beat call this when they begin and when the broker was lost."""
        return super().ensure_connection(errback, max_retries, **{"interval_step": 0, **how})  # type: ignore[no-untyped-call]


class AMQP(amqp.AMQP):
    """Gives Celery these connections."""

    Connection = Connection
