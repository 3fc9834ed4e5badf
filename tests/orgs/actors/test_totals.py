"""Totals point at no organisation: held by properties over whatever may be said."""

from collections import defaultdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from orgs.actor_map.matrix import matrix_of, most_wanted
from orgs.actor_map.totals import LEAST, Raw, Totals, publish, totals
from orgs.models import Actor, Area, Level, Role, Wish
from tests.factories import ActorFactory, OrganisationFactory, area, person, signed_in, viewer
from tests.factories_directory import ActorRoleFactory, ActorViewFactory

# One statement: region (0 for none), reach, trust, wish (None: not said).
SCALE = st.one_of(st.none(), st.integers(1, 4))
SAID = st.lists(
    st.tuples(st.integers(0, 4), SCALE, SCALE, st.one_of(st.none(), st.booleans())).filter(lambda one: any(one[1:])),
    max_size=40,
)


Statements = list[tuple[int, int | None, int | None, bool | None]]


def _raw(said: Statements, actor: int = 1) -> list[Raw]:
    sums: dict[int, list[int]] = defaultdict(lambda: [0] * 6)
    for region, reach, trust, wish in said:
        row = sums[region]
        row[0] += reach is not None
        row[1] += reach or 0
        row[2] += trust is not None
        row[3] += trust or 0
        row[4] += wish is not None
        row[5] += bool(wish)
    return [Raw(actor, region or None, *row) for region, row in sums.items()]


def _count(rows: list[Raw], place: str, region: int | None) -> int:
    return sum(getattr(row, place) for row in rows if region is None or row.region_id == region)


MEASURES = (("reach", "reached"), ("trust", "trusted"), ("third", "wished"))


@given(SAID)
@settings(max_examples=400, deadline=None)
def test_nothing_is_given_that_fewer_than_five_said(said: Statements) -> None:
    rows = _raw(said)
    for (_actor, region), total in publish(rows).given.items():
        for given_as, counted in MEASURES:
            if getattr(total, given_as) is not None:
                assert _count(rows, counted, region) >= LEAST


@given(SAID)
@settings(max_examples=400, deadline=None)
def test_the_regions_taken_from_the_country_leave_nobody_or_five(said: Statements) -> None:
    rows = _raw(said)
    found = publish(rows)
    for given_as, counted in MEASURES:
        if getattr(found.of(1), given_as) is None:
            continue
        regions = [row.region_id for row in rows if row.region_id is not None]
        shown = [one for one in regions if getattr(found.of(1, one), given_as) is not None]
        rest = _count(rows, counted, None) - sum(_count(rows, counted, one) for one in shown)
        assert rest == 0 or rest >= LEAST


@given(SAID)
@settings(max_examples=200, deadline=None)
def test_what_enough_have_said_is_given(said: Statements) -> None:
    rows = _raw(said)
    found = publish(rows)
    for row in rows:
        if row.region_id is not None:
            total = found.of(1, row.region_id)
            for given_as, counted in MEASURES:
                assert (getattr(total, given_as) is not None) == (getattr(row, counted) >= LEAST)


@given(SAID)
@settings(max_examples=200, deadline=None)
def test_numbers_are_rounded_down_and_levels_are_words_of_the_scale(said: Statements) -> None:
    for total in publish(_raw(said)).given.values():
        assert total.answers % LEAST == 0
        assert total.reach in (None, 1, 2, 3, 4)
        assert total.trust in (None, 1, 2, 3, 4)
        assert total.third in (None, 1, 2, 3)


def test_a_region_held_back_holds_the_country_back() -> None:
    rows = [Raw(1, 7, 6, 12, 0, 0, 0, 0), Raw(1, 8, 2, 8, 0, 0, 0, 0)]
    found = publish(rows)
    assert found.of(1, 7).reach == 2
    assert not found.of(1, 8)
    assert not found.of(1)


