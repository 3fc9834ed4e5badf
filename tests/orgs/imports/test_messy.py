"""The files that people really bring: each trap by its name."""

import io
import re
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from orgs import access
from orgs.models import Contact, ImportJob, ImportRow, Organisation, RowState
from orgs.services import import_files, imports
from tests.factories import area
from tests.orgs.imports.conftest import Bring
from tests.orgs.imports.files import csv_file, workbook

pytestmark = pytest.mark.django_db
HEAD: list[Any] = ["Organisation", "Sigle", "Région", "Cercle", "Téléphone"]


def refusal(content: bytes, name: str = "liste.xlsx") -> str:
    with pytest.raises(ValidationError) as refused:
        imports.bring_file(viewer=access.MACHINE, name=name, chunks=[content])
    assert not list(import_files.folder().iterdir()), "what is refused is not kept"
    assert not ImportJob.objects.exists()
    return " ".join(refused.value.messages)


def parsed(job: ImportJob) -> list[dict[str, Any]]:
    return [row.parsed for row in job.rows.filter(leader__isnull=True).order_by("pk")]


def codes(job: ImportJob) -> list[str]:
    return [one["code"] for row in job.rows.order_by("pk") for one in row.problems]


def test_merged_cells_speak_for_all_their_lines(bring: Bring, apply: Any) -> None:
    rows: list[list[Any]] = [
        ["Liste des organisations de Mopti, 2024"],
        [],
        HEAD,
        ["Association Yirwa", "AY", "Bandiagara", "Koro", "70 12 34 56"],
        [None, None, None, "Bankass", "70 12 34 57"],
        [None, None, None, None, None],
        ["Association Djiguiya", "AD", "Bandiagara", "Bandiagara", None],
    ]
    job = bring(workbook(rows, merge=["A1:E1", "A4:A5", "B4:B5", "C4:C5"]))
    first, second = parsed(job)
    assert first["name"] == "Association Yirwa"
    assert set(first["areas"]) == {area("Koro").pk, area("Bankass").pk}
    assert [contact["phone"] for contact in first["contacts"]] == ["+22370123456", "+22370123457"]
    assert second["areas"] == [area("Bandiagara").pk]
    assert ImportRow.objects.get(job=job, leader__isnull=False).number == 5


def test_blank_lines_are_passed_over_and_lines_keep_their_number(bring: Bring) -> None:
    job = bring(csv_file([HEAD, [], ["A1"], ["", " ", "", ""], [], ["A2"]]))
    assert list(job.rows.order_by("pk").values_list("number", flat=True)) == [3, 6]


@pytest.mark.parametrize(
    "cell",
    [
        "70 12 34 56 / 66 12 34 56",
        "70123456/66123456",
        "70123456 66123456",
        "Tél : 70.12.34.56 ou 00223 66 12 34 56",
        "+22370123456; +223 66-12-34-56",
        "22370123456 22366123456",
        "70 12 34 56\n66 12 34 56",
    ],
)
def test_two_phone_numbers_in_a_cell_are_two_contacts(bring: Bring, cell: str) -> None:
    (one,) = parsed(bring(csv_file([HEAD, ["A", "", "", "", cell]])))
    assert [contact["phone"] for contact in one["contacts"]] == ["+22370123456", "+22366123456"]


def test_what_is_no_phone_number_is_said_and_left_out(bring: Bring) -> None:
    job = bring(csv_file([HEAD, ["A", "", "", "", "demander au chef"]]))
    assert codes(job) == ["phone"]
    assert job.counts["states"] == {RowState.CREATE: 1}


def test_names_of_areas_are_found_whatever_their_letters(bring: Bring) -> None:
    rows = [["Organisation", "Région"], ["A1", "mopti "], ["A2", "MOPTI"], ["A3", "Région de Mopti"], ["A4", " Mopti"]]
    assert {tuple(one["areas"]) for one in parsed(bring(csv_file(rows)))} == {(area("Mopti", "region").pk,)}


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter(bring: Bring, encoding: str, delimiter: str) -> None:
    rows = [["Nom de l'organisation", "Thèmes"], ["Réseau des femmes de Ségou, antenne", "Santé; Éducation"]]
    (one,) = parsed(bring(csv_file(rows, delimiter=delimiter, encoding=encoding), name="liste.csv"))
    assert one["name"] == "Réseau des femmes de Ségou, antenne"
    assert set(one["themes"]) == {"health", "education"}


def test_a_text_of_several_lines_in_quotes(bring: Bring) -> None:
    (one,) = parsed(bring(b'Nom;Description\n"A";"ligne 1\nligne 2"\n'))
    assert one["description"] == "ligne 1\nligne 2"


def test_formula_cells_give_their_result_and_never_the_formula(bring: Bring) -> None:
    """What Excel keeps beside a formula is its result; a file that was never reckoned has none, and that is said."""
    fresh = workbook([HEAD, ["A", '=HYPERLINK("http://x","y")', "Mopti", None, "=70123456"]])
    job = bring(fresh)
    (one,) = parsed(job)
    assert "acronym" not in one
    assert codes(job) == ["no_result", "no_result"]
    reckoned = with_results(fresh, {"B2": "SIGLE", "E2": "70123456"})
    (one,) = parsed(bring(reckoned))
    assert one["acronym"] == "SIGLE"
    assert one["contacts"] == [{"phone": "+22370123456"}]


