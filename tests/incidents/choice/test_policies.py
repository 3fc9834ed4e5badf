"""Who sees subscriptions and rosters: the three answers of each policy agree, and every grant is needed."""

import pytest

from incidents.access.choice import ROSTERS, SUBSCRIPTIONS
from incidents.disclosed_choice import ROSTER, SHIFT, SUBSCRIPTION
from incidents.models import DutyRoster, Subscription
from orgs.access import viewer_for
from orgs.models import Role
from orgs.policy import Policy
from tests.access.test_agreement import _agree, people
from tests.factories import OrganisationFactory, area, person

__all__ = ["people"]
pytestmark = pytest.mark.django_db


def test_seeing_listing_and_whom_agree(people: list) -> None:  # type: ignore[type-arg]
    owner = people[0]
    for user in people[:6]:
        Subscription.objects.create(person=user)
    for membership in owner.memberships.exclude(organisation=None):
        Subscription.objects.create(organisation=membership.organisation)
    for user in people:
        for membership in user.memberships.exclude(organisation=None):
            made = DutyRoster.objects.create(name="Garde", organisation=membership.organisation)
            made.areas.add(area("Koro"))
    assert _agree(SUBSCRIPTIONS, people)
    assert _agree(ROSTERS, people)


def test_each_grant_is_needed() -> None:
    body = OrganisationFactory.create()
    users = {role: person(role, "Koro", organisation=body) for role in (Role.EDITOR, Role.MONITOR, Role.LIAISON)}
    users |= {role: person(role, "Koro") for role in (Role.ADMINISTRATOR, Role.COORDINATOR)}
    own = Subscription.objects.create(person=users[Role.MONITOR])
    rule = Subscription.objects.create(organisation=body)
    roster = DutyRoster.objects.create(name="Garde", organisation=body)
    roster.areas.add(area("Koro"))

    def seen(policy: Policy, *rows: object) -> dict[str, list[str | None]]:  # type: ignore[type-arg]
        return {role: [policy.audience(viewer_for(user), row) for row in rows] for role, user in users.items()}

    assert seen(SUBSCRIPTIONS, own, rule) == {
        Role.EDITOR: [None, "keeper"],
        Role.MONITOR: ["own", "told"],
        Role.LIAISON: [None, "told"],
        Role.ADMINISTRATOR: ["administrator", "administrator"],
        Role.COORDINATOR: [None, None],
    }
    assert seen(ROSTERS, roster) == {
        Role.EDITOR: ["keeper"],
        Role.MONITOR: [None],
        Role.LIAISON: ["keeper"],
        Role.ADMINISTRATOR: ["administrator"],
        Role.COORDINATOR: ["coordinator"],
    }


def test_administrators_do_not_read_what_somebody_listens_for() -> None:
    row = Subscription.objects.create(person=person(Role.MONITOR), min_severity="severe")
    assert SUBSCRIPTION.show(row, "administrator")["min_severity"] is None
    assert SUBSCRIPTION.show(row, "own")["min_severity"] == "severe"
    assert set(ROSTER.audiences) == {grant.audience for grant in ROSTERS.grants}
    assert set(SUBSCRIPTION.audiences) == {grant.audience for grant in SUBSCRIPTIONS.grants}
    assert SHIFT.treatment("person", "administrator", "clear") == "-"
