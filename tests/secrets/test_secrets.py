"""Planted secrets come out nowhere they may not, everybody gets what is due to them, and each rule is needed for it.

What is expected is typed by hand from docs/access.md.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest import MonkeyPatch  # noqa: PT013

from incidents import access
from incidents.disclosure import FIGURE, INCIDENT
from incidents.models import Alert, Carriage, ReporterIdentity
from incidents.services import alert_life, alerts, exercises
from orgs.access import viewer_for
from orgs.api import resources
from orgs.disclosure import Table, Treatment
from orgs.models import Channel, Message, Role, Tlp
from tests.access.world import HOME
from tests.factories import person
from tests.secrets import exits
from tests.secrets.around import AROUND
from tests.secrets.planting import MARKS, Planted, plant

pytestmark = pytest.mark.django_db

NOTHING: set[str] = set()
PUBLIC = {"summary", "figure_value"}
PUBLIC_TEXT = PUBLIC | {"instruction"}
NETWORK = PUBLIC_TEXT | {"place_name", "call_number"}
SENT = {"summary", "figure_value", "place_name", "instruction", "call_number"}
SERVED = SENT - {"call_number"}
ORGANISATION = {"organisation", "organisation_words"}
CONTACT = {"contact_name", "contact_phone"}
DIRECTORY = ORGANISATION | CONTACT
PASSED_ON = {"advisory_soft", "advisory_soft_to_do"}
TO_ALL = {"answer_to_all"}
ADVISORY = PASSED_ON | {"advisory_words", "advisory_to_do", "held_words", "held_note"}
TALK = {"asked", "answer_to_asker", "asked_too", "answer_to_all", "need_more_words", "outcome_words"}
CHECKED = {"review_word", "override_reason", "override_passage"}
OVERSEEN = CHECKED - {"override_passage"}
LADDER = {"ladder_name", "ladder_call_name", "ladder_call_phone", "ladder_call_words"}
DRILL = {"drill_name", "drill_purpose", "drill_summary", "drill_lessons"}
NEVER = {
    "small_value", "conduct_words", "conduct_note", "caller_phone", "caller_name", "reporter_name", "reporter_phone",
    "reporter_email", "reporter_lat", "reporter_lon",
}  # fmt: skip
"""Sealed, and opened by nothing but a button that is noted (and a figure that cannot be told from other text)."""
COORDINATOR = set(MARKS) - NEVER

FOLLOWS_MARKING = (
    (set(MARKS) - set(AROUND) - DIRECTORY - {"recipient_phone"}) | TALK | CHECKED | {"closing_word", "link"}
)
"""What belongs to the incident and its alert: what of it is due depends on the marking."""

# CLEAR, GREEN, AMBER, AMBER+STRICT, RED
DUE: dict[str, tuple[set[str], ...]] = {
    "anyone": (PUBLIC_TEXT, NOTHING, NOTHING, NOTHING, NOTHING),
    # told in person where the marking lets the network be told: answers to all are for them too
    "reporter": (NETWORK | TO_ALL, NETWORK | TO_ALL, NOTHING, NOTHING, NOTHING),
    "facilitator": (NETWORK | TO_ALL, NETWORK | TO_ALL, NOTHING, NOTHING, NOTHING),
    "reporter-away": (PUBLIC_TEXT, NOTHING, NOTHING, NOTHING, NOTHING),
    "liaison": (PUBLIC_TEXT, NOTHING, NOTHING, NOTHING, NOTHING),
    "recipient": (SENT | TALK | {"reply"},) * 5,
    "colleague": (SENT | TO_ALL,) * 5,
    "served": (SERVED, SERVED, SERVED, NOTHING, NOTHING),
    "coordinator": (COORDINATOR & FOLLOWS_MARKING,) * 5,
    "coordinator-away": (PUBLIC_TEXT, NOTHING, NOTHING, NOTHING, NOTHING),
    "analyst": (PUBLIC_TEXT, PUBLIC, PUBLIC, PUBLIC, PUBLIC),
    # how it was checked, and nothing of what it says
    "oversight": (PUBLIC_TEXT | OVERSEEN, OVERSEEN, OVERSEEN, OVERSEEN, OVERSEEN),
    "administrator": (PUBLIC_TEXT, NOTHING, NOTHING, NOTHING, NOTHING),
    "operator": (PUBLIC_TEXT, NOTHING, NOTHING, NOTHING, NOTHING),
    # of the service held responsible: a coordinator of the same area, who sees another, unrelated report; and without
    # a key the document for alert hubs that is everybody's
    "accused": (PUBLIC_TEXT | {"reject_note"}, *({"reject_note"},) * 4),
}  # fmt: skip

# Of everything else that was planted, at GREEN, on every page there is.
BESIDES: dict[str, set[str]] = {
    "anyone": NOTHING,
    # who takes part in the drill reads what it is for, and its alert
    "reporter": PASSED_ON | {"drill_name", "drill_purpose", "drill_summary"},
    "facilitator": PASSED_ON | {"pattern_words"},
    "reporter-away": NOTHING,
    "liaison": NOTHING,
    "recipient": ADVISORY | {"roster_name"},
    "colleague": ADVISORY | {"roster_name"},
    "served": NOTHING,
    "coordinator": ADVISORY | LADDER | DRILL | DIRECTORY | {"pattern_words", "roster_name"},
    "coordinator-away": DIRECTORY,
    "analyst": {"advisory_soft", "pattern_words"},
    "oversight": {"pattern_words"},
    "administrator": DIRECTORY,
    "operator": NOTHING,
    # "responsible" is a name in the list to choose from, on other incidents of the area
    "accused": ADVISORY | LADDER | DRILL | DIRECTORY | {"roster_name", "responsible"},
}
PHONES_OF_PEOPLE = dict.fromkeys(
    ("recipient", "coordinator", "accused", "administrator"), frozenset({"recipient_phone"})
)
"""Their own; and on the page of the people of one's areas (all, for administrators), who invite them."""

