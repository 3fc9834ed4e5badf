"""The pages of reporting: what they refuse, in words, with nothing typed lost; and what a code gives away."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from incidents.models import (
    PlacePrecision,
    Report,
    ReporterIdentity,
    TimePrecision,
)
from orgs.crypto import unseal
from tests.factories import UserFactory, area
from tests.moments import in_days

pytestmark = pytest.mark.django_db
WORDS = "Trois hommes à moto ont pris des vaches. 🐄 سرقوا الأبقار <b>ce soir</b>"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def typed(**changes: Any) -> dict[str, str]:
    """A form as a browser sends it."""
    form = {
        "form_id": uuid.uuid4().hex,
        "what": "looting",
        "where": "cercle de Koro",
        "when": "today",
        "words": WORDS,
        "how": "saw",
        "name": "",
        "phone": "",
    }
    return {name: str(value) for name, value in {**form, **changes}.items()}


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def value_of(page: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert tag is not None, name
    value = re.search(r'value="([^"]*)"', tag[0])
    return html.unescape(value[1]) if value else ""


def words_in(page: str) -> str:
    area_tag = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert area_tag is not None
    return html.unescape(area_tag[1])


# --- Sending -----------------------------------------------------------------------------------------------------


def test_a_sent_form_becomes_a_report_and_gives_a_code(client: Client) -> None:
    answer = client.post("/report/", typed(killed="0", injured=" 3 ", phone="70 00 00 01", name="Awa"))
    assert (answer.status_code, answer["Location"]) == (303, "/report/sent/")
    report = Report.objects.get()
    assert report.narrative == WORDS
    assert report.harmed == {"killed": 0, "injured": 3}
    assert (report.occurred_on, report.time_precision) == (timezone.localdate(), TimePrecision.DAY)
    assert (report.cercle_id, report.place_precision) == (area("Koro").pk, PlacePrecision.CERCLE)
    assert report.may_call_back
    assert unseal(ReporterIdentity.objects.get().sealed) == {"name": "Awa", "phone": "+22370000001"}

    receipt = client.get("/report/sent/")
    found = re.search(r'class="code">([\d\s]+)<', text_of(receipt))
    assert found is not None
    assert "no-store" in receipt["Cache-Control"]
    assert receipt["Referrer-Policy"] == "same-origin"
    seen = client.post("/report/follow-up/", {"code": found[1]})
    assert "Il attend d’être lu" in text_of(seen)


def test_the_receipt_cookie_shows_no_code_and_goes_nowhere_else(client: Client) -> None:
    client.post("/report/", typed())
    cookie = client.cookies["receipt"]
    assert cookie["path"] == "/report/sent/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not re.search(r"\d{16}", cookie.value)
    client.cookies["receipt"] = "forged"
    assert client.get("/report/sent/")["Location"] == "/report/"


def test_sending_twice_gives_one_report_and_the_same_code(client: Client) -> None:
    form = typed()
    codes = []
    for _ in range(2):
        client.post("/report/", form)
        codes.append(re.search(r'class="code">([\d\s]+)<', text_of(client.get("/report/sent/")))[1])  # type: ignore[index]
    assert codes[0] == codes[1]
    assert Report.objects.count() == 1


def test_the_same_words_under_a_new_number_from_the_same_browser_are_the_same_report(client: Client) -> None:
    form = typed(phone="70000001")
    client.post("/report/", form)
    client.post("/report/", form | {"form_id": uuid.uuid4().hex, "phone": ""})
    report = Report.objects.get()
    assert report.may_call_back
    assert report.additions.count() == 0
    client.post("/report/", form | {"form_id": uuid.uuid4().hex, "words": "Autre chose."})
    Client().post("/report/", form | {"form_id": uuid.uuid4().hex})
    assert Report.objects.count() == 3


@pytest.mark.parametrize("number", ["", "garbled", "' OR 1=1", "💥" * 40])
def test_a_lost_or_garbled_form_number_still_makes_one_report(client: Client, number: str) -> None:
    form = typed(form_id=number)
    for _ in range(2):
        assert client.post("/report/", form).status_code == 303
    assert Report.objects.count() == 1
    other = Client(HTTP_COOKIE="csrftoken=" + "b" * 32)
    assert other.post("/report/", form).status_code == 303
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("answers", "day", "precision"),
    [
        ({"when": "yesterday"}, 1, TimePrecision.DAY),
        ({"when": "week"}, 0, TimePrecision.WEEK),
        ({"when": ""}, None, TimePrecision.DAY),
        ({"when": "day", "day": "-3"}, 3, TimePrecision.DAY),
        ({"when": "", "day": "-3"}, 3, TimePrecision.DAY),
    ],
)
def test_when(client: Client, answers: dict[str, str], day: int | None, precision: str) -> None:
    if "day" in answers:
        answers = {**answers, "day": (timezone.localdate() - timedelta(days=3)).strftime("%d/%m/%Y")}
    client.post("/report/", typed(**answers))
    report = Report.objects.get()
    assert report.occurred_on == (None if day is None else timezone.localdate() - timedelta(days=day))
    assert report.time_precision == precision


# --- Bad input ---------------------------------------------------------------------------------------------------

WRONG = [
    ("what", {"what": ""}, "Choisissez l’image la plus proche."),
    ("what", {"what": "nuclear"}, "Choisissez une des images."),
    ("where", {"where": "  "}, "Écrivez où c’est."),
    ("where", {"where": "x" * 201}, "trop long"),
    ("when", {"when": "never"}, "Choisissez une de ces réponses."),
    ("day", {"when": "day", "day": ""}, "Écrivez ou choisissez le jour."),
    ("day", {"when": "day", "day": "tomorrow"}, "n’est pas encore arrivé"),
    ("day", {"when": "day", "day": "1900-01-01"}, "trop ancien"),
    ("day", {"when": "day", "day": "hier soir"}, "jour/mois/année"),
    ("killed", {"killed": "-1"}, "inférieur à 0"),
    ("killed", {"killed": "100001"}, "trop grand"),
    ("killed", {"killed": "9" * 30}, "en chiffres"),
    ("injured", {"injured": "3 ou 4"}, "en chiffres"),
    ("injured", {"injured": "1.5"}, "en chiffres"),
    ("words", {"words": "é" * 10_001}, "10001 caractères"),
    ("words", {"words": "a" * 1_000_000}, "1000000 caractères"),
    ("how", {"how": "dreamt"}, "Choisissez une de ces réponses."),
    ("phone", {"phone": "12"}, "n’est pas complet"),
    ("phone", {"phone": "appelez-moi"}, "n’est pas complet"),
    ("name", {"name": "n" * 101}, "trop long"),
    ("where", {"lat": "0", "lon": "0"}, "n’a pas trouvé où il est"),
    ("where", {"lat": "48.85", "lon": "2.35"}, "hors du Mali"),
    ("where", {"lat": "nan", "lon": "1e999"}, "illisible"),
    ("where", {"lat": "là", "lon": ""}, "illisible"),
]


@pytest.mark.parametrize(("field", "change", "says"), WRONG, ids=[f"{f}-{n}" for n, (f, _, _) in enumerate(WRONG)])
def test_what_is_wrong_is_said_at_the_field_and_above_and_nothing_is_lost(
    client: Client, field: str, change: dict[str, str], says: str
) -> None:
    if change.get("day") == "tomorrow":
        change = {**change, "day": in_days(1)().isoformat()}
    form = typed(phone="70000001") | change
    response = client.post("/report/", form)
    page = text_of(response)
    assert response.status_code == 200
    assert Report.objects.count() == 0
    at_field = page.split('id="errors"')[1].split("</ul>", 1)
    assert says in at_field[0], "in the summary"
    assert f'href="#id_{field}' in at_field[0]
    assert says in at_field[1], "at the field"
    assert words_in(page) == form["words"]
    for name in ("where", "phone", "name", "form_id", "killed", "injured", "day"):
        assert value_of(page, name) == form.get(name, ""), name
    if field not in ("what", "when", "how"):
        for name in ("what", "when", "how"):
            assert re.search(rf'name="{name}" value="{form[name]}"[^>]*checked', page), name


def test_an_empty_form_names_what_is_needed_and_nothing_else(client: Client) -> None:
    page = text_of(client.post("/report/", {}))
    summary = page.split('id="errors"')[1].split("</ul>")[0]
    assert re.findall(r'href="#id_(\w+)"', summary) == ["what_0", "where"]
    assert Report.objects.count() == 0


def test_in_english_it_is_said_in_english(client: Client) -> None:
    page = text_of(client.post("/report/", {}, headers={"accept-language": "en"}))
    assert "Choose the picture that is nearest." in page
    assert "Attack on people" in page


def test_a_wrong_position_is_taken_off_so_that_the_name_can_stand_for_it(client: Client) -> None:
    form = typed(lat="48.85", lon="2.35", accuracy="20")
    page = text_of(client.post("/report/", form))
    assert [value_of(page, name) for name in ("lat", "lon", "accuracy")] == ["", "", ""]
    assert client.post("/report/", form | {"lat": "", "lon": "", "accuracy": ""}).status_code == 303


def test_a_position_needs_no_name(client: Client) -> None:
    answer = client.post("/report/", typed(where="", lat="14.0713", lon="-3.0796", accuracy="25.5"))
    assert answer.status_code == 303
    report = Report.objects.get()
    assert (report.cercle_id, report.place_precision) == (area("Koro").pk, PlacePrecision.POINT)
    sealed = unseal(ReporterIdentity.objects.get().sealed)
    assert sealed == {"lat": 14.0713, "lon": -3.0796, "accuracy_m": 25.5}


def test_bytes_that_nobody_types_are_left_out_and_the_words_kept(client: Client) -> None:
    client.post("/report/", typed(words="avant\x00après\r\nla suite\x1b", name="A\x00wa"))
    assert Report.objects.get().narrative == "avantaprès\nla suite"
    assert unseal(ReporterIdentity.objects.get().sealed) == {"name": "Awa"}


def test_html_and_scripts_are_letters(client: Client) -> None:
    nasty = "</textarea><script>alert(1)</script>\"'><img src=x onerror=y>"
    raw = client.post("/report/", typed(what="", words=nasty, where=nasty, name=nasty)).content.decode()
    assert "<script>alert" not in raw
    assert "<img src=x" not in raw
    assert words_in(raw) == nasty


def test_more_than_the_product_takes_at_once_gets_a_clear_page(client: Client) -> None:
    response = client.post("/report/", typed(words="a" * 6_000_000))
    assert response.status_code == 413
    assert "trop long" in text_of(response)
    assert client.post("/report/", {f"f{n}": "" for n in range(1500)}).status_code == 413
    assert client.post("/report/follow-up/", {"code": "a" * 6_000_000}).status_code == 413


# --- The place ---------------------------------------------------------------------------------------------------


def test_a_place_that_may_be_several_is_asked_about_once_with_everything_kept(client: Client) -> None:
    form = typed(where="Mopti")
    page = text_of(client.post("/report/", form))
    assert "De quel lieu parlez-vous" in page
    assert words_in(page) == WORDS
    assert value_of(page, "place_asked") == "Mopti"
    mopti = area("Mopti")
    assert f'value="area:{mopti.pk}"' in page
    answer = client.post("/report/", form | {"place_asked": "Mopti", "pick": f"area:{mopti.pk}"})
    assert answer.status_code == 303
    report = Report.objects.get()
    assert (report.place_text, report.cercle_id, report.place_precision) == ("Mopti", mopti.pk, PlacePrecision.CERCLE)


@pytest.mark.parametrize("pick", ["none", ""])
def test_none_of_these_keeps_the_words(client: Client, pick: str) -> None:
    answer = client.post("/report/", typed(where="Bandiagarra", place_asked="Bandiagarra", pick=pick))
    assert answer.status_code == 303
    report = Report.objects.get()
    assert (report.place_text, report.region_id) == ("Bandiagarra", None)
    assert report.place_precision == PlacePrecision.UNKNOWN


def test_a_slip_of_the_finger_finds_what_was_meant(client: Client) -> None:
    page = text_of(client.post("/report/", typed(where="Bandiagarra")))
    assert f'value="area:{area("Bandiagara").pk}"' in page


def test_an_unknown_place_is_asked_for_its_region(client: Client) -> None:
    form = typed(where="xqzwv")
    page = text_of(client.post("/report/", form))
    assert "Dans quelle région" in page
    assert page.count('name="pick"') == 21
    region = area("Gao", "region")
    client.post("/report/", form | {"place_asked": "xqzwv", "pick": f"area:{region.pk}"})
    assert Report.objects.get().region_id == region.pk


GONE = ["area:999999", "place:999999", "area:", "area:1e3", "nonsense", "area:" + "9" * 40, "x" * 5000]


@pytest.mark.parametrize("pick", GONE)
def test_a_candidate_that_is_not_there_is_asked_again(client: Client, pick: str) -> None:
    page = text_of(client.post("/report/", typed(where="Mopti", place_asked="Mopti", pick=pick)))
    assert "n’est plus dans la liste" in page
    assert Report.objects.count() == 0


def test_other_words_after_the_question_are_asked_about_anew(client: Client) -> None:
    pick = f"area:{area('Mopti').pk}"
    page = text_of(client.post("/report/", typed(where="Gao", place_asked="Mopti", pick=pick)))
    assert value_of(page, "place_asked") == "Gao"
    assert Report.objects.count() == 0


# --- Tokens, sessions, language ------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [{}, {"csrfmiddlewaretoken": "x" * 64}, {"csrfmiddlewaretoken": "é"}])
def test_a_forged_or_stale_token_is_refused_with_everything_kept_and_a_fresh_one(token: dict[str, str]) -> None:
    strict = Client(enforce_csrf_checks=True)
    form = typed(phone="70000001")
    response = strict.post("/report/", form | token)
    page = text_of(response)
    assert response.status_code == 403
    assert Report.objects.count() == 0
    assert "Rien n’est perdu" in page
    assert words_in(page) == WORDS
    assert value_of(page, "phone") == "70000001"
    fresh = value_of(page, "csrfmiddlewaretoken")
    assert strict.post("/report/", form | {"csrfmiddlewaretoken": fresh}).status_code == 303


def test_a_stale_token_on_the_follow_up_page_keeps_code_and_words() -> None:
    strict = Client(enforce_csrf_checks=True)
    code = "1234 5678 9012 3456"
    response = strict.post("/report/follow-up/", {"code": code, "text": "Ils sont revenus."})
    page = text_of(response)
    assert response.status_code == 403
    assert value_of(page, "code") == code
    assert words_in(page) == "Ils sont revenus."


def test_a_session_that_ended_is_said_once_and_nothing_is_lost(client: Client) -> None:
    page = text_of(client.post("/report/", typed(as_account="1")))
    assert "Vous n’êtes plus connecté" in page
    assert words_in(page) == WORDS
    assert value_of(page, "as_account") == ""
    assert Report.objects.count() == 0


def test_the_other_language_keeps_what_was_typed(client: Client) -> None:
    form = typed()
    page = text_of(client.post("/report/", form | {"language": "en"}))
    assert "What is happening?" in page
    assert 'id="errors"' not in page
    assert words_in(page) == WORDS
    assert value_of(page, "form_id") == form["form_id"]
    assert re.search(r'name="what" value="looting"[^>]*checked', page)
    assert "What is happening?" in text_of(client.get("/report/"))


def test_an_account_is_kept_with_the_identity_and_finds_its_own_reports(client: Client) -> None:
    user = UserFactory.create()
    client.force_login(user)
    client.post("/report/", typed(as_account="1", call_me="on"))
    client.post("/report/", typed(as_account="1", without_account="on", where="cercle de Gao"))
    own, other = Report.objects.order_by("pk")
    assert unseal(own.identity.sealed) == {"user_id": user.pk}
    assert own.may_call_back
    assert not ReporterIdentity.objects.filter(report=other).exists()
    page = text_of(client.get("/report/mine/"))
    assert "cercle de Koro" in page
    assert "cercle de Gao" not in page
    client.logout()
    assert client.get("/report/mine/").status_code == 302
    client.force_login(UserFactory.create())
    assert "cercle de Koro" not in text_of(client.get("/report/mine/"))


# --- Following up ------------------------------------------------------------------------------------------------
