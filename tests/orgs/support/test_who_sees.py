"""Who sees what of support, on pages and in files; what may not be seen is nowhere."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.access import ANYONE, viewer_for
from orgs.access.support import ATTENDANCE, CALLS, GRANTS, NEEDS, PROGRAMMES, TRAININGS
from orgs.disclosed_support import TABLES
from orgs.disclosure import Table
from orgs.models import Attendance, OrganisationKind, OrganisationVisibility, Role, User
from orgs.policy import Policy
from orgs.presentation.support import KINDS
from orgs.sections_support import support_section
from orgs.support_lists import bare, one_row, rows_for, shown, sums_by_region
from orgs.views.support_files import safe
from tests.factories import OrganisationFactory, area, country, person, signed_in
from tests.factories_directory import (
    FundingCallFactory,
    NeedFactory,
    ProgrammeFactory,
    SubGrantFactory,
    TrainingFactory,
)

pytestmark = pytest.mark.django_db
HIDDEN = {"visibility": OrganisationVisibility.COORDINATORS}


def people() -> list[User]:
    made = [person(role, "Koro") for role in Role.values]
    made += [person(role, "Gao") for role in (Role.COORDINATOR, Role.REPORTER, Role.ANALYST)]
    donor = OrganisationFactory.create(kind=OrganisationKind.DONOR)
    return [*made, person(Role.COORDINATOR, country()), person(Role.REPORTER, "Gao", organisation=donor)]


def rows(viewers: list[User]) -> None:
    """Rows of every sort: of a hidden organisation, of a viewer's own, of none; withdrawn, met, public."""
    own = viewers[1].memberships.get().organisation
    hidden = OrganisationFactory.create(areas=["Koro"], **HIDDEN)
    donor = viewers[-1].memberships.get().organisation
    now = timezone.now()
    for body in (own, hidden, OrganisationFactory.create(areas=["Gao"]), OrganisationFactory.create()):
        for given in ({}, {"withdrawn_at": now}):
            training = TrainingFactory.create(organiser=body, **given)
            Attendance.objects.create(training=training, organisation=hidden, sex="male", age="youth", number=2)
            ProgrammeFactory.create(organisation=body, **given)
            NeedFactory.create(organisation=body, **given)
            SubGrantFactory.create(recipient=body, funder=donor, **given)
            FundingCallFactory.create(funder=body, is_public=True, **given)
        NeedFactory.create(organisation=body, state="met")
    TrainingFactory.create(organiser=None, where=None)
    FundingCallFactory.create()


@pytest.mark.parametrize("policy", [TRAININGS, PROGRAMMES, NEEDS, GRANTS, CALLS, ATTENDANCE])
def test_three_answers_agree(policy: Policy[Any]) -> None:
    viewers = people()
    rows(viewers)
    seen = 0
    for row in policy.model._default_manager.all():
        for user in viewers:
            may = policy.sees(viewer_for(user), row)
            assert may == policy.rows(viewer_for(user)).filter(pk=row.pk).exists()
            assert may == policy.people(row).filter(pk=user.pk).exists()
            seen += may
        assert policy.sees(ANYONE, row) == policy.rows(ANYONE).filter(pk=row.pk).exists()
    assert seen > 10


@pytest.mark.parametrize("key", KINDS)
def test_lists_and_pages_show_the_same(key: str) -> None:
    viewers = people()
    rows(viewers)
    kind = KINDS[key]
    table: Table = TABLES[kind.model]
    for user in viewers:
        viewer = viewer_for(user)
        for row in shown(kind, viewer, rows_for(kind, viewer)):
            found = one_row(kind, viewer, row["id"])
            assert found is not None
            assert found[1] == bare(row)
    assert table.audiences


WHO_SEES_A_GRANT = """
coordinator here   y
coordinator away   -
administrator      y
recipient          y
funder             y
reporter           -
analyst            -
liaison            -
operator           -
"""