# By message. A message names its code and, to who was told, carries content up to GREEN; above, a number to call.
CONTENT = (True, True, False, False, False)
LETTER = SENT | TO_ALL
LETTERS: dict[str, tuple[set[str], ...]] = {
    # told as liaison: content up to GREEN; above, a link and a number to call; the link is the person's own
    "recipient": (*(LETTER | {"answer_to_asker", "link"},) * 2, *({"call_number", "link"},) * 3),
    "colleague": (*(LETTER,) * 2, *({"call_number"},) * 3),
    "reporter": (*(LETTER | PASSED_ON | {"drill_summary"},) * 2, *(PASSED_ON | {"drill_summary"},) * 3),
    "facilitator": (*(LETTER | PASSED_ON,) * 2, *(PASSED_ON,) * 3),
    "coordinator": (*(LETTER | PASSED_ON,) * 2, *(PASSED_ON,) * 3),
    "accused": (PASSED_ON,) * 5,
    **dict.fromkeys(
        ("coordinator-away", "reporter-away", "liaison", "served", "analyst", "oversight", "administrator", "operator"),
        (NOTHING,) * 5,
    ),
    "": (NOTHING,) * 5,
}
# Notices of the platform itself (answers to questions, drills) go by e-mail and SMS alone.
LESS: dict[str, set[str]] = {
    Channel.EMAIL: NOTHING,
    Channel.SMS: NOTHING,
    Channel.PUSH: {"answer_to_all", "answer_to_asker"},
    Channel.WEBHOOK: {"answer_to_all", "answer_to_asker"},
    Channel.NOTICE: set(MARKS) | {"link"},
}
SHORT = {"summary", "figure_value", "place_name", "advisory_soft", "drill_summary", "link"}
"""What a short text may leave out, to fit."""


def _column(tlp: str) -> int:
    return list(Tlp.values).index(tlp)


def _letters_are_as_typed(planted: Planted, channel: str, column: int) -> None:
    found = planted.letters(channel)
    short = channel in (Channel.SMS, Channel.PUSH)
    spared = SHORT if short and CONTENT[column] else {"advisory_soft", "drill_summary"} if short else NOTHING
    for name, by_tlp in LETTERS.items():
        got, due = found.get(name, set()), by_tlp[column] - LESS[channel]
        if channel == Channel.SMS and name not in ("recipient", "reporter"):
            due = set()  # they have no phone
        assert got - due == NOTHING, f"{channel} to {name} says what it may not"
        assert due - got - spared == NOTHING, f"{channel} to {name} lacks what is due"


@pytest.mark.parametrize("tlp", Tlp.values)
def test_everybody_gets_what_is_due_and_nothing_else(tlp: str) -> None:
    planted, column = plant(tlp), _column(tlp)
    for channel in exits.WAYS:
        _letters_are_as_typed(planted, channel, column)
    wrong = {}
    for name, due in DUE.items():
        found = planted.found_by(name) & FOLLOWS_MARKING
        if found != due[column]:
            wrong[name] = {"too much": sorted(found - due[column]), "too little": sorted(due[column] - found)}
    assert not wrong


def test_every_page_gives_what_is_due_and_nothing_else() -> None:
    planted, column, wrong = plant(Tlp.GREEN, thorough=True), _column(Tlp.GREEN), {}
    for name, due in DUE.items():
        whole = due[column] | BESIDES[name] | PHONES_OF_PEOPLE.get(name, NOTHING)
        found = planted.found_by(name)
        if found != whole:
            wrong[name] = {"too much": sorted(found - whole), "too little": sorted(whole - found)}
    assert not wrong


def _sent(planted: Planted) -> None:
    """As if every message that waits had left: what follows goes to those who had it."""
    Message.objects.filter(state="pending").update(state="sent", sent_at=timezone.now(), final_at=timezone.now())


