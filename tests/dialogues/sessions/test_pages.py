"""The pages of sessions: written down without scripts, nothing typed is lost, two versions are settled by a person."""

import re
import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dialogues.models import Attendance, EditState, How, Session, SessionEdit, SessionState
from dialogues.said import Counted, Raised, said_of
from dialogues.services.sessions import keep_session
from orgs.access import viewer_for
from orgs.models import Organisation, OrganisationKind, OrganisationState, Role, Tlp, User
from tests.factories import OrganisationFactory, area, person, signed_in, viewer
from tests.factories_dialogues import ProcessFactory, session
from tests.moments import by_now, in_days

pytestmark = pytest.mark.django_db
NEW = "/dialogues/sessions/new/"


@pytest.fixture
def body() -> Organisation:
    return OrganisationFactory.create(name="Femmes de Koro", areas=["Koro"])


@pytest.fixture
def facilitator(body: Organisation) -> User:
    return person(Role.FACILITATOR, "Koro", organisation=body)


def typed(**changed: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    plain = {
        "uid": str(uuid.uuid4()), "edit_key": str(uuid.uuid4()), "base_version": "0", "title": "Le puits",
        "held_on": (timezone.localdate() - timedelta(days=2)).isoformat(), "kind": "dialogue", "state": "held",
        "country": "ML", "area": area("Koro").pcode, "place_text": "Sous l’arbre", "people": "12", "tlp": "green",
        "how": "page", "attendance-women-f-15-35": "7", "attendance-herders-m-36-60": "4", "attendance-u-u-u": "1",
        "absent": ["youth"], "agreements": "Réparer le puits\n\nSe revoir en mai",
        "issues-0-words": "Qui boit d’abord ?", "issues-0-needs": ["livelihood"], "minutes": "Awa a ouvert.",
        "led_by": "Femmes de Koro",
    }  # fmt: skip
    return {**plain, **changed}


def test_a_session_is_written_down_without_scripts(facilitator: User) -> None:
    answer = signed_in(facilitator).post(NEW, typed())
    row = Session.objects.get()
    assert answer["Location"] == f"/dialogues/sessions/{row.uid}/"
    now = said_of(row)
    assert now.attendance == (
        Counted("m", "36-60", "herders", 4), Counted("u", "u", "u", 1), Counted("f", "15-35", "women", 7),
    )  # fmt: skip
    assert (now.people, row.women, row.youth, row.aged) == (12, 7, 7, 11)
    assert now.agreements == ("Réparer le puits", "Se revoir en mai")
    assert now.issues == (Raised("Qui boit d’abord ?", ("livelihood",)),)
    assert now.invited == now.absent == ("youth",)
    assert row.led_by is not None
    assert row.led_by.name == "Femmes de Koro"


def test_the_sum_of_the_lines_stands_where_no_number_was_written(facilitator: User) -> None:
    signed_in(facilitator).post(NEW, typed(people=""))
    assert Session.objects.get().people == 12


def test_the_same_form_sent_twice_is_one_session(facilitator: User) -> None:
    browser, form = signed_in(facilitator), typed()
    for _n in range(3):
        assert browser.post(NEW, form).status_code == 302
    assert Session.objects.count() == SessionEdit.objects.count() == 1


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "counts that do not add up": ({"people": "14"}, "Il manque 2 personnes", "attendance"),
    "more women than people": ({"people": "5"}, "Plus de femmes", "attendance"),
    "a hundred thousand": ({"people": "100000", "attendance-u-u-u": ""}, "100000", "people"),
    "1890": ({"held_on": "1890-03-01"}, "1990", "held_on"),
    "next year": ({"held_on": in_days(365)}, "pas encore", "held_on"),
    "not a number": ({"attendance-women-f-15-35": "sept"}, "sept", "attendance"),
    "no such body": ({"present": ["Nulle part"]}, "Nulle part", "present"),
    "spectators": ({"spectators": "40"}, "film", "spectators"),
    "an hour": ({"starts_at": "10:00", "ends_at": "09:00"}, "avant le début", "ends_at"),
    "a phone number": ({"minutes": "Awa a ouvert. Appelez le 76 12 34 56."}, "téléphone", "minutes"),
    "nowhere": ({"area": ""}, "commune", "area"),
    "present and absent": ({"absent": ["herders"]}, "Éleveurs", "absent"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(WRONG))
def test_what_cannot_be_true_is_said_and_nothing_typed_is_lost(facilitator: User, case: str) -> None:
    changed, says, field = WRONG[case]
    answer = signed_in(facilitator).post(NEW, typed(how="paper", **by_now(changed)))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Session.objects.exists()
    assert says in page
    for words in ("Le puits", "Réparer le puits\n", "Qui boit d’abord ?", "Awa a ouvert.", 'value="4"'):
        assert words in page
    assert re.search(rf'href="#id_{field}(_0)?"', page), "the summary leads to the field"
    at_field = re.search(rf'id="id_{field}_error">(.+?)</p>', page)
    assert at_field, "it is said at the field"
    assert says in at_field[1]
    assert '<option value="paper" selected>' in page


def test_an_empty_form_says_all_that_is_needed_at_once(facilitator: User) -> None:
    bare = {name: typed()[name] for name in ("uid", "edit_key", "base_version", "kind", "state", "country", "tlp")}
    answer = signed_in(facilitator).post(NEW, bare)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"title", "held_on", "area", "people"}


