"""The directory of a first start: real organisations with their source, and made-up ones to about two hundred."""

from pathlib import Path

import pytest
from django.core.management import call_command

from orgs import demo
from orgs.access import ANYONE, ORGANISATIONS
from orgs.models import Contact, FactSource, Organisation, OrganisationState, OrganisationVisibility
from orgs.services.first_entries import SOURCE, load_first_entries

pytestmark = pytest.mark.django_db

NAMED_IN_THE_REPORT = {
    "Allô Gouvernance", "AJCET", "APROFEM", "AFIP", "AADeC", "BENKADI", "RENEDEP", "Peace One Day Mali", "REJEFPO",
    "IRAD", "CEWA", "AJEC", "ADT", "TASSAGHT", "Association de la jeunesse de la ville de Yélimane", "WANEP-Mali",
    "Institut malien de recherche-action pour la paix", "Femmes de Macina",
}  # fmt: skip


def test_the_organisations_of_the_report_are_entered_with_their_source() -> None:
    assert load_first_entries() == len(NAMED_IN_THE_REPORT)
    real = Organisation.objects.filter(source=SOURCE)
    assert {one.name for one in real} == NAMED_IN_THE_REPORT
    assert not any(one.is_demo for one in real)
    assert {one.state for one in real} == {OrganisationState.DRAFT}
    tassaght = real.get(slug="tassaght")
    assert (tassaght.founded, tassaght.seat.name if tassaght.seat else "") == (1988, "Gao")
    assert {area.name for area in tassaght.areas.all()} >= {"Gao", "Mopti", "Ségou"}
    assert {fact.field for fact in tassaght.fact_sources.all()} >= {"founded", "areas", "seat"}
    assert set(FactSource.objects.filter(organisation__in=real).values_list("source", flat=True)) == {SOURCE}


def test_they_are_entered_once_and_what_was_changed_since_stays() -> None:
    call_command("first_organisations", verbosity=0)
    Organisation.objects.filter(slug="afip").update(name="AFIP du Mali")
    assert load_first_entries() == 0
    assert Organisation.objects.get(slug="afip").name == "AFIP du Mali"


def test_nobody_agreed_to_be_public_yet() -> None:
    load_first_entries()
    shown = ORGANISATIONS.rows(ANYONE).filter(source=SOURCE)
    assert not shown.exists()


def test_made_up_organisations_bring_the_directory_to_about_two_hundred(loaded: Path) -> None:
    load_first_entries()
    assert 190 <= Organisation.objects.count() <= 215
    made_up = Organisation.objects.filter(is_demo=True)
    assert all("(démonstration)" in one.name for one in made_up)
    generated = made_up.filter(slug__startswith="demo-", description_en="Made up for the demonstration.")
    assert set(generated.values_list("visibility", flat=True)) == {OrganisationVisibility.PUBLIC}
    assert {one.state for one in made_up} >= {OrganisationState.VERIFIED, OrganisationState.STALE}
    assert all(contact.phone.startswith("+22300") for contact in Contact.objects.filter(phone__gt=""))


def test_removing_the_demonstration_leaves_the_real_ones(loaded: Path) -> None:
    load_first_entries()
    demo.remove()
    assert set(Organisation.objects.values_list("name", flat=True)) == NAMED_IN_THE_REPORT
    assert not Contact.objects.exists()


def test_it_is_the_same_directory_each_time() -> None:
    def told() -> list[tuple[object, ...]]:
        demo.load()
        columns = ("slug", "name", "kind", "themes", "spoken", "state", "founded", "seat__pcode")
        found = list(Organisation.objects.filter(is_demo=True).order_by("slug").values_list(*columns))
        demo.remove()
        return found

    assert told() == told()
