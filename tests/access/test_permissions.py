"""Who gets what at every address. Every result below was typed by hand from the table in docs/access.md.

``y`` the page (or the step was taken), ``s`` asked to sign in, ``-`` refused: 403 for a task that is not the person's,
404 for a row that they may not see.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.plugin import DjangoDbBlocker

from incidents.models import IncidentState
from orgs.models import Role, Tlp
from tests.access.tables import rows, things
from tests.access.world import NETWORK, World
from tests.kept import rows_kept

pytestmark = pytest.mark.django_db

SIGN_IN = ("/accounts/login/", "/admin/login/", "/accounts/reauthenticate/")
TLPS = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)


def _cells(table: str) -> dict[str, list[str]]:
    lines = [line.split() for line in table.strip().splitlines()]
    return {name: cells for name, *cells in lines[1:]}


def _everybody(rows: dict[str, Any], world: World) -> None:
    assert set(rows) == set(world.people), "somebody is missing from the table"


def _outcome(answer: Any) -> str:
    if answer.status_code in (302, 303) and answer["Location"].startswith(SIGN_IN):
        return "s"
    if answer.status_code == 401:
        return "s"
    if answer.status_code in (403, 404):
        return "-"
    assert answer.status_code < 500, answer.content[:400]
    return "y"


INCIDENTS = """
person             CLEAR GREEN AMBER STRICT RED  unchecked-CLEAR unchecked-GREEN
anyone             y     -     -     -      -    -               -
reporter           y     y     -     -      -    -               -
editor             y     y     -     -      -    -               -
monitor            y     y     -     -      -    -               -
facilitator        y     y     -     -      -    -               -
reporter-away      y     -     -     -      -    -               -
editor-away        y     -     -     -      -    -               -
monitor-away       y     -     -     -      -    -               -
facilitator-away   y     -     -     -      -    -               -
liaison            y     -     -     -      -    -               -
recipient          y     -     -     -      -    -               -
colleague          y     -     -     -      -    -               -
served             y     -     -     -      -    -               -
coordinator        y     y     y     y      y    y               y
coordinator-away   y     -     -     -      -    -               -
analyst            y     y     y     y      y    y               y
analyst-away       y     -     -     -      -    -               -
oversight          y     -     -     -      -    -               -
administrator      y     -     -     -      -    -               -
operator           y     -     -     -      -    -               -
accused            -     -     -     -      -    -               -
"""


def test_an_incident_on_its_page_and_in_the_api() -> None:
    world, rows = World(), _cells(INCIDENTS)
    _everybody(rows, world)
    incidents = [world.incident(tlp) for tlp in TLPS]
    incidents += [world.incident(tlp, IncidentState.OPEN) for tlp in (Tlp.CLEAR, Tlp.GREEN)]
    for name, expected in rows.items():
        pages = [_outcome(world.client(name).get(f"/incidents/{incident.ref}/")) for incident in incidents]
        assert pages == expected, name
        listed = world.client(name).get("/incidents/").content.decode()
        assert ["y" if incident.ref in listed else "-" for incident in incidents] == expected, f"{name}, list"
        if name == "anyone":
            continue
        api = [_outcome(world.program(name).get(f"/api/v1/incidents/{incident.ref}/")) for incident in incidents]
        assert api == expected, f"{name}, API"
        refs = {row["ref"] for row in world.program(name).get("/api/v1/incidents/?page_size=200").json()["results"]}
        assert ["y" if incident.ref in refs else "-" for incident in incidents] == expected, f"{name}, list of the API"


ALERTS = """
person             CLEAR GREEN AMBER STRICT RED  draft
anyone             y     s     s     s      s    s
reporter           y     y     -     -      -    -
editor             y     y     -     -      -    -
monitor            y     y     -     -      -    -
facilitator        y     y     -     -      -    -
reporter-away      y     -     -     -      -    -
editor-away        y     -     -     -      -    -
monitor-away       y     -     -     -      -    -
facilitator-away   y     -     -     -      -    -
liaison            y     -     -     -      -    -
recipient          y     y     y     y      y    -
colleague          y     y     y     y      -    -
served             y     y     y     -      -    -
coordinator        y     y     y     y      y    y
coordinator-away   y     -     -     -      -    -
analyst            y     -     -     -      -    -
analyst-away       y     -     -     -      -    -
oversight          y     -     -     -      -    -
administrator      y     -     -     -      -    -
operator           y     -     -     -      -    -
accused            -     -     -     -      -    -
"""


def test_an_alert_on_its_page_and_in_the_api() -> None:
    world, rows = World(), _cells(ALERTS)
    _everybody(rows, world)
    alerts = [world.alert(tlp)[0] for tlp in TLPS] + [world.draft()]
    for name, expected in rows.items():
        assert [_outcome(world.client(name).get(f"/alerts/{alert.pk}/")) for alert in alerts] == expected, name
        if name == "anyone":
            continue
        api = [_outcome(world.program(name).get(f"/api/v1/alerts/{alert.pk}/")) for alert in alerts]
        assert api == expected, f"{name}, API"
        found = {row["id"] for row in world.program(name).get("/api/v1/alerts/?page_size=200").json()["results"]}
        assert ["y" if str(alert.pk) in found else "-" for alert in alerts] == expected, f"{name}, list of the API"


GROUPS = {
    "coordinators": ("coordinator", "coordinator-away", "accused"),
    "staff": ("coordinator", "coordinator-away", "accused", "administrator", "oversight", "operator"),
    "gapreaders": (
        *(name for role in NETWORK for name in (role, f"{role}-away")),
        "served",
        "coordinator",
        "coordinator-away",
        "accused",
        "administrator",
        "analyst",
        "analyst-away",
    ),
    "conductors": (
        "facilitator",
        "facilitator-away",
        "liaison",
        "recipient",
        "colleague",
        "coordinator",
        "coordinator-away",
        "accused",
        "analyst",
        "analyst-away",
        "oversight",
    ),
    "recorders": (
        *(name for role in ("facilitator", "editor") for name in (role, f"{role}-away")),
        "coordinator",
        "coordinator-away",
        "accused",
    ),
    "reporting": (
        "reporter",
        "editor",
        "monitor",
        "facilitator",
        "coordinator",
        "reporter-away",
        "editor-away",
        "monitor-away",
        "facilitator-away",
        "coordinator-away",
        "served",
        "accused",
    ),
    "*": None,
    "+": None,
}
# Addresses that stand for themselves: tested where they are made (accounts, gateways, health, allauth, admin's models).
ELSEWHERE = (
    "accounts/", "admin/", "i18n/", "gateways/", "health/", "metrics", "api/docs/",
)  # fmt: skip


def _who(cell: str, world: World) -> set[str]:
    if cell == "*":
        return set(world.people)
    if cell == "+":
        return set(world.people) - {"anyone"}
    return {name for part in cell.split(",") for name in GROUPS.get(part) or (part,)} - {"."}


@pytest.fixture(scope="module")
def everybody(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Callable[[], World]]:
    """A world of its own for each address, in which everybody has signed in: making one costs as much as asking."""

    def make() -> World:
        world = World()
        world.open_all_doors()
        return world

    with rows_kept(django_db_blocker, make) as fresh:
        yield fresh


@pytest.mark.parametrize(("address", "getters", "posters"), rows(), ids=[row[0] for row in rows()])
def test_who_reaches_an_address(address: str, getters: str, posters: str, everybody: Callable[[], World]) -> None:
    world = everybody()
    made = things(world, address)
    for method, cell in (("get", getters), ("post", posters)):
        due = _who(cell, world)
        for name in world.people:
            client = world.program(name) if address.startswith("/api/v1/") else world.client(name)
            answer = getattr(client, method)(address.format(**made))
            if cell == "." and answer.status_code == 405:
                continue
            got = _outcome(answer)
            assert (got == "y") == (name in due), f"{method} {address} as {name}: {answer.status_code}"


def test_every_address_stands_in_the_table() -> None:
    named = {_bare(row[0]) for row in rows()}
    unknown = sorted(
        address for address in _all_addresses(get_resolver()) if _bare(address) not in named
        and not address.startswith(ELSEWHERE)
    )  # fmt: skip
    assert unknown == []


def _bare(address: str) -> str:
    return re.sub(r"<[^>]*>|\{[^}]*\}", "?", address.lstrip("/"))


def _all_addresses(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            found.append(before + str(each.pattern))
        else:
            found += _all_addresses(each, before + str(each.pattern))
    return found


def test_the_roles_of_the_tables_are_all_roles() -> None:
    assert set(Role.values) <= set(World().people)
