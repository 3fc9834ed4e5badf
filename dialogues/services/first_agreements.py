"""The first agreements: two that concern the whole country, with provisions in short words and no verdict.

What became of them is for those who watch them to say. What they are is in ``dialogues/data/first_agreements.json``.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from dialogues.models import Agreement, Provision
from orgs import audit
from orgs.models import Tlp

DATA = Path(__file__).resolve().parent.parent / "data" / "first_agreements.json"


@transaction.atomic
def load_first_agreements() -> int:
    """Enter those that are not there; returns how many. What became of the others is left alone."""
    rows: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    present = {
        str(uid) for uid in Agreement.objects.values_list("uid", flat=True).filter(uid__in=[r["uid"] for r in rows])
    }
    missing = [row for row in rows if row["uid"] not in present]
    for row in missing:
        _enter(row)
    return len(missing)


def _enter(row: dict[str, Any]) -> None:
    lines = row.pop("provisions")
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("signed_on", "ended_on")}
    agreement = Agreement.objects.create(**{**row, **days}, tlp=Tlp.CLEAR)
    Provision.objects.bulk_create(
        Provision(agreement=agreement, number=number, position=place, words=words, benchmark=benchmark)
        for place, (number, words, benchmark) in enumerate(lines)
    )
    audit.record(None, "recorded", agreement, provisions=len(lines))