@pytest.mark.parametrize("tlp", [Tlp.CLEAR, Tlp.AMBER])
@pytest.mark.parametrize("purpose", ["digest", "joined"])
def test_joined_messages_say_no_more_than_single_ones(purpose: str, tlp: str) -> None:
    planted = plant(tlp, with_around=False)
    _sent(planted)
    for delivery in planted.alert.deliveries.all():
        message = Message.objects.create(purpose=purpose, channel=Channel.EMAIL, recipient=delivery.recipient)
        Carriage.objects.create(message=message, delivery=delivery)
    carries = tlp == Tlp.CLEAR
    for channel in exits.WAYS:
        found = planted.letters(channel, purpose)
        for name, got in found.items():
            due = LETTERS[name][_column(tlp)] if name in LETTERS else SENT
            assert got - due == NOTHING, (channel, name)
        if channel == Channel.EMAIL:
            assert found["recipient"] >= (SENT if carries else {"call_number"})
        assert channel != Channel.NOTICE or set().union(*found.values()) == NOTHING


@pytest.mark.parametrize("tlp", [Tlp.GREEN, Tlp.RED])
def test_what_follows_an_alert_reaches_who_had_it_and_no_more(tlp: str) -> None:
    planted = plant(tlp, with_around=False)
    _sent(planted)
    desk = viewer_for(planted.world.people["coordinator"])
    draft = alert_life.update_alert(
        viewer=desk, alert=planted.alert, instruction="Restez chez vous.", call_number="+22376000077"
    )
    marks = {"recipient": {"summary", "figure_value", "place_name"} if tlp == Tlp.GREEN else NOTHING}
    releaser = desk
    if access.needs_second_person(draft):
        draft = alerts.propose_alert(viewer=desk, alert=draft, version=draft.version)
        releaser = viewer_for(person(Role.COORDINATOR, HOME))
    update = alerts.release_alert(viewer=releaser, alert=draft, version=draft.version).alert
    updated = planted.letters(Channel.EMAIL)
    assert updated["recipient"] == marks["recipient"]
    assert set(updated) & {"accused", "liaison", "reporter-away", "served"} == NOTHING
    _sent(planted)
    Alert.objects.filter(pk=update.pk).update(expires_at=timezone.now() - timedelta(minutes=1), severity="extreme")
    assert alert_life.expire_due() == 1
    _says_nothing(planted)


def test_a_cancellation_says_nothing_but_whom_to_call() -> None:
    planted = plant(Tlp.CLEAR, with_around=False)
    _sent(planted)
    alerts.cancel_alert(viewer=viewer_for(planted.world.people["coordinator"]), alert=planted.alert)
    _says_nothing(planted)


def _says_nothing(planted: Planted) -> None:
    """But whom to call, to those who had the alert. The links are recalled: none is in it."""
    for channel in exits.WAYS:
        found = planted.letters(channel)
        assert "recipient" in found, channel
        assert set().union(*found.values()) <= {"call_number"}, channel


def test_the_end_of_a_drill_says_nothing_and_reaches_who_took_part() -> None:
    planted = plant(Tlp.GREEN)
    _sent(planted)
    assert planted.around.drill is not None
    exercises.end_exercise(viewer=viewer_for(planted.world.people["coordinator"]), exercise=planted.around.drill)
    for channel in exits.WAYS:
        assert planted.letters(channel) == {"reporter": NOTHING}, channel


def test_what_was_said_of_conduct_opens_by_a_button_of_oversight_alone() -> None:
    planted = plant(Tlp.GREEN)
    assert planted.around.conduct is not None
    page = f"/conduct/{planted.around.conduct.pk}/"
    assert planted.marks_in(exits.words_at(planted.world.client("oversight"), page)) == NOTHING
    sealed = {"conduct_words", "conduct_note"}
    for name in DUE:
        answer = planted.world.client(name).post(page, {"do": "open", "open": "1", "action": "open"})
        found = planted.marks_in(answer.content.decode()) & sealed
        assert found == (sealed if name == "oversight" else NOTHING), name


STAFF: dict[str, set[str]] = {
    "coordinator": COORDINATOR,
    # places, actors and people stand in lists of their own, which say nothing of incidents
    "coordinator-away": DIRECTORY | {"place_name", "responsible"},
    "oversight": CHECKED | {"closing_word", "pattern_words"},
    "administrator": DIRECTORY | {"recipient_phone", "responsible", "roster_name", "place_name", "proxy_enterer"},
    "operator": NOTHING,
}


def test_admin_shows_each_no_more_than_their_pages_do() -> None:
    planted, wrong = plant(Tlp.AMBER), {}
    for name, may in STAFF.items():
        if over := planted.found_in_admin_by(name) - may:
            wrong[name] = sorted(over)
    assert not wrong


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
