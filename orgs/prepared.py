"""Statements that run thousands of times an hour: planned once for each connection, read without models."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import tuple_row

PREPARE_AFTER = 5


def rows(statement: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement on Django's connection and give its rows; Django's own cursor would have it planned each time.

    Raises ``psycopg.OperationalError`` when the database is gone.
    """
    connection.ensure_connection()
    if connection.queries_logged:  # as Django's own cursors do, so that tests count these statements too
        connection.queries_log.append({"sql": statement, "time": ""})
    link = connection.connection
    # Django switches preparing off; its own cursors do not prepare in any case.
    link.prepare_threshold = PREPARE_AFTER
    with psycopg.Cursor(link, row_factory=tuple_row) as cursor:
        cursor.execute(statement, values, prepare=True, binary=True)
        # Asking for the description would make an object of every column.
        has_rows = cursor.pgresult is not None and cursor.pgresult.nfields > 0
        return cursor.fetchall() if has_rows else []
