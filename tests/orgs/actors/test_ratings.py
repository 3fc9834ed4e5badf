"""What organisations say of actors: who may say and read it, what is kept, what the database refuses."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from orgs.access import ACTOR_VIEWS, viewer_for
from orgs.models import (
    Actor,
    ActorRole,
    ActorSector,
    ActorView,
    AuditEntry,
    Level,
    Organisation,
    OrganisationVisibility,
    Role,
    User,
    Wish,
)
from orgs.policy import Viewer
from orgs.services.actors import Statement, home_region, keep_actor, rate_actors
from orgs.services.errors import NotAllowed
from tests.factories import ActorFactory, OrganisationFactory, area, country, person, signed_in, viewer
from tests.factories_directory import ActorRoleFactory, ActorViewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def body() -> Organisation:
    """An organisation that works in Koro."""
    return OrganisationFactory.create(areas=["Koro"])


@pytest.fixture
def editor(body: Organisation) -> User:
    """One of its own people."""
    return person(Role.EDITOR, "Koro", organisation=body)


def say(user: User, body: Organisation, actor: Actor, reach: int | None = 2, **more: Any) -> int:
    """One statement."""
    return rate_actors(
        viewer=viewer_for(user), organisation=body, statements=[Statement(actor.pk, reach=reach, **more)]
    )


# --- Who reads it ------------------------------------------------------------------------------------------------

# Typed by hand: who reads what one organisation of Koro said of a service.
READERS = """
own reporter         y
own editor           y
own monitor          y
own facilitator      y
own liaison          y
other reporter       -
other editor         -
other monitor        -
other facilitator    -
other liaison        -
coordinator Koro     y
coordinator région   y
coordinator country  y
coordinator Gao      -
coordinator Bankass  -
analyst              -
oversight            -
administrator        -
operator             -
service liaison      -
service coordinator  -
nobody               -
"""


def _people(body: Organisation, service: Organisation) -> dict[str, Viewer]:
    network = (Role.REPORTER, Role.EDITOR, Role.MONITOR, Role.FACILITATOR, Role.LIAISON)
    return {
        **{f"own {role}": viewer(role, "Koro", organisation=body) for role in network},
        **{f"other {role}": viewer(role, "Koro") for role in network},
        "coordinator Koro": viewer(Role.COORDINATOR, "Koro"),
        "coordinator région": viewer(Role.COORDINATOR, area("Bandiagara", Level.REGION)),
        "coordinator country": viewer(Role.COORDINATOR, country()),
        "coordinator Gao": viewer(Role.COORDINATOR, "Gao"),
        "coordinator Bankass": viewer(Role.COORDINATOR, "Bankass"),
        **{str(role): viewer(role, "Koro") for role in (Role.ANALYST, Role.OVERSIGHT)},
        **{str(role): viewer(role, "Koro") for role in (Role.ADMINISTRATOR, Role.OPERATOR)},
        "service liaison": viewer(Role.LIAISON, "Koro", organisation=service),
        "service coordinator": viewer(Role.COORDINATOR, "Koro", organisation=service),
        "nobody": Viewer(),
    }


def _readers() -> dict[str, bool]:
    cells = [line.rsplit(maxsplit=1) for line in READERS.strip().splitlines()]
    return {name: cell == "y" for name, cell in cells}


def test_who_reads_what_an_organisation_said(body: Organisation) -> None:
    service = OrganisationFactory.create()
    said = ActorViewFactory.create(organisation=body, actor=ActorFactory.create(organisation=service))
    people, due = _people(body, service), _readers()
    assert set(people) == set(due)
    assert {name: ACTOR_VIEWS.sees(one, said) for name, one in people.items()} == due
    assert {name: ACTOR_VIEWS.rows(one).exists() for name, one in people.items()} == due
    named = set(ACTOR_VIEWS.people(said).values_list("pk", flat=True))
    assert {name: one.user_id in named for name, one in people.items()} == due


def test_every_rule_of_reading_counts(body: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    service = OrganisationFactory.create()
    merged = OrganisationFactory.create(areas=["Koro"], merged_into=body)
    actor = ActorFactory.create(organisation=service)
    rows = [ActorViewFactory.create(organisation=one, actor=actor) for one in (body, merged)]
    people, due = _people(body, service), _readers()
    people["own merged"], due["own merged"] = viewer(Role.EDITOR, "Koro", organisation=merged), False

    def seen() -> dict[str, list[bool]]:
        return {name: [ACTOR_VIEWS.sees(one, row) for row in rows] for name, one in people.items()}

    expected = {name: [may, False] for name, may in due.items()}
    assert seen() == expected
    for attribute in ("grants", "barriers"):
        rules = getattr(ACTOR_VIEWS, attribute)
        for place in range(len(rules)):
            with monkeypatch.context() as changing:
                changing.setattr(ACTOR_VIEWS, attribute, rules[:place] + rules[place + 1 :])
                assert seen() != expected, f"nothing fails without {attribute} {place}"


def test_an_organisation_without_areas_is_read_by_national_coordinators_alone() -> None:
    said = ActorViewFactory.create()
    assert ACTOR_VIEWS.sees(viewer(Role.COORDINATOR, country()), said)
    assert not ACTOR_VIEWS.sees(viewer(Role.COORDINATOR, "Koro"), said)


def test_a_page_shows_it_to_those_people_alone(body: Organisation, editor: User) -> None:
    actor = ActorFactory.create()
    say(editor, body, actor, 1, wish=Wish.CANNOT)
    address = f"/actors/{actor.pk}/"
    for reader in (editor, person(Role.COORDINATOR, "Koro")):
        assert body.name in signed_in(reader).get(address).content.decode()
    for other in (person(Role.EDITOR, "Koro"), person(Role.ANALYST), person(Role.ADMINISTRATOR)):
        page = signed_in(other).get(address).content.decode()
        assert body.name not in page
        assert "Injoignable" not in page


def test_in_admin_coordinators_of_the_area_read_it_and_administrators_do_not(body: Organisation, editor: User) -> None:
    say(editor, body, ActorFactory.create())
    listed = signed_in(person(Role.COORDINATOR, "Koro")).get("/admin/orgs/actorview/")
    assert body.name in listed.content.decode() or str(body) in listed.content.decode()
    away = signed_in(person(Role.COORDINATOR, "Gao")).get("/admin/orgs/actorview/").content.decode()
    assert body.name not in away
    assert signed_in(person(Role.ADMINISTRATOR)).get("/admin/orgs/actorview/").status_code == 403


# --- What is kept ------------------------------------------------------------------------------------------------


def test_a_new_word_ends_the_one_before_and_both_are_kept(body: Organisation, editor: User) -> None:
    actor = ActorFactory.create()
    assert say(editor, body, actor, 1) == 1
    assert say(editor, body, actor, 1) == 0
    assert say(editor, body, actor, 3, trust=4, wish=Wish.YES) == 1
    said = ActorView.objects.filter(actor=actor).order_by("pk")
    assert [one.reach for one in said] == [1, 3]
    assert [one.superseded_at is None for one in said] == [False, True]
    assert said[1].said_by == editor
    assert not said[1].is_entered_for


def test_everything_empty_takes_the_word_back(body: Organisation, editor: User) -> None:
    actor = ActorFactory.create()
    say(editor, body, actor, 1)
    assert say(editor, body, actor, None) == 1
    assert not ActorView.objects.current().exists()
    assert ActorView.objects.count() == 1


def test_a_coordinator_speaks_for_organisations_of_the_area_and_it_is_noted(body: Organisation) -> None:
    actor = ActorFactory.create()
    say(person(Role.COORDINATOR, "Koro"), body, actor)
    assert ActorView.objects.get().is_entered_for
    with pytest.raises(NotAllowed):
        say(person(Role.COORDINATOR, "Gao"), body, actor)


@pytest.mark.parametrize("role", [Role.LIAISON, Role.ANALYST, Role.ADMINISTRATOR, Role.OPERATOR, Role.OVERSIGHT])
def test_others_say_nothing(body: Organisation, role: str) -> None:
    with pytest.raises(NotAllowed):
        say(person(role, "Koro", organisation=body if role == Role.LIAISON else None), body, ActorFactory.create())


def test_people_of_another_organisation_say_nothing(body: Organisation) -> None:
    with pytest.raises(NotAllowed):
        say(person(Role.EDITOR, "Koro"), body, ActorFactory.create())


def test_nobody_speaks_of_themselves(body: Organisation, editor: User) -> None:
    with pytest.raises(ValidationError):
        say(editor, body, ActorFactory.create(organisation=body))


def test_a_coordinator_of_a_service_does_not_speak_of_it_in_anothers_name(body: Organisation) -> None:
    service = OrganisationFactory.create()
    of_service = person(Role.COORDINATOR, "Koro", organisation=service)
    with pytest.raises(ValidationError):
        say(of_service, body, ActorFactory.create(organisation=service))


@pytest.mark.parametrize("wrong", [{"reach": 5}, {"reach": 0}, {"trust": 7}, {"wish": "maybe"}])
def test_what_is_on_no_scale_is_refused(body: Organisation, editor: User, wrong: dict[str, Any]) -> None:
    statement = Statement(ActorFactory.create().pk, **wrong)
    with pytest.raises(ValidationError):
        rate_actors(viewer=viewer_for(editor), organisation=body, statements=[statement])


def test_the_log_says_how_many_and_never_of_whom(body: Organisation, editor: User) -> None:
    actor = ActorFactory.create()
    say(editor, body, actor)
    entry = AuditEntry.objects.get(verb="rated_actors")
    assert entry.facts == {"statements": 1, "entered_for": False}


def test_the_region_is_that_of_the_seat_else_the_only_one_where_it_works() -> None:
    mopti = area("Mopti", Level.REGION)
    assert home_region(OrganisationFactory.create(seat=area("Mopti"))) == mopti.pk
    assert home_region(OrganisationFactory.create(areas=["Mopti", "Djenné"])) == mopti.pk
    assert home_region(OrganisationFactory.create(areas=["Mopti", "Koro"])) is None
    assert home_region(OrganisationFactory.create(areas=[country()])) is None


# --- Armed groups ------------------------------------------------------------------------------------------------


def test_the_service_keeps_nothing_about_armed_groups(body: Organisation, editor: User) -> None:
    group = ActorFactory.create(sector=ActorSector.ARMED_GROUP)
    with pytest.raises(ValidationError):
        say(editor, body, group)
    assert not ActorView.objects.exists()


def _refused(name: str) -> Any:
    return pytest.raises(IntegrityError, match=name)


def test_the_database_keeps_nothing_about_armed_groups() -> None:
    group, actor = ActorFactory.create(sector=ActorSector.ARMED_GROUP), ActorFactory.create()
    kept = ActorViewFactory.create(actor=actor)
    with transaction.atomic(), _refused("armed groups"):
        ActorViewFactory.create(actor=group)
    with transaction.atomic(), _refused("armed groups"):
        ActorView.objects.filter(pk=kept.pk).update(actor=group)
    with transaction.atomic(), _refused("armed groups"):
        ActorView.objects.bulk_create([ActorView(organisation=kept.organisation, actor=group, reach=1)])
    with transaction.atomic(), _refused("armed groups"):
        Actor.objects.filter(pk=actor.pk).update(sector=ActorSector.ARMED_GROUP)
    with transaction.atomic(), _refused("armed groups"):
        ActorRoleFactory.create(actor=group)
    with transaction.atomic(), _refused("actor_armed_group_is_only_named"):
        ActorFactory.create(sector=ActorSector.ARMED_GROUP, organisation=kept.organisation)


def test_the_database_names_the_rule_that_it_held() -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        ActorViewFactory.create(actor=ActorFactory.create(sector=ActorSector.ARMED_GROUP))
    cause: Any = refused.value.__cause__
    assert cause.diag.constraint_name == "actor_view_not_about_armed_groups"


def test_the_database_keeps_no_word_of_an_organisation_about_itself(body: Organisation) -> None:
    own = ActorFactory.create(organisation=body)
    with transaction.atomic(), _refused("does not rate itself"):
        ActorViewFactory.create(organisation=body, actor=own)
    said = ActorViewFactory.create(organisation=body)
    with transaction.atomic(), _refused("does not rate itself"):
        Actor.objects.filter(pk=said.actor_id).update(organisation=body)


def test_what_becomes_an_armed_group_loses_every_word_at_once(body: Organisation, editor: User) -> None:
    actor = ActorFactory.create()
    say(editor, body, actor, 1)
    say(editor, body, actor, 2)
    ActorRoleFactory.create(actor=actor)
    actor.sector = ActorSector.ARMED_GROUP
    keep_actor(viewer=viewer(Role.ADMINISTRATOR), actor=actor)
    assert not ActorView.objects.exists()
    assert not ActorRole.objects.exists()
    assert AuditEntry.objects.get(verb="changed_actor").facts == {"views_forgotten": 2}


def test_an_armed_group_stands_beside_the_map_and_in_no_form(body: Organisation, editor: User) -> None:
    group = ActorFactory.create(sector=ActorSector.ARMED_GROUP, name="Hommes armés du nord")
    client = signed_in(editor)
    assert group.name not in client.get(f"/actors/rate/{body.slug}/").content.decode()
    assert group.name in client.get("/actors/").content.decode()
    assert "avis" not in client.get(f"/actors/{group.pk}/").content.decode().split("<main")[1]


# --- The form ----------------------------------------------------------------------------------------------------


def test_the_form_says_only_what_was_changed(body: Organisation, editor: User) -> None:
    mine, theirs = ActorFactory.create(), ActorFactory.create()
    client = signed_in(editor)
    assert client.get(f"/actors/rate/{body.slug}/").status_code == 200
    say(editor, body, theirs, 4)  # a colleague, meanwhile
    answer = client.post(
        f"/actors/rate/{body.slug}/",
        {
            f"was_{mine.pk}": "//", f"reach_{mine.pk}": "3", f"trust_{mine.pk}": "", f"wish_{mine.pk}": "yes",
            f"was_{theirs.pk}": "//", f"reach_{theirs.pk}": "", f"trust_{theirs.pk}": "", f"wish_{theirs.pk}": "",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    said = dict(ActorView.objects.current().values_list("actor", "reach"))
    assert said == {mine.pk: 3, theirs.pk: 4}


def test_a_wrong_answer_is_said_and_nothing_typed_is_lost(body: Organisation, editor: User) -> None:
    one, other = ActorFactory.create(), ActorFactory.create()
    answer = signed_in(editor).post(
        f"/actors/rate/{body.slug}/",
        {
            f"was_{one.pk}": "//", f"reach_{one.pk}": "2", f"trust_{one.pk}": "", f"wish_{one.pk}": "",
            f"was_{other.pk}": "//", f"reach_{other.pk}": "", f"trust_{other.pk}": "", f"wish_{other.pk}": "often",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert f'name="reach_{one.pk}" value="2" checked' in answer.content.decode()
    assert not ActorView.objects.exists()


def test_someone_with_one_organisation_goes_straight_to_the_form(body: Organisation, editor: User) -> None:
    assert signed_in(editor).get("/actors/rate/")["Location"] == f"/actors/rate/{body.slug}/"


def test_a_coordinator_chooses_among_the_organisations_of_the_area(body: Organisation) -> None:
    away = OrganisationFactory.create(areas=["Gao"])
    page = signed_in(person(Role.COORDINATOR, "Koro")).get("/actors/rate/").content.decode()
    assert body.name in page
    assert f"/actors/rate/{away.slug}/" not in page


def test_a_hidden_organisation_is_not_there_for_others(body: Organisation) -> None:
    Organisation.objects.filter(pk=body.pk).update(visibility=OrganisationVisibility.COORDINATORS)
    assert signed_in(person(Role.EDITOR, "Koro")).get(f"/actors/rate/{body.slug}/").status_code == 404
