"""What was promised is kept as it was said; what became of it is added; the owner does not judge itself."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ProtectedError
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogues.models import Commitment, CommitmentPerson, CommitmentState, FollowUp, Process, Session
from dialogues.said import said_of
from dialogues.services import commitment_people, commitments
from dialogues.services.commitments import STEPS, Promise
from dialogues.services.sessions import keep_session
from orgs.models import ActorSector, AuditEntry, Organisation, OrganisationState, Role, Tlp
from orgs.policy import Viewer
from orgs.services.errors import Faster, NotAllowed
from orgs.services.merges import merge_organisations
from tests.dialogues.commitments.made import WHAT, keeper, promised, somebody, today
from tests.factories import ActorFactory, OrganisationFactory, area, person, viewer
from tests.factories_dialogues import ProcessFactory, session
from tests.moments import by_now
from tests.together import at_once

pytestmark = pytest.mark.django_db
CODES = [str(code) for code in CommitmentState.values]


# --- Promising ---------------------------------------------------------------------------------------------------


def test_it_takes_its_areas_day_and_marking_from_the_session() -> None:
    room = session(tlp=Tlp.AMBER)
    made = promised(place=room)
    assert (made.cercle, made.tlp, made.promised_on) == (area("Koro"), Tlp.AMBER, room.held_on)
    assert AuditEntry.objects.filter(verb="promised").exists()


def test_a_session_that_is_marked_more_closely_takes_its_commitments_along() -> None:
    who = keeper()
    room = session(by=who)
    made = promised(place=room, by=who, agreed_public_on=today())
    words = replace(said_of(room), tlp=Tlp.AMBER, area=area("Gao").pcode)
    keep_session(viewer=who, uid=room.uid, edit_key=uuid.uuid4(), base_version=room.version, said=words)
    made.refresh_from_db()
    assert (made.tlp, made.cercle) == (Tlp.AMBER, area("Gao"))


def test_the_day_of_a_promise_is_put_right_with_the_day_of_its_session() -> None:
    who = keeper()
    room = session(by=who)
    made, day = promised(place=room, by=who), today() - timedelta(days=9)
    words = replace(said_of(room), held_on=day)
    keep_session(viewer=who, uid=room.uid, edit_key=uuid.uuid4(), base_version=room.version, said=words)
    made.refresh_from_db()
    assert made.promised_on == day


@pytest.mark.parametrize("state", ["cancelled", "planned"])
def test_a_session_in_which_something_was_promised_was_held(state: str) -> None:
    who = keeper()
    room = session(by=who)
    promised(place=room, by=who)
    words = replace(said_of(room), state=state)
    with pytest.raises(ValidationError) as refused:
        keep_session(viewer=who, uid=room.uid, edit_key=uuid.uuid4(), base_version=room.version, said=words)
    assert list(refused.value.message_dict) == ["state"]
    room.refresh_from_db()
    assert room.state == "held"


def test_the_same_form_sent_twice_is_one() -> None:
    who, uid = keeper(), uuid.uuid4()
    room, said = session(by=who), Promise(WHAT, organisation=OrganisationFactory.create())
    first, second = (commitments.promise(viewer=who, place=room, uid=uid, said=said) for _n in range(2))
    assert first == second
    with pytest.raises(NotAllowed):
        commitments.promise(viewer=keeper(), place=room, uid=uid, said=said)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_from_two_tabs_at_once_is_one() -> None:
    who, uid = keeper(), uuid.uuid4()
    room, said = session(by=who), Promise(WHAT, organisation=OrganisationFactory.create())

    def send() -> Commitment:
        return commitments.promise(viewer=who, place=room, uid=uid, said=said)

    first, second = at_once(send, send)
    assert first == second
    assert Commitment.objects.count() == 1


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"what": ""}, "what"),
    "too long": ({"what": "a" * 501}, "what"),
    "forces": ({"what": "La patrouille de l’armée part de Koro vers Bankass demain à 6 h"}, "what"),
    "a phone": ({"evidence": "Appeler le 76 12 34 56"}, "evidence"),
    "before": ({"due_on": "past"}, "due_on"),
    "centuries": ({"due_on": "far"}, "due_on"),
    "public tomorrow": ({"agreed_public_on": "tomorrow"}, "agreed_public_on"),
    "nobody": ({"organisation": None}, "organisation"),
    "two": ({"person": "somebody"}, "organisation"),
}


@pytest.mark.parametrize(("changes", "field"), WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_is_refused_where_it_stands(changes: dict[str, Any], field: str) -> None:
    days = {"past": -30, "far": 366 * 25, "tomorrow": 1}
    given_: dict[str, Any] = {
        name: today() + timedelta(days=days[value]) if value in days else somebody() if value == "somebody" else value
        for name, value in changes.items()
    }
    said = replace(Promise(WHAT, organisation=OrganisationFactory.create()), **given_)
    with pytest.raises(ValidationError) as refused:
        commitments.promise(viewer=keeper(), place=session(), uid=uuid.uuid4(), said=said)
    assert list(refused.value.message_dict) == [field]
    assert not Commitment.objects.exists()


def test_nothing_is_promised_in_a_session_that_was_not_held() -> None:
    room = session(state="planned", people=0)
    with pytest.raises(ValidationError):
        promised(place=room)


def test_an_armed_group_owns_nothing() -> None:
    with pytest.raises(ValidationError) as refused:
        promised(actor=ActorFactory.create(sector=ActorSector.ARMED_GROUP))
    assert "actor" in refused.value.message_dict


@pytest.mark.parametrize(
    ("role", "where", "own", "may"),
    [
        (Role.COORDINATOR, "Koro", False, True),
        (Role.COORDINATOR, "Gao", False, False),
        (Role.FACILITATOR, "Koro", False, False),
        (Role.FACILITATOR, "Gao", True, True),
        (Role.EDITOR, "Gao", True, True),
        (Role.LIAISON, "Koro", True, False),
        (Role.REPORTER, "Koro", True, False),
        (Role.ANALYST, "Koro", False, False),
        (Role.ADMINISTRATOR, "Koro", True, False),
        (Role.OVERSIGHT, "Koro", False, False),
        (Role.OPERATOR, "Koro", False, False),
    ],
)
def test_only_those_who_hold_a_session_write_down_what_was_promised(
    role: str, where: str, own: bool, may: bool
) -> None:
    body = OrganisationFactory.create()
    room = session(organisation=body)
    who = viewer(role, where, organisation=body if own else None)
    if may:
        assert promised(place=room, by=who).made_by_id == who.user_id
        return
    with pytest.raises(NotAllowed):
        promised(place=room, by=who)


# --- A day, words, versions --------------------------------------------------------------------------------------


def reword(who: Viewer, made: Commitment, version: int) -> Commitment:
    return commitments.change_words(
        viewer=who, commitment=made, version=version, what="Ouvrir le poste", due_on=None, evidence=""
    )


def test_words_are_put_right_until_somebody_has_followed() -> None:
    who = keeper()
    made = promised(by=who)
    assert reword(who, made, 1).what == "Ouvrir le poste"
    with pytest.raises(Faster):
        reword(who, made, 1)
    commitments.follow(viewer=who, commitment=made, words="On a appelé.")
    with pytest.raises(NotAllowed):
        reword(who, made, 3)


# --- What became of it -------------------------------------------------------------------------------------------

TABLE = {
    ("promised", "begun"), ("promised", "kept"), ("promised", "broken"), ("promised", "overtaken"),
    ("begun", "kept"), ("begun", "broken"), ("begun", "overtaken"),
}  # fmt: skip


@pytest.mark.parametrize("before", CODES)
@pytest.mark.parametrize("after", CODES)
def test_only_these_steps_are_taken(before: str, after: str) -> None:
    who = keeper()
    made = promised(by=who)
    Commitment.objects.filter(pk=made.pk).update(state=before)
    if before == after:
        return
    if (before, after) in TABLE:
        commitments.follow(viewer=who, commitment=made, state=after)
        made.refresh_from_db()
        assert made.state == after
    else:
        with pytest.raises(ValidationError):
            commitments.follow(viewer=who, commitment=made, state=after)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(st.tuples(st.booleans(), st.sampled_from(CODES), st.sampled_from(["", "Vu."])), max_size=6))
def test_whatever_is_tried_every_state_has_its_line_and_no_line_is_lost(steps: list[tuple[bool, str, str]]) -> None:
    FollowUp.objects.all().delete()
    who, made = keeper(), promised()
    stands, taken = "promised", set()
    for corrects, state, words in steps:
        step = commitments.correct if corrects else commitments.follow
        try:
            taken.add(step(viewer=who, commitment=made, state=state, words=words).pk)
        except ValidationError:
            continue
        assert corrects or state == stands or state in STEPS[stands]
        stands = state
    made.refresh_from_db()
    assert made.state == stands
    lines = list(made.follow_ups.order_by("id"))
    assert {line.pk for line in lines} == taken
    assert made.version == len(taken) + 1
    states = ["promised", *(line.state for line in lines)]
    assert [line.before for line in lines] == states[:-1]
    assert states[-1] == stands


def test_a_coordinator_corrects_with_a_reason_and_nobody_else() -> None:
    body = OrganisationFactory.create()
    team = viewer(Role.FACILITATOR, "Koro", organisation=body)
    made = promised(place=session(organisation=body), by=team)
    commitments.follow(viewer=team, commitment=made, state="broken")
    with pytest.raises(NotAllowed):
        commitments.correct(viewer=team, commitment=made, state="begun", words="Erreur")
    with pytest.raises(ValidationError):
        commitments.correct(viewer=keeper(), commitment=made, state="begun", words="")
    line = commitments.correct(viewer=keeper(), commitment=made, state="begun", words="Ce n’était pas lui.")
    assert (line.before, line.state, line.is_correction) == ("broken", "begun", True)


def test_the_owner_tells_how_far_it_is_and_does_not_judge_itself() -> None:
    body = OrganisationFactory.create()
    made = promised(body=body)
    officer = viewer(Role.LIAISON, organisation=body)
    line = commitments.follow(viewer=officer, commitment=made, state="begun", words="Nous avons commencé.")
    assert line.by_owner
    with pytest.raises(ValidationError):
        commitments.follow(viewer=officer, commitment=made, state="kept")
    for role in (Role.REPORTER, Role.MONITOR, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            commitments.follow(viewer=viewer(role, organisation=body), commitment=made, words="Fait.")


def test_a_note_sent_twice_is_one() -> None:
    who, made = keeper(), promised()
    for _n in range(2):
        commitments.follow(viewer=who, commitment=made, state="begun")
    for _n in range(2):
        commitments.follow(viewer=who, commitment=made, words="Le poste est peint.")
    assert made.follow_ups.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_follow_at_once_both_stand() -> None:
    who, made = keeper(), promised()
    kept, broken = (
        lambda state=state: commitments.follow(viewer=who, commitment=made, state=state) for state in ("kept", "broken")
    )
    results = at_once(kept, broken)
    assert sum(isinstance(one, FollowUp) for one in results) == 1
    assert sum(isinstance(one, ValidationError) for one in results) == 1


# --- In public ---------------------------------------------------------------------------------------------------


def test_other_words_than_those_agreed_on_do_not_become_public() -> None:
    who = keeper()
    made = promised(by=who, agreed_public_on=today())
    with pytest.raises(ValidationError) as refused:
        reword(who, made, 1)
    assert list(refused.value.message_dict) == ["what"]
    made.refresh_from_db()
    assert (made.what, made.is_public) == (WHAT, True)
    commitments.make_public(viewer=who, commitment=made, agreed_on=None)
    assert reword(who, made, 2).what == "Ouvrir le poste"


def test_it_is_public_only_by_an_agreement_and_never_a_persons() -> None:
    who = keeper()
    made = promised(by=who)
    assert commitments.make_public(viewer=who, commitment=made, agreed_on=today()).is_public
    assert not commitments.make_public(viewer=who, commitment=made, agreed_on=None).is_public
    with pytest.raises(ValidationError):
        commitments.make_public(viewer=who, commitment=promised(person=somebody()), agreed_on=today())
    closer = promised(place=session(tlp=Tlp.AMBER))
    with pytest.raises(ValidationError):
        commitments.make_public(viewer=who, commitment=closer, agreed_on=today())


@pytest.mark.parametrize(
    "wrong",
    [
        {"is_public": True},
        {"session": None, "process": None},
        {"organisation": None},
        {"order_on": today},
        {"state": "forgotten"},
        {"owner_kind": "person"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_database_refuses_what_must_never_be(wrong: dict[str, Any]) -> None:
    made = promised()
    with pytest.raises(IntegrityError):
        Commitment.objects.filter(pk=made.pk).update(**by_now(wrong))


# --- A person ----------------------------------------------------------------------------------------------------


def test_a_persons_name_is_sealed_opened_with_a_reason_and_forgotten_when_they_ask() -> None:
    user = person(Role.COORDINATOR, "Koro")
    from orgs.access import viewer_for

    who = replace(viewer_for(user), second_factor=True)
    made = promised(by=who, person=somebody())
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM dialogues_commitmentperson")
        assert b"Aminata" not in bytes(cursor.fetchone()[0])
    with pytest.raises(ValidationError):
        commitment_people.open_person(viewer=who, commitment=made, reason="oui")
    opened = commitment_people.open_person(viewer=who, commitment=made, reason="Elle a demandé où en est le puits.")
    assert opened is not None
    assert opened.name == "Aminata D."
    entry = AuditEntry.objects.get(verb="open_person")
    assert "puits" not in str(entry.facts)
    with pytest.raises(NotAllowed):
        commitment_people.open_person(viewer=replace(who, second_factor=False), commitment=made, reason="Il le faut.")
    assert commitment_people.forget_person(viewer=who, commitment=made)
    assert not CommitmentPerson.objects.exists()
    assert Commitment.objects.filter(pk=made.pk).exists()
    assert commitment_people.open_person(viewer=who, commitment=made, reason="Encore une fois, pour voir.") is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"consent": ""}, "consent"), ({"consented_on": None}, "consented_on")],
)
def test_no_name_without_consent(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        promised(person=replace(somebody(), **changes))
    assert field in refused.value.message_dict


# --- An organisation that goes -----------------------------------------------------------------------------------


def test_an_organisation_that_owes_something_cannot_be_deleted() -> None:
    made = promised()
    assert made.organisation is not None
    with pytest.raises(ProtectedError):
        made.organisation.delete()


def test_a_promise_goes_with_its_organisation_into_the_one_it_is_merged_into() -> None:
    gone, kept = OrganisationFactory.create(), OrganisationFactory.create()
    made = promised(body=gone)
    administrator = viewer(Role.ADMINISTRATOR)
    # Who reads the promise changes with it, so somebody must say so.
    with pytest.raises(ValidationError):
        merge_organisations(viewer=administrator, kept=kept, gone=gone, choices={})
    merge_organisations(viewer=administrator, kept=kept, gone=gone, choices={}, people_confirmed=True)
    made.refresh_from_db()
    assert made.organisation == kept


def test_nobody_promises_for_an_organisation_that_is_not_there_any_more() -> None:
    retired: Organisation = OrganisationFactory.create(state=OrganisationState.RETIRED)
    with pytest.raises(ValidationError):
        promised(body=retired)


def test_a_process_has_commitments_of_its_own_and_those_of_its_sessions() -> None:
    process: Process = ProcessFactory.create(at="Gao")
    own = promised(place=process)
    assert (own.session, own.cercle) == (None, area("Gao"))
    room: Session = session(process=str(process.uid), by=keeper())
    promised(place=room)
    assert process.commitments.count() == 2
