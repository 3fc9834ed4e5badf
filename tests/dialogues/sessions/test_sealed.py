"""Names, safety notes and photos: with consent, sealed, opened on record, taken back for good."""

import json
import re
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from dialogues.models import Consent, NamedAttendance, PaperKind, SafetyNote, Session, SessionPaper
from dialogues.services.names import add_name, open_names, take_name_back
from dialogues.services.safety_notes import add_safety_note, open_safety_notes
from dialogues.services.session_papers import MOST_PAPERS, add_papers, drop_paper
from incidents.media import store
from incidents.services import media
from orgs.access import viewer_for
from orgs.models import AuditEntry, Role, Tlp, User
from orgs.policy import Viewer
from orgs.services.errors import NotAllowed
from tests.factories import person, signed_in, viewer
from tests.factories_dialogues import session
from tests.incidents.media.samples import jpeg

pytestmark = pytest.mark.django_db
NAME = "Fatoumata Coulibaly"
SECRET = "Le chef ne doit pas savoir qui a parlé du puits"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    """Files of one test alone: what clears up in one takes nothing from those that run beside it."""
    settings.VAR_DIR = tmp_path


@pytest.fixture
def coordinator() -> User:
    user = person(Role.COORDINATOR, "Koro")
    signed_in(user)
    return user


@pytest.fixture
def who(coordinator: User) -> Viewer:
    return viewer_for(coordinator)


@pytest.fixture
def row(who: Viewer) -> Session:
    return session(by=who)


def named(who: Viewer, row: Session, **changed: Any) -> NamedAttendance:
    plain: dict[str, Any] = {"name": NAME, "body": "Femmes de Koro", "contact": "76 12 34 56"}
    plain |= {"consent": Consent.SIGNED, "consented_on": timezone.localdate()}
    return add_name(viewer=who, session=row, **{**plain, **changed})


def _everything_in(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(string_agg(row_to_json(t)::text, ''), '') FROM {table} t")
        return str(cursor.fetchone()[0])


# --- Names -------------------------------------------------------------------------------------------------------


def test_a_name_lies_sealed_and_opens_with_a_reason_on_record(who: Viewer, row: Session) -> None:
    named(who, row)
    assert "Coulibaly" not in _everything_in("dialogues_namedattendance")
    (one,) = open_names(viewer=who, session=row, reason="La rappeler pour la suite")
    assert (one.name, one.contact) == (NAME, "76 12 34 56")
    entry = AuditEntry.objects.get(verb="opened_names")
    assert entry.actor_id == who.user_id
    log = _everything_in("orgs_auditentry")
    assert "Coulibaly" not in log
    assert "rappeler" not in log


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"consent": ""}, "consent"),
        ({"consent": "surely"}, "consent"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"consented_on": date(2999, 1, 1)}, "consented_on"),
        ({"consented_on": date(1890, 1, 1)}, "consented_on"),
    ],
)
def test_nobody_is_named_without_consent(who: Viewer, row: Session, changed: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError) as refused:
        named(who, row, **changed)
    assert list(refused.value.message_dict) == [where]
    assert not NamedAttendance.objects.exists()


def test_consent_taken_back_deletes_by_the_name_alone(who: Viewer, row: Session) -> None:
    named(who, row)
    named(who, row, name="Awa Diallo")
    with pytest.raises(ValidationError):
        named(who, row, name="FATOUMATA coulibaly")
    take_name_back(viewer=who, session=row, name="fatoumata  coulibaly")
    assert [one.name for one in open_names(viewer=who, session=row, reason="Voir qui reste")] == ["Awa Diallo"]
    with pytest.raises(ValidationError):
        take_name_back(viewer=who, session=row, name=NAME)


