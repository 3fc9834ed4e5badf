"""The pages of an import, as somebody who holds sessions meets them."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dialogues.models import Session, SessionImport, SessionImportState
from dialogues.services import import_working, imports
from orgs.access import viewer_for
from orgs.models import Role, User
from tests.dialogues.imports.files import sessions
from tests.factories import person, signed_in
from tests.taken import sheet_taken, taken, text_taken

pytestmark = pytest.mark.django_db
QUERIES = 22


@pytest.fixture
def facilitator() -> User:
    return person(Role.FACILITATOR, "Koro")


def upload(client: Client, content: bytes) -> Any:
    return client.post("/dialogues/import/", {"file": SimpleUploadedFile("seances.csv", content)})


def brought(client: Client, content: bytes) -> tuple[SessionImport, str]:
    """Up to the preview, through the pages."""
    address = upload(client, content)["Location"]
    assert client.get(address)["Refresh"] == "3", "the page looks again without a script"
    job = SessionImport.objects.latest("pk")
    import_working.work(job.pk)
    return job, address


def test_from_a_file_to_what_came_in_and_back(facilitator: User) -> None:
    client = signed_in(facilitator)
    film = {"Titre": "Film au marché", "Type": "Projection", "Spectateurs": "210", "Date": "2016-01-05"}
    job, address = brought(client, sessions({"Couleur": "vert"}, film, {"Titre": "", "Date": "1890-01-01"}))
    page = client.get(address).content.decode()
    assert "Rien n’est encore gardé" in page
    assert "Couleur" in page
    assert "ligne 4" in page
    assert not Session.objects.exists()
    mend = text_taken(client, f"{address}mend.csv")
    assert "1890-01-01" in mend
    assert "Film au marché" not in mend
    client.post(f"{address}start/")
    import_working.work(job.pk)
    page = client.get(address).content.decode()
    assert "Ce qui est entré" in page
    assert ">210<" in page
    assert ">24<" in page, "participants, without the spectators"
    assert "des présences, pas des personnes" in page
    assert Session.objects.count() == 2
    assert client.get(f"{address}undo/").status_code == 200
    client.post(f"{address}undo/")
    import_working.work(job.pk)
    assert not Session.objects.exists()
    assert client.get(address).status_code == 200
    assert client.get("/dialogues/import/").status_code == 200


def test_what_cannot_be_read_is_said_in_the_form(facilitator: User) -> None:
    answer = upload(signed_in(facilitator), b"%PDF-1.7")
    assert answer.status_code == 422
    assert "pas un tableau" in answer.content.decode()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_example_comes_in_as_it_is(facilitator: User, ending: str) -> None:
    client = signed_in(facilitator)
    job, _address = brought(client, taken(client, f"/dialogues/import/example.{ending}"))
    job.refresh_from_db()
    assert job.counts["states"] == {"new": 2}, [row.problems for row in job.rows.all()]


def test_the_lines_to_mend_are_corrected_in_excel_and_brought_again(facilitator: User) -> None:
    client = signed_in(facilitator)
    _job, address = brought(client, sessions({}, {"Titre": "Le puits", "Date": "1890-01-01"}))
    sheet = sheet_taken(client, f"{address}mend.xlsx")
    titles = [cell.value for cell in sheet[1]]
    assert [row[titles.index("Titre")].value for row in sheet.iter_rows(min_row=2)] == ["Le puits"]
    sheet.cell(2, titles.index("Date") + 1).value = "2016-01-05"
    mended = io.BytesIO()
    sheet.parent.save(mended)
    again, _address = brought(client, mended.getvalue())
    again.refresh_from_db()
    assert again.counts["states"] == {"new": 1}, [row.problems for row in again.rows.all()]


def test_giving_up_forgets_the_lines(facilitator: User) -> None:
    client = signed_in(facilitator)
    job, address = brought(client, sessions({}))
    client.post(f"{address}stop/")
    job.refresh_from_db()
    assert (job.state, job.rows.count(), job.columns) == (SessionImportState.CANCELLED, 0, [])
    assert client.get(address).status_code == 200


def test_a_page_of_many_lines_asks_no_more_than_one_of_few(facilitator: User) -> None:
    client, many = signed_in(facilitator), []
    for count in (2, 24):
        lines = sessions(*({"Titre": f"Séance {n}", "Tenue par": "Inconnue"} for n in range(count)))
        job, address = brought(client, lines)
        imports.start(viewer=viewer_for(facilitator), job=job)
        import_working.work(job.pk)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(address)
        many.append(len(asked))
    assert many[1] <= many[0] <= QUERIES
