"""Planted secrets come out nowhere they may not, everybody gets what is due to them, and each rule is needed for it.

What is expected is typed by hand from docs/access.md.
"""

import pytest
from pytest import MonkeyPatch  # noqa: PT013

from incidents.disclosure import FIGURE, INCIDENT
from incidents.models import ReporterIdentity
from orgs.api import resources
from orgs.disclosure import Table, Treatment
from orgs.models import Tlp
from tests.secrets.planting import MARKS, Planted, plant

pytestmark = pytest.mark.django_db

NOTHING: set[str] = set()
PUBLIC = {"summary", "figure_value"}
ADVISORY = PUBLIC | {"instruction"}
NETWORK = ADVISORY | {"place_name", "call_number"}
SENT = {"summary", "figure_value", "place_name", "instruction", "call_number"}
SERVED = SENT - {"call_number"}
ORGANISATION = {"organisation", "organisation_words"}
COORDINATOR = (
    set(MARKS)
    - {"small_value", "recipient_phone"}
    - {"caller_phone", "caller_name"}
    - {"reporter_name", "reporter_phone", "reporter_email", "reporter_lat", "reporter_lon"}
)
OWN_ANSWER = {"reply", "recipient_phone"}

# CLEAR, GREEN, AMBER, AMBER+STRICT, RED
DUE: dict[str, tuple[set[str], ...]] = {
    "anyone": (ADVISORY, NOTHING, NOTHING, NOTHING, NOTHING),
    "reporter": (NETWORK, NETWORK, NOTHING, NOTHING, NOTHING),
    "facilitator": (NETWORK, NETWORK, NOTHING, NOTHING, NOTHING),
    "reporter-away": (ADVISORY, NOTHING, NOTHING, NOTHING, NOTHING),
    "liaison": (ADVISORY, NOTHING, NOTHING, NOTHING, NOTHING),
    "recipient": (SENT | OWN_ANSWER,) * 5,
    "colleague": (SENT,) * 5,
    "served": (SERVED, SERVED, SERVED, NOTHING, NOTHING),
    "coordinator": (COORDINATOR,) * 5,
    "coordinator-away": (ADVISORY | ORGANISATION, ORGANISATION, ORGANISATION, ORGANISATION, ORGANISATION),
    "analyst": (ADVISORY, PUBLIC, PUBLIC, PUBLIC, PUBLIC),
    "oversight": (ADVISORY, NOTHING, NOTHING, NOTHING, NOTHING),
    "administrator": (ADVISORY | ORGANISATION, ORGANISATION, ORGANISATION, ORGANISATION, ORGANISATION),
    "operator": (ADVISORY, NOTHING, NOTHING, NOTHING, NOTHING),
    # of the service held responsible: a coordinator of the same area, who sees another, unrelated report
    "accused": (ORGANISATION | {"reject_note"},) * 5,
}
LETTERS: dict[str, tuple[set[str], ...]] = {
    "reporter": (SENT, SENT, NOTHING, NOTHING, NOTHING),
    "recipient": (SENT, SENT, {"call_number"}, {"call_number"}, {"call_number"}),
    "accused": (NOTHING,) * 5,
    "coordinator-away": (NOTHING,) * 5,
    "liaison": (NOTHING,) * 5,
}


@pytest.mark.parametrize("tlp", Tlp.values)
def test_everybody_gets_what_is_due_and_nothing_else(tlp: str) -> None:
    planted, column = plant(tlp), list(Tlp.values).index(tlp)
    letters = planted.letters()
    for name, due in LETTERS.items():
        user = planted.world.people[name]
        assert user is not None
        assert letters.get(user.email or "", set()) == due[column], f"letters to {name}"
    for name, due in DUE.items():
        assert planted.found_by(name) == due[column], name


def test_the_identity_opens_only_on_its_own_page_with_a_reason() -> None:
    planted = plant(Tlp.AMBER, release=False)
    page = f"/desk/reports/{planted.report.pk}/identity/"
    refused = planted.world.client("coordinator").post(page, {"reason": ""}).content.decode()
    assert MARKS["reporter_phone"] not in refused
    opened = planted.world.client("coordinator").post(page, {"reason": "Rappeler pour vérifier le lieu"})
    assert opened.status_code == 200
    assert MARKS["reporter_name"] in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    sealed = bytes(ReporterIdentity.objects.get(report=planted.report).sealed)
    assert not [mark for name, mark in MARKS.items() if name.startswith("reporter_") and mark.encode() in sealed]


