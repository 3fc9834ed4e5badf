"""The whole IMRAP example, through the real pipeline, counted by other code; then ranked and followed up."""

import re
from typing import Any

import pytest
from django.db.models import Count, Sum
from django.test import Client

from dialogues.models import (
    AgeBand,
    Attendance,
    Issue,
    Point,
    PointKind,
    Process,
    ProcessKind,
    Proposal,
    Session,
    SessionImport,
    SessionKind,
    SessionRowOutcome,
    SessionRowState,
    Sex,
)
from orgs.access import viewer_for
from orgs.imports.problems import in_words
from orgs.models import Role, User
from orgs.policy import Viewer
from orgs.services.tokens import make_token
from tests.dialogues.imports import counting, imrap
from tests.dialogues.imports.conftest import Bring
from tests.dialogues.imports.followed import Followed
from tests.factories import country, person, signed_in
from tests.taken import sheet_taken

pytestmark = pytest.mark.django_db

KINDS = {
    "Concertation": SessionKind.DIALOGUE,
    "Groupe de discussion": SessionKind.FOCUS_GROUP,
    "Entretien": SessionKind.INTERVIEW,
    "Projection de film": SessionKind.SCREENING,
    "Réunion de comité": SessionKind.COMMITTEE,
    "Conférence": SessionKind.CONFERENCE,
}
GROUPS = {
    "Éleveurs": "herders",
    "Agriculteurs": "farmers",
    "Femmes": "women",
    "Jeunes": "youth",
    "Chefs religieux": "religious",
    "Société civile": "civil_society",
}


def _total(rows: Any, column: str) -> int:
    return rows.aggregate(total=Sum(column))["total"] or 0


def test_the_whole_example_comes_in_and_every_count_is_that_of_the_file(bring: Bring, apply: Bring) -> None:
    content = imrap.workbook()
    expected = counting.count(content)
    user = person(Role.COORDINATOR, country())
    who = viewer_for(user)
    assert sum(expected.sessions.values()) == 176
    assert sum(expected.participants.values()) > 2_000
    assert 9_500 < expected.spectators < 10_000
    job = bring(content, viewer=who)
    refused = [in_words(row.problems) for row in job.rows.filter(state=SessionRowState.ERROR)[:3]]
    assert job.counts["states"] == {SessionRowState.NEW: 176}, refused
    assert not Session.objects.exists(), "nothing is kept before it is asked for"
    job = apply(job, viewer=who)
    assert job.counts["outcomes"] == {SessionRowOutcome.CREATED: 176}
    by_kind = dict(Session.objects.values_list("kind").annotate(many=Count("pk")))
    assert by_kind == {str(KINDS[word]): many for word, many in expected.sessions.items()}
    for word, people in expected.participants.items():
        assert _total(Session.objects.filter(kind=KINDS[word]), "people") == people
    everything = Session.objects.all()
    assert _total(everything, "people") == sum(expected.participants.values()), "spectators are not participants"
    assert _total(everything, "spectators") == expected.spectators
    assert (_total(everything, "women"), _total(everything, "men")) == (expected.women, expected.men)
    assert _total(everything, "youth") == expected.youth
    for word, many in expected.groups.items():
        assert _total(Attendance.objects.filter(group=GROUPS[word]), "count") == many
    young_women = Attendance.objects.filter(sex=Sex.WOMEN, age_band=AgeBand.YOUTH)
    assert young_women.exists()
    regions = dict(Session.objects.exclude(region=None).values_list("region__name").annotate(many=Count("pk")))
    assert {name.removeprefix("District de "): many for name, many in regions.items()} == dict(expected.by_region)
    countries = dict(Session.objects.values_list("country").annotate(many=Count("pk")))
    codes = {"Mali": "ML", "Niger": "NE", "Mauritanie": "MR"}
    assert countries == {codes[name]: many for name, many in expected.by_country.items()}
    assert Point.objects.filter(kind=PointKind.AGREEMENT).count() == expected.agreements
    assert Issue.objects.count() == expected.issues
    assert Proposal.objects.count() == expected.proposals == 18
    _the_page_says_so(job, signed_in(user), expected)
    _the_api_says_so(user, expected)
    _the_file_says_so(signed_in(user), expected)
    _is_one_process_and_its_conference_lasted_three_days()
    _brought_twice_it_makes_no_doubles(content, who, bring, apply)
    Followed(signed_in(user), Process.objects.get()).up()


def _the_page_says_so(job: SessionImport, client: Client, expected: counting.Expected) -> None:
    page = client.get(f"/dialogues/import/{job.uid}/").content.decode()
    cells = re.findall(r'<td class="number"[^>]*>(\d+)</td>', page)
    everybody = (sum(expected.sessions.values()), sum(expected.participants.values()), expected.spectators)
    assert tuple(map(int, cells[-3:])) == everybody
    assert "des présences, pas des personnes" in page


def _the_api_says_so(user: User, expected: counting.Expected) -> None:
    _, key = make_token(viewer=viewer_for(user), label="test", days=1)
    program = Client(headers={"authorization": f"Bearer {key}"})
    rows = program.get("/api/v1/sessions/?page_size=200&held_before=2016-12-31").json()["results"]
    assert len(rows) == 176
    assert sum(row["participants"] for row in rows) == sum(expected.participants.values())
    assert sum(row["spectators"] for row in rows) == expected.spectators
    assert sum(row["women"] for row in rows) == expected.women
    films = program.get("/api/v1/sessions/?page_size=200&kind=screening").json()["results"]
    assert len(films) == expected.sessions["Projection de film"]


def _the_file_says_so(client: Client, expected: counting.Expected) -> None:
    sheet = sheet_taken(client, "/exports/sessions.xlsx")
    _titles, tags, *lines = sheet.iter_rows(values_only=True)
    rows = [dict(zip(tags, line, strict=True)) for line in lines]
    assert len(rows) == 176
    assert sum(int(row["#affected+participants"]) for row in rows) == sum(expected.participants.values())
    assert sum(int(row["#affected+spectators"]) for row in rows) == expected.spectators
    young = ("#affected+f+age_15_35", "#affected+m+age_15_35")
    assert sum(int(row[tag] or 0) for row in rows for tag in young) == expected.youth


def _is_one_process_and_its_conference_lasted_three_days() -> None:
    process = Process.objects.get()
    assert (process.title, process.kind) == (imrap.PROCESS, ProcessKind.RESEARCH)
    assert process.sessions.count() == 176
    conference = Session.objects.get(kind=SessionKind.CONFERENCE)
    assert conference.held_on.isoformat() == "2016-05-03"
    assert conference.agenda.startswith("3-5 mai 2016"), "no word is lost"


def _brought_twice_it_makes_no_doubles(content: bytes, who: Viewer, bring: Bring, apply: Bring) -> None:
    again = bring(content, viewer=who)
    assert again.counts["states"] == {SessionRowState.SAME: 176}
    again = apply(again, viewer=who)
    assert again.counts["outcomes"] == {SessionRowOutcome.SAME: 176}
    assert Session.objects.count() == 176
    assert Proposal.objects.count() == 18
    assert Process.objects.count() == 1
