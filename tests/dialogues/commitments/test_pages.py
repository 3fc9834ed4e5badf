"""The pages of commitments: written down, followed, looked for, opened, given as a file."""

import csv
import io
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dialogues import commitments_shown as shown
from dialogues.models import Commitment, CommitmentPerson, FollowUp
from dialogues.said import said_of
from dialogues.services import commitments
from dialogues.services.sessions import keep_session
from orgs import providers
from orgs.access import ANYONE, viewer_for
from orgs.models import Area, AuditEntry, Level, OrganisationState, OrganisationVisibility, Role
from tests.dialogues.commitments.made import WHAT, due, keeper, promised, somebody, today
from tests.factories import ActorFactory, OrganisationFactory, area, person, signed_in
from tests.factories_dialogues import ProcessFactory, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    """A coordinator of Koro, signed in with a second factor."""
    return signed_in(person(Role.COORDINATOR, "Koro"))


def form(**changes: Any) -> dict[str, Any]:
    return {"uid": str(uuid.uuid4()), "what": WHAT, "due_on": (today() + timedelta(days=20)).isoformat(), **changes}


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# --- Writing down ------------------------------------------------------------------------------------------------


def test_who_was_in_the_room_stands_first_and_one_form_is_one_commitment(desk: Client) -> None:
    body = OrganisationFactory.create(name="Gendarmerie de Koro")
    room = session(present=(body.pk,))
    address = f"/dialogues/sessions/{room.uid}/commitments/new/"
    assert "Gendarmerie de Koro" in page(desk, address)
    sent = form(present=body.pk)
    for _n in range(2):
        answer = desk.post(address, sent)
        assert answer.status_code == 302
    made = Commitment.objects.get()
    assert answer["Location"] == f"/dialogues/commitments/{made.uid}/"
    assert (made.organisation, made.session) == (body, room)
    assert desk.post(address, form(present=body.pk, another="1"))["Location"] == address


def test_a_session_that_is_put_on_a_later_day_leaves_a_word_at_promises_that_were_due_before(desk: Client) -> None:
    room = session(held_on=today() - timedelta(days=10))
    made = promised(place=room, due_on=today() - timedelta(days=5))
    address = f"/dialogues/commitments/{made.uid}/"
    told = "Cette échéance précède la promesse"
    assert told not in page(desk, address)
    later = replace(said_of(room), held_on=today() - timedelta(days=1))
    keep_session(viewer=keeper(), uid=room.uid, edit_key=uuid.uuid4(), base_version=room.version, said=later)
    assert told in page(desk, address)
    assert told in page(desk, f"/dialogues/sessions/{room.uid}/")


