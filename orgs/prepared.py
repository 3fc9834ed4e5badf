"""Statements that run thousands of times an hour: planned once for each connection, read without models."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.rows import tuple_row

PREPARE_AFTER = 5


def rows(statement: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement on Django's connection and give its rows; Django's own cursor would have it planned each time.

    Raises ``psycopg.OperationalError`` when the database is gone.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    if database.queries_logged:  # as Django's own cursors do, so that tests count these statements too
        database.queries_log.append({"sql": statement, "time": ""})
    link = database.connection
    # Django switches preparing off; its own cursors do not prepare in any case.
    link.prepare_threshold = PREPARE_AFTER
    cursor = _cursor_of(link)
    cursor.execute(statement, values, prepare=True, binary=True)
    # Asking for the description would make an object of every column.
    has_rows = cursor.pgresult is not None and cursor.pgresult.nfields > 0
    return cursor.fetchall() if has_rows else []


_held = threading.local()


def _cursor_of(link: psycopg.Connection[Any]) -> psycopg.Cursor[tuple[Any, ...]]:
    """The cursor of this thread. It knows by now how each kind of value travels: asking anew took half of a statement's
    time in this process. All of an answer is read before the next statement, so that one is enough.
    """
    cursor: psycopg.Cursor[tuple[Any, ...]] | None = getattr(_held, "cursor", None)
    if cursor is None or cursor.connection is not link:
        cursor = _held.cursor = psycopg.Cursor(link, row_factory=tuple_row)
    return cursor
