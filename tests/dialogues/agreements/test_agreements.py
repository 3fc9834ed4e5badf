"""Agreements: what was promised stays as it was assessed, assessors stand side by side, and who reads and writes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from dialogues import agreements as reading
from dialogues.access import assessing_organisations, may_assess
from dialogues.forms.agreements import ProvisionsForm, lines_of
from dialogues.models import Agreement, Assessment, IncidentTouches, Provision, Verdict
from dialogues.services import agreements as writing
from dialogues.services.agreements import AgreementSaid, ProvisionSaid
from dialogues.services.first_agreements import load_first_agreements
from incidents.access import INCIDENTS
from incidents.models import Incident, IncidentState
from orgs.access import ANYONE, viewer_for
from orgs.models import AuditEntry, OrganisationKind, OrganisationVisibility, Role, Tlp
from orgs.services.errors import Faster, NotAllowed
from orgs.wording import held_words
from tests.factories import (
    IncidentFactory,
    MembershipFactory,
    OrganisationFactory,
    area,
    country,
    made_a_drill,
    person,
    signed_in,
    viewer,
)
from tests.factories_agreements import TODAY, agreement, finding
from tests.moments import by_now, in_days

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 1)


def said(**changes: Any) -> AgreementSaid:
    plain = {"title": "Pacte de Koro", "kind": "local", "signed_on": DAY, "area": area("Koro"), "parties": ("A", "B")}
    return AgreementSaid(**{**plain, **changes})


# --- Writing -----------------------------------------------------------------------------------------------------


def test_an_agreement_is_entered_and_noted() -> None:
    keeper = viewer(Role.FACILITATOR, "Koro")
    row = writing.keep_agreement(viewer=keeper, said=said())
    assert (row.version, row.cercle, row.parties, row.made_by_id) == (1, area("Koro"), ["A", "B"], keeper.user_id)
    entry = AuditEntry.objects.get(object_type="agreement")
    assert (entry.verb, entry.facts) == ("recorded", {"version": 1})


WRONG: dict[str, dict[str, Any]] = {
    "title": {"title": ""},
    "kind": {"kind": "treaty"},
    "signed_on": {"signed_on": date(1890, 1, 1)},
    "ended_on": {"ended_on": DAY - timedelta(days=1)},
    "area": {"area": None},
    "tlp": {"tlp": Tlp.RED},
    "parties": {"parties": ("x" * 201,)},
    "source": {"source": "Appelez le 76 12 34 56, une patrouille de gendarmes passe à 6 h."},
}


@pytest.mark.parametrize("field", sorted(WRONG))
def test_what_cannot_be_is_said_by_field(field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        writing.keep_agreement(viewer=viewer(Role.COORDINATOR, "Koro"), said=said(**WRONG[field]))
    assert list(refused.value.message_dict) == [field]
    assert not Agreement.objects.exists()


def test_one_of_the_whole_country_is_for_coordinators_of_the_whole_country() -> None:
    national = said(kind="national", area=None)
    for keeper in (viewer(Role.COORDINATOR, "Koro"), viewer(Role.FACILITATOR, country())):
        with pytest.raises(ValidationError):
            writing.keep_agreement(viewer=keeper, said=national)
    row = writing.keep_agreement(viewer=viewer(Role.COORDINATOR, country()), said=national)
    assert row.region is None


def test_nobody_writes_in_the_area_of_others_nor_moves_one_there() -> None:
    keeper = viewer(Role.COORDINATOR, "Koro")
    with pytest.raises(ValidationError):
        writing.keep_agreement(viewer=keeper, said=said(area=area("Gao")))
    row = writing.keep_agreement(viewer=keeper, said=said())
    with pytest.raises(ValidationError):
        writing.keep_agreement(viewer=keeper, said=said(area=area("Gao")), agreement=row, version=1)
    with pytest.raises(NotAllowed):
        writing.keep_agreement(viewer=viewer(Role.EDITOR, "Koro"), said=said())
    with pytest.raises(NotAllowed):
        writing.keep_agreement(viewer=viewer(Role.COORDINATOR, "Gao"), said=said(), agreement=row, version=1)


def test_being_late_overwrites_nothing() -> None:
    keeper = viewer(Role.COORDINATOR, "Koro")
    row = writing.keep_agreement(viewer=keeper, said=said())
    writing.keep_agreement(viewer=keeper, said=said(title="Pacte revu"), agreement=row, version=1)
    with pytest.raises(Faster):
        writing.keep_agreement(viewer=keeper, said=said(title="Autre"), agreement=row, version=1)
    assert Agreement.objects.get().title == "Pacte revu"


# --- Provisions --------------------------------------------------------------------------------------------------


def write(row: Agreement, *lines: ProvisionSaid) -> int:
    row.refresh_from_db()
    keeper = viewer(Role.COORDINATOR, country())
    return writing.write_provisions(viewer=keeper, agreement=row, lines=lines, version=row.version)


def test_lines_are_added_changed_put_in_order_and_taken_away() -> None:
    row = agreement("Koro", "Premier", "Deuxième")
    first = row.provisions.get(number="1")
    write(
        row, ProvisionSaid("2", "Deuxième, mieux"), ProvisionSaid("3", "Troisième", "vu"), ProvisionSaid("1", "Premier")
    )
    assert [(one.number, one.words) for one in row.provisions.order_by("position")] == [
        ("2", "Deuxième, mieux"), ("3", "Troisième"), ("1", "Premier"),
    ]  # fmt: skip
    assert row.provisions.get(number="1").pk == first.pk
    write(row, ProvisionSaid("1", "Premier"))
    assert [one.number for one in row.provisions.all()] == ["1"]


def test_what_was_assessed_stays_in_its_words() -> None:
    row = agreement("Koro", "Le marché reste ouvert.", "Les armes restent dehors.")
    finding(row.provisions.get(number="1"), OrganisationFactory.create(), Verdict.KEPT)
    for lines in ([ProvisionSaid("2", "B")], [ProvisionSaid("1", "Le marché ferme."), ProvisionSaid("2", "B")]):
        with pytest.raises(ValidationError):
            write(row, *lines)
    write(row, ProvisionSaid("1", "Le marché reste ouvert.", "chaque semaine"))
    assert row.provisions.get().benchmark == "chaque semaine"


@pytest.mark.parametrize(
    "lines",
    [
        [ProvisionSaid("1", "A"), ProvisionSaid("1", "B")],
        [ProvisionSaid("", "A")],
        [ProvisionSaid("1", "")],
        [ProvisionSaid("1", "x" * 501)],
        [ProvisionSaid("1", "Une patrouille de gendarmes passe à 6 h.")],
        [ProvisionSaid(str(n), "A") for n in range(201)],
    ],
)
def test_lines_that_cannot_be(lines: list[ProvisionSaid]) -> None:
    with pytest.raises(ValidationError) as refused:
        write(agreement("Koro"), *lines)
    assert list(refused.value.message_dict) == ["lines"]


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS, st.one_of(st.just(""), WORDS), st.none() | st.dates(date(1990, 1, 1)))))
def test_what_is_shown_as_lines_is_read_back_to_the_same(rows: list[tuple[str, str, str, date | None]]) -> None:
    made = [Provision(number=n, words=w, benchmark=b, due_on=d) for n, w, b, d in rows]
    form = ProvisionsForm({"lines": lines_of(made), "version": "1"})
    assert form.is_valid(), form.errors
    assert [(one.number, one.words, one.benchmark, one.due_on) for one in form.cleaned_data["lines"]] == rows


@pytest.mark.parametrize("line", ["sans barre", "1 | A | B | 31/02/2026", "1 | A | B | 2026-01-01 | encore"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    form = ProvisionsForm({"lines": f"1 | Bon\n{line}", "version": "1"})
    assert not form.is_valid()
    assert "2" in form.errors["lines"][0]


# --- Assessing ---------------------------------------------------------------------------------------------------


def test_those_who_differ_stand_side_by_side_each_with_its_latest(client: Client) -> None:
    row = agreement("Koro", "Le marché reste ouvert.")
    provision = row.provisions.get()
    women, youth = (
        OrganisationFactory.create(name=name, visibility="public") for name in ("Femmes de Koro", "Jeunes de Koro")
    )
    finding(provision, women, Verdict.BROKEN, DAY)
    finding(provision, women, Verdict.KEPT)
    finding(provision, youth, Verdict.BROKEN)
    (shown,) = reading.shown_provisions(ANYONE, row, "public")
    assert {(one["assessor"], one["verdict"]) for one in shown.verdicts} == {
        ("Femmes de Koro", "kept"), ("Jeunes de Koro", "broken"),
    }  # fmt: skip
    assert shown.disagree
    page = client.get(f"/dialogues/agreements/{row.uid}/").content.decode()
    assert "ne sont pas d’accord" in page.replace("&#x27;", "’")
    assert page.count("Femmes de Koro") == 1


def test_an_organisation_that_hides_is_not_named(client: Client) -> None:
    row = agreement("Koro", "Le marché reste ouvert.")
    hidden = OrganisationFactory.create(name="Ombre de Koro", visibility=OrganisationVisibility.COORDINATORS)
    finding(row.provisions.get(), hidden, Verdict.KEPT)
    assert "Ombre de Koro" not in client.get(f"/dialogues/agreements/{row.uid}/").content.decode()
    keeper = signed_in(person(Role.COORDINATOR, "Koro"))
    assert "Ombre de Koro" in keeper.get(f"/dialogues/agreements/{row.uid}/").content.decode()


def test_an_assessment_is_added_under_the_name_of_the_organisation_and_changed_by_nobody() -> None:
    row = agreement("Koro", "Le marché reste ouvert.")
    monitor = person(Role.MONITOR, "Gao")
    body = monitor.memberships.get().organisation
    assert body is not None
    browser, path = signed_in(monitor), f"/dialogues/agreements/provisions/{row.provisions.get().pk}/assess/"
    for verdict in ("broken", "kept", "kept"):  # the last button was pressed twice
        answer = browser.post(
            path,
            {"assessor": body.pk, "verdict": verdict, "as_of": TODAY(), "words": "On l’a vu fermé.", "evidence": ""},
        )
        assert answer.status_code == 302, answer.content.decode()
    assert list(Assessment.objects.order_by("id").values_list("verdict", "assessor", "written_by")) == [
        ("broken", body.pk, monitor.pk), ("kept", body.pk, monitor.pk),
    ]  # fmt: skip
    assert monitor.name not in browser.get(f"/dialogues/agreements/{row.uid}/").content.decode().split("<main")[1]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("verdict", {"verdict": "maybe"}),
        ("as_of", {"as_of": in_days(2)}),
        ("as_of", {"as_of": date(2020, 1, 1)}),
        ("words", {"verdict": "broken", "words": ""}),
        ("evidence", {"evidence": "Une patrouille de gendarmes passe à 6 h."}),
    ],
)
def test_an_assessment_that_cannot_be(field: str, changes: dict[str, Any]) -> None:
    row, monitor = agreement("Koro", "A"), person(Role.MONITOR, "Koro")
    given = {
        "assessor": monitor.memberships.get().organisation_id,
        "verdict": "kept",
        "as_of": TODAY(),
        **by_now(changes),
    }
    with pytest.raises(ValidationError) as refused:
        writing.assess(viewer=viewer_for(monitor), provision=row.provisions.get(), **given)
    assert list(refused.value.message_dict) == [field]


ASSESS = {Role.EDITOR, Role.MONITOR, Role.FACILITATOR}


@pytest.mark.parametrize("role", Role.values)
def test_who_speaks_for_an_organisation(role: str) -> None:
    row, body = agreement("Koro", "A"), OrganisationFactory.create()
    who = viewer(role, "Koro", organisation=body)
    assert may_assess(who, row) == (role in ASSESS)
    if role not in ASSESS:
        with pytest.raises(NotAllowed):
            writing.assess(viewer=who, provision=row.provisions.get(), assessor=body.pk, verdict="kept", as_of=TODAY())


def test_services_of_security_do_not_assess_whatever_else_their_people_are() -> None:
    row = agreement("Koro", "A")
    service = OrganisationFactory.create(kind=OrganisationKind.SECURITY)
    assert not may_assess(viewer(Role.EDITOR, "Koro", organisation=service), row)
    town_hall = OrganisationFactory.create()
    both = person(Role.EDITOR, "Koro", organisation=town_hall)
    MembershipFactory.create(person=both, role=Role.LIAISON, organisation=town_hall)
    assert not assessing_organisations(viewer_for(both)).exists()
    assert not may_assess(viewer(Role.MONITOR, "Gao"), agreement("Koro", "B", tlp=Tlp.AMBER))


# --- Over time ---------------------------------------------------------------------------------------------------


def test_each_half_year_counts_what_stood_at_its_end() -> None:
    row = agreement("Koro", "A", "B")
    one, two = row.provisions.order_by("position")
    us, them = OrganisationFactory.create(), OrganisationFactory.create()
    finding(one, us, Verdict.NOT_BEGUN, date(2024, 2, 1))
    finding(one, us, Verdict.KEPT, date(2025, 6, 30))
    finding(one, them, Verdict.BROKEN, date(2025, 7, 1))
    finding(two, us, Verdict.PARTLY, date(2025, 7, 2))
    got = {half.short: [count for _label, count in half.cells] for half in reading.progress(row, date(2025, 8, 1))}
    assert got == {
        "2024/1": [0, 0, 0, 1], "2024/2": [0, 0, 0, 1], "2025/1": [1, 0, 0, 0], "2025/2": [1, 1, 1, 0],
    }  # fmt: skip
    assert reading.progress(agreement("Koro"), TODAY()) == []


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Verdict.values), st.integers(0, 900)), max_size=15))
def test_a_bar_is_as_long_as_all_its_parts(rows: list[tuple[int, str, int]]) -> None:
    counts = {value: sum(1 for _n, verdict, _d in rows if verdict == value) for value in Verdict.values}
    half = reading.HalfYear(2025, 1, counts)
    assert half.total == len(rows)
    if rows:
        assert abs(sum(part.width for part in half.parts) - reading.BAR) < 0.1


def test_the_picture_has_its_table(client: Client) -> None:
    row = agreement("Koro", "A")
    finding(row.provisions.get(), OrganisationFactory.create(), Verdict.KEPT)
    page = client.get(f"/dialogues/agreements/{row.uid}/").content.decode()
    assert '<svg class="verdicts"' in page
    assert "semestre" in page


def verified(tlp: str) -> Incident:
    return IncidentFactory.create(tlp=tlp, state=IncidentState.VERIFIED)


# --- Incidents ---------------------------------------------------------------------------------------------------


def test_incidents_are_shown_by_their_own_rule(client: Client) -> None:
    row = agreement("Koro", "A")
    provision, keeper = row.provisions.get(), viewer(Role.COORDINATOR, "Koro")
    for tlp in (Tlp.CLEAR, Tlp.AMBER):
        writing.link_incident(viewer=keeper, provision=provision, ref=verified(tlp).ref.lower())
    open_one, closed_one = (touch.incident.ref for touch in IncidentTouches.objects.order_by("id"))
    page = client.get(f"/dialogues/agreements/{row.uid}/").content.decode()
    assert open_one in page
    assert closed_one not in page
    (shown,) = reading.shown_provisions(keeper, row, "coordinator")
    assert len(shown.incidents) == 2


def test_what_one_does_not_see_is_neither_linked_nor_taken_back() -> None:
    row = agreement("Koro", "A")
    provision = row.provisions.get()
    incident = IncidentFactory.create(tlp=Tlp.AMBER)
    near, far = viewer(Role.FACILITATOR, "Koro"), viewer(Role.COORDINATOR, "Gao")
    with pytest.raises(ValidationError):
        writing.link_incident(viewer=near, provision=provision, ref=incident.ref)
    touch = writing.link_incident(viewer=viewer(Role.COORDINATOR, "Koro"), provision=provision, ref=incident.ref)
    for who in (near, far):
        with pytest.raises(NotAllowed):
            writing.unlink_incident(viewer=who, touch=touch)
    writing.unlink_incident(viewer=viewer(Role.COORDINATOR, "Koro"), touch=touch)
    assert not IncidentTouches.objects.exists()


def test_what_was_made_up_for_an_exercise_touches_no_provision() -> None:
    row, incident, who = agreement("Koro", "A"), IncidentFactory.create(), person(Role.COORDINATOR, "Koro")
    made_a_drill(incident)
    incident.refresh_from_db()
    assert INCIDENTS.sees(viewer_for(who), incident)
    with pytest.raises(ValidationError):
        writing.link_incident(viewer=viewer_for(who), provision=row.provisions.get(), ref=incident.ref)


# --- Pages -------------------------------------------------------------------------------------------------------


def test_from_nothing_to_an_agreement_with_its_provisions() -> None:
    browser = signed_in(person(Role.COORDINATOR, "Koro"))
    page = browser.get("/dialogues/agreements/").content.decode()
    assert "/dialogues/agreements/new/" in page
    assert browser.post("/dialogues/agreements/new/", {"title": ""}).status_code == 422
    answer = browser.post(
        "/dialogues/agreements/new/",
        {"title": "Pacte du puits", "kind": "local", "area": area("Koro").pk, "signed_on": "2025-03-01", "tlp": "clear",
         "parties": "Village A\n\n Village  B "},
    )  # fmt: skip
    row = Agreement.objects.get()
    assert row.parties == ["Village A", "Village B"]
    assert answer["Location"] == f"/dialogues/agreements/{row.uid}/provisions/"
    answer = browser.post(
        answer["Location"], {"lines": "1 | Le puits est à tous\n2 | On se parle | chaque mois", "version": 1}
    )
    assert answer.status_code == 302
    page = browser.get(f"/dialogues/agreements/{row.uid}/").content.decode()
    assert "Le puits est à tous" in page
    assert "chaque mois" in page


def test_a_late_form_says_so_and_can_be_sent_again() -> None:
    browser, row = signed_in(person(Role.COORDINATOR, "Koro")), agreement("Koro")
    path = f"/dialogues/agreements/{row.uid}/provisions/"
    assert browser.post(path, {"lines": "1 | A", "version": 1}).status_code == 302
    late = browser.post(path, {"lines": "1 | B", "version": 1})
    assert late.status_code == 409
    assert 'value="2"' in late.content.decode()
    assert browser.post(path, {"lines": "1 | B", "version": 2}).status_code == 302


def test_no_query_in_a_loop(client: Client) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    def more(row: Agreement, count: int) -> None:
        for n in range(count):
            provision = Provision.objects.create(agreement=row, number=f"x{n}", position=n, words="A")
            for verdict in (Verdict.KEPT, Verdict.BROKEN):
                finding(provision, OrganisationFactory.create(), verdict)
            IncidentTouches.objects.create(provision=provision, incident=verified(Tlp.CLEAR))

    small, large = agreement("Koro"), agreement("Koro")
    more(small, 1)
    more(large, 6)
    client.get(f"/dialogues/agreements/{small.uid}/")
    assert queries(f"/dialogues/agreements/{small.uid}/") == queries(f"/dialogues/agreements/{large.uid}/")


# --- First entries -----------------------------------------------------------------------------------------------


def test_the_first_agreements_are_entered_once_without_verdicts(client: Client) -> None:
    assert load_first_agreements() == 2
    call_command("first_agreements", verbosity=0)
    assert Agreement.objects.count() == 2
    assert not Assessment.objects.exists()
    assert all(row.source and row.provisions.count() >= 9 for row in Agreement.objects.all())
    assert set(Agreement.objects.values_list("signed_on", flat=True)) == {date(1991, 1, 6), date(2015, 5, 15)}
    for words, benchmark in Provision.objects.values_list("words", "benchmark"):
        assert held_words(f"{words}\n{benchmark}") == []
    assert "Tamanrasset" in client.get("/dialogues/agreements/").content.decode()
