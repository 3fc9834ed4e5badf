"""The whole IMRAP example, through the real pipeline, counted by other code."""

from typing import Any

import pytest
from django.db.models import Count, Sum

from dialogues.models import (
    AgeBand,
    Attendance,
    Issue,
    Point,
    PointKind,
    Process,
    ProcessKind,
    Session,
    SessionKind,
    SessionRowOutcome,
    SessionRowState,
    Sex,
)
from orgs.imports.problems import in_words
from tests.dialogues.imports import counting, imrap
from tests.dialogues.imports.conftest import Bring

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
    assert sum(expected.sessions.values()) == 176
    assert sum(expected.participants.values()) > 2_000
    assert 9_500 < expected.spectators < 10_000
    job = bring(content)
    refused = [in_words(row.problems) for row in job.rows.filter(state=SessionRowState.ERROR)[:3]]
    assert job.counts["states"] == {SessionRowState.NEW: 176}, refused
    assert not Session.objects.exists(), "nothing is kept before it is asked for"
    job = apply(job)
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
    _is_one_process_and_its_conference_lasted_three_days()
    _brought_twice_it_makes_no_doubles(content, bring, apply)


def _is_one_process_and_its_conference_lasted_three_days() -> None:
    process = Process.objects.get()
    assert (process.title, process.kind) == (imrap.PROCESS, ProcessKind.RESEARCH)
    assert process.sessions.count() == 176
    conference = Session.objects.get(kind=SessionKind.CONFERENCE)
    assert conference.held_on.isoformat() == "2016-05-03"
    assert conference.agenda.startswith("3-5 mai 2016"), "no word is lost"


def _brought_twice_it_makes_no_doubles(content: bytes, bring: Bring, apply: Bring) -> None:
    again = bring(content)
    assert again.counts["states"] == {SessionRowState.SAME: 176}
    again = apply(again)
    assert again.counts["outcomes"] == {SessionRowOutcome.SAME: 176}
    assert Session.objects.count() == 176
    assert Process.objects.count() == 1
