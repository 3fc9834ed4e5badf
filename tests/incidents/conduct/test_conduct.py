"""What people say of the conduct of forces: it comes in, goes to oversight alone, and tells nobody else of anybody."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.utils import IntegrityError
from django.test import Client
from django.utils import timezone

from incidents import conduct as counts
from incidents.access.conduct import CONDUCT, CONDUCT_PATTERNS
from incidents.conduct import Quarter
from incidents.models import Act, ConductFeedback, ConductNote, ConductPattern, ConductState, Force
from incidents.services import conduct
from incidents.services.errors import NotAllowed
from orgs.access import viewer_for
from orgs.models import AuditEntry, Organisation, OrganisationKind, Role, User
from tests.factories import MembershipFactory, OrganisationFactory, area, person, signed_in

pytestmark = pytest.mark.django_db
SECRET = "Le brigadier au foulard vert a pris trois moutons"
QUARTER = Quarter(2026, 2)
DAY = date(2026, 5, 4)


def said(*acts: str, where: str = "Koro", day: date = DAY, force: str = Force.POLICE, words: str = "") -> conduct.Taken:
    """Something that somebody said."""
    number = f"form-{ConductFeedback.objects.count()}"
    return conduct.take_in(
        form_id=number, force=force, acts=acts or (Act.MONEY,), occurred_on=day, area=area(where), words=words
    )


def overseer(*areas: str) -> User:
    """Somebody of oversight; without areas, for the whole country."""
    return person(Role.OVERSIGHT, *areas)


def form(**changed: Any) -> dict[str, Any]:
    """The form as a phone sends it."""
    koro = area("Koro")
    return {
        "acts": ["money", "insult"], "force": "police", "area": koro.pk, "day": "2026-05-04", "words": SECRET,
        "form_id": "0123456789abcdef0123", **changed,
    }  # fmt: skip


# --- Coming in ---------------------------------------------------------------------------------------------------


def test_anybody_says_it_and_gets_a_code(client: Client) -> None:
    answer = client.post("/conduct/", form(), follow=True)
    (row,) = ConductFeedback.objects.all()
    assert (row.force, row.acts, row.judgement) == ("police", ["insult", "money"], "bad")
    assert row.cercle == area("Koro")
    code = conduct.take_in(
        form_id="0123456789abcdef0123", force="police", acts=["money"], occurred_on=DAY, area=area("Koro")
    ).code
    assert code[:4] in answer.content.decode()
    assert conduct.by_code(code) == row


def test_the_same_form_sent_twice_is_one(client: Client) -> None:
    for _n in range(3):
        assert client.post("/conduct/", form()).status_code == 303
    assert ConductFeedback.objects.count() == 1


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "acts": ({"acts": []}, "Choisissez au moins une réponse"),
    "act": ({"acts": ["nothing"]}, ""),
    "force": ({"force": "angels"}, ""),
    "area": ({"area": ""}, "Choisissez le cercle"),
    "village": ({"area": "999999999"}, ""),
    "tomorrow": ({"day": "2999-01-01"}, "pas encore"),
    "day": ({"day": "hier"}, "en chiffres"),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_what_is_wrong_is_said_and_nothing_is_lost(client: Client, case: str) -> None:
    changed, says = WRONG[case]
    answer = client.post("/conduct/", form(**changed))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert SECRET in answer.content.decode()
    assert not ConductFeedback.objects.exists()


def test_the_words_lie_sealed_and_the_place_is_no_finer_than_a_cercle(client: Client) -> None:
    client.post("/conduct/", form())
    row = ConductFeedback.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM incidents_conductfeedback t")
        assert "foulard" not in cursor.fetchone()[0]
    row.commune = area("Koro")
    with pytest.raises(IntegrityError):
        row.save()


@pytest.mark.parametrize(
    ("acts", "judged"),
    [(["helped"], "good"), (["money"], "bad"), (["helped", "money"], "mixed"), (["something"], "bad")],
)
def test_good_bad_or_both(acts: list[str], judged: str) -> None:
    assert conduct.judgement_of(acts) == judged


# --- The code ----------------------------------------------------------------------------------------------------


def test_whoever_has_the_code_sees_how_far_it_is_and_erases_it(client: Client) -> None:
    taken = said(words=SECRET)
    conduct.add_note(viewer=viewer_for(overseer()), feedback=taken.feedback, words="Appelé le procureur.")
    page = client.post("/conduct/follow-up/", {"code": taken.code}).content.decode()
    assert "l’a lu" in page
    assert "procureur" not in page
    assert SECRET not in page
    asked = client.post("/conduct/erase/", {"code": taken.code})
    assert "pour toujours" in asked.content.decode()
    assert not ConductFeedback.objects.get().erased_at
    for _n in range(2):
        done = client.post("/conduct/erase/", {"code": taken.code, "confirm": "1", "sure": "on"})
        assert "effacé" in done.content.decode()
    row = ConductFeedback.objects.get()
    assert (row.acts, row.force) == ([], "unknown")
    assert not ConductNote.objects.exists()
    assert conduct.open_words(viewer=viewer_for(overseer()), feedback=row)[0] == ""


def test_a_wrong_code_opens_nothing(client: Client) -> None:
    said()
    answer = client.post("/conduct/follow-up/", {"code": "1234 5678 9012 3456"})
    assert "chiffre par chiffre" in answer.content.decode()


# --- Who reads it ------------------------------------------------------------------------------------------------


def readers() -> dict[str, User]:
    """One person of each kind that could be curious."""
    service = OrganisationFactory.create(kind=OrganisationKind.SECURITY)
    return {
        "oversight": overseer("Koro"),
        "country": overseer(),
        "away": overseer("Gao"),
        "coordinator": person(Role.COORDINATOR, "Koro"),
        "analyst": person(Role.ANALYST, "Koro"),
        "facilitator": person(Role.FACILITATOR, "Koro"),
        "liaison": person(Role.LIAISON, "Koro", organisation=service),
        "administrator": person(Role.ADMINISTRATOR),
        "both": _also_of(service, overseer("Koro")),
    }


def _also_of(service: Organisation, who: User) -> User:
    MembershipFactory.create(person=who, role=Role.LIAISON, organisation=service)
    return who


READS = {"oversight", "country"}


def test_only_oversight_of_the_area_reads_a_single_one() -> None:
    taken, people = said(words=SECRET), readers()
    for name, who in people.items():
        viewer, browser = viewer_for(who), signed_in(who)
        assert CONDUCT.sees(viewer, taken.feedback) == (name in READS), name
        assert CONDUCT.rows(viewer).exists() == (name in READS), name
        assert CONDUCT.people(taken.feedback).filter(pk=who.pk).exists() == (name in READS), name
        answer = browser.post(f"/conduct/{taken.feedback.pk}/", {"open": "1"})
        assert (SECRET in answer.content.decode()) == (name in READS), name
        overview = browser.get("/conduct/overview/").content.decode()
        assert (f"/conduct/{taken.feedback.pk}/" in overview) == (name in READS), name
        assert SECRET not in overview
        for path in ("conductfeedback", "conductnote", "conductpattern"):
            assert SECRET not in browser.get(f"/admin/incidents/{path}/").content.decode(), name


def test_opening_is_noted_and_a_get_opens_nothing() -> None:
    taken, who = said(words=SECRET), overseer("Koro")
    browser = signed_in(who)
    assert SECRET not in browser.get(f"/conduct/{taken.feedback.pk}/").content.decode()
    assert ConductFeedback.objects.get().state == ConductState.NEW
    assert SECRET in browser.post(f"/conduct/{taken.feedback.pk}/", {"open": "1"}).content.decode()
    assert ConductFeedback.objects.get().state == ConductState.READ
    (entry,) = AuditEntry.objects.filter(verb="opened", object_type="conductfeedback")
    assert (entry.actor, entry.facts) == (who, {})


def test_a_note_is_kept_sealed_and_closes_it() -> None:
    taken, browser = said(), signed_in(overseer("Koro"))
    path = f"/conduct/{taken.feedback.pk}/"
    assert browser.post(path, {"words": " "}).status_code == 422
    browser.post(path, {"words": "Transmis au médiateur.", "close": "on"})
    assert ConductFeedback.objects.get().state == ConductState.CLOSED
    assert b"diateur" not in bytes(ConductNote.objects.get().sealed)
    assert "Transmis au médiateur." in browser.post(path, {"open": "1"}).content.decode()
    with pytest.raises(NotAllowed):
        conduct.add_note(viewer=viewer_for(overseer("Gao")), feedback=taken.feedback, words="x")


# --- What others may know ----------------------------------------------------------------------------------------


def many(good: int, bad: int, where: str = "Koro") -> None:
    """So many voices in the quarter."""
    for _n in range(good):
        said(Act.HELPED, where=where)
    for _n in range(bad):
        said(Act.MONEY, where=where)


@pytest.mark.parametrize(
    ("good", "bad", "shown"),
    [(5, 5, True), (10, 0, True), (0, 10, True), (5, 4, False), (9, 0, False), (8, 4, False), (1, 20, False)],
)
def test_a_region_is_shown_from_ten_voices_and_never_with_a_few_on_one_side(good: int, bad: int, shown: bool) -> None:
    many(good, bad)
    for who in (person(Role.LIAISON, "Koro", organisation=OrganisationFactory.create()), person(Role.ANALYST, "Koro")):
        found = counts.quarter_by_area(viewer_for(who), QUARTER)
        assert [(one.voices, one.good, one.bad) for one in found] == ([(good + bad, good, bad)] if shown else [])


def test_a_post_in_a_part_of_a_region_reads_the_whole_region_or_nothing() -> None:
    many(6, 6)
    many(0, 5, where="Bankass")
    readings = {
        tuple((one.label, one.voices) for one in counts.quarter_by_area(viewer_for(who), QUARTER))
        for who in (
            person(Role.COORDINATOR, "Koro"), person(Role.COORDINATOR, "Bankass"),
            person(Role.COORDINATOR, area("Koro").region or "Mopti"),
        )
    }  # fmt: skip
    assert len(readings) == 1
    assert counts.quarter_by_area(viewer_for(person(Role.COORDINATOR, "Gao")), QUARTER) == []


def test_only_quarters_that_are_over_are_told() -> None:
    assert counts.quarters_before(date(2026, 5, 4), 3) == [Quarter(2026, 1), Quarter(2025, 4), Quarter(2025, 3)]
    assert (Quarter(2025, 4).first, Quarter(2025, 4).last) == (date(2025, 10, 1), date(2025, 12, 31))


def test_what_is_erased_no_longer_counts() -> None:
    many(5, 5)
    conduct.erase(feedback=ConductFeedback.objects.order_by("pk")[0])
    assert counts.quarter_by_area(viewer_for(person(Role.ANALYST, "Koro")), QUARTER) == []


def test_the_page_of_a_liaison_shows_totals_and_nothing_else() -> None:
    many(7, 13)
    browser = signed_in(person(Role.LIAISON, "Koro", organisation=OrganisationFactory.create()))
    page = browser.get("/conduct/overview/").content.decode()
    assert "Voix" in page or "Trop peu" in page
    assert "De l’argent" not in page
    assert "Police" not in page


# --- Patterns ----------------------------------------------------------------------------------------------------


def test_a_pattern_goes_to_those_who_prepare_dialogues_and_never_to_the_forces() -> None:
    many(12, 14)
    browser = signed_in(overseer("Koro"))
    sent = {"area": area("Koro").pk, "from_on": "2026-04-01", "to_on": "2026-06-30", "words": "On paie pour passer."}
    assert browser.post("/conduct/patterns/new/", sent).status_code == 302
    pattern = ConductPattern.objects.get()
    reads = {"oversight", "country", "coordinator", "analyst", "facilitator"}
    for name, who in readers().items():
        viewer = viewer_for(who)
        assert CONDUCT_PATTERNS.sees(viewer, pattern) == (name in reads), name
        shown = "On paie pour passer." in signed_in(who).get("/conduct/overview/").content.decode()
        assert shown == (name in reads), name
    page = signed_in(person(Role.FACILITATOR, "Koro")).get("/conduct/overview/").content.decode()
    assert "au moins 10" in page  # 12 and 14 are rounded down
    browser.post(f"/conduct/patterns/{pattern.pk}/withdraw/")
    assert not CONDUCT_PATTERNS.sees(viewer_for(person(Role.FACILITATOR, "Koro")), ConductPattern.objects.get())


@pytest.mark.parametrize(
    ("voices", "words", "field"),
    [
        (9, "On paie pour passer.", "area"),
        (10, "", "words"),
        (10, "L’armée est campée à Koro près du puits.", "words"),
        (10, "Appelez le 76 00 00 10.", "words"),
        (10, "x" * 501, "words"),
    ],
)
def test_a_pattern_that_could_harm_is_refused(voices: int, words: str, field: str) -> None:
    many(voices, 0)
    with pytest.raises(ValidationError) as refused:
        conduct.write_pattern(
            viewer=viewer_for(overseer("Koro")), area=area("Koro"), from_on=DAY, to_on=DAY, words=words
        )
    assert set(refused.value.message_dict) == {field}


def test_oversight_counts_only_what_it_may_see_for_a_pattern() -> None:
    many(20, 0)
    with pytest.raises(ValidationError):
        conduct.write_pattern(
            viewer=viewer_for(overseer("Gao")), area=area("Koro"), from_on=DAY, to_on=DAY, words="On paie."
        )


def test_the_filters_of_oversight(django_assert_max_num_queries: Any) -> None:
    many(3, 4)
    said(Act.HELPED, where="Gao", force=Force.ARMY, day=timezone.localdate() - timedelta(days=1))
    browser = signed_in(overseer())
    assert browser.get("/conduct/overview/").status_code == 200
    for query, found in (
        ("force=army", 1), ("judgement=bad", 4), (f"area={area('Koro').pk}", 7), ("from_on=2026-05-05", 1),
        ("from_on=2026-06-01&to_on=2026-01-01", 7), ("state=closed", 0), ("from_on=hier", 8),
    ):  # fmt: skip
        with django_assert_max_num_queries(24):
            page = browser.get(f"/conduct/overview/?{query}").content.decode()
        assert page.count("<h3><a href") == found, query
    assert browser.get("/conduct/overview/?after=x").status_code == 404
