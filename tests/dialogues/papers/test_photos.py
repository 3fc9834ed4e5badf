"""Photos stand in the report of those who write in the session, where their people agreed to that, and nowhere else."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from dialogues.models import Session, SessionPaper
from dialogues.papers.printing import LONGEST_SIDE
from dialogues.services.session_papers import add_papers, set_in_report
from incidents.media import store
from orgs.access import viewer_for
from orgs.models import AuditEntry, Role, Tlp, User
from orgs.services.errors import NotAllowed
from tests.dialogues.papers.reading import reader, text
from tests.factories import OrganisationFactory, person, signed_in, viewer
from tests.factories_dialogues import session
from tests.incidents.media.samples import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def writes() -> User:
    return person(Role.COORDINATOR, "Koro")


@pytest.fixture
def row(writes: User) -> Session:
    return session(by=viewer_for(writes), tlp=Tlp.CLEAR)


def photo(writes: User, row: Session, caption: str = "Sous l’arbre", **changes: Any) -> SessionPaper:
    given = {"kind": "photo", "consent": "signed", "in_report": True, **changes}
    files = [jpeg(1600, 900 + SessionPaper.objects.count())]
    assert add_papers(viewer=viewer_for(writes), session=row, files=files, caption=caption, **given) == []
    return SessionPaper.objects.latest("pk")


def page_of(client: Client, row: Session) -> str:
    return client.get(f"/dialogues/sessions/{row.uid}/report/").content.decode()


def pdf_of(client: Client, row: Session) -> bytes:
    answer = client.get(f"/dialogues/sessions/{row.uid}/report.pdf")
    assert answer.status_code == 200
    return answer.content


def test_what_its_people_agreed_to_stands_in_the_report_smaller_with_its_caption(writes: User, row: Session) -> None:
    shown, other = photo(writes, row), photo(writes, row, "Autre image", in_report=False)
    client = signed_in(writes)
    page = page_of(client, row)
    address = f'src="/dialogues/sessions/{row.uid}/papers/{shown.pk}/" alt="Sous l’arbre"'
    assert address in page
    assert f"/papers/{other.pk}/" not in page
    made = pdf_of(client, row)
    (picture,) = [image for page_ in reader(made).pages for image in page_.images]
    assert picture.image is not None
    assert max(picture.image.size) == LONGEST_SIDE
    assert "Sousl’arbre" in text(made)
    assert "Autreimage" not in text(made)


def test_nobody_else_gets_it_however_open_the_session_is(writes: User) -> None:
    body = OrganisationFactory.create()
    row = session(by=viewer_for(writes), tlp=Tlp.CLEAR, present=(body.pk,))
    photo(writes, row)
    readers = [Client(), signed_in(person(Role.LIAISON, "Gao", organisation=body))]
    readers += [signed_in(person(role, "Koro")) for role in (Role.REPORTER, Role.ANALYST, Role.FACILITATOR)]
    for client in readers:
        assert "/papers/" not in page_of(client, row)
        made = pdf_of(client, row)
        assert not [image for page in reader(made).pages for image in page.images]
        assert "Sousl’arbre" not in text(made)


def test_taken_back_it_is_in_no_report_and_may_come_again(writes: User, row: Session) -> None:
    shown = photo(writes, row)
    client, address = signed_in(writes), f"/dialogues/sessions/{row.uid}/papers/"
    page = client.post(f"{address}{shown.pk}/report/", {"in_report": "0"}, follow=True).content.decode()
    assert "Elle n’est plus dans aucun rapport" in page
    assert "/papers/" not in page_of(client, row).split("<main")[1]
    page = client.post(f"{address}{shown.pk}/report/", {"in_report": "1"}, follow=True).content.decode()
    assert "Elle est dans le rapport" in page
    assert f"/papers/{shown.pk}/" in page_of(client, row)
    verbs = AuditEntry.objects.filter(verb__startswith="paper_").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["paper_out_of_report", "paper_into_report"]
    with pytest.raises(NotAllowed):
        set_in_report(viewer=viewer(Role.FACILITATOR, "Koro"), session=row, paper=shown, in_report=False)
    other = session(by=viewer_for(writes))
    with pytest.raises(NotAllowed):
        set_in_report(viewer=viewer_for(writes), session=other, paper=shown, in_report=False)


def test_a_page_of_minutes_is_in_no_report(writes: User, row: Session) -> None:
    with pytest.raises(ValidationError) as refused:
        photo(writes, row, kind="minutes", consent="")
    assert list(refused.value.message_dict) == ["in_report"]
    paper = photo(writes, row, kind="minutes", consent="", in_report=False)
    with pytest.raises(NotAllowed):
        set_in_report(viewer=viewer_for(writes), session=row, paper=paper, in_report=True)
    address = f"/dialogues/sessions/{row.uid}/papers/{paper.pk}/report/"
    assert signed_in(writes).post(address, {"in_report": "1"}).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionPaper.objects.filter(pk=paper.pk).update(in_report=True)
    client, address = signed_in(writes), f"/dialogues/sessions/{row.uid}/papers/"
    given = {"kind": "minutes", "in_report": "on", "caption": "Page 2"}
    answer = client.post(address, given | {"pictures": SimpleUploadedFile("a.jpg", jpeg())})
    assert (answer.status_code, "aucune page du compte rendu" in answer.content.decode()) == (422, True)


def test_a_photo_whose_bytes_are_gone_leaves_the_paper_whole(writes: User, row: Session) -> None:
    store.drop(photo(writes, row).name)
    assert pdf_of(signed_in(writes), row).startswith(b"%PDF")
