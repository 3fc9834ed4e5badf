"""Dialogues in the demonstration: every part alive, sealed names that a visitor may open, and gone without a trace."""

import uuid
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from dialogues.access import may_open_holder_name, may_open_names, may_open_person
from dialogues.models import (
    Answered,
    Assessment,
    Commitment,
    CommitmentState,
    Committee,
    DecisionState,
    EditState,
    HolderName,
    Holding,
    IncidentTouches,
    OwnerKind,
    Process,
    Proposal,
    RatingMethod,
    RatingRound,
    RatingState,
    SafetyNote,
    Session,
    SessionEdit,
    SessionKind,
    SessionState,
    TakenUp,
    Verdict,
)
from dialogues.services import commitments, proposals
from dialogues.services.commitments import Promise
from dialogues.services.first_agreements import load_first_agreements
from orgs import demo
from orgs.access import viewer_for
from orgs.models import Organisation, OrganisationKind, OrganisationState, Role, Tlp, User
from orgs.policy import Viewer
from tests import factories_agreements as made
from tests import factories_dialogues as told
from tests.factories import OrganisationFactory, signed_in, viewer

pytestmark = pytest.mark.django_db


def who(key: str) -> Viewer:
    return viewer_for(User.objects.get(email=f"{key}@example.org"))


# --- What there is -----------------------------------------------------------------------------------------------


def test_sessions_are_held_to_come_and_to_be_settled(loaded: Path) -> None:
    assert set(Process.objects.values_list("is_demo", flat=True)) == {True}
    assert (Process.objects.count(), Session.objects.filter(is_demo=True).count()) == (3, 14)
    assert Session.objects.filter(state=SessionState.PLANNED).count() == 1
    assert Session.objects.filter(kind=SessionKind.SCREENING, spectators__gt=100).count() == 2
    assert SessionEdit.objects.filter(state=EditState.WAITING).count() == 1
    assert {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER} <= set(Session.objects.values_list("tlp", flat=True))
    assert {"Koro", "Bandiagara", "Mopti", "Gao"} <= set(Session.objects.values_list("cercle__name", flat=True))
    assert Session.objects.filter(country="MR", place_text__contains="Mbera").exists()


def test_promises_stand_in_every_state_and_are_owned_by_every_sort(loaded: Path) -> None:
    assert set(Commitment.objects.values_list("state", flat=True)) == set(CommitmentState.values)
    assert set(Commitment.objects.values_list("owner_kind", flat=True)) == set(OwnerKind.values)
    overdue = Commitment.objects.all().overdue()
    assert overdue.filter(organisation__kind=OrganisationKind.SECURITY).exists()
    assert overdue.filter(organisation__state=OrganisationState.RETIRED).exists()
    assert Commitment.objects.filter(is_public=True).count() == 3
    assert Commitment.objects.filter(follow_ups__by_owner=True).exists()
    for row in Commitment.objects.prefetch_related("follow_ups"):
        assert all(row.made_at <= one.at for one in row.follow_ups.all()), row.what


def test_a_committee_has_a_vacancy_a_name_and_an_overdue_decision(loaded: Path) -> None:
    row = Committee.objects.get()
    held = Holding.objects.filter(until=None)
    assert (row.seats.count(), held.count(), row.meetings.count()) == (9, 8, 3)
    assert HolderName.objects.count() == 1
    assert set(row.decisions.values_list("state", flat=True)) == set(DecisionState.values)


def test_assessors_of_a_pact_disagree_and_incidents_touch_it(loaded: Path) -> None:
    assert set(Assessment.objects.values_list("verdict", flat=True)) == set(Verdict.values)
    newest = (
        Assessment.objects.filter(provision__number="2")
        .order_by("assessor_id", "-as_of", "-pk")
        .distinct("assessor_id")
    )
    assert len({one.verdict for one in newest}) > 1
    assert {one.provision.number for one in Assessment.objects.select_related("provision")} == set("12345")
    assert IncidentTouches.objects.count() == 2


def test_the_loop_is_closed_and_ratings_can_be_tried(loaded: Path) -> None:
    assert Answered.objects.filter(session__isnull=False).count() == 2
    assert TakenUp.objects.count() == 1
    assert SafetyNote.objects.count() == 2
    assert RatingRound.objects.get(method=RatingMethod.CONSENSUS).state == RatingState.CLOSED
    by_code = RatingRound.objects.get(state=RatingState.OPEN, slips=0)
    assert len(by_code.code) == 6
    by_slips = RatingRound.objects.get(state=RatingState.OPEN, slips__gt=0)
    used = by_slips.printed.filter(is_used=True).count()
    assert 0 < used == by_slips.ballots.count() < by_slips.printed.count()
    coordinator = signed_in(User.objects.get(email="coordinator@example.org"))
    page = coordinator.get(reverse("rating-slips", args=[by_slips.uid])).content.decode()
    assert f"Imprimer {by_slips.slips - used} coupons" in page