def test_amounts_are_for_those_concerned() -> None:
    recipient, funder = OrganisationFactory.create(areas=["Koro"]), OrganisationFactory.create()
    grant = SubGrantFactory.create(recipient=recipient, funder=funder, amount="7654321.00")
    asked = {
        "coordinator here": person(Role.COORDINATOR, "Koro"),
        "coordinator away": person(Role.COORDINATOR, "Gao"),
        "administrator": person(Role.ADMINISTRATOR),
        "recipient": person(Role.REPORTER, "Gao", organisation=recipient),
        "funder": person(Role.REPORTER, "Gao", organisation=funder),
        "reporter": person(Role.REPORTER, "Koro"),
        "analyst": person(Role.ANALYST, country()),
        "liaison": person(Role.LIAISON, "Koro"),
        "operator": person(Role.OPERATOR),
    }
    for line in WHO_SEES_A_GRANT.strip().splitlines():
        name, due = line.rsplit(maxsplit=1)
        client = signed_in(asked[name])
        page = client.get(f"/orgs/support/grants/{grant.pk}/")
        assert (page.status_code == 200) == (due == "y"), name
        listed = client.get("/orgs/support/grants/").content.decode()
        file = b"".join(client.get("/orgs/support/grants/file.csv")).decode()
        for text in (listed.replace("\xa0", "").replace("\u202f", ""), file):
            assert ("7654321" in text) == (due == "y"), name


def test_analysts_read_sums_of_five_organisations_and_more() -> None:
    koro, gao = area("Koro"), area("Gao")
    for number in range(5):
        SubGrantFactory.create(recipient=OrganisationFactory.create(seat=koro), amount=str(1000 + number))
    for _ in range(4):
        SubGrantFactory.create(recipient=OrganisationFactory.create(seat=gao), amount="9999")
    twice = SubGrantFactory.create(recipient=OrganisationFactory.create(seat=gao), amount="9999", currency="EUR")
    SubGrantFactory.create(recipient=twice.recipient, amount="9999", currency="EUR")
    sums = sums_by_region(viewer_for(person(Role.ANALYST, country())))
    assert [(one.region, one.organisations, str(one.money.amount)) for one in sums] == [("Bandiagara", 5, "5010.00")]
    assert sums_by_region(viewer_for(person(Role.ANALYST, "Gao"))) == []
    assert sums_by_region(viewer_for(person(Role.COORDINATOR, country()))) == []
    text = signed_in(person(Role.ANALYST, country())).get("/orgs/support/grants/").content.decode()
    assert "9999" not in text.replace("\u202f", "").replace("\xa0", "")


def test_a_hidden_organisation_is_nowhere() -> None:
    hidden = OrganisationFactory.create(name="Femmes menacées", areas=["Koro"], **HIDDEN)
    training = TrainingFactory.create(title="Formation ouverte")
    Attendance.objects.create(training=training, organisation=hidden, sex="female", age="adult", number=4)
    TrainingFactory.create(organiser=hidden, title="Chez elles")
    ProgrammeFactory.create(organisation=hidden, title="Leur programme")
    NeedFactory.create(organisation=hidden, words="Une protection")
    FundingCallFactory.create(funder=hidden, title="Leur fonds", is_public=True)
    SubGrantFactory.create(recipient=hidden)
    partner = signed_in(person(Role.MONITOR, "Koro"))
    for client in (partner, Client()):
        for key in KINDS:
            for address in (
                f"/orgs/support/{key}/",
                f"/orgs/support/{key}/file.csv",
                f"/orgs/support/{key}/?closed=on",
            ):
                answer = client.get(address)
                text = (b"".join(answer) if answer.streaming else answer.content).decode()
                for words in ("menacées", hidden.slug, "Chez elles", "Leur programme", "Une protection", "Leur fonds"):
                    assert words not in text, address
    page = partner.get(f"/orgs/support/trainings/{training.pk}/").content.decode()
    assert "menacées" not in page
    assert "Autres : 4" in page
    assert (
        "menacées"
        in signed_in(person(Role.COORDINATOR, "Koro")).get(f"/orgs/support/trainings/{training.pk}/").content.decode()
    )


def test_where_a_training_is_exactly_is_for_those_who_keep_it() -> None:
    training = TrainingFactory.create(place_text="Salle derrière la mosquée")
    for client, due in (
        (signed_in(person(Role.MONITOR, "Koro")), False),
        (signed_in(person(Role.COORDINATOR, "Koro")), True),
    ):
        for address in (f"/orgs/support/trainings/{training.pk}/", "/orgs/support/trainings/file.csv"):
            answer = client.get(address)
            text = (b"".join(answer) if answer.streaming else answer.content).decode()
            assert ("derrière la mosquée" in text) == due


# --- Calls -------------------------------------------------------------------------------------------------------


