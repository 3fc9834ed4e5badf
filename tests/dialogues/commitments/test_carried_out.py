"""That a commitment carries out a priority: said, shown beside the ranking, kept from whoever does not see both."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dialogues.models import Commitment, Priority, Process, RatingRound, Session
from dialogues.services import carried_out, commitments, ratings
from dialogues.services import proposals as grouping
from dialogues.services.commitments import keep_in_step
from orgs.access import viewer_for
from orgs.models import AuditEntry, Role
from orgs.services.errors import NotAllowed
from tests.dialogues.commitments.made import WHAT, due, keeper, promised, today
from tests.dialogues.proposals.rows import a_round, priority
from tests.factories import OrganisationFactory, person, signed_in
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db
TITLE = "Un poste ouvert au marché"


@pytest.fixture
def process() -> Process:
    return ProcessFactory.create(title="Dialogue de Koro")


@pytest.fixture
def room(process: Process) -> Session:
    return session(process=str(process.uid))


@pytest.fixture
def wanted(process: Process) -> Priority:
    return priority(process, TITLE)


def closed(process: Process, **changes: Any) -> RatingRound:
    return ratings.close_round(viewer=keeper(), rating=a_round(process, **changes))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def ranking(rating: RatingRound) -> str:
    return f"/dialogues/proposals/rounds/{rating.uid}/"


# --- From the ranking to the promise and back --------------------------------------------------------------------


def test_from_a_rank_to_a_promise_that_stands_beside_it(process: Process, room: Session, wanted: Priority) -> None:
    desk, rating = signed_in(person(Role.COORDINATOR, "Koro")), closed(process, session=room)
    form = f"/dialogues/sessions/{room.uid}/commitments/new/?priority={wanted.pk}"
    before = page(desk, ranking(rating))
    assert form in before, "the session where it was rated is where it was promised"
    assert "Rien n’a été promis" not in before, "who can promise is led there"
    assert f'<option value="{wanted.pk}" selected>' in page(desk, form)
    body = OrganisationFactory.create(name="Gendarmerie de Koro")
    given = {"uid": str(uuid.uuid4()), "what": "Ouvrir le jeudi", "body": body.name, "priority": wanted.pk}
    assert desk.post(form, {**given, "another": "1"})["Location"] == form, "the next one is about the same"
    made = Commitment.objects.get()
    assert made.priority == wanted
    later = today() - timedelta(days=3)
    Commitment.objects.update(promised_on=later - timedelta(days=9), due_on=later, order_on=later)
    after = page(desk, ranking(rating))
    assert "Ouvrir le jeudi" in after
    assert "Gendarmerie de Koro" in after
    assert "3 jours de retard" in after
    assert "Ouvrir le jeudi" in page(desk, f"/dialogues/proposals/priorities/{wanted.pk}/")
    one = page(desk, f"/dialogues/commitments/{made.uid}/")
    assert f'<a href="/dialogues/proposals/priorities/{wanted.pk}/">{TITLE}</a>' in one


def test_it_is_said_later_changed_and_taken_away(process: Process, room: Session, wanted: Priority) -> None:
    desk, other = signed_in(person(Role.COORDINATOR, "Koro")), priority(process, "Un cahier")
    made = promised(place=room)
    address = f"/dialogues/commitments/{made.uid}/priority/"
    assert address in page(desk, f"/dialogues/commitments/{made.uid}/")
    for chosen in (wanted, wanted, other, None):
        assert desk.post(address, {"priority": chosen.pk if chosen else ""}).status_code == 302
        made.refresh_from_db()
        assert made.priority == chosen
    entries = AuditEntry.objects.filter(verb__in=("tied", "untied")).order_by("pk")
    assert [entry.verb for entry in entries] == ["tied", "tied", "untied"], "the same said twice is said once"
    assert desk.post(address, {"priority": "999999"}).status_code == 422


# --- What cannot be ----------------------------------------------------------------------------------------------


def test_a_priority_of_another_process_or_one_that_is_gone_is_refused(process: Process, room: Session) -> None:
    elsewhere, gone = priority(ProcessFactory.create()), priority(process, "Un four")
    grouping.withdraw(viewer=keeper(), priority=gone)
    alone = session()
    for place, wrong in ((room, elsewhere), (room, gone), (alone, elsewhere), (process, elsewhere)):
        with pytest.raises(ValidationError) as refused:
            promised(place=place, priority=wrong)
        assert set(refused.value.message_dict) == {"priority"}
        with pytest.raises(ValidationError):
            carried_out.carry_out(viewer=keeper(), commitment=promised(place=place), priority=wrong)


def test_the_owner_does_not_say_what_it_carries_out(room: Session, wanted: Priority) -> None:
    body = OrganisationFactory.create()
    made = promised(place=room, body=body)
    owner = viewer_for(person(Role.LIAISON, "Koro", organisation=body))
    with pytest.raises(NotAllowed):
        carried_out.carry_out(viewer=owner, commitment=made, priority=wanted)


def test_a_session_that_leaves_the_process_takes_its_promises_out_of_the_ranking(
    process: Process, room: Session, wanted: Priority
) -> None:
    made, kept = promised(place=room, priority=wanted), promised(place=process, priority=wanted)
    keep_in_step(room)
    made.refresh_from_db()
    assert made.priority == wanted, "nothing changed"
    for elsewhere in (ProcessFactory.create(), None):
        Commitment.objects.filter(pk=made.pk).update(process=process, priority=wanted)
        room.process = elsewhere
        keep_in_step(room)
        made.refresh_from_db()
        assert made.process == elsewhere
        assert made.priority is None
    kept.refresh_from_db()
    assert kept.priority == wanted


def test_a_merger_takes_the_promises_along_and_undoing_gives_them_back(
    process: Process, room: Session, wanted: Priority
) -> None:
    desk, kept = signed_in(person(Role.COORDINATOR, "Koro")), priority(process, "Des rencontres")
    rating = closed(process)
    made = promised(place=room, priority=wanted, what="Ouvrir le jeudi")
    one, of_kept = f"/dialogues/commitments/{made.uid}/", f"/dialogues/proposals/priorities/{kept.pk}/"
    grouping.merge(viewer=keeper(), kept=kept, other=wanted)
    assert "Ouvrir le jeudi" in page(desk, of_kept)
    assert "Des rencontres" in page(desk, one)
    both = page(desk, ranking(rating))
    assert both.count("Ouvrir le jeudi") == 1, "a ranking of both tells it once, where it was promised"
    assert both.index(TITLE) < both.index("Ouvrir le jeudi")
    assert f"priority={wanted.pk}" not in both, "a new promise is about what stands"
    later = closed(process)
    assert "Ouvrir le jeudi" in page(desk, ranking(later))
    step = grouping.last_step(process)
    assert step is not None
    grouping.undo(viewer=keeper(), process=process, step=step.pk)
    assert "Ouvrir le jeudi" not in page(desk, of_kept)
    assert TITLE in page(desk, one)


# --- Who reads the tie -------------------------------------------------------------------------------------------


def test_the_tie_is_read_by_whoever_sees_both_and_by_nobody_else(process: Process, wanted: Priority) -> None:
    process.tlp = "clear"
    process.save()
    body, listener = OrganisationFactory.create(), OrganisationFactory.create()
    room = session(process=str(process.uid), tlp="clear", present=(listener.pk,))
    closer = session(process=str(process.uid), tlp="amber", present=(listener.pk,))
    rating = closed(process)
    public = promised(place=room, body=body, priority=wanted, what="Dire à tous", agreed_public_on=today())
    inside = promised(place=closer, body=body, priority=wanted, what="Dire ici")
    expected = {
        # who: reads the public promise beside the rank, reads the one of the closer room there
        None: (False, False),
        person(Role.REPORTER, "Koro"): (True, False),
        person(Role.REPORTER, "Koro", organisation=listener): (True, True),
        person(Role.LIAISON, "Gao", organisation=listener): (False, False),
        person(Role.LIAISON, "Gao", organisation=body): (False, False),
        person(Role.COORDINATOR, "Koro"): (True, True),
        person(Role.REPORTER, "Gao"): (False, False),
    }
    for user, reads in expected.items():
        client = signed_in(user) if user else Client()
        read = page(client, ranking(rating))
        assert ("Dire à tous" in read, "Dire ici" in read) == reads, user and user.memberships.all()
        assert ("?priority=" in read) == (user is not None and Role.COORDINATOR in viewer_for(user).roles)
        for made, on_the_ranking in zip((public, inside), reads, strict=True):
            answer = client.get(f"/dialogues/commitments/{made.uid}/")
            named = answer.status_code == 200 and TITLE in answer.content.decode()
            assert named == on_the_ranking, (user and user.memberships.all(), made.what)


def test_who_reads_the_promise_but_not_its_process_learns_no_priority() -> None:
    elsewhere = ProcessFactory.create(at="Gao", tlp="amber")
    wanted = priority_elsewhere(elsewhere)
    made = promised(place=session(by=keeper(), process=str(elsewhere.uid)), priority=wanted)
    desk = signed_in(person(Role.COORDINATOR, "Koro"))
    address = f"/dialogues/commitments/{made.uid}/"
    for read in (page(desk, address), page(desk, f"/admin/dialogues/commitment/{made.pk}/change/")):
        assert WHAT in read
        assert TITLE not in read
    assert f"{address}priority/" not in page(desk, address)
    desk.post(f"{address}priority/", {"priority": ""})
    made.refresh_from_db()
    assert made.priority_id == wanted.pk, "nobody unties what they do not see"


def priority_elsewhere(process: Process) -> Priority:
    return grouping.make_priority(viewer=keeper(), process=process, title=TITLE)


def test_many_promises_ask_no_more_than_few(process: Process, room: Session, wanted: Priority) -> None:
    desk, rating = signed_in(person(Role.COORDINATOR, "Koro")), closed(process)
    counts = []
    for many in (1, 6):
        for number in range(many):
            due(-number, place=room, priority=wanted)
        with CaptureQueriesContext(connection) as asked:
            page(desk, ranking(rating))
        counts.append(len(asked))
    assert counts[0] == counts[1], counts
    commitments.follow(viewer=keeper(), commitment=Commitment.objects.latest("pk"), state="kept", words="Vu.")
    assert "Tenu" in page(desk, ranking(rating))
