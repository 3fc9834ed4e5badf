"""The real 3W file of OCHA Chad comes in whole."""

import re
import zipfile
from collections import Counter
from xml.etree import ElementTree

import pytest

from config.paths import BASE_DIR
from orgs.models import ImportRow, Organisation, RowOutcome, RowState
from tests.orgs.imports.conftest import Bring

FILE = BASE_DIR.parent / "shared" / "data" / "3w" / "3w_tchad_avr2025_fr.xlsx"
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILE.exists(), reason="3w_tchad_avr2025_fr.xlsx is not on this machine"),
]


def lines_in_the_xml(member: str, head: int) -> int:
    """Counted by other code than the product's: lines of the sheet's XML that hold a value, below its head."""
    with zipfile.ZipFile(FILE) as archive, archive.open(member) as file:
        tree = ElementTree.parse(file)  # noqa: S314 (a file of our own shelf)
    rows = tree.iter(f"{SPREADSHEET}row")
    filled = [row for row in rows if any(cell.find(f"{SPREADSHEET}v") is not None for cell in row)]
    return len(filled) - head


def test_every_line_comes_in(bring: Bring, apply) -> None:
    job = bring(FILE.read_bytes(), name=FILE.name)
    expected = {
        "3W Opérationnelle": lines_in_the_xml("xl/worksheets/sheet1.xml", head=2),
        "3W Physique": lines_in_the_xml("xl/worksheets/sheet2.xml", head=1),
    }
    assert expected["3W Opérationnelle"] == 1556
    assert Counter(ImportRow.objects.filter(job=job).values_list("sheet", flat=True)) == expected
    assert job.counts["states"] == {"create": job.counts["organisations"]}, "nothing is an error"
    apply(job)
    rows = ImportRow.objects.filter(job=job)
    assert rows.exclude(outcome=RowOutcome.CREATED).count() == 0
    assert rows.filter(organisation__isnull=True).count() == 0
    made = Organisation.objects.filter(pk__in=rows.values("organisation"))
    assert made.count() == job.counts["organisations"]
    acf = made.get(acronym="ACF")
    assert (acf.name, acf.kind, acf.state, acf.visibility) == (
        "Action Contre la Faim", "international_ngo", "draft", "coordinators"
    )  # fmt: skip
    assert {"nutrition", "health", "food", "water"} <= set(acf.themes)
    # Chad is not in our division: the words are kept, nothing is invented.
    assert "Barh El Gazel" in acf.place_text
    assert not made.exclude(reach=[]).exists()


def test_coming_again_changes_nothing(bring: Bring, apply) -> None:
    apply(bring(FILE.read_bytes()))
    before = list(Organisation.objects.order_by("pk").values_list("pk", "version", "themes", "place_text"))
    again = bring(FILE.read_bytes())
    assert again.counts["states"] == {RowState.SAME: again.counts["organisations"]}
    apply(again)
    assert list(Organisation.objects.order_by("pk").values_list("pk", "version", "themes", "place_text")) == before
    assert re.fullmatch(r"\d+", str(again.pk))
