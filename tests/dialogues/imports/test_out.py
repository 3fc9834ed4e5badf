"""What leaves by the API and by files: by access, by disclosure, counted right."""

import csv
import io
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from dialogues.access import SESSION_IMPORT_ROWS, SESSION_IMPORTS
from dialogues.models import PointKind, Session, SessionImport, SessionKind
from dialogues.said import Counted
from dialogues.services import imports
from orgs.access import viewer_for
from orgs.models import Role, Tlp
from orgs.policy import Policy
from orgs.services.tokens import make_token
from tests.dialogues.commitments.made import promised
from tests.dialogues.imports.conftest import Bring
from tests.dialogues.imports.files import sessions
from tests.factories import OrganisationFactory, area, person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory, session
from tests.taken import sheet_taken, taken, text_taken

pytestmark = pytest.mark.django_db


def _program(*args: Any) -> Client:
    user = person(*args)
    signed_in(user)
    _, key = make_token(viewer=viewer_for(user), label="test", days=1)
    return Client(headers={"authorization": f"Bearer {key}"})


def _lines(client: Client, asked: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_taken(client, f"/exports/sessions.csv{asked}"))))


def test_who_holds_it_reads_all_and_the_network_less() -> None:
    process = ProcessFactory.create(at="Koro")
    keeper = viewer(Role.COORDINATOR, "Koro")
    ages = (Counted("f", "15-35", "herders", 3), Counted("m", "36-60", "farmers", 9))
    made = session(
        by=keeper, process=str(process.uid), attendance=ages, minutes="On a parlé.", agreements=("Le puits.",)
    )
    (full,) = _program(Role.COORDINATOR, "Koro").get("/api/v1/sessions/").json()["results"]
    assert (full["id"], full["process"]) == (str(made.uid), str(process.uid))
    assert (full["participants"], full["women"], full["minutes"]) == (12, 3, "On a parlé.")
    (less,) = _program(Role.REPORTER, "Koro").get("/api/v1/sessions/").json()["results"]
    assert (less["participants"], less["women"], less["minutes"]) == (12, None, None)
    one = _program(Role.COORDINATOR, "Koro").get(f"/api/v1/sessions/{made.uid}/").json()
    assert [line["count"] for line in one["attendance"]] == [9, 3]
    assert one["points"] == [{"kind": PointKind.AGREEMENT, "words": "Le puits."}]
    other = _program(Role.REPORTER, "Koro").get(f"/api/v1/sessions/{made.uid}/").json()
    assert other["attendance"] == other["points"] == []
    assert _program(Role.REPORTER, "Gao").get(f"/api/v1/sessions/{made.uid}/").status_code == 404
    assert [row["id"] for row in _program(Role.REPORTER, "Koro").get("/api/v1/processes/").json()["results"]] == [
        str(process.uid)
    ]


def test_filters_of_the_list_are_those_of_the_file() -> None:
    keeper = viewer(Role.COORDINATOR, "Koro", "Gao")
    here, there = session(by=keeper), session(by=keeper, area=area("Gao").pcode, kind=SessionKind.WORKSHOP)
    program, page = _program(Role.COORDINATOR, "Koro", "Gao"), signed_in(person(Role.COORDINATOR, "Koro", "Gao"))
    for asked, expected in {
        "": {here, there},
        f"area={area('Koro').pcode}": {here},
        "kind=workshop": {there},
        "state=planned": set(),
        "held_after=2100-01-01": set(),
        f"held_before={here.held_on}&updated_after=2020-01-01T00:00:00Z": {here, there},
    }.items():
        listed = {row["id"] for row in program.get(f"/api/v1/sessions/?{asked}").json()["results"]}
        assert listed == {str(one.uid) for one in expected}, asked
        lines = _lines(page, f"?{asked}")[1:]
        assert len(lines) == len(expected), asked
    assert page.get("/exports/sessions.csv?held_after=hier").status_code == 400
    assert program.get("/api/v1/sessions/?held_after=hier").status_code == 400


def test_a_file_has_tags_and_nobody_gets_more_than_they_may_read() -> None:
    session(minutes="On a parlé.", people=12, attendance=(Counted("f", "15-35", "women", 12),))
    session(title="Public", tlp=Tlp.CLEAR)
    tags, *lines = _lines(signed_in(person(Role.COORDINATOR, "Koro")))
    assert "#affected+spectators" in tags.values()
    assert any("On a parlé." in line.values() for line in lines)
    _tags, *public = _lines(Client())
    assert ["Public" in line.values() for line in public] == [True]
    assert not any("On a parlé." in line.values() for line in public)
    assert sheet_taken(Client(), "/exports/sessions.xlsx").max_row == 3