def with_results(content: bytes, results: dict[str, str]) -> bytes:
    """The workbook as Excel saves it: each formula with its result."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                text = data.decode()
                for cell, result in results.items():
                    start = text.index(f'r="{cell}"')
                    text = text[:start] + re.sub(r"<v ?/>|<v></v>", f"<v>{result}</v>", text[start:], count=1)
                    text = text.replace(f'<c r="{cell}">', f'<c r="{cell}" t="str">')
                data = text.encode()
            new.writestr(part, data)
    return stream.getvalue()


def test_twenty_thousand_rows(bring: Bring, apply: Any) -> None:
    rows = [[f"Association {number}", f"A{number}", "Mopti", "", ""] for number in range(20_000)]
    job = bring(csv_file([HEAD, *rows]))
    assert job.counts["states"] == {RowState.CREATE: 20_000}
    apply(job)
    assert Organisation.objects.filter(name__startswith="Association ").count() == 20_000
    assert area("Mopti", "region").pk in Organisation.objects.get(acronym="A19999").reach


def bomb(size: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(size):
                part.write(b"0" * 1024 * 1024)
    return stream.getvalue()


def test_a_zip_bomb_is_not_opened() -> None:
    assert "n’a pas été ouvert" in refusal(bomb(200))


def test_a_zip_bomb_that_lies_about_its_size_is_not_opened() -> None:
    content = bomb(200)
    true, false = (200 * 1024 * 1024).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert true in content
    assert refusal(content.replace(true, false))


def test_an_xml_bomb_is_not_opened() -> None:
    content = workbook([HEAD, ["A"]])
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                data = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccc"><!ENTITY d "&b;&b;">]>' + data
            new.writestr(part, data)
    assert "n’a pas été ouvert" in refusal(stream.getvalue())


def test_a_file_with_macros_is_not_opened() -> None:
    stream = io.BytesIO(workbook([HEAD, ["A"]]))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert "macros" in refusal(stream.getvalue())
    assert "macros" in refusal(stream.getvalue(), name="innocent.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"  \r\n", "vide"),
        (b"%PDF-1.7 x", "pas un tableau"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "pas un tableau"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "mot de passe"),
        (b"<html><table><tr><td>x</td></tr></table>", "pas un tableau"),
        (b"PK\x03\x04broken", "abîmé"),
        (bytes(range(256)) * 20, "pas un tableau"),
    ],
)
def test_what_a_file_is_counts_and_not_its_name(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_thirty_columns_nobody_knows_are_listed_and_set_aside(bring: Bring) -> None:
    head = ["Organisation", *(f"Champ inconnu {number} zz" for number in range(30))]
    job = imports.bring_file(
        viewer=access.MACHINE, name="x.csv", chunks=[csv_file([head, ["A", *map(str, range(30))]])]
    )
    assert job.mapping == {"": {"0": "name"}}
    assert len(job.sheets[0]["columns"]) == 31


def test_an_hxl_row_says_what_columns_hold(bring: Bring) -> None:
    rows = [
        ["Qui", "Court", "Quoi", "Où", "Tel de M. X"],
        ["#org+name", "#org +acronym", "#sector", "#adm1+name", "#contact+phone"],
        ["Croix bleue", "CB", "WASH", "Gao", "70000001"],
    ]
    (one,) = parsed(bring(csv_file(rows)))
    assert (one["name"], one["acronym"], one["themes"]) == ("Croix bleue", "CB", ["water"])
    assert one["areas"] == [area("Gao", "region").pk]


def test_several_themes_and_areas_in_a_cell(bring: Bring) -> None:
    rows = [
        ["Organisation", "Secteurs", "Zones d'intervention"],
        ["A", "Eau, hygiène et assainissement, Santé / Abris, NFI", "Mopti; Gao, Koro / Bankass"],
    ]
    job = bring(csv_file(rows))
    (one,) = parsed(job)
    assert one["themes"] == ["water", "health", "shelter"]
    assert area("Koro").pk in one["areas"]
    assert len(one["areas"]) == 4
    assert codes(job) == []


def test_a_line_without_a_name_is_an_error_that_says_so(bring: Bring) -> None:
    job = bring(csv_file([HEAD, ["", "", "Mopti", "", "70000000"], ["A"]]))
    assert job.counts["states"] == {RowState.ERROR: 1, RowState.CREATE: 1}
    with pytest.raises(ValidationError):
        imports.start(viewer=access.MACHINE, job=job, mode="all")


def test_security_services_come_in_without_a_seat(bring: Bring, apply: Any) -> None:
    rows = [["Organisation", "Type", "Ville", "Cercle"], ["Brigade X", "Gendarmerie", "Mopti", "Mopti"]]
    job = apply(bring(csv_file(rows)))
    made = Organisation.objects.get(name="Brigade X")
    assert (made.kind, made.seat_id, made.seat_place_id, made.place_text) == ("security", None, None, "")
    assert "security_seat" in codes(job)


def test_what_comes_in_is_a_draft_for_coordinators_alone(bring: Bring, apply: Any) -> None:
    rows = [[*HEAD, "Visibilité"], ["A", "", "Mopti", "", "70000001", ""], ["B", "", "", "", "", "tout le monde"]]
    apply(bring(csv_file(rows), name="liste.csv"))
    a, b = Organisation.objects.filter(name__in="AB").order_by("name")
    assert (a.state, a.visibility, a.source) == ("draft", "coordinators", "liste.csv")
    assert (b.state, b.visibility) == ("draft", "public")
    assert Contact.objects.get(organisation=a).visibility == "coordinators"
