"""Two people write the same session in two places: neither loses a word, and a person settles what differs."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dialogues.models import EditState, SessionEdit, SessionKind
from dialogues.said import UNITS, Counted, Raised, SessionSaid, from_json, join, said_of, to_json, unit_of
from dialogues.services.sessions import BOTH, MINE, keep_session, settle
from orgs.models import Role
from orgs.services.errors import NotAllowed
from tests.factories import OrganisationFactory, person, signed_in, viewer
from tests.factories_dialogues import said, session
from tests.together import at_once

pytestmark = pytest.mark.django_db


def keep(who: Any, uid: uuid.UUID, base: int, words: SessionSaid, key: uuid.UUID | None = None) -> Any:
    return keep_session(viewer=who, uid=uid, edit_key=key or uuid.uuid4(), base_version=base, said=words)


def test_edits_of_different_units_are_joined_and_those_of_one_unit_wait_for_a_person() -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    made = session(by=who)
    started = said_of(made)
    first = keep(who, made.uid, 1, replace(started, agenda="Le puits", title="Le puits du marché"))
    assert first.session.version == 2
    assert first.conflicts == []
    second = keep(who, made.uid, 1, replace(started, minutes="On a parlé.", title="Le marché"))
    assert second.conflicts == ["title"]
    now = said_of(second.session)
    assert (now.title, now.agenda, now.minutes) == ("Le puits du marché", "Le puits", "On a parlé.")
    assert second.edit.said["title"] == "Le marché"
    settled = settle(viewer=who, edit=second.edit, choices={"title": MINE})
    assert settled.title == "Le marché"
    assert SessionEdit.objects.get(pk=second.edit.pk).state == EditState.SETTLED


def test_both_texts_can_stand_one_behind_the_other() -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    made = session(by=who)
    started = said_of(made)
    keep(who, made.uid, 1, replace(started, minutes="Awa a ouvert."))
    other = keep(who, made.uid, 1, replace(started, minutes="On a fini à midi."))
    assert (
        settle(viewer=who, edit=other.edit, choices={"minutes": BOTH}).minutes == "Awa a ouvert.\n\nOn a fini à midi."
    )


def test_a_choice_is_asked_for_every_unit() -> None:
    who = viewer(Role.COORDINATOR, "Koro")
    made = session(by=who)
    started = said_of(made)
    keep(who, made.uid, 1, replace(started, minutes="Un"))
    other = keep(who, made.uid, 1, replace(started, minutes="Deux"))
    with pytest.raises(ValidationError) as refused:
        settle(viewer=who, edit=other.edit, choices={})
    assert list(refused.value.message_dict) == ["minutes"]


def test_the_same_edit_sent_twice_is_one() -> None:
    who, uid, key = viewer(Role.FACILITATOR, "Koro"), uuid.uuid4(), uuid.uuid4()
    first, again = keep(who, uid, 0, said(), key), keep(who, uid, 0, said(), key)
    assert first.created
    assert not again.created
    assert first.session.pk == again.session.pk
    assert SessionEdit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_phones_that_send_one_session_at_the_same_moment_make_one() -> None:
    who, uid = viewer(Role.FACILITATOR, "Koro"), uuid.uuid4()
    one, two = at_once(lambda: keep(who, uid, 0, said(minutes="Ici")), lambda: keep(who, uid, 0, said(minutes="Là")))
    assert one.session.pk == two.session.pk
    assert sorted([one.conflicts, two.conflicts]) == [[], ["minutes"]]
    assert {edit.said["minutes"] for edit in SessionEdit.objects.all()} == {"Ici", "Là"}


def test_whoever_may_not_write_does_not() -> None:
    with pytest.raises(NotAllowed):
        keep(viewer(Role.LIAISON, "Koro"), uuid.uuid4(), 0, said())
    made = session()
    with pytest.raises(NotAllowed):
        keep(viewer(Role.FACILITATOR, "Koro"), made.uid, 1, said())


def _tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"held_on": date(1890, 3, 1)}, "held_on"),
        ({"held_on": None}, "held_on"),
        ({"held_on": "tomorrow"}, "held_on"),
        ({"people": 100_000}, "people"),
        ({"people": -1}, "people"),
        ({"people": 0}, "people"),
        ({"kind": SessionKind.INTERVIEW, "people": 60}, "people"),
        ({"spectators": 40}, "spectators"),
        ({"attendance": (Counted("f", "15-35", "women", 13),)}, "attendance"),
        ({"attendance": (Counted("f", "15-35", "women", 3),)}, "attendance"),
        ({"attendance": (Counted("f", "30-45", "women", 12),)}, "attendance"),
        ({"attendance": (Counted("f", "u", "u", 6), Counted("f", "u", "u", 6))}, "attendance"),
        ({"absent": ("herders",)}, "absent"),
        ({"area": "ML99999"}, "area"),
        ({"area": "", "country": "MR", "place_text": ""}, "place_text"),
        ({"country": "MR"}, "area"),
        ({"led_by": 999_999_999}, "led_by"),
        ({"minutes": "Appelez Awa au 76 12 34 56."}, "minutes"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"issues": (Raised("La terre", needs=("love",)),)}, "issues"),
    ],
)
def test_what_cannot_be_true_is_refused_at_its_field(changes: dict[str, Any], where: str) -> None:
    if changes.get("held_on") == "tomorrow":
        changes = {"held_on": _tomorrow()}
    with pytest.raises(ValidationError) as refused:
        keep(viewer(Role.FACILITATOR, "Koro"), uuid.uuid4(), 0, said(**changes))
    assert where in refused.value.message_dict


def test_a_body_that_left_the_directory_cannot_hold_a_session() -> None:
    gone = OrganisationFactory.create(merged_into=OrganisationFactory.create())
    with pytest.raises(ValidationError) as refused:
        keep(viewer(Role.COORDINATOR, "Koro"), uuid.uuid4(), 0, said(led_by=gone.pk))
    assert "led_by" in refused.value.message_dict


@pytest.mark.parametrize("asked", ["x", "%00", "00000000-0000-0000-0000-000000000000"])
def test_a_strange_process_in_the_address_opens_an_ordinary_form(asked: str) -> None:
    page = signed_in(person(Role.FACILITATOR, "Koro")).get(f"/dialogues/sessions/new/?process={asked}")
    assert page.status_code == 200


def test_whoever_writes_any_number_reads_no_name_of_an_account() -> None:
    stranger, body = person(Role.FACILITATOR, "Koro"), OrganisationFactory.create()
    colleague = person(Role.FACILITATOR, "Koro", organisation=body)
    who = viewer(Role.FACILITATOR, "Koro", organisation=body)
    with pytest.raises(ValidationError) as refused:
        keep(who, uuid.uuid4(), 0, said(facilitators=(stranger.pk,)))
    assert list(refused.value.message_dict) == ["facilitators"]
    assert keep(who, uuid.uuid4(), 0, said(facilitators=(colleague.pk,))).created


_WORDS = st.text(alphabet="abc ", max_size=5)
_SAID = st.builds(
    SessionSaid,
    title=_WORDS,
    minutes=_WORDS,
    agenda=_WORDS,
    people=st.integers(0, 3),
    spectators=st.integers(0, 2),
    agreements=st.lists(_WORDS, max_size=2).map(tuple),
    held_on=st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 3)),
)


@given(_SAID, _SAID, _SAID)
def test_joining_keeps_every_change_or_says_that_two_differ(base: Any, stands: Any, mine: Any) -> None:
    result, conflicts = join(base, stands, mine)
    for unit in UNITS:
        now, before, wanted = unit_of(stands, unit), unit_of(base, unit), unit_of(mine, unit)
        if unit in conflicts:
            assert unit_of(result, unit) == now
            assert wanted not in (now, before)
            assert now != before
        else:
            assert unit_of(result, unit) == (now if wanted == before else wanted)


@given(_SAID)
def test_what_was_written_is_read_back_as_it_was(words: Any) -> None:
    once = from_json(to_json(words))
    assert from_json(to_json(once)) == once


@pytest.mark.parametrize("unit", ["title", "agenda", "minutes", "agreements", "disagreements"])
def test_what_both_changed_stands_and_waits_whatever_it_is(unit: str) -> None:
    def words(said: str) -> Any:
        return (said,) if unit in ("agreements", "disagreements") else said

    base, stands, said = (SessionSaid(**{unit: words(one)}) for one in ("Un", "Deux", "Trois"))
    assert join(base, stands, said) == (stands, [unit])
    assert join(base, base, said) == (said, [])
    assert join(base, stands, base) == (stands, [])
