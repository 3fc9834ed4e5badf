"""What a spreadsheet of sessions says, counted with openpyxl and plain Python: nothing of the product is used here."""

import io
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import openpyxl


@dataclass
class Expected:
    """Totals of a workbook."""

    sessions: Counter[str] = field(default_factory=Counter)
    """By the word of the kind."""
    participants: Counter[str] = field(default_factory=Counter)
    spectators: int = 0
    women: int = 0
    men: int = 0
    youth: int = 0
    groups: Counter[str] = field(default_factory=Counter)
    by_region: Counter[str] = field(default_factory=Counter)
    by_country: Counter[str] = field(default_factory=Counter)
    agreements: int = 0
    issues: int = 0
    proposals: int = 0


def count(content: bytes) -> Expected:
    """Count a workbook."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Séances"]
    lines = list(sheet.iter_rows(values_only=True))
    titles = list(lines[1])
    found = Expected()
    for line in lines[3:]:
        _add(found, dict(zip(titles, line, strict=True)))
    return found


def _add(found: Expected, row: dict[Any, Any]) -> None:
    kind, people = row["Type"], row["Participants"] or 0
    found.sessions[kind] += 1
    found.participants[kind] += people
    found.spectators += row["Spectateurs"] or 0
    for title, value in row.items():
        if not value or not str(title).startswith(("Femmes", "Hommes")):
            continue
        found.women += value if title.startswith("Femmes") else 0
        found.men += value if title.startswith("Hommes") else 0
        found.youth += value if title.endswith("15-35") else 0
    for part in (row["Groupes"] or "").split(";"):
        read = re.fullmatch(r"\s*(.+?)\s*:\s*(\d+)\s*", part)
        if read:
            found.groups[read[1]] += int(read[2])
    found.by_country[row["Pays"]] += 1
    if row["Région"]:
        found.by_region[row["Région"]] += 1
    found.agreements += bool(row["Accords"])
    found.issues += len((row["Problèmes"] or "").splitlines())
    found.proposals += len((row["Propositions"] or "").splitlines())
