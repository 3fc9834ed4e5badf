"""For every viewer and every row, "may they see it", "which rows" and "who" agree; so do Python and SQL disclosure."""

from typing import Any

import pytest
from django.utils import timezone

from orgs.access import ACTOR_ROLES, ACTOR_VIEWS, ACTORS, ANYONE, LINKS, viewer_for
from orgs.disclosed import ACTOR, ACTOR_ROLE, ACTOR_VIEW, ORGANISATION_LINK
from orgs.disclosure import Table
from orgs.listing import columns_for
from orgs.models import OrganisationVisibility, Role, User
from orgs.policy import Policy
from tests.factories import ActorFactory, MembershipFactory, OrganisationFactory, country, person
from tests.factories_directory import ActorRoleFactory, ActorViewFactory, OrganisationLinkFactory

pytestmark = pytest.mark.django_db

PAIRS: list[tuple[Policy[Any], Table]] = [
    (ACTORS, ACTOR),
    (ACTOR_ROLES, ACTOR_ROLE),
    (ACTOR_VIEWS, ACTOR_VIEW),
    (LINKS, ORGANISATION_LINK),
]


@pytest.fixture
def people() -> list[User]:
    """Somebody in every role, some of a service and of other organisations, and rows of every kind."""
    service = OrganisationFactory.create()
    body = OrganisationFactory.create(areas=["Koro"])
    hidden = OrganisationFactory.create(areas=["Gao"], hidden_at=timezone.now())
    closed = OrganisationFactory.create(visibility=OrganisationVisibility.COORDINATORS)
    own = ActorFactory.create(organisation=service)
    for actor in (own, ActorFactory.create()):
        for organisation in (body, hidden, closed):
            ActorViewFactory.create(actor=actor, organisation=organisation)
        ActorRoleFactory.create(actor=actor)
        ActorRoleFactory.create(actor=actor, where="Gao", ended_at=timezone.now())
    for one, other in ((body, service), (hidden, body), (body, closed), (closed, hidden)):
        OrganisationLinkFactory.create(organisation=one, other=other)
    made = [person(role, "Koro") for role in Role.values]
    made += [person(Role.COORDINATOR, "Gao"), person(Role.COORDINATOR, country())]
    made += [person(Role.LIAISON, "Koro", organisation=one) for one in (service, body, hidden, closed)]
    made.append(person(Role.COORDINATOR, "Koro", organisation=service))
    both = person(Role.EDITOR, "Koro", organisation=closed)
    MembershipFactory.create(person=both, role=Role.COORDINATOR, areas=["Gao"])
    return [*made, both]


@pytest.mark.parametrize("policy", [pair[0] for pair in PAIRS], ids=["actors", "roles", "views", "links"])
def test_three_answers_are_one(policy: Policy[Any], people: list[User]) -> None:
    rows = list(policy.model._default_manager.all())
    seen = 0
    for user in people:
        viewer = viewer_for(user)
        listed = set(policy.rows(viewer).values_list("pk", flat=True))
        for row in rows:
            may = policy.sees(viewer, row)
            assert may == (row.pk in listed)
            assert may == policy.people(row).filter(pk=user.pk).exists()
            seen += may
    assert seen > 10
    assert not policy.rows(ANYONE).exists()


@pytest.mark.parametrize(("policy", "table"), PAIRS, ids=["actors", "roles", "views", "links"])
def test_lists_and_single_rows_disclose_the_same(policy: Policy[Any], table: Table, people: list[User]) -> None:
    for user in people:
        viewer = viewer_for(user)
        columns = columns_for(policy, table, viewer)
        if not columns:
            continue
        listed = {row["pk"]: row for row in policy.rows(viewer).annotate(**columns).values("pk", *columns)}
        for row in policy.rows(viewer):
            shown = table.show(row, policy.audience(viewer, row) or "")
            assert {name: listed[row.pk][f"shown_{name}"] for name in shown} == shown
