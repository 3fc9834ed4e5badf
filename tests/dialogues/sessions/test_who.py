"""Who sees which session, as what, and who may write in it. Every result was typed by hand from docs/access.md.

``c`` as a coordinator and ``t`` as its team (both write), ``a`` as an analyst, ``r`` as one who was there, ``n`` as
the network, ``p`` as anybody, ``-`` not at all.
"""

from functools import cache
from typing import Any

import pytest
from pytest import MonkeyPatch  # noqa: PT013

from dialogues.access import (
    SESSIONS,
    edits_of,
    edits_to_settle,
    may_edit_session,
    may_open_names,
    may_read_safety_notes,
    may_record,
)
from dialogues.models import EditState, Session, SessionEdit, SessionState
from orgs.access import ANYONE, viewer_for
from orgs.models import Organisation, OrganisationKind, Role, Tlp, User
from orgs.policy import Viewer
from tests.access.test_every_rule_counts import _without_each
from tests.factories import OrganisationFactory, columns_of, person, viewer
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db

# The session lies at home (Koro); held by "team", with "service" in the room. The last four: planned and CLEAR;
# AMBER in Gao; GREEN and RED abroad, with nobody in the room.
TABLE = """
who                  CLEAR GREEN AMBER STRICT RED  planned Gao  abroad     abroad-RED
anyone               p     -     -     -      -    -       -    -          -
reporter             n     n     -     -      -    n       -    n          -
editor               n     n     -     -      -    n       -    n          -
monitor              n     n     -     -      -    n       -    n          -
facilitator          n     n     -     -      -    n       -    n          -
coordinator          c     c     c     c      c    c       -    c          c
analyst              a     a     a     a      a    a       -    a          a
liaison              p     -     -     -      -    -       -    -          -
oversight            p     -     -     -      -    -       -    -          -
administrator        p     -     -     -      -    -       -    -          -
operator             p     -     -     -      -    -       -    -          -
reporter-away        p     -     -     -      -    -       -    n          -
facilitator-away     p     -     -     -      -    -       -    n          -
coordinator-away     p     -     -     -      -    -       c    c          c
analyst-away         p     -     -     -      -    -       a    a          a
team-facilitator     t     t     t     t      t    t       t    n          -
team-editor          t     t     t     t      t    t       t    n          -
team-reporter        r     r     r     r      -    -       r    n          -
service-liaison      r     r     r     r      -    -       r    -          -
service-facilitator  r     r     r     r      -    -       r    n          -
led-it               t     t     t     t      t    t       t    t          -
led-it-once          r     r     r     r      -    -       r    n          -
wrote-it             t     t     t     t      t    t       t    t          t
"""
AUDIENCES = {
    "c": "coordinator", "t": "team", "a": "analyst", "r": "room", "n": "network", "p": "public", "-": None,
}  # fmt: skip


class _World:
    def __init__(self) -> None:
        self.team: Organisation = OrganisationFactory.create()
        self.service: Organisation = OrganisationFactory.create(kind=OrganisationKind.SECURITY)
        self.people: dict[str, User | None] = {"anyone": None}
        for role in Role.values:
            self.people[str(role)] = person(role, "Koro")
        for role in (Role.REPORTER, Role.FACILITATOR, Role.COORDINATOR, Role.ANALYST):
            self.people[f"{role}-away"] = person(role, "Gao")
        for role in (Role.FACILITATOR, Role.EDITOR, Role.REPORTER):
            self.people[f"team-{role}"] = person(role, "Kayes", organisation=self.team)
        for role in (Role.LIAISON, Role.FACILITATOR):
            self.people[f"service-{role}"] = person(role, "Kayes", organisation=self.service)
        led, once, wrote = (person(Role.FACILITATOR, "Kayes") for _n in range(3))
        self.people |= {"led-it": led, "led-it-once": once, "wrote-it": wrote}
        once.memberships.update(role=Role.REPORTER, organisation=self.service)
        self.sessions = [self._session(tlp) for tlp in Tlp.values]
        self.sessions.append(self._session(Tlp.CLEAR, state=SessionState.PLANNED))
        gao = self._session(Tlp.AMBER)
        Session.objects.filter(pk=gao.pk).update(**columns_of("Gao"))
        abroad: dict[str, Any] = {"country": "MR", "area": "", "place_text": "Mbera"}
        by = viewer_for(wrote)
        green = session(by=by, tlp=Tlp.GREEN, **abroad)
        green.facilitators.set([led, once])
        self.sessions += [Session.objects.get(pk=gao.pk), green, session(by=by, tlp=Tlp.RED, **abroad)]

    def _session(self, tlp: str, **changes: str) -> Session:
        by = self.people["wrote-it"]
        assert by is not None
        row = session(by=viewer_for(by), organisation=self.team, present=(self.service.pk,), tlp=tlp, **changes)
        row.facilitators.set(user for user in (self.people["led-it"], self.people["led-it-once"]) if user)
        return row

    @cache  # noqa: B019 — a world lives as long as one test
    def viewer(self, name: str) -> Viewer:
        user = self.people[name]
        return ANYONE if user is None else viewer_for(user)


def _typed() -> dict[str, list[str]]:
    lines = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return {name: cells for name, *cells in lines}


def _seen(world: _World) -> dict[str, list[str]]:
    letters = {audience: letter for letter, audience in AUDIENCES.items()}
    return {
        name: [letters[SESSIONS.audience(world.viewer(name), row)] for row in world.sessions] for name in world.people
    }


def test_who_sees_a_session_as_what_and_who_may_write() -> None:
    world, typed = _World(), _typed()
    assert set(typed) == set(world.people)
    assert _seen(world) == typed
    SessionEdit.objects.update(state=EditState.WAITING, conflicts=["title"])
    for name, cells in typed.items():
        who = world.viewer(name)
        listed = set(SESSIONS.rows(who).values_list("pk", flat=True))
        waiting = set(edits_to_settle(who).values_list("session", flat=True))
        for row, cell in zip(world.sessions, cells, strict=True):
            writes = cell in ("c", "t")
            assert (row.pk in listed) == (cell != "-"), (name, row.tlp)
            assert may_edit_session(who, row) == writes, (name, row.tlp)
            assert may_read_safety_notes(who, row) == writes, (name, row.tlp)
            assert (row.pk in waiting) == writes, (name, row.tlp)
            assert edits_of(who, row).exists() == writes, (name, row.tlp)
            assert not may_open_names(who, row), "nobody here has a second factor"


def test_every_rule_counts(monkeypatch: MonkeyPatch) -> None:
    """Each grant and each of its conditions is needed: without it, the table above does not hold."""
    world, typed = _World(), _typed()
    unneeded = []
    for what, changed in _without_each(SESSIONS):
        with monkeypatch.context() as changing:
            for attribute, value in changed.items():
                changing.setattr(SESSIONS, attribute, value)
            if _seen(world) == typed:
                unneeded.append(what)
    assert unneeded == []


def test_who_may_write_a_session_down() -> None:
    writers = {role for role in Role.values if may_record(viewer(role, "Koro"))}
    assert writers == {Role.COORDINATOR, Role.FACILITATOR, Role.EDITOR}
    assert not may_record(ANYONE)
