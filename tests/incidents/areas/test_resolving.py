"""After another edition of the areas was put in force: rows get today's, nobody sees more, nothing is lost half-way."""

from __future__ import annotations

import io
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.access import REPORTS
from incidents.models import AlertAudience, Incident, PlacePrecision, Report
from orgs.access import viewer_for
from orgs.areas import resolve
from orgs.models import Area, AuditEntry, Edition, Level, Membership, Place, Role
from orgs.services import resolving
from orgs.services.areas import make_current
from orgs.services.resolving import Outcome, resolve_again
from tests.factories import (
    AlertAudienceFactory,
    AlertFactory,
    IncidentFactory,
    MembershipFactory,
    ReportFactory,
    area,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def later() -> Edition:
    """An edition to come: Bankass is what it was, Koro was cut in two, Bandiagara is there as a région alone."""
    edition = Edition.objects.create(code="2030", title="2030")
    root = Area.objects.create(edition=edition, level=Level.COUNTRY, pcode="ML", name="Mali")
    region = Area.objects.create(edition=edition, level=Level.REGION, pcode="ML90", name="Bandiagara", parent=root)
    Area.objects.filter(pk=region.pk).update(region=region)
    for number, name in enumerate(("Bankass", "Koro Nord", "Koro Sud"), start=1):
        made = Area.objects.create(
            edition=edition, level=Level.CERCLE, pcode=f"ML900{number}", name=name, parent=region, region=region
        )
        Area.objects.filter(pk=made.pk).update(cercle=made)
    return edition


def put_in_force(later: Edition) -> dict[str, Area]:
    make_current(None, edition=later)
    new = {one.name: one for one in Area.objects.filter(edition=later).exclude(level=Level.COUNTRY)}
    region = next(one for one in new.values() if one.level == Level.REGION)
    for old, today in (("Koro", region), ("Bankass", new["Bankass"])):
        Area.objects.filter(edition__code="2025", level=Level.CERCLE, name=old).update(successor=today)
    Area.objects.filter(edition__code="2025", level=Level.REGION, name=region.name).update(successor=region)
    return {**new, "region": region}


def by_words(outcomes: list[Outcome]) -> dict[str, tuple[int, int, int, int]]:
    return {one.words: (one.behind, one.changed, one.coarser, one.left) for one in outcomes if one.behind}


def placed(row: Any) -> tuple[Any, ...]:
    row.refresh_from_db()
    return (row.region_id, row.cercle_id, row.commune_id, row.place_precision)


def in_area(factory: Any, name: str, precision: str = PlacePrecision.CERCLE, **more: Any) -> Any:
    found = area(name)
    return factory.create(region_id=found.region_id, cercle_id=found.cercle_id, place_precision=precision, **more)


def test_rows_get_todays_areas_and_say_where_these_are_larger(later: Edition) -> None:
    bankass, koro = in_area(ReportFactory, "Bankass"), in_area(ReportFactory, "Koro", place_text="Koro")
    incident = in_area(IncidentFactory, "Koro")
    elsewhere = in_area(ReportFactory, "Gao")
    nowhere = ReportFactory.create(place_precision=PlacePrecision.UNKNOWN)
    Report.objects.filter(pk=nowhere.pk).update(region=None, cercle=None, commune=None)
    before, untouched = placed(elsewhere), placed(nowhere)
    changed_at = Incident.objects.get(pk=incident.pk).updated_at
    new = put_in_force(later)
    Area.objects.filter(edition__code="2025", region__name="Gao").update(successor=None)
    outcomes = by_words(resolve_again())
    assert placed(bankass) == (new["region"].pk, new["Bankass"].pk, None, "cercle")
    assert placed(koro) == (new["region"].pk, None, None, "region")
    assert placed(incident) == (new["region"].pk, None, None, "region")
    assert (placed(elsewhere), placed(nowhere)) == (before, untouched)
    assert Report.objects.get(pk=koro.pk).place_text == "Koro", "what was said stays"
    assert Incident.objects.get(pk=incident.pk).updated_at > changed_at, "who mirrors incidents is told"
    assert outcomes["signalements"] == (3, 2, 1, 1)
    assert outcomes["incidents"] == (1, 1, 1, 0)
    assert by_words(resolve_again()) == {"signalements": (1, 0, 0, 1)}, "again there is nothing to do"
    facts = AuditEntry.objects.filter(verb="areas.resolved_again").values_list("facts", flat=True)
    assert {"rows": "report", "changed": 2, "coarser": 1, "left": 1} in facts


def test_a_town_finds_its_areas_by_its_position_where_todays_shapes_are_known(later: Edition) -> None:
    old = Edition.objects.get(code="2025")
    village = Place.objects.create(
        edition=old, kind="village", name="Dougou", name_key="dougou", lat=14.05, lon=-3.05,
        region=area("Koro").region, cercle=area("Koro"),
    )  # fmt: skip
    exact = in_area(ReportFactory, "Koro", PlacePrecision.PLACE, place=village)
    new = put_in_force(later)
    box = shapely.to_wkb(shapely.box(-3.2, 13.9, -2.9, 14.2))
    Area.objects.filter(pk=new["Koro Sud"].pk).update(geometry=box)
    Edition.objects.filter(pk=later.pk).update(version=9)
    resolve.forget()
    resolve_again()
    assert placed(exact) == (new["region"].pk, new["Koro Sud"].pk, None, "place")
    resolve.forget()


def test_a_dry_run_says_the_same_and_writes_nothing(later: Edition) -> None:
    rows = [in_area(ReportFactory, name) for name in ("Koro", "Bankass")]
    MembershipFactory.create(areas=["Bankass"])
    put_in_force(later)
    before = [placed(row) for row in rows]
    said = by_words(resolve_again(dry_run=True))
    assert [placed(row) for row in rows] == before
    assert not AuditEntry.objects.filter(verb="areas.resolved_again").exists()
    assert by_words(resolve_again()) == said


def test_it_can_be_interrupted_and_goes_on(later: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [in_area(ReportFactory, "Bankass") for _ in range(7)]
    new = put_in_force(later)
    monkeypatch.setattr(resolving, "BATCH", 3)

    def interrupt(what: str, done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resolve_again(progress=interrupt)
    assert Report.objects.filter(cercle=new["Bankass"]).count() == 3
    assert by_words(resolve_again())["signalements"] == (4, 4, 0, 0)
    assert Report.objects.filter(cercle=new["Bankass"]).count() == len(rows)


def test_somebody_who_places_a_row_meanwhile_wins(later: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    row = in_area(ReportFactory, "Bankass")
    new = put_in_force(later)

    def somebody(*args: Any) -> dict[int, Any]:
        Report.objects.filter(pk=row.pk).update(region=new["region"], cercle=new["Koro Nord"])
        return {}

    monkeypatch.setattr(resolving, "_places_today", somebody)
    resolve_again()
    assert placed(row)[1] == new["Koro Nord"].pk


def test_the_number_of_statements_does_not_grow_with_the_rows(later: Edition) -> None:
    def statements(rows: int) -> int:
        for _ in range(rows):
            in_area(ReportFactory, "Bankass")
        put_in_force(later)
        with CaptureQueriesContext(connection) as captured:
            resolve_again()
        make_current(None, edition=Edition.objects.get(code="2025"))
        Report.objects.all().delete()
        return len(captured)

    assert statements(2) == statements(40)


# --- Who sees what -----------------------------------------------------------------------------------------------


def test_a_post_follows_to_the_same_cercle_and_never_to_a_larger_area(later: Edition) -> None:
    stays, cut = person(Role.COORDINATOR, "Bankass"), person(Role.COORDINATOR, "Koro")
    in_bankass, in_koro = in_area(ReportFactory, "Bankass"), in_area(ReportFactory, "Koro")
    new = put_in_force(later)
    outcomes = by_words(resolve_again())
    assert outcomes["territoires des postes"][1:] == (1, 0, 1)
    assert REPORTS.sees(viewer_for(stays), Report.objects.get(pk=in_bankass.pk))
    for report in (in_bankass, in_koro):
        assert not REPORTS.sees(viewer_for(cut), Report.objects.get(pk=report.pk)), "the région is not theirs"
    assert list(Membership.objects.get(person=stays).areas.all()) == [new["Bankass"]]
    assert [one.name for one in Membership.objects.get(person=cut).areas.all()] == ["Koro"]


def test_a_post_that_has_todays_area_already_has_it_once(later: Edition) -> None:
    post = MembershipFactory.create(areas=["Bankass"])
    new = put_in_force(later)
    post.areas.add(new["Bankass"])
    resolve_again()
    assert list(post.areas.all()) == [new["Bankass"]]


def test_the_audience_of_a_draft_follows_and_that_of_a_released_alert_is_history(later: Edition) -> None:
    draft, sent = AlertFactory.create(), AlertFactory.released()
    lines = [AlertAudienceFactory.create(alert=alert, area=area("Bankass")) for alert in (draft, sent)]
    old = area("Bankass")
    new = put_in_force(later)
    resolve_again()
    assert [AlertAudience.objects.get(pk=line.pk).area for line in lines] == [new["Bankass"], old]


# --- The command -------------------------------------------------------------------------------------------------


def said_by(*arguments: str) -> str:
    out = io.StringIO()
    call_command("resolve_areas", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did_and_what_is_left(later: Edition) -> None:
    report = in_area(ReportFactory, "Bankass")
    person(Role.COORDINATOR, "Koro")
    new = put_in_force(later)
    assert "Rien n’est écrit" in said_by("--dry-run")
    assert placed(report)[1] != new["Bankass"].pk
    words = said_by()
    assert "2030" in words
    assert "signalements" in words
    assert "à la main" in words
    assert placed(report)[1] == new["Bankass"].pk


def test_the_command_says_that_it_was_interrupted(later: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(resolving, "resolve_again", interrupted)
    with pytest.raises(CommandError, match="Interrompu"):
        call_command("resolve_areas")


def test_without_an_edition_in_force_nothing_is_done() -> None:
    Edition.objects.update(is_current=False)
    with pytest.raises(CommandError):
        call_command("resolve_areas")