def test_another_organisation_by_its_name_an_actor_or_a_person(desk: Client) -> None:
    address = f"/dialogues/sessions/{session().uid}/commitments/new/"
    body = OrganisationFactory.create(name="Union des femmes de Koro")
    assert desk.post(address, form(body="union des femmes de koro")).status_code == 302
    actor = ActorFactory.create(name="Mairie de Koro")
    assert desk.post(address, form(actor=actor.pk)).status_code == 302
    day = (today() - timedelta(days=1)).isoformat()
    assert desk.post(address, form(name="Aminata D.", consent="spoken", consented_on=day)).status_code == 302
    kinds = list(Commitment.objects.order_by("id").values_list("owner_kind", "organisation", "actor"))
    assert kinds == [("organisation", body.pk, None), ("actor", None, actor.pk), ("person", None, None)]
    assert CommitmentPerson.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"what": ""}, "Écrivez ce qui a été promis."),
        ({}, "Dites qui a promis"),
        ({"body": "Personne ne connaît"}, "pas d’organisation de ce nom"),
        ({"name": "Aminata D."}, "dites comment elle l’a dit"),
        ({"due_on": "jamais", "body": "Union"}, "en chiffres"),
        ({"uid": "x", "body": "Union"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk: Client, changes: dict[str, Any], words: str) -> None:
    OrganisationFactory.create(name="Union")
    answer = desk.post(f"/dialogues/sessions/{session().uid}/commitments/new/", form(evidence="Typed", **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Typed" in answer.content.decode()
    assert not Commitment.objects.exists()


def test_two_organisations_in_one_form_are_refused(desk: Client) -> None:
    first, _second = OrganisationFactory.create(name="Une"), OrganisationFactory.create(name="Deux")
    room = session(present=(first.pk,))
    answer = desk.post(f"/dialogues/sessions/{room.uid}/commitments/new/", form(present=first.pk, body="Deux"))
    assert answer.status_code == 422


def test_a_process_has_its_own_form(desk: Client) -> None:
    process, body = ProcessFactory.create(), OrganisationFactory.create(name="Union")
    assert desk.post(f"/dialogues/processes/{process.uid}/commitments/new/", form(body=body.name)).status_code == 302
    assert Commitment.objects.get().process == process


# --- One ---------------------------------------------------------------------------------------------------------


def test_followed_on_its_page_and_never_by_looking(desk: Client) -> None:
    made = promised()
    address = f"/dialogues/commitments/{made.uid}/"
    assert WHAT in page(desk, address)
    assert not FollowUp.objects.exists()
    assert desk.post(address, {"state": "begun", "words": "Le poste est peint."}).status_code == 302
    assert "Le poste est peint." in page(desk, address)
    assert desk.post(address, {"state": "", "words": ""}).status_code == 422
    assert desk.post(address, {"state": "promised", "words": "x"}).status_code == 422
    answer = desk.post(f"{address}correct/", {"state": "promised", "words": "C’était un autre poste."})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.state == "promised"
    assert "C’était un autre poste." in page(desk, address)


def test_somebody_elses_change_is_not_overwritten(desk: Client) -> None:
    made = promised()
    address = f"/dialogues/commitments/{made.uid}/words/"
    given = {"what": "Autres mots", "version": 1, "due_on": "", "evidence": ""}
    assert desk.post(address, given).status_code == 302
    late = desk.post(address, given | {"what": "Encore"})
    assert late.status_code == 409
    made.refresh_from_db()
    assert made.what == "Autres mots"
    read = late.content.decode()
    assert "Autres mots" in read
    assert "Encore" in read
    assert 'id="conflict"' in read
    again = given | {"what": "Encore", "version": late.context["form"]["version"].value()}
    assert desk.post(address, again).status_code == 302
    made.refresh_from_db()
    assert made.what == "Encore"


def test_the_room_reads_notes_without_names_and_writes_none() -> None:
    room = OrganisationFactory.create()
    made = promised(place=session(tlp="amber", present=(room.pk,)))
    commitments.follow(viewer=keeper(), commitment=made, words="Rien n’est fait.")
    name = FollowUp.objects.get().by
    assert name is not None
    listener = signed_in(person(Role.REPORTER, "Gao", organisation=room))
    read = page(listener, f"/dialogues/commitments/{made.uid}/")
    assert "Rien n’est fait." in read
    assert name.name not in read
    assert listener.post(f"/dialogues/commitments/{made.uid}/", {"words": "Moi"}).status_code == 404


def test_what_is_not_visible_and_what_is_not_there_answer_alike() -> None:
    stranger = signed_in(person(Role.REPORTER, "Gao"))
    there = stranger.get(f"/dialogues/commitments/{promised().uid}/")
    nowhere = stranger.get(f"/dialogues/commitments/{uuid.uuid4()}/")
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content


def test_a_name_is_opened_with_a_reason_and_noted(desk: Client) -> None:
    made = promised(person=somebody())
    address = f"/dialogues/commitments/{made.uid}/"
    assert "Aminata" not in page(desk, address)
    assert "Aminata" not in page(desk, f"{address}person/")
    assert desk.post(f"{address}person/", {"reason": "oui"}).status_code == 422
    opened = desk.post(f"{address}person/", {"reason": "Elle demande où en est le puits."}).content.decode()
    assert "Aminata D." in opened
    assert AuditEntry.objects.filter(verb="open_person").count() == 1
    assert desk.post(f"{address}person/forget/").status_code == 302
    assert "a retiré son accord" in page(desk, address)


def test_an_organisation_that_left_the_directory_is_said_to_have_left(desk: Client) -> None:
    made = promised()
    assert made.organisation is not None
    type(made.organisation).objects.filter(pk=made.organisation.pk).update(state=OrganisationState.RETIRED)
    assert "n’est plus dans l’annuaire" in page(desk, f"/dialogues/commitments/{made.uid}/")
    assert "plus dans l’annuaire" in page(desk, "/dialogues/commitments/")


# --- In public ---------------------------------------------------------------------------------------------------


def test_anybody_reads_what_was_agreed_to_be_public_and_nothing_else(client: Client, desk: Client) -> None:
    body = OrganisationFactory.create(name="Union ouverte", visibility=OrganisationVisibility.PUBLIC)
    hidden = OrganisationFactory.create(name="Union cachée", visibility=OrganisationVisibility.COORDINATORS)
    made, other = promised(body=body, what="Réparer le pont"), promised(body=hidden, what="Garder le puits")
    promised(what="Rendre les motos")
    for one in (made, other):
        said = {"agreed_public_on": today().isoformat(), "version": one.version}
        answer = desk.post(f"/dialogues/commitments/{one.uid}/public/", said)
        assert answer.status_code == 302
    commitments.follow(viewer=keeper(), commitment=made, words="Note interne", evidence="Preuve interne")
    for address in ("/dialogues/promises/", f"/dialogues/commitments/{made.uid}/", "/exports/commitments.csv"):
        answer = client.get(address)
        read = (answer.getvalue() if answer.streaming else answer.content).decode()
        assert "Réparer le pont" in read, address
        assert "Union ouverte" in read
        for kept in ("motos", "Note interne", "Preuve interne", "Union cachée"):
            assert kept not in read, (address, kept)
    assert desk.post(f"/dialogues/commitments/{made.uid}/public/", {"take_back": "1"}).status_code == 302
    assert "Réparer le pont" not in page(client, "/dialogues/promises/")


def test_words_that_somebody_changed_meanwhile_are_not_made_public_unseen(client: Client, desk: Client) -> None:
    made = promised(what="Réparer le pont")
    address = f"/dialogues/commitments/{made.uid}/public/"
    assert f'name="version" value="{made.version}"' in page(desk, address)
    commitments.change_words(
        viewer=keeper(),
        commitment=made,
        version=made.version,
        what="Réparer deux ponts",
        due_on=made.due_on,
        evidence="",
    )
    refused = desk.post(address, {"agreed_public_on": today().isoformat(), "version": made.version})
    shown = refused.content.decode()
    assert refused.status_code == 409
    assert "Réparer deux ponts" in shown
    assert f'value="{today().isoformat()}"' in shown, "nothing typed is lost"
    assert "pont" not in page(client, "/dialogues/promises/").split("<main")[1].split("</main")[0]


# --- The list ----------------------------------------------------------------------------------------------------


def test_what_is_overdue_stands_first_with_counts_by_owner_and_area(desk: Client) -> None:
    body, who = OrganisationFactory.create(name="Gendarmerie"), keeper()
    room = session(by=who)
    late = [due(-days, by=who, place=room, body=body, what=f"En retard {days}") for days in (3, 40)]
    due(5, by=who, place=room, what="Bientôt")
    promised(by=who, place=room, what="Un jour")
    commitments.follow(viewer=who, commitment=promised(by=who, place=room, what="Déjà tenu"), state="kept")
    read = page(desk, "/dialogues/commitments/")
    order = [read.index(words) for words in ("En retard 40", "En retard 3<", "Bientôt", "Un jour")]
    assert order == sorted(order)
    assert "Déjà tenu" not in read
    rows = Commitment.objects.all()
    (owner,) = shown.overdue_by_owner(who, rows)
    assert (owner.label, owner.count, owner.oldest) == ("Gendarmerie", 2, late[1].due_on)
    (place,) = shown.overdue_by_area(rows)
    assert (place.label, place.count) == ("Koro", 2)
    assert "Bientôt" not in page(desk, f"/dialogues/commitments/?state=overdue&{owner.query}")
    assert "Déjà tenu" in page(desk, "/dialogues/commitments/?state=kept")


def test_the_list_is_narrowed_by_owner_area_process_and_own() -> None:
    body, who = OrganisationFactory.create(), keeper()
    process = ProcessFactory.create()
    promised(by=who, body=body, place=session(by=who, process=str(process.uid)), what="Premier")
    promised(by=who, place=session(by=who, area=area("Gao").pcode), what="Second")
    client = signed_in(person(Role.COORDINATOR, "Koro", "Gao", organisation=body))
    for query in (f"owner=o{body.pk}", f"area={area('Koro').pk}", f"process={process.pk}", "mine=on"):
        read = page(client, f"/dialogues/commitments/?{query}")
        assert "Premier" in read
        assert "Second" not in read, query
    assert "Second" in page(client, "/dialogues/commitments/?owner=nobody")


def test_every_page_of_a_long_list_comes_once(desk: Client, django_assert_max_num_queries: Any) -> None:
    who, body = keeper(), OrganisationFactory.create()
    room = session(by=who)
    for number in range(65):
        due(number % 7 - 3, by=who, place=room, body=body, what=f"Promesse n° {number:03d}.")
    address, seen = "/dialogues/commitments/", []
    while address:
        with django_assert_max_num_queries(28):
            answer = desk.get(address)
        seen += [row["what"] for _heading, rows in answer.context["groups"] for row in rows]
        address = f"/dialogues/commitments/{answer.context['next']}" if answer.context["next"] else ""
    assert len(seen) == len(set(seen)) == 65
    assert desk.get("/dialogues/commitments/?page=rubbish").status_code == 404


def test_as_a_file_with_tags_each_as_they_may_read_it(desk: Client) -> None:
    promised(what="=1+1", evidence="On le verra")
    promised(place=session(tlp="amber"), what="Fermé")

    def lines(client: Client) -> list[list[str]]:
        text = client.get("/exports/commitments.csv").getvalue().decode().lstrip("\ufeff")
        return list(csv.reader(io.StringIO(text)))

    titles, tags, *rows = lines(desk)
    assert len(titles) == len(tags)
    assert "#activity+name" in tags
    assert {row[2] for row in rows} == {"'=1+1", "Fermé"}
    near = lines(signed_in(person(Role.REPORTER, "Koro")))[2:]
    assert [row[2] for row in near] == ["'=1+1"]
    assert "On le verra" not in near[0]
    analyst = lines(signed_in(person(Role.ANALYST, "Koro")))[2:]
    assert [row[2] for row in analyst] == ["", ""]
    assert lines(Client())[2:] == []


# --- Elsewhere ---------------------------------------------------------------------------------------------------


def test_what_ones_own_organisation_is_late_with_waits_for_its_people() -> None:
    body = OrganisationFactory.create()
    due(-3, body=body)
    due(3, body=body)
    for role, task in ((Role.FACILITATOR, "dialogues"), (Role.LIAISON, "alerts")):
        who = viewer_for(person(role, organisation=body))
        (waits,) = [one for one in providers.waiting_for(who) if "mine" in one.url]
        assert (waits.task, waits.count) == (task, 1)
    assert shown.commitments_waiting(ANYONE) == []
    strangers = [one for one in providers.waiting_for(viewer_for(person(Role.LIAISON))) if "mine" in one.url]
    assert [one.count for one in strangers] == [0]


def test_nobody_finds_a_commune_by_its_line_who_is_not_told_the_commune() -> None:
    koro = area("Koro")
    commune = Area.objects.create(
        edition=koro.edition, level=Level.COMMUNE, pcode="ML900199", name="Dinangourou", parent=koro,
        region_id=koro.region_id, cercle=koro,
    )  # fmt: skip
    Area.objects.filter(pk=commune.pk).update(commune=commune)
    who = keeper()
    room = session(by=who, tlp="clear", area=commune.pcode)
    promised(by=who, place=room, what="Réparer le pont", agreed_public_on=today())
    assert shown.promised_in(who, commune).count() == 1
    assert shown.promised_in(ANYONE, koro).count() == 1
    for asked in (ANYONE, viewer_for(person(Role.ANALYST, "Koro"))):
        assert not shown.promised_in(asked, commune).exists()
    page = Client().get(f"/dialogues/areas/{commune.pcode}/")
    assert (page.status_code, "Réparer le pont" in page.content.decode()) == (200, False)
    assert "Réparer le pont" in Client().get(f"/dialogues/areas/{koro.pcode}/").content.decode()


def test_the_page_of_a_session_shows_what_was_promised_in_it() -> None:
    who, made = keeper(), promised()
    assert made.session is not None
    found = shown.section(who, made.session)
    assert found is not None
    assert [row["what"] for row in found.data["commitments"]] == [WHAT]
    assert found.data["new"]
    reporter = shown.section(viewer_for(person(Role.REPORTER, "Koro")), made.session)
    assert reporter is not None
    assert reporter.data["new"] == ""
    assert shown.section(viewer_for(person(Role.REPORTER, "Gao")), made.session) is None


@pytest.mark.parametrize("model", ["commitment", "followup", "reminder"])
def test_admin_is_for_coordinators_of_the_area_and_holds_no_sealed_table(desk: Client, model: str) -> None:
    made = promised(person=somebody())
    commitments.follow(viewer=keeper(), commitment=made, words="Note.")
    assert desk.get(f"/admin/dialogues/{model}/").status_code == 200
    administrator = signed_in(person(Role.ADMINISTRATOR))
    assert administrator.get(f"/admin/dialogues/{model}/").status_code in (403, 404)
    assert desk.get("/admin/dialogues/commitmentperson/").status_code == 404
    away = signed_in(person(Role.COORDINATOR, "Gao"))
    read = away.get(f"/admin/dialogues/{model}/").content.decode()
    assert WHAT not in read
    if model == "commitment":
        assert WHAT in desk.get(f"/admin/dialogues/commitment/{made.pk}/change/").content.decode()
