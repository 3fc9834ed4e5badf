"""Two people at the same moment, on real connections: nothing is lost, nothing forbidden slips in."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from orgs.models import Actor, ActorSector, ActorView, OrganisationLink, Role
from orgs.services.actors import Statement, keep_actor, rate_actors
from orgs.services.links import add_link
from tests.factories import ActorFactory, OrganisationFactory, viewer
from tests.together import REFUSALS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("_again", range(3))
def test_two_colleagues_who_save_at_once_leave_one_latest_word(_again: int) -> None:
    body = OrganisationFactory.create(areas=["Koro"])
    pair = [viewer(Role.EDITOR, "Koro", organisation=body) for _ in range(2)]
    actor = ActorFactory.create()
    results = at_once(
        *(
            lambda who=who, reach=reach: rate_actors(
                viewer=who, organisation=body, statements=[Statement(actor.pk, reach=reach)]
            )
            for reach, who in enumerate(pair, start=1)
        )
    )
    assert results == [1, 1]
    assert ActorView.objects.current().count() == 1
    assert ActorView.objects.count() == 2


@pytest.mark.parametrize("_again", range(5))
def test_nothing_is_kept_of_an_actor_that_becomes_an_armed_group_meanwhile(_again: int) -> None:
    body = OrganisationFactory.create(areas=["Koro"])
    who, keeper = viewer(Role.EDITOR, "Koro", organisation=body), viewer(Role.ADMINISTRATOR)
    actor = ActorFactory.create()
    changed = Actor.objects.get(pk=actor.pk)
    changed.sector = ActorSector.ARMED_GROUP
    at_once(
        lambda: rate_actors(viewer=who, organisation=body, statements=[Statement(actor.pk, reach=1)]),
        lambda: keep_actor(viewer=keeper, actor=changed),
        refusals=(*REFUSALS, IntegrityError),
    )
    assert Actor.objects.get(pk=actor.pk).sector == ActorSector.ARMED_GROUP
    assert not ActorView.objects.exists()


@pytest.mark.parametrize("_again", range(3))
def test_partners_named_from_both_ends_at_once_are_one_tie(_again: int) -> None:
    a, b = OrganisationFactory.create(areas=["Koro"]), OrganisationFactory.create(areas=["Koro"])
    keeper = viewer(Role.ADMINISTRATOR)
    results = at_once(
        lambda: add_link(viewer=keeper, link=OrganisationLink(organisation=a, other=b, kind="partner")),
        lambda: add_link(viewer=keeper, link=OrganisationLink(organisation=b, other=a, kind="partner")),
    )
    assert sorted(isinstance(result, ValidationError) for result in results) == [False, True]
    assert OrganisationLink.objects.count() == 1
