"""The database backend: Django's own for PostgreSQL, which asks an idle connection without a round trip."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Before a request uses a connection that was idle, it must be known whether the server is still there.

    Django asks ``SELECT 1``, which costs every request a round trip (a tenth of a list of the API). A server that
    stopped or restarted has closed its end, which the operating system knows: the socket of an idle connection is
    then readable, and at no other time.
    """

    def is_usable(self) -> bool:
        """Whether the idle connection is still open at the other end."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
        return not poll.poll(0)