def test_small_figures_do_not_reach_analysts() -> None:
    planted = plant(Tlp.GREEN)
    seen = {name: planted.small_value_seen_by(name) for name in ("coordinator", "reporter", "analyst")}
    assert seen == {"coordinator": True, "reporter": True, "analyst": False}


# --- Without any one rule, a secret comes out --------------------------------------------------------------------

EXITS = {
    "public": "anyone",
    "network": "reporter",
    "analyst": "analyst",
}
# Rules of the incident's table that hide a marked field from an audience with pages and API of its own.
HIDDEN = [
    ("public", "place_name"),
    ("public", "place_text"),
    ("public", "narrative"),
    ("public", "reporter_note"),
    ("network", "place_text"),
    ("network", "narrative"),
    ("network", "reporter_note"),
    ("analyst", "place_name"),
    ("analyst", "place_text"),
    ("analyst", "narrative"),
    ("analyst", "reporter_note"),
]


def _all_shown(table: Table, field: str, audience: str, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setitem(table.cells[field], audience, dict.fromkeys(map(str, Tlp.values), Treatment.SHOW))
    resources._statement.cache_clear()


def _marks_of_the_incident(planted: Planted, audience: str) -> set[str]:
    """What the incident's page, the API and the table itself give this audience."""
    name = EXITS[audience]
    incident = planted.incident
    shown = INCIDENT.show(incident, audience)
    found = {field for field in MARKS if shown.get(field) == MARKS[field]}
    page = planted.world.client(name).get(f"/incidents/{incident.ref}/").content.decode()
    return found | {field for field in MARKS if MARKS[field] in page and field != "small_value"}


@pytest.mark.parametrize(("audience", "field"), HIDDEN)
def test_without_a_rule_of_the_table_its_field_comes_out(audience: str, field: str, monkeypatch: MonkeyPatch) -> None:
    planted = plant(Tlp.CLEAR, release=False)
    assert field not in _marks_of_the_incident(planted, audience)
    _all_shown(INCIDENT, field, audience, monkeypatch)
    assert field in _marks_of_the_incident(planted, audience)
    resources._statement.cache_clear()


@pytest.mark.parametrize("audience", ["public", "network", "analyst", "organisation", "liaison"])
def test_without_a_rule_the_source_of_a_figure_comes_out(audience: str, monkeypatch: MonkeyPatch) -> None:
    figure = plant(Tlp.CLEAR, release=False).incident.figures.get(source=MARKS["figure_source"])
    assert FIGURE.show(figure, audience)["source"] is None
    _all_shown(FIGURE, "source", audience, monkeypatch)
    assert FIGURE.show(figure, audience)["source"] == MARKS["figure_source"]


# What each audience is shown of an incident, typed by hand. Any cell of the table that changes fails this.
_COMMON = (
    "ref type_id occurred_on time_precision region_id cercle_id region_pcode cercle_pcode state tlp severity urgency "
    "certainty summary finding updated_at"
)
_NEAR = "commune_id commune_pcode place_name"
SHOWN = {
    "public": {Tlp.CLEAR: _COMMON},
    "network": dict.fromkeys((Tlp.CLEAR, Tlp.GREEN), f"{_COMMON} {_NEAR} claim_grade"),
    "organisation": dict.fromkeys(Tlp, f"{_COMMON} {_NEAR} claim_grade source_grade"),
    "liaison": dict.fromkeys(Tlp, f"{_COMMON} {_NEAR} claim_grade source_grade"),
    "oversight": dict.fromkeys(Tlp, f"{_COMMON} {_NEAR} claim_grade source_grade"),
    "analyst": dict.fromkeys(Tlp, f"{_COMMON} claim_grade source_grade"),
    "coordinator": dict.fromkeys(Tlp, f"{_COMMON} {_NEAR} claim_grade source_grade place_text narrative reporter_note"),
}


def test_the_table_of_the_incident_says_what_is_typed_here() -> None:
    assert set(SHOWN) == set(INCIDENT.audiences)
    for audience, by_tlp in SHOWN.items():
        for tlp in Tlp.values:
            shown = {field for field in INCIDENT.cells if INCIDENT.treatment(field, audience, tlp) != Treatment.HIDE}
            assert shown == set(by_tlp.get(Tlp(tlp), "").split()), (audience, tlp)
