"""The tests run on what the product runs on."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_tests_run_on_real_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_database()")
        version, name = cursor.fetchone()
    assert version >= 150000
    assert name.startswith("test_")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", [1, 2])
def test_each_committing_test_starts_from_the_template(attempt: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE only_once (attempt int)")
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL, count(*) FROM only_once")
        assert cursor.fetchone() == (True, 0)
