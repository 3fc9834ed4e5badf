"""The foundation's part of the demonstration: writing its organisations, actors and people, and taking them away."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.text import slugify

from orgs.demo import actors as actor_map
from orgs.demo import directory, support, ways
from orgs.demo.accounts import Account, new_password
from orgs.demo.people import ACTORS, BODIES, PEOPLE, Body, Doer, Person
from orgs.demo.stage import MARK, Stage
from orgs.models import (
    Actor,
    Area,
    Channel,
    FundingCall,
    Membership,
    Message,
    Need,
    Organisation,
    Programme,
    Role,
    StateService,
    SubGrant,
    Training,
    User,
)
from orgs.policy import Post, Viewer
from orgs.services import accounts, actors, memberships, organisations

SUPPORT: tuple[Any, ...] = (Training, Programme, Need, FundingCall, SubGrant, StateService)
_DAYS_OF_PEACE = 60 * 24.0
"""Hours since the organisations and people have been there."""


def load(stage: Stage) -> None:
    """Write organisations, then people with their posts, then actors."""
    with stage.moment(stage.ago(_DAYS_OF_PEACE)):
        keeper = _administrator(stage)
        areas = _areas()
        for body in BODIES:
            _organisation(stage, keeper, areas, body)
        directory.load(stage, keeper)
        support.load(stage, keeper)
        for person in PEOPLE:
            _person(stage, keeper, areas, person)
        ways.load(stage)
        support.suggest(stage)
        for doer in ACTORS:
            _actor(stage, keeper, doer)
        actor_map.load(stage, keeper)
    Membership.objects.filter(person__is_demo=True).update(starts_at=stage.ago(_DAYS_OF_PEACE))


def remove() -> Mapping[str, int]:
    """Take the people, organisations and actors away, with the posts, messages and histories that hang on them."""
    people, bodies = User.objects.filter(is_demo=True), Organisation.objects.filter(is_demo=True)
    ways.remove()
    posts = Membership.objects.filter(person__in=people) | Membership.objects.filter(organisation__in=bodies)
    return {
        "messages": _delete(Message.objects.filter(Q(recipient__in=people) | Q(confirmation__organisation__in=bodies))),
        "posts": delete_with_history(posts),
        **{model._meta.model_name: delete_with_history(model.objects.filter(is_demo=True)) for model in SUPPORT},
        "actors": _delete(Actor.objects.filter(is_demo=True)),
        "organisations": delete_with_history(bodies),
        "people": _delete(people),
    }


def delete_with_history(rows: QuerySet[Any]) -> int:
    """Delete rows of a tracked model with everything that its history kept of them; how many rows."""
    model: Any = rows.model
    numbers = list(rows.values_list("pk", flat=True))
    _delete(model.objects.filter(pk__in=numbers))
    model.pgh_event_model.objects.filter(pgh_obj_id__in=numbers).delete()
    return len(numbers)


def _delete(rows: QuerySet[Any]) -> int:
    model: type[Model] = rows.model
    return rows.delete()[1].get(model._meta.label, 0)


# --- Writing -----------------------------------------------------------------------------------------------------


def _administrator(stage: Stage) -> Viewer:
    """The administrator comes first, made like the first one of any installation: nobody could give the post."""
    person = next(one for one in PEOPLE if one.role == Role.ADMINISTRATOR)
    made = _user(stage, person, number=0)
    Membership.objects.create(person=made, role=Role.ADMINISTRATOR)
    return Viewer(user_id=made.pk, posts=(Post(role=Role.ADMINISTRATOR, organisation_id=None),))


def _areas() -> dict[str, Area]:
    codes = {code for one in (*BODIES, *PEOPLE) for code in one.areas} | {body.seat for body in BODIES}
    return {area.pcode: area for area in Area.objects.current().filter(pcode__in=codes)}


def _organisation(stage: Stage, keeper: Viewer, areas: dict[str, Area], body: Body) -> None:
    organisation = Organisation(
        name=f"{body.name} {MARK}",
        acronym=body.acronym,
        slug=slugify(f"demo {body.name}")[:80],
        kind=body.kind,
        visibility=body.visibility,
        description=body.description,
        seat=areas[body.seat] if body.seat else None,
        source=MARK,
        is_demo=True,
    )
    organisations.keep_organisation(
        viewer=keeper,
        organisation=organisation,
        areas=[areas[code] for code in body.areas],
        serves=[stage.organisations[key] for key in body.serves],
    )
    stage.organisations[body.key] = organisation


def _person(stage: Stage, keeper: Viewer, areas: dict[str, Area], person: Person) -> None:
    if person.key in stage.people:
        return
    made = _user(stage, person, number=len(stage.people))
    memberships.give_post(
        viewer=keeper,
        person=made,
        role=person.role,
        organisation=stage.organisations[person.body] if person.body else None,
        areas=[areas[code] for code in person.areas],
    )


def _user(stage: Stage, person: Person, *, number: int) -> User:
    """A made-up person. Their addresses exist nowhere: example.org is reserved, and no number begins with +223 00."""
    password = new_password() if person.signs_in else None
    has_phone = person.channel in (Channel.SMS, Channel.CALL)
    made = User.objects.create_user(
        name=person.name,
        email=None if has_phone and not person.signs_in else f"{person.key}@example.org",
        phone=f"+223000000{number:02d}" if has_phone else None,
        language=person.language,
        channel=person.channel,
        is_demo=True,
    )
    User.objects.filter(pk=made.pk).update(date_joined=stage.ago(_DAYS_OF_PEACE))
    accounts.prove_address(person=made, channel=Channel.SMS if has_phone else Channel.EMAIL)
    stage.people[person.key] = made
    if password:
        stage.passwords.give(made, password)
        stage.accounts.append(Account(str(Role(person.role).label), made.email or "", password))
    return made


def _actor(stage: Stage, keeper: Viewer, doer: Doer) -> None:
    actor = Actor(
        name=f"{doer.name} {MARK}",
        level=doer.level,
        sector=doer.sector,
        mandate=doer.mandate,
        organisation=stage.organisations[doer.body] if doer.body else None,
        is_demo=True,
    )
    actors.keep_actor(viewer=keeper, actor=actor)
    stage.actors[doer.key] = actor
