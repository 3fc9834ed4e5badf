"""A connection whose server went away is noticed before a request uses it."""

from typing import Any

import pytest
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_noticed_and_replaced() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (first,) = cursor.fetchone()
    assert connection.is_usable()
    import time

    from django.conf import settings

    from tests.cluster import TestCluster

    with TestCluster(settings.VAR_DIR, "").connect() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [first])
    for _ in range(500):
        if not connection.is_usable():
            break
        time.sleep(0.02)
    assert not connection.is_usable()
    checked: Any = connection
    checked.health_check_enabled = True
    checked.health_check_done = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (first,)
