"""Paging reads every row once, forwards and backwards, however many rows share a date."""

import base64
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from incidents.models import Incident
from orgs import paging
from orgs.paging import BadToken, keyset

NEWEST_FIRST = (("occurred_on", "desc"), ("id", "desc"))
OLDEST_FIRST = (("occurred_on", "asc"), ("id", "asc"))
DAY = date(2026, 1, 1)


def make(days: list[int]) -> None:
    Incident.objects.bulk_create([Incident(type_id="looting", occurred_on=DAY + timedelta(days=d)) for d in days])


def walk(order, size, *, values=False):
    """Read all pages forwards to the end, then backwards to the start."""
    rows: Any = Incident.objects.values("id", "occurred_on") if values else Incident.objects.only("id", "occurred_on")
    forwards, token = [], None
    while True:
        page = keyset(rows, order=order, after=token, size=size)
        forwards.append([row["id"] if values else row.pk for row in page.rows])
        if page.next is None:
            break
        token = page.next
    backwards = [forwards[-1]]
    while page.previous is not None:
        page = keyset(rows, order=order, after=page.previous, size=size)
        backwards.append([row["id"] if values else row.pk for row in page.rows])
    return forwards, backwards[::-1]


@pytest.mark.django_db
@pytest.mark.parametrize("order", [NEWEST_FIRST, OLDEST_FIRST])
def test_ten_thousand_rows_with_tied_dates_are_each_read_once_both_ways(order):
    make([number // 2500 for number in range(10_000)])
    forwards, backwards = walk(order, 200, values=True)
    sign = "-" if order is NEWEST_FIRST else ""
    wanted = list(Incident.objects.order_by(f"{sign}occurred_on", f"{sign}id").values_list("id", flat=True))
    assert [pk for page in forwards for pk in page] == wanted
    assert backwards == forwards


class AnyRows(HypothesisTestCase):
    """Whatever the dates, the size and the direction."""

    @settings(max_examples=25, deadline=None)
    @given(days=st.lists(st.integers(0, 3), max_size=25), size=st.integers(1, 7), newest=st.booleans())
    def test_every_row_is_read_once(self, days, size, newest):
        make(days)
        forwards, backwards = walk(NEWEST_FIRST if newest else OLDEST_FIRST, size)
        read = [pk for page in forwards for pk in page]
        sign = "-" if newest else ""
        assert read == list(Incident.objects.order_by(f"{sign}occurred_on", f"{sign}id").values_list("id", flat=True))
        # Backwards, pages are filled from their ends, so that only the first may be short.
        assert [pk for page in backwards for pk in page] == read


@pytest.mark.django_db
def test_the_comparison_is_of_whole_rows_and_the_index_answers_it():
    make([0] * 30)
    first = keyset(Incident.objects.all(), order=NEWEST_FIRST, size=10)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        keyset(Incident.objects.all(), order=NEWEST_FIRST, after=first.next, size=10)
    assert len(queries) == 1
    assert '("incidents_incident"."occurred_on", "incidents_incident"."id") < (' in queries[0]["sql"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "incident_newest" in plan
    assert "Filter" not in plan


@pytest.mark.django_db
def test_a_row_removed_or_added_meanwhile_moves_no_other():
    make([0] * 10)
    first = keyset(Incident.objects.all(), order=NEWEST_FIRST, size=4)
    Incident.objects.filter(pk__in=[first.rows[0].pk, first.rows[-1].pk]).delete()
    make([5])
    second = keyset(Incident.objects.all(), order=NEWEST_FIRST, after=first.next, size=4)
    assert max(row.pk for row in second.rows) < first.rows[-1].pk
    assert len(second.rows) == 4


@pytest.mark.django_db
def test_going_back_to_where_nothing_is_left_gives_the_first_page():
    make([0] * 3)
    page = keyset(Incident.objects.all(), order=NEWEST_FIRST, size=2)
    later = keyset(Incident.objects.all(), order=NEWEST_FIRST, after=page.next, size=2)
    Incident.objects.filter(pk__in=[row.pk for row in page.rows]).delete()
    again = keyset(Incident.objects.all(), order=NEWEST_FIRST, after=later.previous, size=2)
    assert [row.pk for row in again.rows] == [row.pk for row in later.rows]
    assert (again.next, again.previous) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "token",
    [
        "x", "é", "=====", "W10", "bnVsbA", "9" * 2000,
        base64.urlsafe_b64encode(b'[false,"2026-01-01"]').decode(),
        base64.urlsafe_b64encode(b'[false,"2026-13-01",1]').decode(),
        base64.urlsafe_b64encode(b'[false,"2026-01-01",99999999999999999999999]').decode(),
        base64.urlsafe_b64encode(b'[false,{"a":1},1]').decode(),
        base64.urlsafe_b64encode(b'[1,"2026-01-01",1]').decode(),
        base64.urlsafe_b64encode(b"[" * 900).decode()[:900],
    ],
)  # fmt: skip
def test_a_token_that_we_did_not_give_is_refused(token):
    with pytest.raises(BadToken):
        keyset(Incident.objects.all(), order=NEWEST_FIRST, after=token)


def test_mixed_directions_are_refused():
    with pytest.raises(ValueError, match="one direction"):
        paging.keyset(Incident.objects.all(), order=(("occurred_on", "desc"), ("id", "asc")))


@pytest.mark.django_db
def test_a_page_is_never_larger_than_the_largest():
    make([0] * 210)
    assert len(keyset(Incident.objects.all(), order=NEWEST_FIRST, size=10_000).rows) == paging.LARGEST_PAGE
    assert len(keyset(Incident.objects.all(), order=NEWEST_FIRST, size=-1).rows) == 1
