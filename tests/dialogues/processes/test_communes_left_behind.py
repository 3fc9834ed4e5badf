"""No commune left behind, with the communes of an edition that was imported: list, map, months, and who is told."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dialogues.left_behind import left_behind, level_for
from dialogues.models import SessionKind
from incidents.services import places
from orgs.models import Area, Edition, Level, Role, Tlp
from orgs.policy import Viewer
from orgs.services.areas import EditionDetails, ImportChoices, import_areas
from tests.factories import area, person, signed_in, viewer
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db
LEFT = "/dialogues/left-behind/"


@pytest.fixture(autouse=True)
def communes(tmp_path: Path) -> Iterator[None]:
    """Three communes of Koro and one of Gao, by a file of the edition in force."""
    lines = ["adm3_pcode,adm3_name"]
    for cercle, names in {"Koro": ("Dioungani", "Barapireli", "Dinangourou"), "Gao": ("Soni Ali Ber",)}.items():
        lines += [f"{area(cercle).pcode}{number:02d},{name}" for number, name in enumerate(names, start=1)]
    path = tmp_path / "communes.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    edition = Edition.objects.get(is_current=True)
    details = EditionDetails(code=edition.code, title=edition.title)
    import_areas(None, path=path, level=Level.COMMUNE, edition=details, choices=ImportChoices())
    places._of_pcode.forget()  # areas by P-code are kept for a minute: those of the test before this one
    yield
    places._of_pcode.forget()


def commune(name: str) -> Area:
    return area(name, Level.COMMUNE)


def met(name: str, days: int, **changes: Any) -> None:
    """A dialogue in a commune so many days ago."""
    session(area=commune(name).pcode, held_on=timezone.localdate() - timedelta(days=days), **changes)


def names(asked: Viewer, days: int) -> list[str]:
    day = timezone.localdate() - timedelta(days=days)
    return [one.name for one in left_behind(asked, level_for(asked), day)[0]]


def test_a_commune_is_reached_by_its_own_dialogue_alone_and_those_never_reached_come_first() -> None:
    asked = viewer(Role.COORDINATOR, "Koro", "Gao")
    met("Dioungani", 40)
    met("Barapireli", 400)
    met("Dinangourou", 10, kind=SessionKind.INTERVIEW)
    session(held_on=timezone.localdate())  # somewhere in the cercle: which commune nobody wrote down
    assert level_for(asked) == Level.COMMUNE
    assert names(asked, 90) == ["Dinangourou", "Soni Ali Ber", "Barapireli"]
    assert names(asked, 30) == ["Dinangourou", "Soni Ali Ber", "Barapireli", "Dioungani"]
    assert names(asked, 500) == ["Dinangourou", "Soni Ali Ber"]


def test_list_and_map_follow_the_months_that_are_chosen() -> None:
    met("Dioungani", 120)
    browser = signed_in(person(Role.COORDINATOR, "Koro", "Gao"))
    short, long = (browser.get(LEFT, {"months": months}) for months in (3, 6))
    assert short.context["communes"]
    assert [len(page.context["left"]) for page in (short, long)] == [4, 3]
    assert [page.context["total"] for page in (short, long)] == [4, 4]
    assert "Dioungani" in short.content.decode()
    assert "Dioungani" not in long.content.decode()
    for page, in_koro in ((short, 3), (long, 2)):
        numbers = {one.count.area.name: one.count.total for one in page.context["drawing"].linked}
        dots = {one.count.area.name: one.count.total for one in page.context["drawing"].dots}
        region = area("Koro").region
        assert region is not None
        assert (numbers | dots)[region.name] == in_koro


def test_a_region_shows_its_own_communes() -> None:
    region = area("Gao").region
    assert region is not None
    page = signed_in(person(Role.COORDINATOR, "Koro", "Gao")).get(LEFT, {"area": region.pcode})
    assert [one.name for one in page.context["left"]] == ["Soni Ali Ber"]
    assert page.context["total"] == 1


def test_who_is_not_told_communes_reads_cercles_and_what_is_not_seen_does_not_count() -> None:
    met("Dioungani", 5, tlp=Tlp.AMBER)
    met("Barapireli", 5, tlp=Tlp.GREEN)
    met("Dinangourou", 5, tlp=Tlp.CLEAR)
    koro = {"Dioungani", "Barapireli", "Dinangourou"}
    for role, left in ((Role.COORDINATOR, set()), (Role.MONITOR, {"Dioungani"}), (Role.FACILITATOR, {"Dioungani"})):
        assert koro & set(names(viewer(role, "Koro"), 30)) == left, role
    away = viewer(Role.MONITOR, "Gao")
    assert koro <= set(names(away, 30)), "what is CLEAR is told elsewhere by cercle, so no commune is known there"
    for who in (signed_in(person(Role.ANALYST, "Koro")), Client()):
        page = who.get(LEFT)
        assert not page.context["communes"]
        assert not koro & {one.name for one in page.context["left"]}
        assert "Koro" not in {one.name for one in page.context["left"]}


def test_the_cost_does_not_grow_with_sessions(django_assert_max_num_queries: Any) -> None:
    asked = viewer(Role.COORDINATOR, "Koro", "Gao")
    for days in range(1, 6):
        met("Dioungani", days)
    with django_assert_max_num_queries(1):
        left_behind(asked, Level.COMMUNE, timezone.localdate())