def test_another_actor_changes_nothing() -> None:
    alone = publish([Raw(1, 7, 6, 12, 0, 0, 0, 0)])
    beside = publish([Raw(1, 7, 6, 12, 0, 0, 0, 0), Raw(2, 7, 1, 1, 0, 0, 0, 0)])
    assert alone.given == {key: value for key, value in beside.given.items() if key[0] == 1}


def test_nothing_was_said() -> None:
    assert publish([]) == Totals()


# --- From the database, on pages ---------------------------------------------------------------------------------


def _said(actor: Actor, region: Area, *reaches: int, wish: str = Wish.YES) -> None:
    for reach in reaches:
        ActorViewFactory.create(actor=actor, region=region, reach=reach, wish=wish)


@pytest.fixture
def mopti(db: None) -> Area:
    """The région of Mopti."""
    return area("Mopti", Level.REGION)


def test_only_the_latest_word_of_an_organisation_counts(mopti: Area) -> None:
    actor = ActorFactory.create()
    _said(actor, mopti, 1, 1, 1, 1)
    ActorViewFactory.create(actor=actor, region=mopti, reach=1, superseded_at=timezone.now())
    assert not totals().of(actor.pk, mopti.pk)
    _said(actor, mopti, 1)
    assert totals().of(actor.pk, mopti.pk).reach == 1
    assert totals(actor.pk).given == totals().given


def test_an_entry_that_was_merged_does_not_count_twice(mopti: Area) -> None:
    actor = ActorFactory.create()
    _said(actor, mopti, 1, 1, 1, 1)
    merged = OrganisationFactory.create(merged_into=OrganisationFactory.create())
    ActorViewFactory.create(actor=actor, region=mopti, organisation=merged)
    assert not totals().of(actor.pk, mopti.pk)


def test_the_list_of_a_region_does_not_tell_that_one_organisation_spoke(mopti: Area) -> None:
    few, many, serving = (ActorFactory.create() for _ in range(3))
    _said(few, mopti, 2, 2)
    _said(many, mopti, 2, 2, 2, 2, 2)
    ActorRoleFactory.create(actor=serving, where="Djenné")
    found = matrix_of(viewer(Role.ANALYST), mopti)
    placed = {one.actor.pk for row in found.rows for cell in row.cells for one in cell.placed}
    assert placed == {many.pk, serving.pk}


def test_every_actor_stands_in_the_cell_of_its_level_and_sector(db: None) -> None:
    found = matrix_of(viewer(Role.ANALYST))
    for row in found.rows:
        for cell in row.cells:
            assert cell.placed, "the seeded map has nobody here"
            assert {(one.actor.level, one.actor.sector) for one in cell.placed} == {(row.level, cell.sector)}
    assert found.count == Actor.objects.asked_about().count() >= 60


def test_the_most_wanted_come_first(mopti: Area) -> None:
    wanted, easy, unwanted, few = (ActorFactory.create() for _ in range(4))
    _said(wanted, mopti, 1, 1, 1, 1, 2, wish=Wish.CANNOT)
    _said(easy, mopti, 4, 4, 4, 4, 4)
    _said(unwanted, mopti, 1, 1, 1, 1, 1, wish=Wish.NO)
    _said(few, mopti, 1, 1, 1, 1)
    assert [one.actor for one in most_wanted(viewer(Role.ANALYST), mopti)] == [wanted, easy]
    assert [one.actor for one in most_wanted(viewer(Role.ANALYST))] == [wanted, easy]


@pytest.mark.parametrize("page", ["/actors/", "/actors/wanted/"])
def test_the_number_of_queries_does_not_grow(mopti: Area, page: str) -> None:
    """Session, person, posts, second factor, what waits; then: actors, totals, regions."""
    client = signed_in(person(Role.ANALYST))
    client.get(page)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200
        return len(asked)

    _said(ActorFactory.create(), mopti, 1, 2, 3, 4, 4)
    few = count()
    for _ in range(5):
        _said(ActorFactory.create(), mopti, 1, 2, 3, 4, 4)
    assert count() == few <= 9