def test_a_body_that_left_the_directory_holds_no_session(facilitator: User, body: Organisation) -> None:
    body.merged_into = OrganisationFactory.create()
    body.save()
    page = signed_in(facilitator).post(NEW, typed()).content.decode()
    assert not Session.objects.exists()
    assert 'value="Femmes de Koro"' in page, "what was typed stays"
    assert 'id="id_led_by_error"' in page


def test_fields_that_others_make_necessary_say_when_they_are(facilitator: User) -> None:
    page = signed_in(facilitator).get(NEW).content.decode()
    labels = dict(re.findall(r'<label for="id_(\w+)">[^<]+ <span class="quiet">\(([^)]+)\)', page))
    assert labels["area"] == "nécessaire au Mali"
    assert labels["place_text"] == "nécessaire hors du Mali"
    assert labels["people"] == "nécessaire si elle a eu lieu"
    assert labels["spectators"] == labels["agenda"] == "facultatif"


def test_a_holder_that_hides_is_not_named_in_the_form_and_stays(facilitator: User) -> None:
    hiding = OrganisationFactory.create(name="Femmes menacées")
    retired = OrganisationFactory.create(name="Partie", state=OrganisationState.RETIRED)
    browser = signed_in(facilitator)
    for holder in (hiding, retired):
        made = session(by=viewer_for(facilitator), led_by=holder.pk)
        Organisation.objects.filter(pk=hiding.pk).update(hidden_at=timezone.now())
        address = f"/dialogues/sessions/{made.uid}/edit/"
        assert "Femmes menacées" not in browser.get(address).content.decode()
        sent = typed(uid=str(made.uid), base_version="1", led_by="")
        assert browser.post(address, sent).status_code == 302
        made.refresh_from_db()
        assert (made.led_by, made.title, made.version) == (holder, "Le puits", 2)


def test_more_lines_come_without_saving_and_without_scolding(facilitator: User) -> None:
    page = signed_in(facilitator).post(NEW, typed(more="1", title="")).content.decode()
    assert "issues-9-words" in page
    assert "Qui boit d’abord ?" in page
    assert 'role="alert"' not in page
    assert not Session.objects.exists()


def test_the_next_one_of_a_series_begins_with_what_is_the_same(facilitator: User, body: Organisation) -> None:
    process = ProcessFactory.create(conveners=[body])
    browser = signed_in(facilitator)
    answer = browser.post(NEW, typed(process=str(process.uid), number="4", how="paper", spoken=["bambara"], next="1"))
    first = Session.objects.get()
    assert answer["Location"] == f"{NEW}?from={first.uid}"
    assert first.how == How.PAPER
    page = browser.get(answer["Location"])
    form = page.context["form"]
    initial = {name: form.initial[name] for name in ("process", "number", "area", "spoken", "led_by", "how", "invited")}
    assert initial == {
        "process": str(process.uid), "number": 5, "area": area("Koro").pcode, "spoken": ["bambara"],
        "led_by": "Femmes de Koro", "how": How.PAPER, "invited": ["youth"],
    }  # fmt: skip
    words = page.content.decode()
    assert "Awa a ouvert" not in words
    assert form.initial["attendance"] == ()
    assert words.count("<details open><summary>") >= 3, "the groups of the last time stand open"


def test_the_copy_is_of_one_s_own_alone(facilitator: User) -> None:
    other = session(minutes="Un secret", title="Ailleurs", tlp=Tlp.RED)
    page = signed_in(facilitator).get(f"{NEW}?from={other.uid}").content.decode()
    assert "Ailleurs" not in page


def _as_form(row: Session, **changed: Any) -> dict[str, Any]:
    return typed(**{"base_version": "1", "uid": str(row.uid), **changed})


