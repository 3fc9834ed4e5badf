"""Whatever bytes somebody brings: a clear sentence, or a table; never a crash."""

import io
import tempfile
import zipfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgs.imports import cells
from orgs.imports.files import FileRefused, open_file
from orgs.imports.headers import look_at
from tests.orgs.imports.files import csv_file, workbook

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
TEXTS = st.text(max_size=30)
TABLES = st.lists(st.lists(TEXTS, max_size=6), max_size=8)


def read(content: bytes) -> None:
    said: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content)
        try:
            for sheet in open_file(path).sheets:
                look_at(sheet)
                for line in sheet.lines():
                    assert all("\x00" not in cell for cell in line.cells)
                    "".join(line.cells).encode("utf-8")
        except FileRefused as refused:
            said.append(str(refused))
    assert all(len(words) > 10 for words in said)


@FEW
@given(st.binary(max_size=2000))
def test_any_bytes(content: bytes) -> None:
    read(content)


@FEW
@given(TABLES, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_any_table_as_csv(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    text = csv_file([[cell.encode("utf-8", "ignore").decode() for cell in row] for row in rows], delimiter=delimiter)
    read(text.decode().encode(encoding, "ignore"))


@FEW
@given(st.binary(max_size=300), st.integers(0, 10_000), st.sampled_from(["cut", "insert", "replace"]))
def test_a_broken_workbook(noise: bytes, place: int, how: str) -> None:
    whole = workbook([["Organisation", "Ville"], ["A", "Koro"]])
    place %= len(whole)
    broken = {
        "cut": whole[:place],
        "insert": whole[:place] + noise + whole[place:],
        "replace": whole[:place] + noise + whole[place + len(noise) :],
    }[how]
    read(broken)


@FEW
@given(st.binary(max_size=400), st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]))
def test_a_workbook_with_any_part(noise: bytes, name: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["Organisation"], ["A"]]))) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.infolist():
            new.writestr(part, noise if part.filename == name else old.read(part))
    read(stream.getvalue())


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_cell(text: str) -> None:
    for reader in (cells.phones, cells.emails, cells.links):
        found, wrong = reader(text)
        assert all(isinstance(one, str) for one in [*found, *wrong])
    assert all(number.startswith("+") for number in cells.phones(text)[0])
    cells.year(text)
    cells.day(text)
    cells.listed(text)
