"""Who brought a file says what its columns hold: titles that are not understood, or were taken for something else."""

import io
import re

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dialogues.access import MACHINE
from dialogues.models import Session, SessionImport, SessionImportState, SessionRowState
from dialogues.services import import_working, imports
from orgs.access import viewer_for
from orgs.models import AuditEntry, Role, User
from orgs.services.errors import NotAllowed
from tests.dialogues.imports.files import sessions
from tests.factories import person, signed_in
from tests.orgs.imports.files import csv_file
from tests.taken import taken

pytestmark = pytest.mark.django_db
STRANGE = csv_file(
    [
        ["Quoi", "Quand", "Où cela", "Combien de gens", "Couleur"],
        ["Le puits du marché", "2024-05-03", "Koro", "12", "vert"],
        ["Le four du village", "2024-05-04", "Koro", "9", "bleu"],
    ]
)
MEANT = {0: "title", 1: "held_on", 2: "area", 3: "people", 4: ""}


@pytest.fixture
def facilitator() -> User:
    return person(Role.FACILITATOR, "Koro")


def brought(client: Client, content: bytes) -> tuple[SessionImport, str]:
    """A file up to where a person is asked, through the pages."""
    address = client.post("/dialogues/import/", {"file": SimpleUploadedFile("liste.csv", content)})["Location"]
    job = SessionImport.objects.latest("pk")
    import_working.work(job.pk)
    job.refresh_from_db()
    return job, address


def said(fields: dict[int, str]) -> dict[str, str]:
    return {f"column-{place}": code for place, code in fields.items()}


def read_again(job: SessionImport) -> SessionImport:
    import_working.work(job.pk)
    job.refresh_from_db()
    assert job.state == SessionImportState.READY, job.fault
    return job


def chosen(page: str) -> dict[str, str]:
    """What the page has selected, by the name of its column."""
    found = {}
    for name, options in re.findall(r'<select name="(column-\d+)".*?>(.*?)</select>', page, re.DOTALL):
        picked = re.search(r'value="([^"]*)" selected', options)
        found[name] = picked[1] if picked else ""
    return found


def test_titles_that_nobody_understands_are_asked_for_and_no_line_is_lost(facilitator: User) -> None:
    client = signed_in(facilitator)
    job, address = brought(client, STRANGE)
    assert (job.state, job.rows.count()) == (SessionImportState.COLUMNS, 2)
    asked = f"{address}columns/"
    assert client.get(address)["Location"] == asked
    page = client.get(asked).content.decode()
    assert "Aucun titre de ce fichier n’a été compris" in page
    assert all(word in page for word in ("Combien de gens", "Le four du village", "bleu"))
    assert client.post(asked, said(MEANT))["Location"] == address
    job = read_again(job)
    assert job.counts["states"] == {SessionRowState.NEW: 2}, [row.problems for row in job.rows.all()]
    assert "Couleur" in client.get(address).content.decode(), "what is left out is told"
    client.post(f"{address}start/")
    import_working.work(job.pk)
    assert set(Session.objects.values_list("title", "people")) == {
        ("Le puits du marché", 12),
        ("Le four du village", 9),
    }
    assert AuditEntry.objects.filter(verb="chose_columns").count() == 1


def test_a_column_that_was_taken_for_something_else_is_put_right_and_the_choice_is_kept(facilitator: User) -> None:
    client = signed_in(facilitator)
    job, address = brought(client, sessions({"Public": "40"}, {"Public": "55", "Titre": "Le four"}))
    assert job.state == SessionImportState.READY
    place = next(column["place"] for column in job.columns if column["title"] == "Public")
    asked = f"{address}columns/"
    assert asked in client.get(address).content.decode()
    before = chosen(client.get(asked).content.decode())
    assert before[f"column-{place}"] == "spectators"
    client.post(asked, {**before, f"column-{place}": "minutes"})
    job = read_again(job)
    assert [row.said["spectators"] for row in job.rows.order_by("pk")] == [0, 0]
    assert [row.said["minutes"] for row in job.rows.order_by("pk")] == ["40", "55"]
    after = client.get(asked).content.decode()
    assert chosen(after) == {**before, f"column-{place}": "minutes"}
    assert "Nous l’avions prise pour" in after
    client.post(asked, before)
    assert [row.said["spectators"] for row in read_again(job).rows.order_by("pk")] == [40, 55], "nothing was lost"