def test_two_people_change_the_same_session_and_a_person_settles_it(facilitator: User) -> None:
    browser = signed_in(facilitator)
    browser.post(NEW, typed())
    row = Session.objects.get()
    keep_session(
        viewer=viewer_for(facilitator), uid=row.uid, edit_key=uuid.uuid4(), base_version=1,
        said=replace(said_of(row), minutes="Moussa a ouvert.", agenda="Le puits"),
    )  # fmt: skip
    answer = browser.post(
        f"/dialogues/sessions/{row.uid}/edit/", _as_form(row, minutes="Fanta a ouvert.", title="L’eau")
    )
    edit = SessionEdit.objects.get(state=EditState.WAITING)
    settle = f"/dialogues/sessions/{row.uid}/settle/{edit.pk}/"
    assert answer["Location"] == settle
    row.refresh_from_db()
    assert (row.minutes, row.agenda, row.title) == ("Moussa a ouvert.", "Le puits", "L’eau")
    page = browser.get(settle).content.decode()
    assert "Moussa a ouvert." in page
    assert "Fanta a ouvert." in page
    assert "L’eau" in browser.get("/dialogues/").content.decode()
    assert settle in browser.get("/dialogues/").content.decode()
    assert browser.post(settle, {}).status_code == 422
    late = browser.post(settle, {"minutes": "mine", "version": "1"})
    assert late.status_code == 422, "what stands is not what the person had before them"
    row.refresh_from_db()
    assert row.minutes == "Moussa a ouvert."
    chosen = {"minutes": "both", "version": str(row.version)}
    assert browser.post(settle, chosen)["Location"] == f"/dialogues/sessions/{row.uid}/"
    row.refresh_from_db()
    assert row.minutes == "Moussa a ouvert.\n\nFanta a ouvert."
    assert settle not in browser.get("/dialogues/").content.decode()
    history = browser.get(f"/dialogues/sessions/{row.uid}/history/").content.decode()
    assert facilitator.name in history
    assert "Fanta a ouvert." in history


def test_undoing_is_another_edit_that_begins_with_what_stood(facilitator: User) -> None:
    browser = signed_in(facilitator)
    browser.post(NEW, typed())
    row = Session.objects.get()
    browser.post(f"/dialogues/sessions/{row.uid}/edit/", _as_form(row, title="Une faute"))
    form = browser.get(f"/dialogues/sessions/{row.uid}/edit/?version=1").context["form"]
    assert form.initial["title"] == "Le puits"
    assert form.initial["base_version"] == 2


def test_a_form_that_is_sent_back_as_it_was_shown_changes_nothing(facilitator: User, body: Organisation) -> None:
    hidden = OrganisationFactory.create(name="Cachée", visibility="coordinators")
    police = OrganisationFactory.create(name="Police de Koro", kind=OrganisationKind.SECURITY, areas=["Koro"])
    row = session(
        by=viewer(Role.COORDINATOR, "Koro"), organisation=body, present=(police.pk, hidden.pk),
        invited=("youth", "women"), attendance=(Counted("f", "61+", "women", 12),),
        issues=(Raised("La terre", ("safety",)),),
        agreements=("Deux\nlignes", "Une"), facilitators=(facilitator.pk,), spoken=("bambara",),
    )  # fmt: skip
    before = said_of(row)
    browser = signed_in(facilitator)
    form = browser.get(f"/dialogues/sessions/{row.uid}/edit/").context["form"]
    data: dict[str, Any] = {}
    for field in form:
        shown = field.value()
        if field.name == "attendance":
            data["attendance-women-f-61+"] = "12"
        elif field.name == "issues":
            data |= {"issues-0-words": "La terre", "issues-0-needs": ["safety"]}
        elif shown not in (None, "", []):
            data[field.name] = shown
    assert browser.post(f"/dialogues/sessions/{row.uid}/edit/", data).status_code == 302
    assert said_of(Session.objects.get()) == before
    assert hidden.pk in before.present


# --- Reading -----------------------------------------------------------------------------------------------------


def test_the_page_shows_who_was_there_as_a_table_with_its_sums(facilitator: User) -> None:
    browser = signed_in(facilitator)
    browser.post(NEW, typed())
    page = browser.get(f"/dialogues/sessions/{Session.objects.get().uid}/")
    everybody = page.context["parts"][-1]
    assert [(str(row.label), row.counts, row.total) for row in everybody.rows] == [
        ("Femmes", [0, 7, 0, 0, 0], 7), ("Hommes", [0, 0, 4, 0, 0], 4), ("Non noté", [0, 0, 0, 0, 1], 1),
        ("Total", [0, 7, 4, 0, 1], 12),
    ]  # fmt: skip
    assert (page.context["women"].part, page.context["women"].whole) == (7, 11)
    assert "30 %" in page.content.decode()


