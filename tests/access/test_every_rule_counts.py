"""Each grant, each of its conditions and each barrier is needed: without it, the tables typed by hand do not hold."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pytest import MonkeyPatch  # noqa: PT013

from incidents.access import ALERTS, INCIDENTS
from incidents.models import Audience, Incident, IncidentState
from orgs.access import viewer_for
from orgs.models import Tlp
from orgs.policy import Policy
from tests.access.test_permissions import ALERTS as ALERTS_TYPED
from tests.access.test_permissions import INCIDENTS as INCIDENTS_TYPED
from tests.access.test_permissions import TLPS, _cells
from tests.access.world import World
from tests.factories import AlertFactory, DeliveryFactory, IncidentFactory, RenditionFactory, made_a_drill

pytestmark = pytest.mark.django_db


def _without_each(policy: Policy[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    grants = policy.grants
    for place, grant in enumerate(grants):
        yield f"without grant {place} ({grant.audience})", {"grants": grants[:place] + grants[place + 1 :]}
        for lookup in grant.when:
            looser = replace(grant, when={key: value for key, value in grant.when.items() if key != lookup})
            changed = {"grants": (*grants[:place], looser, *grants[place + 1 :])}
            yield f"grant {place} ({grant.audience}) without {lookup}", changed
    for place in range(len(policy.barriers)):
        kept = policy.barriers[:place] + policy.barriers[place + 1 :]
        yield f"without barrier {place}", {"barriers": kept}


def _matrix(policy: Policy[Any], world: World, rows: list[Any]) -> dict[str, list[str]]:
    return {
        name: ["y" if policy.sees(viewer_for(user), row) else "-" for row in rows]
        for name, user in world.people.items()
    }


def _typed(table: str, *more: tuple[str, ...]) -> dict[str, list[str]]:
    """The typed table, with a column more for each further row: the people who see it."""
    seen = {name: ["y" if cell == "y" else "-" for cell in cells] for name, cells in _cells(table).items()}
    return {name: cells + ["y" if name in people else "-" for people in more] for name, cells in seen.items()}


def _unneeded(
    policy: Policy[Any], world: World, rows: list[Any], expected: dict[str, list[str]], monkeypatch: MonkeyPatch
) -> list[str]:
    """The rules of a policy whose loss the typed table would not notice."""
    tried, unneeded = 0, []
    for what, changed in _without_each(policy):
        with monkeypatch.context() as changing:
            for attribute, value in changed.items():
                changing.setattr(policy, attribute, value)
            if _matrix(policy, world, rows) == expected:
                unneeded.append(what)
        tried += 1
    assert tried >= len(policy.grants) + len(policy.barriers)
    return unneeded


# A row whose place was not found is every coordinator's, and nobody else's.
NOWHERE = ("coordinator", "coordinator-away", "accused")


def test_every_rule_of_incidents_counts(monkeypatch: MonkeyPatch) -> None:
    world = World()
    rows = [world.incident(tlp) for tlp in TLPS]
    rows += [world.incident(tlp, IncidentState.OPEN) for tlp in (Tlp.CLEAR, Tlp.GREEN)]
    rows.append(IncidentFactory.create(tlp=Tlp.RED, where=None))
    rows.append(_of_a_drill(world.incident(Tlp.CLEAR)))
    typed = _typed(INCIDENTS_TYPED, NOWHERE, ("coordinator",))
    assert _matrix(INCIDENTS, world, rows) == typed
    assert _unneeded(INCIDENTS, world, rows, typed, monkeypatch) == []


def _of_a_drill(incident: Incident) -> Incident:
    """An incident that was made up for an exercise."""
    made_a_drill(incident)
    incident.refresh_from_db()
    return incident


def test_every_rule_of_alerts_counts(monkeypatch: MonkeyPatch) -> None:
    world = World()
    rows: list[Any] = [world.alert(tlp)[0] for tlp in TLPS] + [world.draft()]
    # Nothing makes deliveries of a draft; were there some all the same, nobody would see more for it.
    DeliveryFactory.create(alert=rows[-1], recipient=world.people["recipient"], organisation=world.service)
    # Nor does a text for the public open an alert that is marked closer than CLEAR.
    RenditionFactory.create(alert=rows[1], audience=Audience.PUBLIC)
    clear = AlertFactory.create(incident=world.incident(Tlp.CLEAR))
    for audience in (Audience.PUBLIC, Audience.NETWORK):
        RenditionFactory.create(alert=clear, audience=audience)
    rows += [clear, AlertFactory.create(incident=IncidentFactory.create(tlp=Tlp.RED, where=None))]
    drill, _delivery = world.alert(Tlp.CLEAR)
    drill.incident = _of_a_drill(drill.incident)
    drill.exercise = drill.incident.exercise
    drill.save()
    rows.append(drill)
    typed = _typed(ALERTS_TYPED, ("coordinator",), NOWHERE, ("coordinator", "recipient"))
    assert _matrix(ALERTS, world, rows) == typed
    assert _unneeded(ALERTS, world, rows, typed, monkeypatch) == []
