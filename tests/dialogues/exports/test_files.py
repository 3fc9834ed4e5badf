"""Files of dialogues: titles, tags, what is told to whom, filters, and that none of it is a formula."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from dialogues.exports.catalogue import SHEETS
from dialogues.models import AgreementKind, CommitteeKind, Decision, Process, RatingMethod, RatingRound
from dialogues.said import Counted
from dialogues.services.proposals import put_in
from dialogues.services.ratings import agree, close_round, dissent
from orgs.models import AuditEntry, Role, Tlp
from tests.dialogues.commitments.made import promised
from tests.dialogues.exports.reading import lines_of
from tests.dialogues.proposals.rows import a_round, ballot, keeper, priority, proposed
from tests.factories import OrganisationFactory, area, person, signed_in
from tests.factories_agreements import TODAY, agreement, committee, finding, holding, seat
from tests.factories_dialogues import ProcessFactory, session
from tests.taken import sheet_taken

pytestmark = pytest.mark.django_db
TAG = re.compile(r"#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*")


@pytest.fixture
def desk() -> Client:
    """A coordinator of Koro."""
    return signed_in(person(Role.COORDINATOR, "Koro"))


@pytest.mark.parametrize("name", SHEETS)
def test_each_column_has_a_title_and_a_tag_of_its_own(name: str) -> None:
    columns = SHEETS[name].columns
    assert all(TAG.fullmatch(column.tag) for column in columns), [column.tag for column in columns]
    assert len({column.tag for column in columns}) == len({str(column.title) for column in columns}) == len(columns)


def _closed(process: Process, *ballots: tuple[int | None, ...]) -> RatingRound:
    rating = a_round(process)
    for number, values in enumerate(ballots):
        ballot(rating, f"phone-{number}", *values)
    return close_round(viewer=keeper(), rating=rating)


def _all_kinds(words: str) -> None:
    process = ProcessFactory.create(title=words, tlp=Tlp.CLEAR)
    proposed(session(title=words, tlp=Tlp.CLEAR, process=str(process.uid)), words)
    priority(process, words)
    _closed(process, (5, 4, 3))
    promised(place=process, what=words)
    finding(agreement("Koro", words, title=words).provisions.get(), OrganisationFactory.create(), "kept")
    committee("Koro", name=words)


def test_no_cell_is_a_formula_and_both_forms_say_the_same(desk: Client) -> None:
    _all_kinds("=1+1")
    for name in SHEETS:
        (line,) = lines_of(desk, name)
        assert "'=1+1" in line.values(), name
        assert "=1+1" not in line.values(), name
        sheet = sheet_taken(desk, f"/exports/{name}.xlsx")
        cells = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
        assert [value.removeprefix("'") for value in line.values()] == cells[2], name
        assert {cell.data_type for cell in sheet[3] if cell.value} == {"s"}, name


def test_an_agreement_has_a_line_for_each_assessor_of_each_provision(desk: Client) -> None:
    made = agreement("Koro", "Le marché reste ouvert.", "Le poste est gardé.")
    first, _second = made.provisions.all()
    one, other = OrganisationFactory.create(name="Une"), OrganisationFactory.create(name="Autre")
    finding(first, one, "broken", date(2025, 1, 1))
    finding(first, one, "kept", date(2025, 6, 1))
    finding(first, other, "partly", date(2025, 3, 1))
    lines = lines_of(desk, "agreements")
    told = {(line["#activity+provision+id"], line["#org+assessor+name"], line["#status+code"]) for line in lines}
    assert told == {("1", "Une", "kept"), ("1", "Autre", "partly"), ("2", "", "")}
    empty = agreement("Koro", title="Sans lignes")
    (bare,) = [line for line in lines_of(desk, "agreements") if line["#activity+agreement+id"] == str(empty.uid)]
    assert (bare["#activity+provision+id"], bare["#status+code"]) == ("", "")


def test_of_a_committee_numbers_are_for_those_inside(desk: Client) -> None:
    made = committee("Koro", tlp=Tlp.CLEAR)
    for number in range(6):
        holding(seat(made, f"Siège {number}"), sex="f" if number < 2 else "m", age_band="36-60")
    seat(made, "Libre")
    Decision.objects.create(committee=made, words="Ouvrir le marché.", decided_on=TODAY())
    (inside,) = lines_of(desk, "committees")
    seats, held, vacant = (inside[f"#capacity+seats{more}+num"] for more in ("", "+held", "+vacant"))
    assert (seats, held, vacant) == ("7", "6", "1")
    assert (inside["#population+f+num"], inside["#population+sex+known+num"]) == ("2", "6")
    assert inside["#activity+decisions+open+num"] == "1"
    assert inside["#date+meeting+due"]
    (outside,) = lines_of(Client(), "committees")
    told = {tag for tag, value in outside.items() if value and re.search("population|seats|decisions|meeting", tag)}
    assert told == {"#capacity+seats+num", "#activity+meetings+num"}
    assert (outside["#indicator+f+bool"], outside["#indicator+youth+bool"]) == ("oui", "non")


def test_a_ranking_is_told_as_its_page_tells_it(desk: Client) -> None:
    process = ProcessFactory.create(tlp=Tlp.CLEAR)
    priority(process, "Le puits")
    priority(process, "Le marché")
    priority(process, "La route")
    rating = a_round(process)
    for number in range(4):
        ballot(rating, str(number), 5, 4, 3, 5, 4, 3, 1, 1, None)
    well = rating.items.get(title="Le puits")
    dissent(viewer=keeper(), item=well, group="herders", words="Le puits est loin.")
    assert lines_of(desk, "rankings") == []
    close_round(viewer=keeper(), rating=rating)
    own = lines_of(desk, "rankings")
    told = ("#activity+priority+name", "#indicator+rank+num", "#indicator+score+num")
    ranked = [tuple(line[tag] for tag in told) for line in own]
    assert ranked == [("Le puits", "1", "4.00"), ("Le marché", "1", "4.00"), ("La route", "", "")]
    assert [line["#indicator+rank+shared"] for line in own] == ["oui", "oui", ""]
    assert [line["#indicator+dissent+num"] for line in own] == ["1", "0", "0"]
    assert own[0]["#indicator+urgency+v5+num"] == "4"
    outside = lines_of(Client(), "rankings")
    assert [line["#indicator+urgency+mean+num"] for line in outside] == ["5.00", "5.00", "1.00"]
    assert {line["#indicator+urgency+voices+num"] for line in outside} == {"4"}
    assert {line[f"#indicator+urgency+v{value}+num"] for line in outside for value in range(1, 6)} == {""}


def test_the_title_of_a_red_process_leaves_with_no_session(desk: Client) -> None:
    red = ProcessFactory.create(title="Ce qui reste ici", tlp=Tlp.RED)
    session(process=str(red.uid), tlp=Tlp.GREEN)
    (line,) = lines_of(desk, "sessions")
    assert "Ce qui reste ici" not in line.values()


def test_a_proposal_is_told_to_those_who_hold_its_session_or_its_process(desk: Client) -> None:
    process, other = ProcessFactory.create(title="Paix à Koro", tlp=Tlp.CLEAR), ProcessFactory.create(tlp=Tlp.CLEAR)
    one = session(process=str(process.uid), title="Au puits", tlp=Tlp.CLEAR)
    well, market = proposed(one, "Réparer le puits", "Ouvrir le marché")
    put_in(viewer=keeper(), priority=priority(process, "Eau"), proposals=[well.pk])
    proposed(session(process=str(other.uid)), "Autre chose")
    proposed(session(process=str(process.uid), tlp=Tlp.RED), "Ce qui ne sort pas")
    told = ("#activity+proposal+name", "#activity+priority+name", "#activity+process+name", "#activity+session+name")
    lines = lines_of(desk, "proposals", f"?process={process.uid}")
    assert [tuple(line[tag] for tag in told) for line in lines] == [
        ("Réparer le puits", "Eau", "Paix à Koro", "Au puits"), ("Ouvrir le marché", "", "Paix à Koro", "Au puits"),
    ]  # fmt: skip
    assert {line["#activity+proposal+name"] for line in lines_of(desk, "proposals", f"?session={one.uid}")} == {
        well.words, market.words,
    }  # fmt: skip
    assert len(lines_of(desk, "proposals")) == 3
    for outside in (Client(), signed_in(person(Role.REPORTER, "Koro")), signed_in(person(Role.LIAISON, "Koro"))):
        assert lines_of(outside, "proposals") == []
    page = desk.get(f"/dialogues/proposals/processes/{process.uid}/").content.decode()
    assert f"/exports/proposals.csv?process={process.uid}" in page


def test_what_the_room_agreed_on_is_no_count_of_people(desk: Client) -> None:
    process = ProcessFactory.create()
    priority(process)
    rating = a_round(process, RatingMethod.CONSENSUS)
    item = rating.items.get()
    agree(viewer=keeper(), rating=rating, values={(item.pk, name): 4 for name in ("urgency", "feasible", "impact")})
    close_round(viewer=keeper(), rating=rating)
    (line,) = lines_of(desk, "rankings")
    assert (line["#indicator+score+num"], line["#indicator+urgency+voices+num"]) == ("4.00", "")
    assert line["#indicator+urgency+v4+num"] == ""


def test_a_process_tells_the_sums_of_its_sessions(desk: Client) -> None:
    seen, hidden = OrganisationFactory.create(name="Vue"), OrganisationFactory.create(visibility="coordinators")
    process = ProcessFactory.create(tlp=Tlp.CLEAR, conveners=[seen, hidden])
    ages = (Counted("f", "15-35", "women", 6), Counted("m", "36-60", "farmers", 14))
    session(process=str(process.uid), people=20, attendance=ages, tlp=Tlp.CLEAR)
    session(process=str(process.uid), people=7, tlp=Tlp.AMBER)
    session(process=str(process.uid), people=9, tlp=Tlp.RED)
    (own,) = lines_of(desk, "processes")
    assert (own["#activity+sessions+num"], own["#affected+num"]) == ("2", "27")
    assert (own["#indicator+f+pct"], own["#affected+sex+known+num"]) == ("30", "20")
    (network,) = lines_of(signed_in(person(Role.REPORTER, "Gao")), "processes")
    assert (network["#activity+sessions+num"], network["#affected+num"]) == ("1", "20")
    assert network["#org+convener+list"] == "Vue"


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("agreements", "?kind=local", 1),
        ("agreements", "?signed_after=2100-01-01", 0),
        ("agreements", "?area=KORO", 2),
        ("committees", "?kind=ccs", 1),
        ("committees", "?state=ended", 0),
        ("processes", "?state=running&kind=mediation", 1),
        ("processes", "?state=&kind=&area=", 2),
        ("commitments", "?state=kept", 0),
        ("commitments", "", 1),
    ],
)
def test_a_file_is_narrowed_as_its_list_is(desk: Client, name: str, asked: str, expected: int) -> None:
    agreement("Koro", kind=AgreementKind.LOCAL)
    agreement("Koro", kind=AgreementKind.REGIONAL)
    committee("Koro", kind=CommitteeKind.CCS)
    committee("Koro", kind=CommitteeKind.CCLS)
    ProcessFactory.create(kind="mediation")
    ProcessFactory.create()
    promised()
    assert len(lines_of(desk, name, asked.replace("KORO", area("Koro").pcode))) == expected


def test_the_file_of_sessions_holds_what_the_list_holds_and_nobody_finds_what_they_may_not_read(desk: Client) -> None:
    session(
        title="Le puits",
        tlp=Tlp.CLEAR,
        invited=("women", "herders"),
        absent=("herders",),
        minutes="Fatou a parlé du marché.",
    )
    session(title="La route", tlp=Tlp.CLEAR)
    stranger = Client()
    for asked, found, found_outside in (
        ("absent=herders", ["Le puits"], []),
        ("text=marché", ["Le puits"], []),
        ("text=route", ["La route"], ["La route"]),
        ("text=puits&absent=women", [], []),
    ):
        for reader, expected in ((desk, found), (stranger, found_outside)):
            titles = [line["#activity+name"] for line in lines_of(reader, "sessions", f"?{asked}")]
            assert titles == expected, asked
            page = reader.get(f"/dialogues/?{asked}").content.decode()
            assert all(title in page for title in expected)
            assert f"/exports/sessions.csv?{asked.split('=')[0]}=" in page or not expected


@pytest.mark.parametrize("asked", ["agreements.csv?kind=nothing", "committees.xlsx?kind=x", "processes.csv?kind=x",
    "commitments.csv?state=x", "rankings.csv?round=x", "sessions.xlsx?held_after=x"])  # fmt: skip
def test_what_no_filter_can_hold_is_refused(desk: Client, asked: str) -> None:
    assert desk.get(f"/exports/{asked}").status_code == 400
    assert not AuditEntry.objects.filter(verb="exported").exists()


def _more(number: int) -> None:
    for _each in range(number):
        process = ProcessFactory.create(conveners=[OrganisationFactory.create()])
        (one,) = proposed(session(process=str(process.uid)), "Le puits")
        put_in(viewer=keeper(), priority=priority(process), proposals=[one.pk])
        _closed(process, (5, 4, 3))
        promised()
        finding(agreement("Koro", "Un").provisions.get(), OrganisationFactory.create(), "kept")
        holding(seat(committee("Koro")))


def test_queries_do_not_grow_with_rows(desk: Client, django_assert_max_num_queries: Callable[..., Any]) -> None:
    def asked(name: str) -> int:
        with django_assert_max_num_queries(40) as counted:
            lines_of(desk, name)
        return len(counted)

    _more(1)
    few = {name: asked(name) for name in SHEETS}
    _more(2)
    assert {name: asked(name) for name in SHEETS} == few


def test_whoever_takes_a_file_is_noted_without_what_they_looked_for(desk: Client) -> None:
    lines_of(desk, "agreements", f"?kind=local&area={area('Koro').pcode}&text=secret")
    lines_of(Client(), "agreements")
    desk.head("/exports/agreements.csv")
    entry = AuditEntry.objects.get(verb="exported")
    assert entry.facts == {"what": "agreements", "ending": "csv", "by": ["area", "kind"]}
    assert (entry.object_type, entry.object_id) == ("user", str(entry.actor_id))


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("/dialogues/agreements/?kind=local", "/exports/agreements.csv?kind=local"),
        ("/dialogues/committees/?kind=ccls", "/exports/committees.xlsx?kind=ccls"),
        ("/dialogues/processes/?state=running", "/exports/processes.csv?state=running"),
        ("/dialogues/commitments/?state=all", "/exports/commitments.xlsx?state=all"),
        ("/dialogues/?kind=dialogue&since=2020-01-01", "/exports/sessions.csv?kind=dialogue&amp;held_after=2020-01-01"),
    ],
)
def test_lists_lead_to_their_files_with_what_was_chosen(desk: Client, page: str, address: str) -> None:
    promised()
    ProcessFactory.create()
    agreement("Koro")
    committee("Koro")
    assert address in desk.get(page).content.decode()


def test_what_an_analyst_does_not_get_cannot_be_worked_out_from_the_file() -> None:
    ages = (Counted("f", "15-35", "women", 2), Counted("f", "36-60", "women", 9), Counted("m", "36-60", "farmers", 20))
    session(people=31, attendance=ages)
    (line,) = lines_of(signed_in(person(Role.ANALYST, "Koro")), "sessions")
    told = {tag: value for tag, value in line.items() if tag.startswith("#affected") and value}
    # 2 are too few; 9 would tell them by the sum of the women, and 20 would tell 9 by those who are not young.
    assert told["#affected+f"] == "11"
    assert not [tag for tag in told if "+age_" in tag]
