"""Each grant, condition and barrier of support is needed: without it, what was typed by hand does not hold."""

from typing import Any

import pytest
from django.utils import timezone
from pytest import MonkeyPatch  # noqa: PT013

from orgs.access import viewer_for
from orgs.access.support import CALLS, GRANTS, NEEDS, PROGRAMMES, TRAININGS
from orgs.models import OrganisationKind, OrganisationVisibility, Role, User
from orgs.policy import Policy
from tests.access.test_every_rule_counts import _without_each
from tests.factories import OrganisationFactory, person
from tests.factories_directory import (
    FundingCallFactory,
    NeedFactory,
    ProgrammeFactory,
    SubGrantFactory,
    TrainingFactory,
)

pytestmark = pytest.mark.django_db

# Columns: standing, withdrawn, of a hidden organisation, met or public. ``.`` where there is no such row.
TYPED = {
    "trainings": """
        anyone - - - .
        administrator y y y .
        coordinator y y y .
        away y y y .
        member y y - .
        partner y - - .
        donor y - - .
        analyst y - - .
        liaison - - - .
        operator - - - .
    """,
    "needs": """
        anyone - - - -
        administrator y y y y
        coordinator y y y y
        away - - - -
        member y y - y
        partner - - - -
        donor y - - -
        analyst - - - -
        liaison - - - -
        operator - - - -
    """,
    "grants": """
        anyone - - - .
        administrator y y y .
        coordinator y y y .
        away - - - .
        member y y - .
        partner - - - .
        donor y - - .
        analyst - - - .
        liaison - - - .
        operator - - - .
    """,
    "calls": """
        anyone - - - y
        administrator y y y y
        coordinator y y y y
        away y y y y
        member y - - y
        partner y - - y
        donor y - - y
        analyst y - - y
        liaison y - - y
        operator y - - y
    """,
}
TYPED["programmes"] = TYPED["trainings"]


def world() -> tuple[dict[str, User | None], Any, Any, Any]:
    own = OrganisationFactory.create(areas=["Koro"])
    hidden = OrganisationFactory.create(areas=["Koro"], visibility=OrganisationVisibility.COORDINATORS)
    donor = OrganisationFactory.create(kind=OrganisationKind.DONOR)
    people: dict[str, User | None] = {
        "anyone": None,
        "administrator": person(Role.ADMINISTRATOR),
        "coordinator": person(Role.COORDINATOR, "Koro"),
        "away": person(Role.COORDINATOR, "Gao"),
        "member": person(Role.REPORTER, "Koro", organisation=own),
        "partner": person(Role.MONITOR, "Koro"),
        "donor": person(Role.REPORTER, "Koro", organisation=donor),
        "analyst": person(Role.ANALYST, "Koro"),
        "liaison": person(Role.LIAISON, "Koro"),
        "operator": person(Role.OPERATOR),
    }
    return people, own, hidden, donor


def rows_of(key: str, own: Any, hidden: Any, donor: Any) -> list[Any]:
    now = timezone.now()
    make: Any
    more: dict[str, Any] = {}
    if key == "grants":
        make, owner, more = SubGrantFactory.create, "recipient", {"funder": donor}
    else:
        make, owner = {
            "trainings": (TrainingFactory.create, "organiser"),
            "programmes": (ProgrammeFactory.create, "organisation"),
            "needs": (NeedFactory.create, "organisation"),
            "calls": (FundingCallFactory.create, "funder"),
        }[key]
    rows = [
        make(**{owner: own}, **more),
        make(**{owner: own}, withdrawn_at=now, **more),
        make(**{owner: hidden}, **more),
    ]
    if key == "needs":
        rows.append(make(organisation=own, state="met"))
    if key == "calls":
        everybody = OrganisationFactory.create(visibility=OrganisationVisibility.PUBLIC)
        rows.append(make(funder=everybody, is_public=True))
        rows[0] = make(funder=everybody)
        rows[1] = make(funder=everybody, is_public=True, withdrawn_at=now)
    return rows


@pytest.mark.parametrize(
    ("key", "policy"),
    [("trainings", TRAININGS), ("programmes", PROGRAMMES), ("needs", NEEDS), ("grants", GRANTS), ("calls", CALLS)],
)
def test_every_rule_counts(key: str, policy: Policy[Any], monkeypatch: MonkeyPatch) -> None:
    people, own, hidden, donor = world()
    rows = rows_of(key, own, hidden, donor)
    expected = {name: cells[: len(rows)] for name, *cells in (line.split() for line in TYPED[key].strip().splitlines())}

    def matrix() -> dict[str, list[str]]:
        return {
            name: ["y" if policy.sees(viewer_for(user), row) else "-" for row in rows] for name, user in people.items()
        }

    assert matrix() == expected
    for what, changed in _without_each(policy):
        with monkeypatch.context() as changing:
            for attribute, value in changed.items():
                changing.setattr(policy, attribute, value)
            assert matrix() != expected, f"nothing fails {what}"