def test_a_session_to_come_says_who_is_expected_and_takes_no_promise(loaded: Path) -> None:
    facilitator = signed_in(User.objects.get(email="facilitator@example.org"))
    to_come, held = (
        facilitator.get(f"/dialogues/sessions/{Session.objects.filter(state=state)[0].uid}/").content.decode()
        for state in (SessionState.PLANNED, SessionState.HELD)
    )
    assert "Qui est attendu" in to_come
    assert 'class="count"' not in to_come
    assert "/commitments/new/" not in to_come
    assert "/commitments/new/" in held


def test_a_stranger_is_led_to_everything_that_is_public(loaded: Path, client: Client) -> None:
    page = client.get("/dialogues/").content.decode()
    assert "Le film au port" in page
    assert "Le puits du marché" not in page
    for part in ("promises", "agreements", "proposals", "rate"):
        assert f'href="/dialogues/{part}/"' in page
        assert client.get(f"/dialogues/{part}/").status_code == 200


# --- Names -------------------------------------------------------------------------------------------------------


def test_a_visitor_opens_names_without_a_second_factor_and_nobody_beside_real_data(loaded: Path, settings: Any) -> None:
    facilitator = who("facilitator")
    session = Session.objects.filter(names__isnull=False).distinct().get()
    promise = Commitment.objects.get(owner_kind=OwnerKind.PERSON)

    def gates() -> set[bool]:
        return {
            may_open_names(facilitator, session),
            may_open_person(facilitator, promise),
            may_open_holder_name(facilitator, Committee.objects.get()),
        }

    settings.RELAX_SECOND_FACTOR, settings.DEMO = False, True
    assert gates() == {False}
    settings.RELAX_SECOND_FACTOR = True
    assert gates() == {True}
    settings.DEMO = False
    assert gates() == {False}


# --- Removing ----------------------------------------------------------------------------------------------------


def test_what_a_visitor_wrote_goes_too(loaded: Path) -> None:
    """A visitor signs in with an account of the story; what they write is not marked."""
    facilitator = who("facilitator")
    session = told.session(by=facilitator, area="ML0501")
    proposals.write_proposals(viewer=facilitator, session=session, lines=["Un puits de plus"])
    commitments.promise(viewer=facilitator, place=session, uid=uuid.uuid4(), said=_promise("jeunes"))
    real = made.committee("Koro")
    made.committee("Djenné", made_by_id=facilitator.user_id)
    made.agreement("Djenné", "Un couloir", made_by_id=facilitator.user_id)
    demo.remove()
    assert not Session.objects.exists()
    assert not Proposal.objects.exists()
    assert not Commitment.objects.exists()
    assert list(Committee.objects.all()) == [real]


def test_what_others_own_stays_without_its_made_up_bodies(loaded: Path) -> None:
    keeper = viewer(Role.COORDINATOR, "Koro")
    session = told.session(by=keeper, process=str(Process.objects.filter(is_demo=True)[0].uid))
    promise = commitments.promise(viewer=keeper, place=session, uid=uuid.uuid4(), said=_promise("femmes"))
    public = commitments.promise(viewer=keeper, place=session, uid=uuid.uuid4(), said=_promise("radio", public=True))
    femmes = _body("femmes")
    of_others = made.committee("Koro")
    made.holding(made.seat(of_others, organisation=femmes), organisation=femmes)
    load_first_agreements()
    provision = made.agreement("Koro", "Un puits pour tous").provisions.get()
    kept = made.finding(provision, OrganisationFactory.create(), Verdict.KEPT)
    made.finding(provision, femmes, Verdict.BROKEN)
    demo.remove()
    session.refresh_from_db()
    assert session.process is None
    for row in (promise, public):
        row.refresh_from_db()
        assert (row.owner_kind, row.organisation, row.process, row.is_public) == (OwnerKind.PERSON, None, None, False)
    assert (of_others.seats.get().organisation, Holding.objects.get().organisation) == (None, None)
    assert list(Assessment.objects.all()) == [kept]


def test_it_says_before_what_of_others_goes_with_it(loaded: Path) -> None:
    assert demo.goes_along() == {}
    keeper = viewer(Role.COORDINATOR, "Koro")
    session = Session.objects.filter(is_demo=True, state=SessionState.HELD, cercle__name="Koro")[0]
    commitments.promise(viewer=keeper, place=session, uid=uuid.uuid4(), said=_promise("femmes"))
    Assessment.objects.filter(pk=Assessment.objects.all()[0].pk).update(is_demo=False, written_by=keeper.user_id)
    proposals.write_proposals(viewer=keeper, session=session, lines=["Un puits de plus", "Un deuxième puits"])
    said = StringIO()
    call_command("demo", remove=True, yes=True, stdout=said)
    assert "engagements (1)" in said.getvalue()
    assert "propositions (2)" in said.getvalue()
    assert "(1)" in said.getvalue().split("propositions (2)")[1]
    assert not Commitment.objects.exists()
    assert demo.goes_along() == {}


def _body(key: str) -> Organisation:
    names = {"femmes": "Femmes du puits", "jeunes": "Jeunes ponts", "radio": "Radio La Pirogue"}
    return Organisation.objects.get(name__startswith=names[key], is_demo=True)


def _promise(key: str, *, public: bool = False) -> Promise:
    agreed = told.said().held_on if public else None
    return Promise(what="Garder le puits ouvert.", organisation=_body(key), agreed_public_on=agreed)
