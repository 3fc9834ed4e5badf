"""What a person types finds the place that was meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from orgs.areas.search import _SQL, find_places
from orgs.models.areas import Area, Edition, Level, Place, name_key
from orgs.services.areas import EditionDetails, import_areas

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Koro", "Koro (ville), cercle de Koro, région de Bandiagara – découpage de 2025"),
        ("koro ", "Koro (ville), cercle de Koro, région de Bandiagara – découpage de 2025"),
        ("  KORO", "Koro (ville), cercle de Koro, région de Bandiagara – découpage de 2025"),
        ("Bandiagarra", "Bandiagara (ville), cercle de Bandiagara, région de Bandiagara – découpage de 2025"),
        ("segou", "Ségou (ville), cercle de Ségou, région de Ségou – découpage de 2025"),
        ("Mopti", "Mopti (ville), cercle de Mopti, région de Mopti – découpage de 2025"),
        ("mopti région", "région de Mopti – découpage de 2025"),
        ("cercle de Koro", "cercle de Koro, région de Bandiagara – découpage de 2025"),
        ("cercle d'Ansongo", "cercle d’Ansongo, région de Gao – découpage de 2025"),
        ("Cercle d’Ansongo", "cercle d’Ansongo, région de Gao – découpage de 2025"),
        (
            "gourma rharous",
            "Gourma-Rharous (ville), cercle de Gourma-Rharous, région de Tombouctou – découpage de 2025",
        ),
        ("Rharous", "cercle de Gourma-Rharous, région de Tombouctou – découpage de 2025"),
        ("mpessoba", "cercle de M’Pessoba, région de Koutiala – découpage de 2025"),
        ("M'Pessoba", "cercle de M’Pessoba, région de Koutiala – découpage de 2025"),
        ("district de bamako", "District de Bamako – découpage de 2025"),
        ("Niafunke", "Niafunké (ville), cercle de Soumpi, région de Tombouctou – découpage de 2025"),
        ("Diallasagou", "cercle de Diallassagou, région de Bandiagara – découpage de 2025"),
        ("Toguere Koumbe", "cercle de Toguéré-Coumbé, région de Mopti – découpage de 2025"),
        ("bamako", "Bamako (ville), District de Bamako – découpage de 2025"),
        ("cercle de Bamako", "Bamako, District de Bamako – découpage de 2025"),
        ("Mali", "Mali"),
    ],
)
def test_first_candidate(typed: str, label: str) -> None:
    assert find_places(typed)[0].label == label


@pytest.mark.parametrize("typed", ["Tombouctou", "Tombouktou", "Timbuktu", "TOMBOUCTOUU"])
def test_all_spellings_of_tombouctou(typed: str) -> None:
    names = [candidate.name for candidate in find_places(typed)[:3]]
    assert names == ["Tombouctou"] * 3


def test_a_candidate_carries_its_areas_of_today() -> None:
    found = find_places("Koro")[0]
    cercle = Area.objects.current().get(pcode="ML1902")
    assert found.columns == (cercle.region_id, cercle.pk, None)
    assert (found.kind, found.is_current, found.edition, found.score) == ("place", True, "2025", 1.0)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "a", "\x00", "Koro\x00", "😀😀😀", "مالي", "%", "_", "%%%", "'; DROP TABLE orgs_area; --", "\\", "((((",
     ", , ,", "cercle", "x" * 1_000_000, "é" * 1_000_000, "ville de ", "\u202e\ufeff"],
)  # fmt: skip
def test_odd_input_is_answered_without_an_error(typed: str) -> None:
    assert isinstance(find_places(typed), list)


def test_nul_and_emoji_do_not_hide_the_name() -> None:
    assert find_places("Ko\x00ro")[0].name != ""
    assert find_places("Koro 😀")[0].name == "Koro"


def test_nonsense_finds_nothing() -> None:
    assert find_places("xqzwvk") == []


def test_the_limit_holds() -> None:
    assert len(find_places("ba", limit=3)) == 3


def test_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        find_places("Koro, Bankass")


@pytest.fixture
def older() -> Edition:
    """An edition of 2015 with a commune that is today in another cercle, and villages in it."""
    edition = Edition.objects.create(code="2015", title="Découpage de 2015")
    mopti = Area.objects.create(edition=edition, level=Level.REGION, pcode="ML05", name="Mopti")
    bankass = Area.objects.create(
        edition=edition, level=Level.CERCLE, pcode="ML0503", name="Bankass", parent=mopti, region=mopti
    )
    today = Area.objects.current().get(level=Level.CERCLE, pcode="ML1906")
    commune = Area.objects.create(
        edition=edition, level=Level.COMMUNE, pcode="ML050312", name="Tori", parent=bankass, region=mopti,
        cercle=bankass, successor=today,
    )  # fmt: skip
    for number, (name, lat, lon) in enumerate(
        [("Zoulakoum", 13.9, -3.9), ("Koro", 14.06, -3.08), ("Koro", 13.2, -6.0)]
    ):
        Place.objects.create(
            edition=edition, kind="village", name=name, lat=lat, lon=lon, code=f"V{number}", region=mopti,
            cercle=bankass, commune=commune,
        )  # fmt: skip
    return edition


def test_an_older_name_says_its_edition_and_leads_to_todays_areas(older: Edition) -> None:
    found = find_places("Zoulakoum")[0]
    assert found.label == (
        "Zoulakoum (village), commune de Tori, cercle de Diallassagou, région de Bandiagara – nom du découpage de 2015"
    )
    today = Area.objects.current().get(pcode="ML1906")
    assert found.columns == (today.region_id, today.pk, None)


def test_an_older_name_without_successor_has_no_areas_of_today(older: Edition) -> None:
    Area.objects.update(successor=None)
    found = find_places("Zoulakoum")[0]
    assert found.columns == (None, None, None)
    assert found.label.endswith("cercle de Bankass, région de Mopti – découpage de 2015")


def test_the_same_place_is_not_offered_twice_but_a_namesake_far_away_is(older: Edition) -> None:
    places = [c for c in find_places("Koro") if c.kind == "place" and name_key(c.name) == "koro"]
    assert [(place.is_current, place.lat) for place in places] == [(True, 14.064), (False, 13.2)]


def test_the_same_cercle_of_an_older_edition_is_left_out(older: Edition) -> None:
    cercles = [c for c in find_places("cercle de Bankass") if c.level == Level.CERCLE]
    assert [cercle.edition for cercle in cercles] == ["2025"]


def test_what_follows_the_comma_helps_to_choose(older: Edition) -> None:
    assert find_places("Koro, Bankass")[0].edition == "2015"
    assert find_places("Koro, Bandiagara")[0].edition == "2025"


def test_one_edition_alone_can_be_searched(older: Edition) -> None:
    assert {candidate.edition for candidate in find_places("Koro", edition=older)} == {"2015"}


def _plan(key: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {_SQL}", {"key": key, "edition": None})
        return "\n".join(row[0] for row in cursor.fetchall())


def test_many_villages_are_searched_through_the_trigram_index(text_file: Callable[[str], Path]) -> None:
    syllables = ["ba", "di", "ko", "ma", "no", "se", "ti", "ya", "gou", "la"]
    names = [
        a + b + c + d for a in syllables for b in syllables for c in syllables for d in [*syllables, *"aeiourstmn"]
    ]
    rows = "\n".join(f"{name.title()},13.{number % 997:03},-{5 + number % 2}.1" for number, name in enumerate(names))
    path = text_file(f"name,lat,lon\n{rows}\n")
    import_areas(None, path=path, level="village", edition=EditionDetails(code="2015"))
    plan = _plan("bandiagarra")
    assert "Bitmap Index Scan on orgs_place_name_trgm" in plan
    assert "Seq Scan on orgs_place" not in plan
