"""The columns of an exported file: titles in the reader's language, HXL tags, and how a value is written.

Titles and tags are those by which an import knows its columns, so that what goes out can come in again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.imports.fields import BY_CODE
from orgs.models import LegalScheme, OrganisationKind, OrganisationState, OrganisationVisibility, Term

LIST_SIGN = "; "
BESIDE = " | "
"""Between the parts of several contacts, which stand in the same order in each of their columns."""


class Labels:
    """Codes in the reader's words, looked up once a file."""

    def __init__(self) -> None:
        self._terms = {(term.vocabulary, term.code): term.label for term in Term.objects.all()}
        self._choices: dict[str, dict[str, str]] = {
            name: {str(value): str(label) for value, label in choices.choices}
            for name, choices in (
                ("kind", OrganisationKind),
                ("state", OrganisationState),
                ("legal_scheme", LegalScheme),
                ("visibility", OrganisationVisibility),
            )
        }

    def choice(self, name: str, value: Any) -> str:
        """One code in words."""
        return self._choices[name].get(value or "", "")

    def terms(self, vocabulary: str, codes: Any) -> str:
        """Several codes in words."""
        return LIST_SIGN.join(self._terms.get((vocabulary, code), code) for code in codes or ())


Write = Callable[[Mapping[str, Any], Labels], Any]


@dataclass(frozen=True)
class ExportColumn:
    """One column: its name in GeoJSON, its title, its HXL tag, and how it is written."""

    name: str
    title: str | Promise
    tag: str
    write: Write


def _plain(name: str, source: str = "") -> Write:
    return lambda row, labels: row.get(source or name)


def _target(code: str, tag: str, write: Write | None = None) -> ExportColumn:
    return ExportColumn(code, BY_CODE[code].label, tag, write or _plain(code))


def _terms(code: str, vocabulary: str) -> Write:
    return lambda row, labels: labels.terms(vocabulary, row.get(code))


def _choice(code: str) -> Write:
    return lambda row, labels: labels.choice(code, row.get(code))


def _joined(code: str) -> Write:
    return lambda row, labels: LIST_SIGN.join(row.get(code) or ())


COLUMNS = (
    _target("slug", "#org+id"),
    _target("name", "#org+name"),
    _target("acronym", "#org+acronym"),
    _target("names", "#org+name+alt", _joined("names")),
    _target("kind", "#org+type", _choice("kind")),
    _target("themes", "#sector", _terms("themes", "theme")),
    _target("served", "#beneficiary", _terms("served", "served")),
    _target("capacities", "#capacity", _terms("capacities", "capacity")),
    _target("spoken", "#x_language", _terms("spoken", "spoken")),
    _target("areas", "#x_coverage+code+v_pcode", _joined("areas")),
    ExportColumn("area_names", gettext_lazy("Names of these areas"), "#x_area+names", _joined("area_names")),
    _target("seat", "#loc+seat"),
    ExportColumn("seat_region", gettext_lazy("Region of the seat"), "#adm1+seat+name", _plain("region")),
    ExportColumn("seat_cercle", gettext_lazy("Cercle of the seat"), "#adm2+seat+name", _plain("cercle")),
    ExportColumn("place_text", gettext_lazy("Place as it is written"), "#x_place+text", _plain("place_text")),
    _target("founded", "#date+founded"),
    _target("legal_number", "#org+id+legal"),
    _target("legal_scheme", "#org+legal+type", _choice("legal_scheme")),
    _target("links", "#org+url", _joined("links")),
    _target("description", "#description+i_fr"),
    _target("description_en", "#description+i_en"),
    ExportColumn("state", gettext_lazy("State of the entry"), "#status", _choice("state")),
    _target("visibility", "#org+visibility", _choice("visibility")),
    _target("agreed_on", "#date+agreed"),
    _target("source", "#meta+source"),
    ExportColumn(
        "demonstration",
        gettext_lazy("Demonstration"),
        "#meta+demo",
        lambda row, labels: _("yes") if row.get("is_demo") else "",
    ),
)

CONTACT_COLUMNS = (
    _target("contact_name", "#contact+name"),
    _target("contact_role", "#contact+role"),
    _target("phone", "#contact+phone"),
    _target("email", "#contact+email"),
    _target("emergency", "#contact+emergency"),
)
"""Only in the files of those who may see contacts; others do not even see that there are such columns."""


def example_lines() -> Iterator[list[str]]:
    """A file to fill in: titles, tags, one made-up organisation."""
    columns = [
        column
        for column in (*COLUMNS, *CONTACT_COLUMNS)
        if column.name in BY_CODE and column.name not in ("slug", "visibility", "agreed_on", "legal_scheme")
    ]
    example = {
        "name": _("Example: Association of the women of the river"),
        "acronym": "AFF",
        "kind": OrganisationKind.WOMEN.label,
        "themes": _("Mediation; Early warning"),
        "areas": "Mopti; Djenné",
        "seat": "Mopti",
        "founded": "2009",
        "contact_name": _("First name and name"),
        "phone": "70 00 00 00 / 60 00 00 00",
    }
    yield [str(column.title) for column in columns]
    yield [column.tag.replace("+code+v_pcode", "") for column in columns]
    yield [str(example.get(column.name, "")) for column in columns]
