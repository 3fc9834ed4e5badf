"""Statements that run thousands of times an hour: planned once for each connection, read without models."""

from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import tuple_row


def rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement on Django's connection and give its rows; Django's own cursor would have it planned each time.

    Raises ``psycopg.OperationalError`` when the database is gone.
    """
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection, row_factory=tuple_row) as cursor:
        cursor.execute(statement, values, prepare=True, binary=True)
        return cursor.fetchall() if cursor.description else []
