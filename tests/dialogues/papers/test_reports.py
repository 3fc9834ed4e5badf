"""Reports: what an audience is not shown is in none of the bytes; numbers are said honestly; what leaves is noted."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
import typst
from django.template import RequestContext, Template
from django.test import Client, RequestFactory
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from dialogues.access import SESSIONS, may_print_sheets, may_take_report
from dialogues.models import Process, Session, SessionKind, SessionState
from dialogues.papers.figures import people_of
from dialogues.papers.sections import Section, process_sections, session_sections, strictest
from dialogues.said import Counted, Raised
from dialogues.services.papers import print_report, read_report
from dialogues.views.papers import WITHOUT_ACCOUNT
from incidents.views.buckets import Bucket
from orgs.access import ANYONE, viewer_for
from orgs.models import AuditEntry, Organisation, Role, Tlp
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from tests.dialogues.papers.reading import bare, pages, reader, text
from tests.factories import OrganisationFactory, person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db

SHOWN = """
words             public  network  room  analyst  team  coordinator
titre             y       y        y     y        y     y
lieudit           -       y        y     -        y     y
08:15             -       y        y     -        y     y
Herders           -       -        y     y        y     y
Fishers           -       y        y     y        y     y
ordredujour       -       -        y     -        y     y
compterendu       -       -        -     -        y     y
puitssec          -       -        -     -        y     y
NEED              -       y        -     y        y     y
onrepare          -       -        y     -        y     y
pasleprix         -       -        y     -        y     y
"""
"""What stands in the report of a session that is CLEAR, typed by hand from the disclosure table. Herders came, fishers
were invited."""
NEED = "Deciding for oneself"


@pytest.fixture
def holder() -> Organisation:
    return OrganisationFactory.create()


@pytest.fixture
def guests() -> Organisation:
    return OrganisationFactory.create()


@pytest.fixture
def full(holder: Organisation, guests: Organisation) -> Session:
    """A session with something in every field."""
    return session(
        by=viewer(Role.COORDINATOR, "Gao"), organisation=holder, present=(guests.pk,), tlp=Tlp.CLEAR,
        title="titre", place_text="lieudit", starts_at=time(8, 15), ends_at=time(11), agenda="ordredujour",
        minutes="compterendu", people=20, invited=("fishers",), agreements=("onrepare",), disagreements=("pasleprix",),
        attendance=(Counted("f", "15-35", "women", 12), Counted("m", "36-60", "herders", 8)),
        issues=(Raised("puitssec", ("autonomy",), ()),),
    )  # fmt: skip


@pytest.fixture
def readers(holder: Organisation, guests: Organisation) -> dict[str, Viewer]:
    return {
        "public": ANYONE,
        "network": viewer(Role.MONITOR, "Koro"),
        "room": viewer(Role.LIAISON, organisation=guests),
        "analyst": viewer(Role.ANALYST, "Koro"),
        "team": viewer(Role.FACILITATOR, organisation=holder),
        "coordinator": viewer(Role.COORDINATOR, "Koro"),
    }


def _table(need: str) -> list[tuple[str, dict[str, str]]]:
    head, *lines = [line.split() for line in SHOWN.strip().splitlines()]
    return [(need if one == "NEED" else one, dict(zip(head[1:], cells, strict=True))) for one, *cells in lines]


def _everything(made: bytes) -> str:
    """Text, title and every object of a PDF, opened."""
    found = reader(made)
    parts = [text(made), str(found.metadata), str(found.outline)]
    for number in found.xref[0]:
        value: Any = found.get_object(number)
        parts.append(str(value))
        if hasattr(value, "get_data"):
            parts.append(value.get_data().decode("latin-1"))
    return "".join("".join(parts).split()).replace("\x00", "")


def test_a_report_says_what_its_audience_is_shown_and_no_byte_more(
    full: Session, readers: dict[str, Viewer], client: Client
) -> None:
    with override("en"):
        for audience, reading in readers.items():
            assert SESSIONS.audience(reading, full) == audience
            made = _everything(print_report(viewer=reading, row=full))
            for words, cells in _table(bare(NEED)):
                assert (words in made) == (cells[audience] == "y"), (audience, words)


def test_the_page_says_the_same_as_the_pdf(full: Session, holder: Organisation) -> None:
    people = {"network": person(Role.MONITOR, "Koro"), "team": person(Role.FACILITATOR, organisation=holder)}
    for audience, user in people.items():
        page = signed_in(user).get(f"/dialogues/sessions/{full.uid}/report/", headers={"accept-language": "en"})
        content = page.content.decode()
        for words, cells in _table(NEED):
            assert (words in content) == (cells[audience] == "y"), (audience, words)


def test_the_pdf_is_served_with_a_name_that_says_nothing(full: Session) -> None:
    answer = signed_in(person(Role.MONITOR, "Koro")).get(f"/dialogues/sessions/{full.uid}/report.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="session-{str(full.uid)[:8]}-report.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"%PDF")
    assert AuditEntry.objects.get(verb="printed").facts["what"] == "report"


def test_what_is_public_may_be_taken_by_anybody_without_a_note(full: Session, client: Client) -> None:
    assert client.get(f"/dialogues/sessions/{full.uid}/report.pdf").status_code == 200
    assert not AuditEntry.objects.filter(verb="printed").exists()


def test_papers_without_an_account_are_slowed_and_the_page_stands_instead(
    full: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WITHOUT_ACCOUNT, "of_one_address", Bucket(size=1, a_second=0.1))
    address, typeset = f"/dialogues/sessions/{full.uid}/report.pdf", typst.compile
    made: list[bytes] = []
    Session.objects.filter(pk=full.pk).update(title="Un titre de ce test")  # a paper that no other test asked for

    def counted(*args: Any, **options: Any) -> bytes:
        made.append(typeset(*args, **options))
        return made[-1]

    monkeypatch.setattr("typst.compile", counted)
    found = [Client(REMOTE_ADDR=f"198.51.100.{n}").get(address) for n in (1, 2, 1)]
    assert [one.status_code for one in found] == [200, 200, 429]
    assert (found[0].content, len(made)) == (found[1].content, 1), "the same paper is not set twice"
    assert found[2]["Retry-After"] == "10"
    assert "Un titre de ce test" in found[2].content.decode()
    assert signed_in(person(Role.MONITOR, "Koro")).get(address).status_code == 200
    Session.objects.filter(pk=full.pk).update(title="Autre titre")
    assert "Autretitre" in text(Client(REMOTE_ADDR="198.51.100.3").get(address).content)
    Session.objects.filter(pk=full.pk).update(tlp=Tlp.AMBER)
    assert not Client(REMOTE_ADDR="198.51.100.4").get(address).content.startswith(b"%PDF")


def test_the_marking_stands_on_every_page_and_nobody_is_named() -> None:
    user = person(Role.COORDINATOR, "Koro", name="Aminata Inconnue")
    one = session(by=viewer_for(user), tlp=Tlp.AMBER_STRICT, minutes="On a parlé.\n" * 400)
    made = print_report(viewer=viewer_for(user), row=one)
    assert len(pages(made)) > 3
    assert all("TLP:AMBER+STRICT" in page for page in pages(made))
    assert "Inconnue" not in _everything(made)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MONITOR])
def test_small_numbers_cannot_be_found_from_what_is_printed(role: str) -> None:
    """Reports that differ in hidden numbers alone are the same, whatever sum and complement are printed."""
    found = set()
    for few in (1, 2, 3, 4):
        one = session(
            people=20, title="Paix",
            attendance=(Counted("f", "15-35", "women", few), Counted("m", "36-60", "herders", 20 - few)),
        )  # fmt: skip
        found.add(text(print_report(viewer=viewer(role, "Koro"), row=one)))
    assert len(found) == 1


# --- Numbers -------------------------------------------------------------------------------------------------------

COUNT = st.one_of(st.none(), st.integers(0, 50))


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "state": st.sampled_from(list(SessionState)), "people": st.integers(0, 200),
                "spectators": st.integers(0, 9000), "women": COUNT, "men": COUNT, "youth": COUNT, "aged": COUNT,
            }
        ),
        max_size=8,
    )
)  # fmt: skip
def test_sums_hold_what_is_shown_of_sessions_that_were_held(shown: list[dict[str, Any]]) -> None:
    people = people_of(shown)
    held = [one for one in shown if one["state"] == "held"]
    assert people.people == sum(one["people"] for one in held)
    assert people.spectators == sum(one["spectators"] for one in held)
    told = [one for one in held if one["people"] and one["women"] is not None and one["men"] is not None]
    assert (people.women, people.men) == (sum(one["women"] for one in told), sum(one["men"] for one in told))


def _process(*, sessions: Callable[[Process], None] = lambda process: None, **fields: Any) -> Process:
    process = ProcessFactory.create(**fields)
    sessions(process)
    return process


def _two_films(process: Process) -> None:
    for people in (10, 15):
        session(
            process=str(process.uid), kind=SessionKind.SCREENING, people=people, spectators=200, title=f"film {people}",
            attendance=(Counted("f", "15-35", "women", 6), Counted("m", "36-60", "herders", people - 6)),
        )  # fmt: skip


def test_attendances_are_no_persons_spectators_no_participants_and_each_share_says_of_how_many() -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    with override("en"):
        made = " ".join(pages(print_report(viewer=who, row=_process(sessions=_two_films))))
    assert "25 attendances in all." in made
    assert "attendances, not persons" in made
    assert "400 spectators of films besides, who are not among the participants." in made
    assert "12 of the 25 whose sex was recorded (48 %)" in made
    assert "30 %: a benchmark" in made
    never = made.split("Never in the room")[1]
    assert "Fishers" in never
    assert "Herders" not in never
    assert "Counted over 2 sessions" in never


def test_a_report_of_a_process_has_the_sessions_that_the_viewer_sees_and_the_strictest_marking_of_them() -> None:
    process = ProcessFactory.create(tlp=Tlp.GREEN)
    uid = str(process.uid)
    session(process=uid, title="ouverte", tlp=Tlp.GREEN, agreements=("motsverts",))
    session(process=uid, title="reservee", tlp=Tlp.AMBER, agreements=("motsambre",), people=100)
    session(process=uid, title="rouge", tlp=Tlp.RED, agreements=("motsrouges",), people=1000)
    near, network = viewer(Role.COORDINATOR, "Koro"), viewer(Role.MONITOR, "Koro")
    made = print_report(viewer=near, row=process)
    for words, there in (("ouverte", True), ("reservee", True), ("motsambre", True), ("motsrouges", False)):
        assert (words in _everything(made)) == there, words
    assert bare("1 concertation porte la marque ROUGE") in text(made)
    assert all("TLP:AMBER" in page for page in pages(made))
    made = print_report(viewer=network, row=process)
    for words, there in (("ouverte", True), ("motsverts", False), ("reservee", False), ("rouge", False)):
        assert (words in _everything(made)) == there, words
    assert "ROUGE" not in text(made)
    assert "AMBER" not in text(made)
    assert bare("12 présences en tout") in text(made)


def test_what_is_red_is_read_and_does_not_leave() -> None:
    user = person(Role.COORDINATOR, "Koro")
    who = viewer_for(user)
    for row in (session(by=who, tlp=Tlp.RED), ProcessFactory.create(tlp=Tlp.RED)):
        assert read_report(viewer=who, row=row).tlp == Tlp.RED
        with pytest.raises(NotAllowed):
            print_report(viewer=who, row=row)
        kind = "sessions" if isinstance(row, Session) else "processes"
        client = signed_in(user)
        page = client.get(f"/dialogues/{kind}/{row.uid}/report/")
        assert page.status_code == 200
        assert "report.pdf" not in page.content.decode()
        assert client.get(f"/dialogues/{kind}/{row.uid}/report.pdf").status_code == 404
    assert not AuditEntry.objects.filter(verb="printed").exists()


def test_a_process_whose_marking_is_stricter_is_not_named_in_the_report_of_its_session() -> None:
    process = ProcessFactory.create(tlp=Tlp.AMBER, title="enquete")
    one = session(process=str(process.uid), tlp=Tlp.GREEN)
    assert "enquete" not in text(print_report(viewer=viewer(Role.COORDINATOR, "Koro"), row=one))


def test_an_organisation_that_the_reader_may_not_see_is_not_named(holder: Organisation) -> None:
    holder.name, holder.visibility = "Cachette", "hidden"
    holder.save()
    one = session(organisation=holder, tlp=Tlp.CLEAR)
    assert "Cachette" not in text(print_report(viewer=ANYONE, row=one))


# --- What others add ------------------------------------------------------------------------------------------------


def test_other_parts_add_their_sections_and_a_stricter_marking_counts_for_the_whole_paper(
    full: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_sections, "_given", [])
    monkeypatch.setattr(process_sections, "_given", [])

    def promises(viewer: Viewer, row: Session) -> Section:
        return Section(
            title="Promesses", lines=["Réparer le puits"], rows=[("a", 1)], headings=("x", "y"), tlp=Tlp.AMBER
        )

    session_sections.register(promises)
    session_sections.register(promises)
    session_sections.register(lambda viewer, row: None)
    made = print_report(viewer=viewer(Role.COORDINATOR, "Koro"), row=full)
    assert text(made).count("Promesses") == 1
    assert all("TLP:AMBER" in page for page in pages(made))


def test_a_section_that_is_red_is_in_no_report(full: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_sections, "_given", [])
    session_sections.register(lambda viewer, row: Section(title="Secret", tlp=Tlp.RED))
    made = print_report(viewer=viewer(Role.COORDINATOR, "Koro"), row=full)
    assert "Secret" not in _everything(made)
    assert "RED" not in text(made)


def test_the_strictest_marking_is_the_last_in_order() -> None:
    assert strictest([]) == Tlp.CLEAR
    assert strictest([Tlp.AMBER, Tlp.GREEN, Tlp.AMBER_STRICT, Tlp.CLEAR]) == Tlp.AMBER_STRICT


# --- Rights ---------------------------------------------------------------------------------------------------------


def test_a_row_that_is_not_seen_and_one_that_is_not_there_answer_alike() -> None:
    one = session(tlp=Tlp.AMBER)
    client = signed_in(person(Role.MONITOR, "Koro"))
    never = "00000000-0000-4000-8000-000000000000"
    for end in ("print/", "print.pdf", "report/", "report.pdf"):
        for kind, uid in (("sessions", one.uid), ("processes", one.uid)):
            there, not_there = (
                client.get(f"/dialogues/{kind}/{uid}/{end}"),
                client.get(f"/dialogues/{kind}/{never}/{end}"),
            )
            assert there.status_code == not_there.status_code == 404, end


def test_whoever_may_take_a_report_sees_the_row_and_it_is_not_red() -> None:
    rows = [session(tlp=tlp) for tlp in Tlp.values]
    people = [viewer(role, where) for role in Role.values for where in ("Koro", "Gao")]
    taken = 0
    for who in [*people, ANYONE]:
        for row in rows:
            may = may_take_report(who, row)
            assert may == (SESSIONS.sees(who, row) and row.tlp != Tlp.RED)
            assert not may_print_sheets(who, row) or SESSIONS.audience(who, row) in ("team", "coordinator")
            taken += may
    assert taken > 20


def test_a_long_process_is_read_in_few_questions(django_assert_max_num_queries: Any) -> None:
    process = ProcessFactory.create()
    for day in range(1, 13):
        session(
            process=str(process.uid), held_on=date(2025, 3, day), agreements=("a",), issues=(Raised("b", ("safety",)),)
        )
    who = viewer(Role.COORDINATOR, "Koro")
    with django_assert_max_num_queries(9):
        report = read_report(viewer=who, row=Process.objects.select_related("region", "cercle", "commune").get())
    assert len(next(one for one in report.sections if one.rows).rows) == 12


# --- Pages ----------------------------------------------------------------------------------------------------------


def test_a_facilitator_chooses_sheets_and_gets_them() -> None:
    user = person(Role.COORDINATOR, "Koro")
    one = session(by=viewer_for(user))
    client = signed_in(user)
    page = client.get(f"/dialogues/sessions/{one.uid}/print/").content.decode()
    assert 'name="parts"' in page
    answer = client.get(f"/dialogues/sessions/{one.uid}/print.pdf?parts=agenda&parts=rating&second=bambara")
    assert answer.status_code == 200
    assert len(pages(answer.content)) == 2
    wrong = client.get(f"/dialogues/sessions/{one.uid}/print.pdf?second=bambara")
    assert wrong.status_code == 422
    assert "Choisissez au moins une fiche" in wrong.content.decode()


def test_a_page_of_another_part_links_to_what_its_reader_may_have(full: Session, rf: RequestFactory) -> None:
    page = Template("{% load dialogue_papers %}{% papers_of row %}")
    found = {}
    for role in (Role.COORDINATOR, Role.MONITOR):
        request = rf.get("/")
        request.user = person(role, "Koro")
        found[role] = page.render(RequestContext(request, {"row": full}))
    address = f"/dialogues/sessions/{full.uid}/"
    assert all(f"{address}{end}" in found[Role.COORDINATOR] for end in ("report/", "report.pdf", "print/"))
    assert f"{address}report.pdf" in found[Role.MONITOR]
    assert f"{address}print/" not in found[Role.MONITOR]


def test_a_report_that_says_more_than_its_marking_lets_others_read_says_so(
    full: Session, readers: dict[str, Viewer]
) -> None:
    warning = bare("Only for those it was written for")
    with override("en"):
        for audience, reading in readers.items():
            made = text(print_report(viewer=reading, row=full))
            assert (warning in made) == (audience not in ("public", "network")), audience


def test_a_report_of_a_process_says_as_which_audiences_its_reader_sees_the_sessions(guests: Organisation) -> None:
    process = ProcessFactory.create(tlp=Tlp.CLEAR)
    session(process=str(process.uid), tlp=Tlp.AMBER, present=(guests.pk,), agreements=("Le puits",))
    guest = viewer(Role.LIAISON, organisation=guests)
    with override("en"):
        made = text(print_report(viewer=guest, row=process))
    assert bare("Written for: everybody ; those who were in the room.") in made
    assert bare("Only for those it was written for") in made
    assert "TLP:AMBER" in made