def test_calls_are_found_by_area_theme_and_what_fits() -> None:
    koro, region = area("Koro"), area("Bandiagara", "region")

    def call(title: str, where: list[Any], themes: list[str], **given: Any) -> None:
        from orgs.services.support import arrays_of

        covers, reach = arrays_of(where)
        FundingCallFactory.create(title=title, covers=covers, reach=reach, themes=themes, **given)

    call("Pour Koro", [koro], ["gbv"])
    call("Pour la région", [region], [])
    call("Pour Gao", [area("Gao")], ["gbv"])
    call("Pour tous", [], ["research"])
    call("Close", [koro], [], closes_on=timezone.localdate() - timedelta(days=1))
    own = OrganisationFactory.create(areas=["Koro"], themes=["gbv"])
    client = signed_in(person(Role.EDITOR, "Koro", organisation=own))
    titles = {"Pour Koro", "Pour la région", "Pour Gao", "Pour tous", "Close"}

    def found(**asked: Any) -> set[str]:
        text = client.get("/orgs/support/calls/", asked).content.decode()
        return {title for title in titles if f">{title}<" in text}

    assert found() == titles - {"Close"}
    assert found(closed="on") == titles
    assert found(area=koro.pk) == {"Pour Koro", "Pour la région", "Pour tous"}
    assert found(area=region.pk) == {"Pour Koro", "Pour la région", "Pour tous"}
    assert found(theme="gbv") == {"Pour Koro", "Pour la région", "Pour Gao"}
    assert found(fits="on") == {"Pour Koro", "Pour la région"}


def test_only_public_calls_are_for_everybody() -> None:
    FundingCallFactory.create(title="Appel ouvert", is_public=True)
    closed = FundingCallFactory.create(title="Appel du réseau")
    text = Client().get("/orgs/support/calls/").content.decode()
    assert "Appel ouvert" in text
    assert "Appel du réseau" not in text
    assert Client().get(f"/orgs/support/calls/{closed.pk}/").status_code == 404


# --- Files, counts of queries ------------------------------------------------------------------------------------


def test_files_have_hxl_tags_and_no_formulas() -> None:
    evil = '=HYPERLINK("http://x","y")'
    TrainingFactory.create(title=evil, organiser=None, organiser_text="+33 1")
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    text = b"".join(client.get("/orgs/support/trainings/file.csv")).decode("utf-8-sig")
    lines = list(csv.reader(text.splitlines()))
    assert lines[1][0] == "#activity+name"
    assert all(tag.startswith("#") for tag in lines[1])
    assert len({len(line) for line in lines}) == 1
    assert lines[2][0] == f"'{evil}"
    assert "'+33 1" in lines[2]
    for text in ("=1", "+1", "-1", "@x", "\t=1", " =1", "＝1"):
        assert safe(text).startswith("'")
    assert safe(-5) == "-5"


@pytest.mark.parametrize("key", KINDS)
def test_lists_and_files_cost_the_same_however_many_rows(key: str) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    make = {
        "trainings": TrainingFactory,
        "programmes": ProgrammeFactory,
        "needs": NeedFactory,
        "calls": FundingCallFactory,
        "grants": SubGrantFactory,
    }[key]
    counts = []
    for many in (2, 12):
        make.create_batch(many)  # type: ignore[attr-defined]
        with CaptureQueriesContext(connection) as heard:
            assert client.get(f"/orgs/support/{key}/").status_code == 200
        with CaptureQueriesContext(connection) as file:
            b"".join(client.get(f"/orgs/support/{key}/file.csv"))
        counts.append((len(heard), len(file)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= BASELINE


BASELINE = 16
"""Queries of a list for a coordinator: session, person, posts, work that waits; rows, names, areas, terms, sums."""


def test_the_page_of_an_organisation_shows_its_support() -> None:
    body = OrganisationFactory.create(areas=["Koro"])
    SubGrantFactory.create(recipient=body, amount="7654321.00")
    NeedFactory.create(organisation=body)
    ProgrammeFactory.create(organisation=body, title="Son programme")
    section = support_section(viewer_for(person(Role.COORDINATOR, "Koro")), body)
    assert section is not None
    assert "7654321" in str(section.data).replace("\u202f", "").replace("\xa0", "")
    partner = support_section(viewer_for(person(Role.MONITOR, "Koro")), body)
    assert partner is not None
    assert [part["title"] for part in partner.data["parts"]] == [KINDS["programmes"].title]
    assert support_section(viewer_for(person(Role.LIAISON, "Koro")), body) is None
