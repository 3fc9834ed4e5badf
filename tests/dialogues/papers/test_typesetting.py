"""What people write comes out as written: on no paper is it ever code, and no letter is lost in silence."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typst
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from dialogues.papers.typesetting import LONGEST, TooLong, pdf, printable
from tests.dialogues.papers.reading import bare, reader, text

SIGNS = "#$\\[]{}()@*_`~<>'\"/=-+.:;,!?%&|^ \n"
LETTERS = "abcXYZ019éèàçôïœÉ’«»ɛɔɲŋƐƆƝŊɓɗƴ"


def data(**changes: Any) -> dict[str, Any]:
    plain = {
        "title": "Le marché", "kind": "Rapport", "marking": "TLP:GREEN", "readers": "TLP:GREEN : pour le réseau",
        "lang": "fr", "header": "", "footer": "", "facts": [], "sections": [], "narrow_words": "",
    }  # fmt: skip
    return plain | changes


def section(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "title": "Minutes", "text": [], "lines": [], "bars": [], "benchmark": None, "longest": 1, "headings": [],
        "rows": [], "pictures": [], "note": "",
    }  # fmt: skip
    return plain | changes


@given(st.text(alphabet=SIGNS + LETTERS, min_size=1, max_size=60))
@hypothesis(max_examples=150, deadline=None)
def test_words_come_out_as_they_were_written(words: str) -> None:
    made = pdf("report", data(title="T", sections=[section(text=[f"A{words}Z"], lines=[f"B{words}Y"])]))
    assert bare(f"A{words}Z") in text(made)
    assert bare(f"B{words}Y") in text(made)


@pytest.mark.parametrize(
    "words",
    [
        "#panic()", '#read("/etc/passwd")', '#import "@preview/x:1.0.0": *', "#sys.inputs.data", "$x^2$", "= Titre",
        "// rien", "/* rien */", "<label> @label", "#{1 + 1}", "\\u{41}", "*gras* _oblique_", "- liste", "https://a.example/",
    ],
)  # fmt: skip
def test_code_is_printed_and_not_run_wherever_it_stands(words: str) -> None:
    everywhere = data(
        title=words, kind=words, header=words, footer=words, readers=words, facts=[[words, words]],
        sections=[section(title=words, text=[words], lines=[words], headings=[words], rows=[[words]], note=words,
                          bars=[{"label": words, "value": 1, "words": words}])],
    )  # fmt: skip
    made = pdf("report", everywhere)
    assert text(made).count(bare(words)) >= 12
    assert not [page for page in reader(made).pages if "/Annots" in page]


def test_french_and_the_letters_of_bambara_fulfulde_songhay_and_tamasheq_are_printed() -> None:
    words = "ɛ ɔ ɲ ŋ Ɛ Ɔ Ɲ Ŋ ɓ ɗ ƴ ŋ š ž ǝ ă ḍ ḷ ṣ ṭ ẓ ɣ é è ê ç œ Œ « » ’ – …"
    made = pdf("report", data(sections=[section(text=[words])]))
    assert bare(words) in text(made)
    assert "boxes" not in text(made)


@pytest.mark.parametrize("words", ["ⴰⵣⵓⵍ", "ߒߞߏ", "paix 😀", "日本"])
def test_a_letter_that_cannot_be_drawn_is_said_and_the_paper_is_made(words: str) -> None:
    made = pdf("report", data(sections=[section(text=[f"avant {words} après"])]))
    assert "avant" in text(made)
    assert "après" in text(made)
    assert bare("cases vides") in text(made) or bare("empty boxes") in text(made)


@given(st.text(max_size=40))
@hypothesis(max_examples=100, deadline=None)
def test_nothing_that_somebody_types_stops_a_paper(words: str) -> None:
    assert pdf("report", data(title=words or "x", sections=[section(text=[words], rows=[[words]], headings=["h"])]))


def test_marks_that_turn_or_hide_are_taken_out() -> None:
    assert printable({"a": ["x\u202ey\x00\x07z", 3, None, True]}) == {"a": ["xyz", 3, None, True]}


def test_a_paper_is_tagged_for_screen_readers_has_a_title_and_a_language_and_no_author() -> None:
    made = reader(pdf("report", data()))
    root: Any = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert made.metadata is not None
    assert made.metadata.title == "Le marché"
    assert made.metadata.author is None
    assert "pdfuaid" in str(made.xmp_metadata.stream.get_data()) if made.xmp_metadata else False


def test_too_much_is_refused() -> None:
    with pytest.raises(TooLong):
        pdf("report", data(sections=[section(text=["x" * LONGEST])]))


def test_papers_are_found_from_any_folder(tmp_path: Path) -> None:
    code = (
        "import os, django; django.setup(); from dialogues.papers.typesetting import folder_of_templates as f;"
        "print((f() / 'report.typ').is_file())"
    )
    paths = {"PYTHONPATH": str(settings.BASE_DIR), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment = {**os.environ, **paths, "PASSERELLE_VAR": str(tmp_path / "var")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().endswith("True"), done.stderr[-500:]


def test_a_template_reads_no_file_outside_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "t.typ").write_text('#read("../secret.txt")')
    with pytest.raises(typst.TypstError):
        typst.compile(folder / "t.typ", root=folder, format="pdf")


def test_a_word_longer_than_a_line_runs_on_in_the_next_and_not_off_the_paper() -> None:
    word = "https://exemple.test/" + "abcdefghij" * 40
    made = pdf(
        "report",
        data(
            title=word, facts=[["a", word]], sections=[section(text=[word], headings=["x", "y"], rows=[[word, word]])]
        ),
    )
    assert text(made).count(word) >= 4
    lines = [line for page in reader(made).pages for line in page.extract_text().replace("\u200b", "").splitlines()]
    assert max(map(len, lines)) < 140


def test_a_table_without_headings_or_with_short_lines_is_printed() -> None:
    made = pdf(
        "report", data(sections=[section(rows=[["seul", 1], ["deux"]]), section(headings=["h"], rows=[["x", "yz"]])])
    )
    assert all(words in text(made) for words in ("seul", "deux", "yz"))
