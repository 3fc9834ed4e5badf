"""The pages of an import, as a coordinator meets them."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.access import viewer_for
from orgs.models import ImportJob, ImportState, Organisation, Role, User
from orgs.services import import_working, imports
from tests.factories import OrganisationFactory, person, signed_in
from tests.orgs.imports.files import csv_file, workbook
from tests.taken import text_taken

pytestmark = pytest.mark.django_db
HEAD = ["Nom de la structure", "Cercle", "Tél", "Colonne étrange"]
PREVIEW_QUERIES, RESULT_QUERIES, LIST_QUERIES = 22, 16, 12


@pytest.fixture
def coordinator() -> User:
    return person(Role.COORDINATOR, "Koro")


def upload(client: Client, content: bytes, name: str = "liste.csv") -> Any:
    return client.post("/orgs/import/", {"file": SimpleUploadedFile(name, content), "source": "Enquête 2024"})


def brought(client: Client, rows: Any) -> ImportJob:
    """Up to the preview, through the pages."""
    answer = upload(client, csv_file(rows))
    job = ImportJob.objects.latest("pk")
    assert answer["Location"] == f"/orgs/import/{job.pk}/columns/"
    page = client.get(answer["Location"]).content.decode()
    assert "Colonne étrange" in page or "Colonne étrange" not in rows[0]
    given = {f"column-0-{place}": field for place, field in job.mapping[""].items()}
    given |= {"take-0": "on", "source": "Enquête 2024"}
    assert client.post(answer["Location"], given)["Location"] == f"/orgs/import/{job.pk}/"
    at_work = client.get(f"/orgs/import/{job.pk}/")
    assert at_work["Refresh"] == "3", "the page looks again without a script"
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.state == ImportState.READY
    return job


def test_from_a_file_to_what_came_in(coordinator: User) -> None:
    client = signed_in(coordinator)
    rows = [HEAD, ["Association A", "Koro", "70000001", "x"], ["", "Koro", "", ""], ["Loin", "Gao", "", ""]]
    job = brought(client, rows)
    page = client.get(f"/orgs/import/{job.pk}/").content.decode()
    assert "Rien n’est encore écrit" in page
    assert "Cette ligne ne donne aucun nom d’organisation" in page
    assert "ligne 3" in page
    assert "hors de vos zones (Gao)" in page
    assert "Colonne étrange" in page, "columns that are not used are listed"
    refused = client.post(f"/orgs/import/{job.pk}/start/", {"mode": "all"}, follow=True).content.decode()
    assert "2 lignes ne peuvent pas entrer" in refused
    client.post(f"/orgs/import/{job.pk}/start/", {"mode": "valid"})
    import_working.work(job.pk)
    page = client.get(f"/orgs/import/{job.pk}/").content.decode()
    assert "Ce qui est entré" in page
    made = Organisation.objects.get(name="Association A")
    assert (made.source, made.is_demo) == ("Enquête 2024", False)
    remarks = text_taken(client, f"/orgs/import/{job.pk}/problems.csv")
    assert "3,,N’est pas entrée,Nom de la structure,Cette ligne ne donne aucun nom d’organisation." in remarks
    assert client.get(f"/orgs/import/{job.pk}/undo/").status_code == 200
    client.post(f"/orgs/import/{job.pk}/undo/")
    import_working.work(job.pk)
    assert not Organisation.objects.filter(name="Association A").exists()
    assert "L’import a été annulé" in client.get(f"/orgs/import/{job.pk}/").content.decode()


def test_what_cannot_be_read_is_said_in_the_form(coordinator: User) -> None:
    answer = upload(signed_in(coordinator), b"%PDF-1.7", name="liste.xlsx")
    assert answer.status_code == 422
    assert "pas un tableau" in answer.content.decode()
    assert "Enquête 2024" in answer.content.decode(), "what was typed is still there"
    assert not ImportJob.objects.exists()


def test_a_sheet_without_a_column_of_names_is_not_read(coordinator: User) -> None:
    client = signed_in(coordinator)
    upload(client, workbook([["x", "y"], ["1", "2"]]))
    job = ImportJob.objects.get()
    answer = client.post(f"/orgs/import/{job.pk}/columns/", {"take-0": "on"})
    assert answer.status_code == 422
    assert "donne le nom de l’organisation" in answer.content.decode()
    twice = {"take-0": "on", "column-0-0": "name", "column-0-1": "name"}
    assert "choisissez-en une" in client.post(f"/orgs/import/{job.pk}/columns/", twice).content.decode()


def test_choices_are_kept(coordinator: User) -> None:
    known = OrganisationFactory.create(name="Association Yirwa pour la paix", areas=["Koro"])
    client = signed_in(coordinator)
    job = brought(client, [HEAD, ["Association Yiriwa pour la paix", "Koro", "", ""]])
    row = job.rows.get()
    page = client.get(f"/orgs/import/{job.pk}/?show=likely").content.decode()
    assert "Mettre dans « Association Yirwa pour la paix » (noms proches, même lieu)" in page
    client.post(f"/orgs/import/{job.pk}/decide/", {f"row-{row.pk}": "skip"})
    row.refresh_from_db()
    assert row.decision == "skip"
    client.post(f"/orgs/import/{job.pk}/decide/", {"all": "update"})
    row.refresh_from_db()
    assert (row.decision, row.match_id) == ("update", known.pk)
    for bad in ({"row-x": "skip"}, {f"row-{row.pk}": "update:999999"}, {"row-1": "\x00"}, {"all": "nonsense"}):
        assert client.post(f"/orgs/import/{job.pk}/decide/", bad).status_code == 302
    row.refresh_from_db()
    assert (row.decision, row.match_id) == ("update", known.pk)


def test_words_of_a_file_are_never_markup(coordinator: User) -> None:
    client = signed_in(coordinator)
    evil = "<script>alert(1)</script>"
    job = brought(client, [["Organisation", evil], [evil, evil]])
    assert evil not in client.get(f"/orgs/import/{job.pk}/").content.decode()


def test_queries_do_not_grow_with_lines(coordinator: User) -> None:
    client = signed_in(coordinator)
    for _ in range(5):
        OrganisationFactory.create(areas=["Koro"])
    few = brought(client, [HEAD, ["A", "Koro", "", ""]])
    many = brought(client, [HEAD, *([f"Org {n}", "Koro", "", ""] for n in range(60))])
    counts = []
    for job in (few, many):
        with CaptureQueriesContext(connection) as preview:
            client.get(f"/orgs/import/{job.pk}/")
        imports.start(viewer=viewer_for(coordinator), job=job, mode="all")
        import_working.work(job.pk)
        with CaptureQueriesContext(connection) as result:
            client.get(f"/orgs/import/{job.pk}/")
        counts.append((len(preview), len(result)))
    assert counts[0] == counts[1]
    assert counts[1][0] <= PREVIEW_QUERIES
    assert counts[1][1] <= RESULT_QUERIES
    with CaptureQueriesContext(connection) as listed:
        client.get("/orgs/import/")
    assert len(listed) <= LIST_QUERIES
