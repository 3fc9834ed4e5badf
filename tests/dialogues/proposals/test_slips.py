"""Slips: each lets one phone rate, once; no column says which ballot came by which slip."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from dialogues.models import Ballot, Process, RatingRound, RatingSlip
from dialogues.papers import slips
from dialogues.services import ratings
from incidents.openrosa.connecting import picture
from orgs.models import AuditEntry, Role
from orgs.services.errors import NotAllowed
from tests.dialogues.papers.reading import text
from tests.dialogues.proposals.rows import a_round, keeper, priority
from tests.factories import person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def process() -> Process:
    made = ProcessFactory.create()
    priority(made, "Un puits ouvert")
    return made


@pytest.fixture
def desk() -> Client:
    return signed_in(person(Role.COORDINATOR, "Koro"))


def _codes(rating: RatingRound) -> list[str]:
    return list(rating.printed.order_by("pk").values_list("code", flat=True))


def _enter(phone: Client, code: str) -> int:
    return phone.post("/dialogues/rate/", {"code": code}).status_code


def _rate(phone: Client, rating: RatingRound, value: int = 4) -> Any:
    (item,) = ratings.items_of(rating)
    return phone.post("/dialogues/rate/ballot/", {f"p{item.pk}_urgency": value})


def test_a_slip_lets_one_phone_rate_and_change_what_it_said(process: Process) -> None:
    rating = a_round(process, slips=2)
    assert rating.code == ""
    first, phone = _codes(rating)[0], Client()
    assert _enter(phone, f"{first[:4]} {first[4:]}") == 303
    assert RatingSlip.objects.filter(is_used=True).count() == 0, (
        "typing a code uses nothing up: a bad network may cut in"
    )
    assert _rate(phone, rating, 1).status_code == 303
    assert _rate(phone, rating, 5).status_code == 303
    assert (Ballot.objects.count(), RatingSlip.objects.filter(is_used=True).count()) == (1, 1)
    assert _enter(phone, first) == 303, "the same phone comes back by the same slip"
    assert _rate(phone, rating, 2).status_code == 303
    assert Ballot.objects.count() == 1


def test_who_erases_the_cookie_cannot_rate_again(process: Process) -> None:
    rating = a_round(process, slips=2)
    phone, code = Client(), _codes(rating)[0]
    _enter(phone, code)
    _rate(phone, rating)
    phone.cookies.clear()
    answer = phone.post("/dialogues/rate/", {"code": code})
    assert answer.status_code == 422
    assert "déjà noté avec ce coupon" in answer.content.decode()
    assert phone.get("/dialogues/rate/ballot/").status_code == 302, "nothing is open for it"
    assert Ballot.objects.count() == 1


def test_of_two_phones_with_one_slip_the_first_that_rates_counts(process: Process) -> None:
    rating = a_round(process, slips=1)
    (code,) = _codes(rating)
    first, second = Client(), Client()
    assert (_enter(first, code), _enter(second, code)) == (303, 303)
    assert _rate(first, rating).status_code == 303
    refused = _rate(second, rating, 3)
    assert refused.status_code == 422
    assert "déjà noté avec ce coupon" in refused.content.decode()
    assert "checked" in refused.content.decode(), "what was chosen is not lost"
    assert Ballot.objects.count() == 1


def test_one_phone_serves_several_people(process: Process) -> None:
    rating = a_round(process, slips=2)
    phone = Client()
    for value, code in enumerate(_codes(rating), start=2):
        assert _enter(phone, code) == 303
        assert "checked" not in phone.get("/dialogues/rate/ballot/").content.decode(), "not what the other one chose"
        assert _rate(phone, rating, value).status_code == 303
        assert "Quelqu’un d’autre note" in phone.get("/dialogues/rate/ballot/?kept=1").content.decode()
    assert Ballot.objects.count() == 2


def test_no_column_ties_a_ballot_to_a_slip(process: Process) -> None:
    rating = a_round(process, slips=3)
    for code in reversed(_codes(rating)[1:]):
        phone = Client()
        _enter(phone, code)
        _rate(phone, rating)
    assert {field.name for field in Ballot._meta.concrete_fields} == {"id", "round", "voter_key"}
    assert {field.name for field in RatingSlip._meta.concrete_fields} == {"id", "round", "code", "is_used"}
    noted = str(list(AuditEntry.objects.values_list("verb", "facts")))
    assert not any(code in noted for code in _codes(rating))


def test_codes_end_with_the_round(process: Process) -> None:
    rating = a_round(process, slips=2)
    code = _codes(rating)[0]
    phone = Client()
    _enter(phone, code)
    ratings.close_round(viewer=keeper(), rating=rating)
    assert _enter(Client(), code) == 422
    assert "close" in _rate(phone, rating).content.decode()
    rating.refresh_from_db()
    assert (rating.slips, rating.printed.count(), Ballot.objects.count()) == (2, 0, 0)


def test_the_pages(process: Process, desk: Client) -> None:
    page = f"/dialogues/proposals/processes/{process.uid}/rounds/new/"
    chosen = [str(pk) for pk in process.priorities.values_list("pk", flat=True)]
    said = {"title": "Le soir", "method": "individual", "priorities": chosen}
    assert [desk.post(page, said | {"slips": wrong}).status_code for wrong in ("-1", "1001", "x")] == [422] * 3
    refused = desk.post(page, said | {"slips": "3", "method": "consensus"})
    assert "Les coupons sont pour les téléphones" in refused.content.decode()
    address = desk.post(page, said | {"slips": "20"})["Location"]
    assert "20 coupons." in desk.get(address).content.decode()
    paper = text(desk.get(address.rstrip("/") + ".pdf").content)
    rating = RatingRound.objects.get()
    assert sorted(re.findall(r"Votrecode:(\d{8})", paper)) == sorted(_codes(rating))
    (entry,) = AuditEntry.objects.filter(verb__contains="printed")
    assert "slips" in str(entry.facts)
    assert desk.post(address, {"number": "981"}).status_code == 422
    assert "25 coupons." in desk.post(address, {"number": "5"}, follow=True).content.decode()
    RatingSlip.objects.update(is_used=True)
    assert "Tous les coupons sont utilisés" in desk.get(address.rstrip("/") + ".pdf", follow=True).content.decode()
    hall = desk.get(f"/dialogues/proposals/rounds/{rating.uid}/hall/").content.decode()
    assert "Tapez le code de votre coupon" in hall


def test_the_picture_leads_to_the_page_and_holds_no_code(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def draws(words: str) -> str:
        drawn.append(words)
        return picture(words)

    monkeypatch.setattr(slips, "picture", draws)
    slips.slips_pdf(a_round(process, slips=3), "team", ["11112222", "33334444"], "https://example.org/dialogues/rate/")
    assert drawn == ["https://example.org/dialogues/rate/"]


def test_of_a_red_process_the_slips_do_not_say_what_is_rated(process: Process, desk: Client) -> None:
    process.tlp = "red"
    process.save()
    rating = ratings.open_round(viewer=keeper(), process=process, title="Le secret", method="individual", slips=1)
    paper = text(desk.get(f"/dialogues/proposals/rounds/{rating.uid}/slips.pdf").content)
    assert "Votrecode" in paper
    assert "secret" not in paper


def test_a_round_goes_by_slips_or_by_code(process: Process) -> None:
    rating = a_round(process)
    with pytest.raises(NotAllowed):
        ratings.add_slips(viewer=keeper(), rating=rating, number=5)
    with pytest.raises(ValidationError):
        a_round(process, slips=1001)
    with pytest.raises(NotAllowed):
        ratings.add_slips(viewer=viewer(Role.MONITOR, "Koro"), rating=a_round(process, slips=1), number=5)
    with pytest.raises(IntegrityError, match="rating_by_slips_or_by_code"), transaction.atomic():
        RatingRound.objects.filter(pk=rating.pk).update(slips=5)


def test_a_thousand_slips_have_a_thousand_codes(process: Process) -> None:
    rating = a_round(process, slips=1000)
    codes = _codes(rating)
    assert len(set(codes)) == 1000
    assert {len(code) for code in codes} == {8}