def test_lines_to_mend_carry_what_was_said_of_their_columns(facilitator: User) -> None:
    client = signed_in(facilitator)
    wrong = STRANGE.replace(b"2024-05-04", b"1890-01-01")
    job, address = brought(client, wrong)
    client.post(f"{address}columns/", said(MEANT))
    read_again(job)
    mended = taken(client, f"{address}mend.csv").replace(b"1890-01-01", b"2024-05-04")
    again, _address = brought(client, mended)
    assert again.counts["states"] == {SessionRowState.NEW: 1}, [row.problems for row in again.rows.all()]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({0: "", 1: ""}, "Dites quelle colonne"),
        ({2: "title"}, "« Quoi » l’est déjà"),
        ({2: "password"}, "n’en fait pas partie"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_chosen_stays(
    facilitator: User, changes: dict[int, str], words: str
) -> None:
    client = signed_in(facilitator)
    job, address = brought(client, STRANGE)
    answer = client.post(f"{address}columns/", said(MEANT | changes))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert chosen(page)["column-3"] == "people"
    job.refresh_from_db()
    assert job.state == SessionImportState.COLUMNS


def test_somebody_elses_file_and_one_that_has_gone_on_are_not_asked_about(facilitator: User) -> None:
    client = signed_in(facilitator)
    job, address = brought(client, STRANGE)
    other = person(Role.FACILITATOR, "Koro")
    assert signed_in(other).get(f"{address}columns/").status_code == 404
    with pytest.raises(NotAllowed):
        imports.choose_columns(viewer=viewer_for(other), job=job, fields=MEANT)
    client.post(f"{address}columns/", said(MEANT))
    assert client.get(f"{address}columns/")["Location"] == address, "a worker is at it"
    with pytest.raises(NotAllowed):
        imports.choose_columns(viewer=viewer_for(facilitator), job=job, fields={0: "minutes"})


def test_given_up_it_is_forgotten_and_so_it_is_after_a_month(facilitator: User) -> None:
    client = signed_in(facilitator)
    job, address = brought(client, STRANGE)
    client.post(f"{address}stop/")
    job.refresh_from_db()
    assert (job.state, job.columns, job.rows.count()) == (SessionImportState.CANCELLED, [], 0)
    old, _address = brought(client, STRANGE)
    SessionImport.objects.filter(pk=old.pk).update(created_at="2020-01-01T00:00:00Z")
    import_working.forget_old()
    old.refresh_from_db()
    assert (old.state, old.columns) == (SessionImportState.CANCELLED, [])


def test_where_nobody_can_be_asked_or_there_is_no_table_the_file_is_refused(facilitator: User) -> None:
    with pytest.raises(ValidationError):
        imports.bring_file(viewer=MACHINE, name="liste.csv", chunks=[STRANGE])
    with pytest.raises(ValidationError):
        imports.bring_file(viewer=viewer_for(facilitator), name="lettre.csv", chunks=[b"Bonjour\nA bientot\n"])
    assert not SessionImport.objects.exists()


# --- The sheet of a workbook -------------------------------------------------------------------------------------


def workbook(**sheets: list[list[str]]) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(content)
    return content.getvalue()


TWO_YEARS = workbook(
    An_2023=[["Titre", "Date", "Cercle", "Participants"], ["Le four", "2023-05-03", "Koro", "9"]],
    An_2024=[["Titre", "Date", "Cercle"], ["Le puits", "2024-05-03", "Koro"], ["Le marché", "2024-05-04", "Koro"]],
)


def test_another_sheet_than_ours_is_named_and_what_stands_in_it_comes(facilitator: User) -> None:
    client = signed_in(facilitator)
    job, address = brought(client, TWO_YEARS)
    assert (job.sheet, job.other_sheets, job.lines) == ("An_2023", ["An_2024"], 1)
    page = client.get(address).content.decode()
    assert "Lu : la feuille « An_2023 »" in page
    assert "An_2024" in page
    wrong = client.post("/dialogues/import/", {"file": SimpleUploadedFile("l.xlsx", TWO_YEARS), "sheet": "2024"})
    assert wrong.status_code == 422
    assert "An_2023 ; An_2024" in wrong.content.decode(), "at the field, with the sheets that there are"
    assert 'value="2024"' in wrong.content.decode()
    client.post("/dialogues/import/", {"file": SimpleUploadedFile("l.xlsx", TWO_YEARS), "sheet": " an_2024 "})
    other = SessionImport.objects.latest("pk")
    assert (other.sheet, other.other_sheets, other.lines) == ("An_2024", ["An_2023"], 2)


@pytest.mark.parametrize(
    ("title", "is_told"), [("Femmes 60 et plus", True), ("Femmes plus de 60 ans", False), ("Femmes 61 et plus", False)]
)
def test_sixty_and_over_is_taken_and_the_bringer_is_told(facilitator: User, title: str, is_told: bool) -> None:
    client = signed_in(facilitator)
    lines = [["Titre", "Date", "Cercle", "Participants", title], ["Le puits", "2024-05-03", "Koro", "9", "4"]]
    job, address = brought(client, csv_file(lines))
    assert job.columns[4]["guess"] == "f:61+"
    page = client.get(address).content.decode()
    assert (f"Pris pour « plus de 60 ans » : {title}." in page) is is_told
