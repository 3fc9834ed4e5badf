"""What differs between audiences, at a glance: the disclosure table itself, a line a field and a column an audience."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incidents import access
from incidents.disclosure import FIGURE, INCIDENT
from incidents.models import Audience, Incident
from orgs.disclosure import Table, Treatment

FIELDS: tuple[tuple[str | Promise, Table, str], ...] = (
    (gettext_lazy("What happened, in a word"), INCIDENT, "type_id"),
    (gettext_lazy("When"), INCIDENT, "occurred_on"),
    (gettext_lazy("Severity, urgency, certainty"), INCIDENT, "severity"),
    (gettext_lazy("Public summary"), INCIDENT, "summary"),
    (gettext_lazy("People harmed"), FIGURE, "value"),
    (gettext_lazy("How sure it is"), INCIDENT, "claim_grade"),
    (gettext_lazy("Reliability of the source"), INCIDENT, "source_grade"),
    (gettext_lazy("Internal narrative"), INCIDENT, "narrative"),
    (gettext_lazy("Where figures come from"), FIGURE, "source"),
)
PLACES: tuple[tuple[str, str | Promise], ...] = (
    ("place_name", gettext_lazy("to the village")),
    ("commune_id", gettext_lazy("to the commune")),
    ("cercle_id", gettext_lazy("to the cercle")),
    ("region_id", gettext_lazy("to the région")),
)
"""How finely a place may be named, the finest first."""
_WORDS: dict[str, str | Promise] = {
    Treatment.SHOW: pgettext_lazy("field", "shown"),
    Treatment.COARSEN: pgettext_lazy("field", "coarser"),
    Treatment.HIDE: pgettext_lazy("field", "hidden"),
}


@dataclass(frozen=True)
class Cell:
    """What one audience is shown of one field."""

    treatment: str
    words: str | Promise
    audience: str | Promise


@dataclass(frozen=True)
class Differences:
    """The table, and who has no rendition at all."""

    audiences: list[str | Promise]
    rows: list[tuple[str | Promise, list[Cell], bool]]
    """Name of the field, its cells, and whether they differ."""
    without: list[str | Promise]


def differences_of(incident: Incident, audiences: Sequence[str]) -> Differences:
    """What each of these audiences is shown of an incident with this marking."""
    named: list[tuple[str | Promise, list[Cell]]] = [
        (_("Place"), [_place(incident, audience) for audience in audiences])
    ]
    named += [
        (label, [_cell(table, field, audience, incident.tlp) for audience in audiences])
        for label, table, field in FIELDS
    ]
    return Differences(
        audiences=[Audience(code).label for code in audiences],
        rows=[(label, cells, len({str(cell.words) for cell in cells}) > 1) for label, cells in named],
        without=[Audience(code).label for code in Audience.values if not access.may_have_rendition(incident, code)],
    )


def _cell(table: Table, field: str, audience: str, tlp: str) -> Cell:
    treatment = table.treatment(field, audience, tlp)
    return Cell(str(treatment), _WORDS[treatment], Audience(audience).label)


def _place(incident: Incident, audience: str) -> Cell:
    """The finest level that the table lets out; coarser than the village counts as coarser."""
    for number, (field, words) in enumerate(PLACES):
        if INCIDENT.treatment(field, audience, incident.tlp) is not Treatment.HIDE:
            return Cell(str(Treatment.COARSEN if number else Treatment.SHOW), words, Audience(audience).label)
    return Cell(str(Treatment.HIDE), _WORDS[Treatment.HIDE], Audience(audience).label)