def test_who_was_in_the_room_reads_what_was_agreed_and_not_what_was_said(facilitator: User) -> None:
    police = OrganisationFactory.create(name="Police de Koro", kind=OrganisationKind.SECURITY, areas=["Koro"])
    signed_in(facilitator).post(NEW, typed(present=["Police de Koro"], tlp="amber"))
    row = Session.objects.get()
    page = signed_in(person(Role.LIAISON, "Gao", organisation=police)).get(f"/dialogues/sessions/{row.uid}/")
    words = page.content.decode()
    assert "Réparer le puits" in words
    for hidden in ("Awa a ouvert", "Qui boit", "/edit/", "/names/", facilitator.name):
        assert hidden not in words


def test_an_analyst_reads_no_words_and_no_small_number(facilitator: User) -> None:
    signed_in(facilitator).post(NEW, typed(tlp="amber"))
    row = Session.objects.get()
    page = signed_in(person(Role.ANALYST, "Koro")).get(f"/dialogues/sessions/{row.uid}/")
    words = page.content.decode()
    for hidden in ("Réparer", "Awa a ouvert", "Qui boit", "Sous l’arbre"):
        assert hidden not in words
    assert page.context["women"] is None, "seven women of twelve would say how many men there were"
    rows = [row for part in page.context["parts"] for row in part.rows]
    men = next(row for row in rows if str(row.label) == "Hommes")
    assert men.counts[2] is None


def test_anybody_reads_a_public_session_without_place_or_words() -> None:
    row = session(tlp=Tlp.CLEAR, agreements=("Réparer le puits",))
    page = Client().get(f"/dialogues/sessions/{row.uid}/").content.decode()
    assert "Le marché et le poste" in page
    assert "grand arbre" not in page
    assert "Réparer" not in page
    assert Client().get(f"/dialogues/sessions/{session(tlp=Tlp.GREEN).uid}/").status_code == 404


def _listed(user: User, **query: Any) -> set[str]:
    return {row["title"] for row in signed_in(user).get("/dialogues/", query).context["rows"]}


def test_the_list_is_narrowed_by_what_the_viewer_may_read() -> None:
    coordinator, analyst = person(Role.COORDINATOR, "Koro"), person(Role.ANALYST, "Koro")
    by = viewer_for(coordinator)
    process = ProcessFactory.create(created_by=coordinator)
    session(by=by, title="Un", minutes="Le moulin", kind="workshop", invited=("youth",), absent=("youth",))
    session(by=by, title="Deux", held_on=date(2020, 5, 4), process=str(process.uid))
    session(by=by, title="Trois", state=SessionState.PLANNED)
    assert _listed(coordinator) == {"Un", "Deux", "Trois"}
    assert _listed(coordinator, kind="workshop") == {"Un"}
    assert _listed(coordinator, absent="youth") == {"Un"}
    assert _listed(coordinator, state="planned") == {"Trois"}
    assert _listed(coordinator, until="2020-12-31") == {"Deux"}
    assert _listed(coordinator, process=str(process.uid)) == {"Deux"}
    assert _listed(coordinator, area=str(area("Gao").pk)) == set()
    assert _listed(coordinator, text="moulin") == {"Un"}
    assert _listed(analyst, text="moulin") == set(), "a search answers nothing of what one may not read"


def test_the_list_is_paged_by_the_last_row_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialogues.views.sessions.PAGE", 2)
    user = person(Role.COORDINATOR, "Koro")
    for n in range(5):
        session(by=viewer_for(user), title=f"Séance {n}")
    browser, address, seen = signed_in(user), "/dialogues/", []
    while address:
        page = browser.get(address)
        seen += [row["title"] for row in page.context["rows"]]
        address = f"/dialogues/{page.context['next']}" if page.context["next"] else ""
    assert seen == [f"Séance {n}" for n in (4, 3, 2, 1, 0)]


def test_the_pages_ask_no_more_the_more_there_is(django_assert_max_num_queries: Any) -> None:
    user = person(Role.COORDINATOR, "Koro")
    for n in range(12):
        session(by=viewer_for(user), title=f"Séance {n}", attendance=(Counted("f", "u", "women", 12),))
    browser = signed_in(user)
    with django_assert_max_num_queries(20):
        browser.get("/dialogues/")
    with django_assert_max_num_queries(50):
        browser.get(f"/dialogues/sessions/{Session.objects.first().uid}/")  # type: ignore[union-attr]
    assert Attendance.objects.count() == 12
