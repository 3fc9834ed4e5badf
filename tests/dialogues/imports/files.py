"""Small files of sessions, made up."""

from collections.abc import Mapping
from typing import Any

from tests.orgs.imports.files import csv_file

GOOD: Mapping[str, Any] = {
    "Titre": "Le puits du marché", "Date": "2024-05-03", "Type": "Concertation", "Cercle": "Koro",
    "Lieu": "Koro, sous le grand arbre", "Participants": "12",
}  # fmt: skip


def sessions(*lines: Mapping[str, Any]) -> bytes:
    """A CSV with one line for each of ``lines``, each a change of ``GOOD``."""
    rows = [{**GOOD, **line} for line in lines]
    titles = list(dict.fromkeys(title for row in rows for title in row))
    return csv_file([titles, *([str(row.get(title, "")) for title in titles] for row in rows)])