def test_an_organisation_or_process_that_hides_is_named_to_nobody_outside() -> None:
    hiding = OrganisationFactory.create(name="Femmes menacées", slug="femmes-menacees", hidden_at=timezone.now())
    process = ProcessFactory.create(title="Retour discret", tlp=Tlp.AMBER)
    made = session(tlp=Tlp.CLEAR, organisation=hiding, process=str(process.uid))
    programs = {role: _program(role, "Koro") for role in (Role.MONITOR, Role.ANALYST)}
    for name, program in programs.items():
        (row,) = program.get("/api/v1/sessions/").json()["results"]
        one = program.get(f"/api/v1/sessions/{made.uid}/").json()
        assert row["led_by"] is one["led_by"] is None, name
        if name == Role.MONITOR:
            assert row["process"] is one["process"] is None, name
    for browser in (Client(), signed_in(person(Role.MONITOR, "Koro"))):
        _tags, line = _lines(browser)
        assert "Femmes menacées" not in line.values()
    keeper = _program(Role.COORDINATOR, "Koro")
    (row,) = keeper.get("/api/v1/sessions/").json()["results"]
    assert (row["led_by"], row["process"]) == ("femmes-menacees", str(process.uid))
    assert keeper.get(f"/api/v1/sessions/{made.uid}/").json()["led_by"] == "femmes-menacees"
    _tags, line = _lines(signed_in(person(Role.COORDINATOR, "Koro")))
    assert "Femmes menacées" in line.values()


def test_a_commitment_names_its_process_to_those_who_see_it() -> None:
    process = ProcessFactory.create(tlp=Tlp.AMBER)
    promised(place=session(process=str(process.uid)))
    (row,) = _program(Role.MONITOR, "Koro").get("/api/v1/commitments/").json()["results"]
    assert (row["process"], row["session"] is None) == (None, False)
    (row,) = _program(Role.COORDINATOR, "Koro").get("/api/v1/commitments/").json()["results"]
    assert row["process"] == str(process.uid)


def test_what_is_red_stands_in_no_file() -> None:
    session(title="Très fermé", tlp=Tlp.RED)
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    assert len(_lines(browser)) == 1
    assert "Très fermé" in browser.get("/dialogues/").content.decode()


def test_totals_do_not_give_small_numbers_away_to_analysts() -> None:
    """One line of three herders in a session of sixty: sixty less all others would be three."""
    lines = (
        Counted("m", "36-60", "herders", 3),
        Counted("m", "36-60", "farmers", 20),
        Counted("f", "36-60", "women", 37),
    )
    made = session(people=60, attendance=lines)
    session(people=40, attendance=(Counted("f", "15-35", "women", 38), Counted("m", "36-60", "farmers", 2)))
    program, browser = _program(Role.ANALYST, "Koro"), signed_in(person(Role.ANALYST, "Koro"))
    one = program.get(f"/api/v1/sessions/{made.uid}/").json()
    assert sorted(str(line["count"]) for line in one["attendance"]) == ["37", "None", "None"]
    rows = program.get("/api/v1/sessions/").json()["results"]
    told = {row["participants"]: (row["women"], row["youth"], row["age_known"]) for row in rows}
    assert told == {60: (37, 0, 60), 40: (None, None, 40)}
    _tags, *lines_out = _lines(browser)
    (line,) = [line for line in lines_out if "60" in line.values()]
    (groups,) = [words for words in line.values() if " : " in words]
    assert groups.count(" : ") == 1
    assert groups.endswith("37") or " : 37;" in groups


def test_what_goes_out_can_come_in_again_and_changes_nothing(bring: Bring, apply: Bring) -> None:
    who = person(Role.COORDINATOR, "Koro")
    lines = sessions({"Groupes": "éleveurs : 12", "Problèmes": "La route [sécurité]", "Heure de début": "9h30"})
    apply(bring(lines, viewer=viewer_for(who)), viewer=viewer_for(who))
    before = Session.objects.get()
    content = taken(signed_in(who), "/exports/sessions.csv")
    job = bring(content, viewer=viewer_for(who))
    assert job.counts["states"] == {"same": 1}, [row.problems for row in job.rows.all()]
    assert Session.objects.get().version == before.version


def test_the_command_says_what_would_happen_and_brings_in(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "seances.csv"
    path.write_bytes(sessions({}, {"Titre": "", "Numéro": "2"}))
    call_command("import_dialogues", str(path))
    assert not Session.objects.exists()
    call_command("import_dialogues", str(path), apply=True)
    assert Session.objects.count() == 1


def _agree(policy: Policy[Any]) -> int:
    seen = 0
    people = [person(role, where) for role in Role.values for where in ("Koro", "Gao")]
    for user in people:
        who = viewer_for(user)
        if user.memberships.get().role in (Role.COORDINATOR, Role.FACILITATOR, Role.EDITOR):
            imports.bring_file(viewer=who, name="x.csv", chunks=[sessions({})])
    for user in people:
        who = viewer_for(user)
        listed = set(policy.rows(who).values_list("pk", flat=True))
        for row in policy.model._default_manager.all():
            may = policy.sees(who, row)
            assert may == (row.pk in listed) == policy.people(row).filter(pk=user.pk).exists()
            seen += may
    return seen


@pytest.mark.parametrize("policy", [SESSION_IMPORTS, SESSION_IMPORT_ROWS], ids=["imports", "lines"])
def test_the_three_answers_agree_and_each_sees_their_own(policy: Policy[Any]) -> None:
    assert _agree(policy) == 6
    former = person(Role.FACILITATOR, "Koro")
    job = imports.bring_file(viewer=viewer_for(former), name="x.csv", chunks=[sessions({})])
    former.memberships.update(role=Role.REPORTER)
    again = type(former).objects.get(pk=former.pk)
    assert not SESSION_IMPORTS.sees(viewer_for(again), SessionImport.objects.get(pk=job.pk))