def test_names_open_to_those_who_write_the_session_with_a_second_factor_alone(who: Viewer, row: Session) -> None:
    named(who, row)
    without = viewer(Role.COORDINATOR, "Koro")
    for other in (without, viewer(Role.ANALYST, "Koro"), viewer(Role.LIAISON, "Koro"), viewer(Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            open_names(viewer=other, session=row, reason="Je veux savoir")
    with pytest.raises(ValidationError):
        open_names(viewer=who, session=row, reason="oui")
    assert not AuditEntry.objects.filter(verb="opened_names").exists()


def test_names_on_the_page(coordinator: User, row: Session) -> None:
    browser, address = signed_in(coordinator), f"/dialogues/sessions/{row.uid}/names/"
    added = {"step": "add", "add-name": NAME, "add-consent": "spoken", "add-consented_on": str(timezone.localdate())}
    assert browser.post(address, {**added, "add-consent": ""}).status_code == 422
    assert browser.post(address, added).status_code == 302
    assert NAME not in browser.get(address).content.decode()
    opened = browser.post(address, {"step": "open", "open-reason": "La rappeler pour la suite"})
    assert NAME in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert NAME not in browser.get(f"/dialogues/sessions/{row.uid}/").content.decode()
    assert browser.post(address, {"step": "back", "back-name": NAME}).status_code == 302
    assert not NamedAttendance.objects.exists()


# --- Safety notes ------------------------------------------------------------------------------------------------


def test_a_safety_note_lies_sealed_and_each_opening_is_noted(who: Viewer, row: Session) -> None:
    for _n in range(2):
        add_safety_note(viewer=who, session=row, words=SECRET, form_key="abc")
    assert SafetyNote.objects.count() == 1, "the same form sent twice is one note"
    assert "puits" not in _everything_in("dialogues_safetynote")
    (opened,) = open_safety_notes(viewer=who, session=row)
    assert opened.words == SECRET
    assert AuditEntry.objects.filter(verb="opened_safety_notes").count() == 1
    assert "puits" not in _everything_in("orgs_auditentry")


def test_a_safety_note_never_says_where_forces_are(who: Viewer, row: Session) -> None:
    for words in ("", "x" * 4001, "Une patrouille des FAMa part demain à 6 h vers Dinangourou"):
        with pytest.raises(ValidationError) as refused:
            add_safety_note(viewer=who, session=row, words=words, form_key="abc")
        assert list(refused.value.message_dict) == ["words"]


def test_safety_notes_are_for_those_who_write_the_session(who: Viewer, row: Session) -> None:
    add_safety_note(viewer=who, session=row, words=SECRET, form_key="abc")
    for other in (viewer(Role.ANALYST, "Koro"), viewer(Role.MONITOR, "Koro"), viewer(Role.COORDINATOR, "Gao")):
        with pytest.raises(NotAllowed):
            open_safety_notes(viewer=other, session=row)
        with pytest.raises(NotAllowed):
            add_safety_note(viewer=other, session=row, words=SECRET, form_key="b")


def test_safety_notes_on_the_page(coordinator: User, row: Session) -> None:
    browser, address = signed_in(coordinator), f"/dialogues/sessions/{row.uid}/safety/"
    assert browser.post(address, {"words": SECRET, "form_key": str(uuid.uuid4())}).status_code == 302
    assert SECRET not in browser.get(address).content.decode()
    assert not AuditEntry.objects.filter(verb="opened_safety_notes").exists()
    assert SECRET in browser.post(address, {"step": "open"}).content.decode()
    refused = browser.post(address, {"words": "Appelez le 76 12 34 56, c’est urgent", "form_key": str(uuid.uuid4())})
    assert refused.status_code == 422
    assert "76 12 34 56" in refused.content.decode()


# --- Photos ------------------------------------------------------------------------------------------------------


def test_a_photo_is_kept_with_consent_and_without_what_the_camera_wrote(who: Viewer, row: Session) -> None:
    data = jpeg(secret=True)
    given: dict[str, Any] = {"session": row, "viewer": who, "files": [data], "kind": PaperKind.PHOTO, "caption": ""}
    with pytest.raises(ValidationError) as refused:
        add_papers(consent="", **given)
    assert list(refused.value.message_dict) == ["consent"]
    for _n in range(2):
        assert add_papers(consent=Consent.SIGNED, **given) == []
    paper = SessionPaper.objects.get()
    kept = store.read(paper.name)
    assert kept is not None
    assert b"Exif" not in kept


def test_a_file_that_cannot_be_kept_says_why_and_the_rest_is_kept(coordinator: User, row: Session) -> None:
    browser, address = signed_in(coordinator), f"/dialogues/sessions/{row.uid}/papers/"
    files = [
        SimpleUploadedFile("a.jpg", jpeg()),
        SimpleUploadedFile("b.jpg", b"MZ not a photo"),
        SimpleUploadedFile("c.jpg", b""),
        SimpleUploadedFile("d.jpg", b"\xff\xd8\xff" + bytes(9 * 1024 * 1024)),
    ]
    answer = browser.post(address, {"pictures": files, "kind": "minutes"}, follow=True)
    page = answer.content.decode()
    assert SessionPaper.objects.count() == 1
    for number in (2, 3, 4):
        assert f"Le fichier {number} n’est pas gardé" in page
    bare = browser.post(address, {})
    assert bare.status_code == 422
    assert set(bare.context["form"].errors) == {"pictures", "kind"}
    assert "nécessaire pour une photo de personnes" in bare.content.decode()


def test_photos_come_by_a_form_of_ours_and_by_no_forged_one(coordinator: User, row: Session) -> None:
    """As a browser sends them: with the check against forged forms, which other tests leave out."""
    address = f"/dialogues/sessions/{row.uid}/papers/"
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in(coordinator).cookies
    token = browser.get(address).context["csrf_token"]
    given = {"pictures": [SimpleUploadedFile("a.jpg", jpeg())], "kind": "minutes"}
    assert browser.post(address, given).status_code == 403
    assert not SessionPaper.objects.exists()
    given["pictures"] = [SimpleUploadedFile("a.jpg", jpeg())]
    assert browser.post(address, {**given, "csrfmiddlewaretoken": str(token)}).status_code == 302
    assert SessionPaper.objects.count() == 1


def test_the_form_of_photos_is_checked_for_its_token_after_its_files_came(coordinator: User, row: Session) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(coordinator)
    address = f"/dialogues/sessions/{row.uid}/papers/"
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(address).content.decode())
    assert found
    form = {"kind": "minutes"}
    assert strict.post(address, form | {"pictures": SimpleUploadedFile("a.jpg", jpeg())}).status_code == 403
    assert not SessionPaper.objects.exists()
    form["csrfmiddlewaretoken"] = found[1]
    assert strict.post(address, form | {"pictures": SimpleUploadedFile("a.jpg", jpeg())}).status_code == 302
    assert SessionPaper.objects.count() == 1


def test_a_photo_is_served_to_those_who_write_the_session_alone(who: Viewer, coordinator: User) -> None:
    row = session(by=who, tlp=Tlp.CLEAR)
    add_papers(viewer=who, session=row, files=[jpeg()], kind="minutes", consent="", caption="Page 1")
    paper = SessionPaper.objects.get()
    address = f"/dialogues/sessions/{row.uid}/papers/{paper.pk}/"
    shown = signed_in(coordinator).get(address)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in shown["Cache-Control"]
    assert signed_in(person(Role.FACILITATOR, "Koro")).get(address).status_code == 404
    other = session(by=who)
    assert signed_in(coordinator).get(f"/dialogues/sessions/{other.uid}/papers/{paper.pk}/").status_code == 404


def test_a_deleted_photo_is_gone(who: Viewer, row: Session, django_capture_on_commit_callbacks: Any) -> None:
    add_papers(viewer=who, session=row, files=[jpeg()], kind="minutes", consent="", caption="")
    paper = SessionPaper.objects.get()
    with pytest.raises(NotAllowed):
        drop_paper(viewer=viewer(Role.MONITOR, "Koro"), session=row, paper=paper)
    name = paper.name
    with django_capture_on_commit_callbacks(execute=True):
        drop_paper(viewer=who, session=row, paper=paper)
    assert store.read(name) is None


def test_no_more_photos_than_there_is_room_for(who: Viewer, row: Session) -> None:
    files = [jpeg(width=100 + n) for n in range(MOST_PAPERS + 1)]
    refused = add_papers(viewer=who, session=row, files=files, kind="minutes", consent="", caption="")
    assert len(refused) == 1
    assert SessionPaper.objects.count() == MOST_PAPERS


def test_clearing_up_leaves_photos_of_sessions_where_they_are(
    who: Viewer, row: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_papers(viewer=who, session=row, files=[jpeg()], kind="minutes", consent="", caption="")
    orphan = store.new_name()
    store.keep(orphan, b"nobody's")
    monkeypatch.setattr(media, "_ORPHAN_SECONDS", -timedelta(days=1).total_seconds())
    media.forget_media()
    assert store.read(SessionPaper.objects.get().name) is not None
    assert store.read(orphan) is None


def test_a_caption_names_no_number(who: Viewer, row: Session) -> None:
    with pytest.raises(ValidationError) as refused:
        add_papers(
            viewer=who, session=row, files=[jpeg()], kind="minutes", consent="", caption="Appelez le 76 12 34 56"
        )
    assert list(refused.value.message_dict) == ["caption"]
    assert "76 12" not in json.dumps(list(AuditEntry.objects.values_list("facts", flat=True)))
