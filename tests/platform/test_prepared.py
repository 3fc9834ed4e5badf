"""Prepared statements: one cursor a thread and connection, which an error or a lost connection leaves usable."""

import threading

import psycopg
import pytest
from django.db import connection, connections, transaction

from orgs import prepared


@pytest.mark.django_db
def test_rows_of_one_statement_are_read_before_the_next() -> None:
    first = prepared.rows("SELECT n, %s::text FROM generate_series(1, 3) n", ["a"])
    second = prepared.rows("SELECT 'b'::text", [])
    assert (first, second) == ([(1, "a"), (2, "a"), (3, "a")], [("b",)])


@pytest.mark.django_db
def test_values_of_another_kind_in_the_same_place_are_understood() -> None:
    for value, kind in (
        (1, "int"),
        (2**40, "bigint"),
        ("x", "text"),
        (None, "text"),
        (True, "boolean"),
        (b"\0", "bytea"),
    ):
        assert prepared.rows(f"SELECT %s::{kind}", [value]) == [(value,)]


@pytest.mark.django_db
def test_a_statement_without_rows_gives_none_and_leaves_none_of_the_one_before() -> None:
    prepared.rows("SELECT 1", [])
    assert prepared.rows("SET LOCAL application_name = 'test'", []) == []


@pytest.mark.django_db
def test_an_error_spoils_nothing_that_comes_after_it() -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), transaction.atomic():
        prepared.rows("SELECT 1 / %s::int", [0])
    assert prepared.rows("SELECT 1 / %s::int", [1]) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_closed_is_followed_by_another() -> None:
    (first,) = prepared.rows("SELECT pg_backend_pid()", [])
    connection.close()
    (second,) = prepared.rows("SELECT pg_backend_pid()", [])
    assert first != second


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_share_what_they_ask_by() -> None:
    numbers: dict[int, list[int]] = {}

    def ask(name: int) -> None:
        try:
            numbers[name] = [prepared.rows("SELECT %s::int", [n])[0][0] for n in range(name, name + 200)]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=[name]) for name in (0, 1000, 2000)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert numbers == {name: list(range(name, name + 200)) for name in (0, 1000, 2000)}
