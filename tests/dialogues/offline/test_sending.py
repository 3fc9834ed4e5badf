"""What a phone sends of a session: taken in once, told apart from what others wrote, refused where it is none."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_urlconf
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dialogues.access import RECORDERS, WRITERS
from dialogues.disclosure import ATTENDANCE, ISSUE, POINT, SESSION
from dialogues.models import Group, How, SafetyNote, Session, SessionEdit
from dialogues.said import Counted, Raised, from_json, said_of, to_json
from dialogues.services.offline import MOST_ON_A_PHONE, writer_of
from orgs.access import viewer_for
from orgs.crypto import unseal
from orgs.disclosure import Treatment
from orgs.models import AuditEntry, Organisation, Role, Tlp, User
from orgs.presentation.navigation import is_served
from tests.factories import OrganisationFactory, area, person, signed_in
from tests.factories_dialogues import ProcessFactory, said, session
from tests.moments import by_now, in_days

pytestmark = pytest.mark.django_db

SEND, MINE, PAGE = "/dialogues/offline/send/", "/dialogues/offline/mine/", "/dialogues/offline/"


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create(areas=["Koro"])


@pytest.fixture
def facilitator(body: Organisation) -> User:
    return person(Role.FACILITATOR, "Koro", organisation=body)


def package(uid: uuid.UUID | None = None, base: int = 0, **changes: Any) -> dict[str, Any]:
    words = changes.pop("words", None) or to_json(said(**changes))
    return {"uid": str(uid or uuid.uuid4()), "edit_key": str(uuid.uuid4()), "base_version": base, "said": words}


def post(client: Client, data: Any, **headers: str) -> Any:
    content = data if isinstance(data, bytes | str) else json.dumps(data)
    return client.post(SEND, content, content_type="application/json", headers=headers)


def test_a_session_from_a_phone_is_kept_as_the_organisations_own(facilitator: User, body: Organisation) -> None:
    sent = package(attendance=(Counted("f", "15-35", Group.WOMEN_GROUPS, 12),), minutes="On a parlé du puits.")
    answer = post(signed_in(facilitator), sent)
    assert (answer.status_code, answer.json()["state"], answer.json()["version"]) == (201, "kept", 1)
    kept = Session.objects.get()
    assert (str(kept.uid), kept.how, kept.led_by, kept.recorded_by) == (sent["uid"], How.PHONE, body, facilitator)
    assert (kept.minutes, kept.people, kept.women) == ("On a parlé du puits.", 12, 12)
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_sent_twice_it_is_one_and_gives_the_same_answer(facilitator: User) -> None:
    client, sent = signed_in(facilitator), package() | {"safety_note": "Le guide a reçu des menaces."}
    first, again = post(client, sent), post(client, sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (Session.objects.count(), SessionEdit.objects.count(), SafetyNote.objects.count()) == (1, 1, 1)


def test_a_safety_note_is_sealed_and_noted_without_its_words(facilitator: User) -> None:
    post(signed_in(facilitator), package() | {"safety_note": "Le guide a reçu des menaces."})
    kept = SafetyNote.objects.get()
    assert b"menaces" not in bytes(kept.sealed)
    assert unseal(kept.sealed) == {"words": "Le guide a reçu des menaces."}
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"recorded", "added_safety_note"} <= verbs
    assert "menaces" not in str(list(AuditEntry.objects.values_list("facts", flat=True)))


@pytest.mark.parametrize(
    "words", ["Appelez Awa au 76 12 34 56.", "Les militaires sont au nord du village.", "x" * 4_001]
)
def test_a_safety_note_that_may_not_be_kept_takes_nothing_of_the_session_with_it(facilitator: User, words: str) -> None:
    answer = post(signed_in(facilitator), package() | {"safety_note": words})
    assert (answer.status_code, answer.json()["refused"]) == (422, "problems")
    assert list(answer.json()["problems"]) == ["safety_note"]
    assert not Session.objects.exists()


def test_two_phones_that_wrote_the_same_session_lose_no_word(body: Organisation, facilitator: User) -> None:
    other = person(Role.FACILITATOR, "Koro", organisation=body)
    made = session(by=viewer_for(facilitator), organisation=body)
    started = said_of(made)
    one = post(
        signed_in(facilitator),
        package(made.uid, 1, words=to_json(replace(started, minutes="Awa a ouvert.", title="Le puits"))),
    )
    assert one.json()["state"] == "kept"
    two = post(
        signed_in(other), package(made.uid, 1, words=to_json(replace(started, title="Le marché", people=14)))
    ).json()
    assert (two["state"], two["conflicts"]) == ("waits", ["Titre"])
    assert two["differs"] == [{"unit": "title", "label": "Titre", "mine": "Le marché", "stands": "Le puits"}]
    now = said_of(Session.objects.get())
    assert (now.title, now.minutes, now.people) == ("Le puits", "Awa a ouvert.", 14)
    assert two["now"] == {"uid": str(made.uid), "version": 3, "said": to_json(now), "area_name": area("Koro").name}
    assert {edit.said["title"] for edit in SessionEdit.objects.all()} == {started.title, "Le puits", "Le marché"}


def test_a_unit_of_every_kind_is_told_in_words(body: Organisation, facilitator: User) -> None:
    other = person(Role.FACILITATOR, "Koro", organisation=body)
    made = session(by=viewer_for(facilitator), organisation=body)
    started = said_of(made)
    process = ProcessFactory.create(title="Paix au puits", conveners=[body])
    hidden = ProcessFactory.create(title="Secret", at="Gao", tlp=Tlp.RED)
    others: dict[str, Any] = {
        "title": "A", "kind": "workshop", "held_on": started.held_on - timedelta(days=1) if started.held_on else None,
        "place_text": "Ailleurs", "agenda": "A", "minutes": "A", "tlp": Tlp.AMBER, "people": 13,
        "issues": (Raised("La terre", ("safety",)),), "agreements": ("A",), "disagreements": ("A",),
        "spoken": ("fr",), "present": (body.pk,), "facilitators": (facilitator.pk,), "process": str(process.uid),
    }  # fmt: skip
    first = post(signed_in(facilitator), package(made.uid, 1, words=to_json(replace(started, **others))))
    assert first.json()["state"] == "kept", first.json()
    mine: dict[str, Any] = {
        "title": "B", "kind": "conference", "held_on": started.held_on - timedelta(days=2) if started.held_on else None,
        "place_text": "Plus loin", "agenda": "B", "minutes": "B", "tlp": Tlp.CLEAR, "people": 15,
        "attendance": (Counted("f", "15-35", Group.WOMEN_GROUPS, 15),), "issues": (Raised("L’eau"),),
        "agreements": ("B",), "disagreements": ("B",), "spoken": ("bm",), "present": (999_999,),
        "facilitators": (other.pk,), "process": str(hidden.uid),
    }  # fmt: skip
    answer = post(signed_in(other), package(made.uid, 1, words=to_json(replace(started, **mine)))).json()
    assert answer["state"] == "waits"
    told = {one["unit"]: (one["mine"], one["stands"]) for one in answer["differs"]}
    assert set(told) == {
        "title", "kind", "when", "place", "agenda", "minutes", "tlp", "people", "issues", "agreements", "disagreements",
        "languages", "present", "holders", "process",
    }  # fmt: skip
    assert all(mine and stands and mine != stands for mine, stands in told.values()), told
    assert "Secret" not in json.dumps(answer, ensure_ascii=False)
    assert told["process"][1] == "Paix au puits"
    assert facilitator.name in told["holders"][1]
    assert other.name in told["holders"][0]


def test_what_cannot_be_true_is_refused_by_field_in_the_language_of_the_page(facilitator: User) -> None:
    sent = package(people=3, attendance=(Counted("f", "u", "u", 5),))
    french = post(signed_in(facilitator), sent).json()
    assert (french["state"], french["refused"]) == ("refused", "problems")
    assert french["problems"] == {"attendance": ["Plus de femmes (5) que de personnes (3)."]}
    english = post(signed_in(facilitator), sent | {"lang": "en"}).json()
    assert english["problems"] == {"attendance": ["More women (5) than people (3)."]}
    assert not Session.objects.exists()


LINES = (Counted("f", "15-35", Group.WOMEN_GROUPS, 5),)
CANNOT_BE: dict[str, tuple[dict[str, Any], str, str]] = {
    "counts": ({"people": 7, "attendance": LINES}, "attendance", "Il manque 2 personnes"),
    "women": ({"people": 3, "attendance": LINES}, "attendance", "Plus de femmes (5) que de personnes (3)"),
    "a crowd": ({"people": 100_000}, "people", "100000 personnes ne peuvent pas participer"),
    "1890": ({"held_on": date(1890, 3, 1)}, "held_on", "1990"),
    "next year": ({"held_on": in_days(365)}, "held_on", "pas encore"),
    "band": ({"attendance": (Counted("f", "18-40", "u", 12),)}, "attendance", "« 18-40 » chevauche"),
    "hours": ({"starts_at": time(10), "ends_at": time(9)}, "ends_at", "avant le début"),
    "missing": ({"attendance": LINES, "people": 5, "invited": ("women",), "absent": ("women",)}, "absent", "présent"),
    "language": ({"spoken": ("xx",)}, "spoken", "langue"),
    "theme": ({"issues": (Raised("Le puits", (), ("xx",)),)}, "issues", "thème"),
    "agenda": ({"agenda": "Appelez Awa au 76 12 34 56."}, "agenda", "76 12 34 56"),
}


@pytest.mark.parametrize("case", sorted(CANNOT_BE))
def test_each_thing_that_cannot_be_is_said_at_its_field(facilitator: User, case: str) -> None:
    changes, field, words = CANNOT_BE[case]
    answer = post(signed_in(facilitator), package(**by_now(changes)))
    assert (answer.status_code, list(answer.json()["problems"])) == (422, [field])
    assert words in " ".join(answer.json()["problems"][field])
    assert not Session.objects.exists()


def test_an_organisation_that_left_the_directory_meanwhile_is_said_at_its_field(
    facilitator: User, body: Organisation
) -> None:
    body.merged_into = OrganisationFactory.create()
    body.save()
    answer = post(signed_in(facilitator), package(led_by=body.pk)).json()
    assert answer["problems"] == {"led_by": ["Cette organisation n’est plus dans l’annuaire."]}


def test_names_of_colleagues_come_only_with_the_sessions_that_were_asked_for(
    facilitator: User, body: Organisation
) -> None:
    colleague = person(Role.FACILITATOR, "Koro", organisation=body, name="Moussa Dembélé")
    stranger = person(Role.FACILITATOR, "Gao", organisation=OrganisationFactory.create(), name="Fanta Maïga")
    client = signed_in(facilitator)
    without = client.get(f"{MINE}?sessions=no").json()
    assert (without["me"], without["colleagues"]) == (facilitator.pk, [])
    named = {one["id"] for one in client.get(MINE).json()["colleagues"]}
    assert named == {facilitator.pk, colleague.pk}
    assert stranger.pk not in named


def test_where_the_sign_in_has_run_out_the_phone_is_told_so_and_nothing_is_lost(facilitator: User) -> None:
    sent = package()
    answer = post(Client(), sent)
    assert (answer.status_code, answer.json()) == (401, {"state": "sign-in", "why": "sign_in"})
    assert Client().get(MINE).status_code == 401
    assert post(signed_in(facilitator), sent).json()["state"] == "kept"


def test_what_one_person_left_on_a_phone_is_not_sent_as_anothers(body: Organisation, facilitator: User) -> None:
    other = person(Role.FACILITATOR, "Koro", organisation=body)
    sent = package() | {"writer": writer_of(viewer_for(facilitator))}
    answer = post(signed_in(other), sent)
    assert (answer.status_code, answer.json()) == (403, {"state": "sign-in", "why": "other_person"})
    assert not Session.objects.exists()
    assert post(signed_in(facilitator), sent).json()["state"] == "kept"


@pytest.mark.parametrize("role", Role.values)
def test_only_those_who_write_sessions_down_send_and_fetch(role: str) -> None:
    client = signed_in(person(role, "Koro"))
    expected = "kept" if role in RECORDERS else "refused"
    answer = post(client, package())
    assert answer.json()["state"] == expected
    assert client.get(MINE).status_code == client.get(PAGE).status_code == (200 if role in RECORDERS else 403)
    assert Session.objects.exists() == (role in RECORDERS)


def test_a_session_of_others_is_not_written_in(facilitator: User) -> None:
    made = session(organisation=OrganisationFactory.create())
    answer = post(signed_in(facilitator), package(made.uid, 1, title="Pris"))
    assert (answer.status_code, list(answer.json()["problems"])) == (422, ["title"])
    assert Session.objects.get().title != "Pris"


@pytest.mark.parametrize(
    ("headers", "media_type"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, "application/json"),
        ({"Sec-Fetch-Site": "same-site"}, "application/json"),
        ({"Origin": "https://elsewhere.example"}, "application/json"),
        ({"Origin": "null"}, "application/json"),
        ({}, "text/plain"),
        ({}, "application/x-www-form-urlencoded"),
    ],
)
def test_another_site_cannot_use_a_persons_cookie(facilitator: User, headers: dict[str, str], media_type: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(facilitator)
    answer = client.post(SEND, json.dumps(package()), content_type=media_type, headers=headers)
    assert (answer.status_code, answer.json()["refused"]) == (415, "form")
    assert not Session.objects.exists()
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
    assert post(client, package(), **own).status_code == 201


# --- What is no package ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        b" ", b"\xff\xfe", b"[]", b"null", b'"x"', b"{}", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000,
        {"uid": "x"}, {"edit_key": None}, {"base_version": -1},
        {"base_version": 10**30}, {"base_version": [1]}, {"safety_note": ["x"]},
        {"said": []}, {"said": "x"}, {"writer": 5},
    ],
    ids=lambda sent: str(sent)[:40],
)  # fmt: skip
def test_what_is_no_package_is_refused(facilitator: User, sent: Any) -> None:
    answer = post(signed_in(facilitator), package() | sent if isinstance(sent, dict) and sent else sent)
    assert (answer.status_code, answer.json()["refused"]) == (400, "unreadable")


def test_what_is_too_large_is_refused_before_it_is_read(facilitator: User) -> None:
    answer = post(signed_in(facilitator), b'{"said":"' + b"x" * 600_000 + b'"}')
    assert (answer.status_code, answer.json()["refused"]) == (413, "large")
    assert post(signed_in(facilitator), b"x" * 6_000_000).status_code == 413


def test_the_longest_minutes_there_may_be_fit(facilitator: User) -> None:
    lines = tuple(f"{n} " + "é" * 490 for n in range(60))
    sent = package(minutes="ɛ" * 20_000, agenda="é" * 20_000, agreements=lines, disagreements=lines)
    assert post(signed_in(facilitator), json.dumps(sent, ensure_ascii=False)).status_code == 201


NAMES = tuple(to_json(from_json({})))
_PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["\x00", "\ud800", "10:00+01:00", "2026-01-01", "0-14", "ML", "é" * 300, "1e999"])
)
_ANY = st.recursive(
    _PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["sex", "age_band", "group", "count", "words", "needs"]), inner, max_size=4)
    ),
    max_leaves=6,
)
FUZZ = hypothesis_settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(st.dictionaries(st.sampled_from(NAMES), _ANY, max_size=4), _ANY)
@example({"starts_at": "10:00+01:00", "ends_at": "11:00"}, None)
@example({"number": 40_000}, None)
@example({"people": 1e999}, None)
@example({"area": "\x00"}, "\x00")
@example({"led_by": 2**40, "facilitators": [2**63]}, None)
@example({"title": "\ud800 a\x00"}, "\udfff")
def test_whatever_is_sent_is_kept_or_refused_and_never_breaks(
    facilitator: User, strange: dict[str, Any], note: Any
) -> None:
    sent = package() | {"safety_note": note}
    sent["said"] |= strange
    answer = post(signed_in(facilitator), json.dumps(sent))
    assert answer.status_code in (200, 201, 400, 422), answer.content
    assert answer.json()["state"] in ("kept", "refused")


@FUZZ
@given(st.binary(min_size=1, max_size=200) | _ANY.map(lambda value: json.dumps(value).encode()))
def test_whatever_bytes_come_are_refused(facilitator: User, sent: bytes) -> None:
    assert post(signed_in(facilitator), sent).status_code in (400, 413)


# --- What the phone is given -------------------------------------------------------------------------------------


def test_a_phone_is_given_what_its_person_may_change_and_nothing_else(body: Organisation, facilitator: User) -> None:
    own = session(by=viewer_for(facilitator), organisation=body, minutes="On a parlé.")
    in_the_room = session(present=(body.pk,), tlp=Tlp.GREEN)
    read = session(tlp=Tlp.CLEAR, organisation=OrganisationFactory.create())
    client = signed_in(facilitator)
    given = client.get(MINE).json()
    assert [one["uid"] for one in given["sessions"]] == [str(own.uid)]
    assert not {str(in_the_room.uid), str(read.uid)} & {one["uid"] for one in given["sessions"]}
    assert given["sessions"][0]["said"] == to_json(said_of(own))
    assert (given["sessions"][0]["version"], given["sessions"][0]["area_name"]) == (1, area("Koro").name)
    assert given["organisations"] == [{"id": body.pk, "name": body.name}]
    assert given["writer"] == writer_of(viewer_for(facilitator))
    assert client.get(f"{MINE}?sessions=no").json()["sessions"] == []


def test_a_phone_is_given_the_newest_in_as_many_questions_as_for_one(body: Organisation, facilitator: User) -> None:
    who = viewer_for(facilitator)
    today = timezone.localdate()
    for number in range(MOST_ON_A_PHONE + 2):
        session(by=who, organisation=body, title=f"Fois {number}", held_on=today - timedelta(days=number))
    client = signed_in(facilitator)
    client.get(MINE)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        given = client.get(MINE).json()["sessions"]
    assert [one["said"]["title"] for one in given] == [f"Fois {number}" for number in range(MOST_ON_A_PHONE)]
    assert len(asked) <= 12, [one["sql"][:90] for one in asked]


@pytest.mark.parametrize("table", [SESSION, ATTENDANCE, ISSUE, POINT])
def test_those_who_may_change_a_session_are_shown_all_of_it(table: Any) -> None:
    """So that what stands of it may be given to their phones as it is."""
    for field, audience, tlp in itertools.product(table.fields, WRITERS, Tlp.values):
        assert table.treatment(field, audience, tlp) is Treatment.SHOW, (field, audience)


# --- The shell ---------------------------------------------------------------------------------------------------


def test_the_shell_is_the_same_for_every_recorder_and_holds_nothing_of_them(facilitator: User) -> None:
    clients = signed_in(facilitator), signed_in(person(Role.COORDINATOR, "Gao"))
    pages = [client.get(PAGE) for client in clients]
    assert pages[0].content == pages[1].content
    assert b"csrf" not in pages[0].content
    assert facilitator.name.encode() not in pages[0].content
    english = clients[0].get(f"{PAGE}en/").content.decode()
    assert 'lang="en"' in english
    assert "Keep and send" in english


def test_the_worker_serves_its_own_part_of_the_site_alone() -> None:
    mine, reports = Client().get(f"{PAGE}sw.js"), Client().get("/report/sw.js")
    assert mine["Service-Worker-Allowed"] == PAGE
    assert b'"credentials": "same-origin"' in mine.content
    assert b'"credentials": "omit"' in reports.content
    assert Client().get(f"{PAGE}manifest.webmanifest").json()["start_url"] == PAGE


def test_the_page_leads_to_the_page_of_a_session_where_there_is_one(facilitator: User) -> None:
    page = signed_in(facilitator).get(PAGE).content.decode()
    found = re.search(r'<script id="words"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    served = is_served(f"/dialogues/sessions/{uuid.uuid4()}/", get_urlconf())
    assert json.loads(found[1])["session_address"] == ("/dialogues/sessions/{uid}/" if served else "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"said": {"led_by": "9" * 20}},
        {"said": {"present": ["9" * 20]}},
        {"said": {"facilitators": ["-1"]}},
        {"said": {"people": "9" * 20}},
        {"said": {"attendance": [{"sex": "f", "age_band": "u", "group": "women", "count": "9" * 12}]}},
        {"said": {"led_by": True}},
        {"base_version": "9" * 12},
    ],
)
def test_numbers_past_all_counting_are_refused_however_they_are_written(
    facilitator: User, wrong: dict[str, Any]
) -> None:
    sent = package()
    sent = {**sent, **wrong, "said": {**sent["said"], **wrong.get("said", {})}}
    answer = post(signed_in(facilitator), sent)
    assert (answer.status_code, answer.json()["refused"]) == (400, "unreadable")
    assert not Session.objects.exists()
