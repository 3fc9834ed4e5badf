"""Who sees which committees: the three answers agree, every rule is needed, outside no number of persons is told."""

from datetime import timedelta

import pytest
from django.test import Client

from dialogues import committees as reading
from dialogues.access import COMMITTEES
from dialogues.disclosed_agreements import COMMITTEE
from dialogues.models import Committee, Decision
from orgs.access import ANYONE, viewer_for
from orgs.models import Organisation, Role, Tlp, User
from tests.factories import OrganisationFactory, country, person, signed_in
from tests.factories_agreements import TODAY, committee, holding, seat

pytestmark = pytest.mark.django_db

SEEN = """
who                 green amber clear away-amber away-seat away-held away-left away-ended own-away all-amber all-green
coordinator-Koro    C     C     P     -          -         -         -         -          T        C             C
editor-Koro         N     -     P     -          -         -         -         -          T        -             N
analyst-Koro        N     -     P     -          -         -         -         -          -        -             N
reporter-Gao        -     -     P     -          -         -         -         -          -        -             N
liaison-Koro        -     -     P     -          -         -         -         -          -        -             -
oversight-Koro      -     -     P     -          -         -         -         -          -        -             -
administrator-Koro  -     -     P     -          -         -         -         -          -        -             -
operator-Koro       -     -     P     -          -         -         -         -          -        -             -
facilitator-body    -     -     P     -          T         T         -         -          T        -             N
liaison-body        -     -     P     -          M         M         -         -          -        -             -
reporter-body       -     -     P     -          M         M         -         -          -        -             N
"""


def _rows(who: User, body: Organisation) -> list[Committee]:
    day = timedelta(days=1)
    rows = [committee("Koro", tlp=Tlp.GREEN), committee("Koro", tlp=Tlp.AMBER), committee("Tombouctou", tlp=Tlp.CLEAR)]
    rows += [committee("Tombouctou", tlp=Tlp.AMBER) for _n in range(5)]
    _empty, kept, held, left, ended = rows[3:]
    seat(kept, organisation=body)
    holding(seat(held), organisation=body)
    holding(seat(left), organisation=body, until=TODAY())
    holding(seat(ended, organisation=body, ended_on=TODAY() - day), organisation=body)
    rows.append(committee("Tombouctou", tlp=Tlp.AMBER, made_by=who))
    return [*rows, committee(None, tlp=Tlp.AMBER), committee(None, tlp=Tlp.GREEN)]


def _matrix(typed: dict[str, list[str]]) -> dict[str, list[str]]:
    found = {}
    for name in typed:
        role, where = name.split("-")
        body = OrganisationFactory.create()
        who = person(role, "Bourem" if where == "body" else where, organisation=body if where == "body" else None)
        audiences = [COMMITTEES.audience(viewer_for(who), row) for row in _rows(who, body)]
        found[name] = [(audience or "-")[0].upper() for audience in audiences]
    return found


def _typed() -> dict[str, list[str]]:
    return {line.split()[0]: line.split()[1:] for line in SEEN.strip().splitlines()[1:]}


def test_who_sees_what() -> None:
    assert _matrix(_typed()) == _typed()


@pytest.mark.parametrize("place", range(len(COMMITTEES.grants)))
def test_every_rule_counts(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    monkeypatch.setattr(COMMITTEES, "grants", COMMITTEES.grants[:place] + COMMITTEES.grants[place + 1 :])
    assert _matrix(_typed()) != _typed()


def test_seeing_listing_and_whom_agree() -> None:
    body = OrganisationFactory.create()
    people = [person(role, where) for role in Role.values for where in ("Koro", "Gao")]
    people += [person(role, "Gao", organisation=body) for role in (Role.LIAISON, Role.EDITOR, Role.REPORTER)]
    people += [person(Role.COORDINATOR, country()), person(Role.LIAISON, organisation=body, is_active=False)]
    rows = [row for who in people[:3] for row in _rows(who, body)]
    seen = 0
    for who in filter(lambda one: one.is_active, people):
        asks = viewer_for(who)
        listed = {row.pk: row for row in COMMITTEES.rows(asks).annotate(audience=COMMITTEES.audience_column(asks))}
        for row in rows:
            audience = COMMITTEES.audience(asks, row)
            reached = COMMITTEES.people(row).filter(pk=who.pk).exists()
            assert (audience is not None) == (row.pk in listed) == reached, (who.memberships.all(), row)
            if audience:
                assert listed[row.pk].audience == audience
                seen += 1
    assert seen > 100
    public = set(COMMITTEES.rows(ANYONE).values_list("pk", flat=True))
    assert {row.pk for row in rows if COMMITTEES.sees(ANYONE, row)} == public


def test_a_list_shows_what_a_row_shows() -> None:
    _rows(person(Role.EDITOR, "Koro"), OrganisationFactory.create())
    for audience in COMMITTEE.audiences:
        for row in Committee.objects.annotate(**COMMITTEE.columns(audience)):
            shown = COMMITTEE.show(row, audience)
            assert shown == {name: getattr(row, f"shown_{name}") for name in shown}


def test_outside_no_decision_no_date_and_no_person_is_told(client: Client) -> None:
    row = committee("Koro", tlp=Tlp.CLEAR)
    body = OrganisationFactory.create(name="Femmes de Koro", visibility="public")
    for n in range(6):
        holding(seat(row, f"Siège {n}", organisation=body), organisation=body, sex="f", age_band="15-35")
    Decision.objects.create(committee=row, words="Ouvrir le marché.", decided_on=TODAY())
    path = f"/dialogues/committees/{row.uid}/"
    inside = signed_in(person(Role.LIAISON, organisation=body)).get(path).content.decode()
    assert "Ouvrir le marché." in inside
    assert "Femmes de Koro" in inside
    assert "100 %" in inside
    for browser in (client, signed_in(person(Role.REPORTER, "Koro"))):
        page = browser.get(path).content.decode()
        assert "Siège 3" in page
        for kept in ("Ouvrir le marché.", "Femmes de Koro", "une femme", "100 %", "6 / 6", "réunion était prévue"):
            assert kept not in page
        assert "au moins 30 %" in page
        listed = browser.get("/dialogues/committees/").content.decode()
        assert "CCLS de Koro" in listed
        assert "réunion était prévue" not in listed


def test_of_few_people_nothing_is_said_outside(client: Client) -> None:
    row = committee("Koro", tlp=Tlp.CLEAR)
    for n in range(4):
        holding(seat(row, f"Siège {n}"), sex="f", age_band="15-35")
    page = client.get(f"/dialogues/committees/{row.uid}/").content.decode()
    assert "30 %" not in page


def test_a_hidden_organisation_has_a_seat_without_its_name() -> None:
    row, body = committee("Koro"), OrganisationFactory.create(name="Ombre", visibility="coordinators")
    seat(row, "Éleveurs", organisation=body)
    other = OrganisationFactory.create()
    seat(row, "Maire", organisation=other)
    asks = viewer_for(person(Role.LIAISON, organisation=other))
    hidden, own = reading.shown_seats(asks, row, "member")
    assert (hidden["organisation"], hidden["is_named"]) == ("", False)
    assert own["organisation"] == other.name
    page = signed_in(person(Role.EDITOR, organisation=other)).get(f"/dialogues/committees/{row.uid}/").content.decode()
    assert "Ombre" not in page
