"""Catalogues are collected, compiled and checked without gettext."""

import gettext
import io
from pathlib import Path

import pytest
from babel.messages import Catalog

from config import catalogues

PYTHON = b"""
_("one"); pgettext("verb", "report")
ngettext("%(n)s report", "%(n)s reports", n)
other("not this")
shown = f"{_('inside')} and {ngettext('%(n)s way', '%(n)s ways', n)}"
"""
TEMPLATE = """{% load i18n %}<h1>{% translate "title" %}</h1>{% translate "report" context "noun" %}
{% blocktranslate trimmed with name=x %}
  Dear {{ name }},
  thank you.
{% endblocktranslate %}
{% blocktranslate count n=number %}{{ n }} person{% plural %}{{ n }} people{% endblocktranslate %}"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small product with one catalogue."""
    (tmp_path / "orgs").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "orgs" / "a.py").write_bytes(PYTHON)
    (tmp_path / "templates" / "a.html").write_text(TEMPLATE)
    po = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    catalogues.write(po, Catalog(locale="fr"))
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path / "locale")
    return po


def translate(po: Path, **translations: str) -> None:
    catalogue = catalogues.read(po)
    for text, translation in translations.items():
        catalogue.delete(text)
        catalogue.add(text, translation)
    catalogues.write(po, catalogue)


def test_code_and_templates_are_collected(source: Path) -> None:
    found = {(message.id, message.context) for message in catalogues.collected() if message.id}
    assert found == {
        ("one", None),
        ("report", "verb"),
        (("%(n)s report", "%(n)s reports"), None),
        ("inside", None),
        (("%(n)s way", "%(n)s ways"), None),
        ("title", None),
        ("report", "noun"),
        ("Dear %(name)s, thank you.", None),
        (("%(n)s person", "%(n)s people"), None),
    }


def test_update_keeps_what_is_translated_and_guesses_nothing(source: Path) -> None:
    translate(source, one="un", gone="parti")
    assert catalogues.update(source) == (8, 1)
    after = catalogues.read(source)
    assert after["one"].string == "un"
    assert "gone" not in after
    assert after["title"].string == ""
    assert not any(message.fuzzy for message in after if message.id)


def test_check_names_what_is_wrong(source: Path) -> None:
    catalogues.update(source)
    translate(source, one="un", title="titre")
    bad = catalogues.read(source)
    bad["Dear %(name)s, thank you."].string = "Merci, %(nom)s."
    bad["title"].flags.add("fuzzy")
    catalogues.write(source, bad)
    found = {line.partition(":")[0] for line in catalogues.complaints(source)}
    assert found == {"untranslated", "other placeholders", "guessed"}
    assert not any("'one'" in line for line in catalogues.complaints(source))


def test_compiled_catalogues_are_what_gettext_reads(source: Path) -> None:
    translate(source, one="un")
    assert catalogues.compile_all() == 1
    assert catalogues.compile_all() == 0
    with source.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("one") == "un"
    assert gettext.GNUTranslations(io.BytesIO(catalogues.compiled(catalogues.read(source)))).gettext("one") == "un"
    assert catalogues.translations("fr").gettext("one") == "un"
    assert catalogues.translations("bm").gettext("one") == "one"
