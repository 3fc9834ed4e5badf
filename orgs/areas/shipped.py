"""The facts that come with the product (`orgs/data/README.md`): today's areas, the main towns, background outlines."""

from __future__ import annotations

import csv
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models

from orgs.models.areas import Level, PlaceKind, name_key, other_key

DATA = Path(__file__).resolve().parent.parent / "data"
CODE = "2025"

EDITION = {
    "title": "Découpage de 2025",
    "source": "OCHA COD-AB Mali v03; Open Admin Data; GeoNames",
    "credit": (
        "OCHA / DNCT (COD-AB Mali v03, 2025); Open Admin Data (CC BY 4.0); GeoNames (CC BY 4.0). "
        "Les limites et noms n’impliquent ni reconnaissance ni acceptation officielle."
    ),
    "valid_from": date(2025, 9, 4),
}


def load(edition_model: type[Any], area_model: type[Any], place_model: type[Any]) -> Any:
    """Write the edition of 2025 if it is not there, and return it.

    Takes the models so that a migration can give its own. The edition becomes the current one only where no
    other is. Call inside a transaction.
    """
    existing = edition_model.objects.filter(code=CODE).first()
    if existing is not None:
        return existing
    is_first = not edition_model.objects.filter(is_current=True).exists()
    edition = edition_model.objects.create(code=CODE, is_current=is_first, **EDITION)
    areas = _load_areas(edition, area_model)
    _load_towns(edition, areas, place_model)
    return edition


def _load_areas(edition: Any, area_model: type[Any]) -> dict[str, Any]:
    rows = _rows(f"{CODE}/areas.csv")
    by_pcode: dict[str, Any] = {}
    for level in (Level.COUNTRY, Level.REGION, Level.CERCLE):
        made = area_model.objects.bulk_create(
            [_area(edition, row, by_pcode, area_model) for row in rows if row["level"] == level]
        )
        by_pcode |= {area.pcode: area for area in made}
    own = area_model.objects.filter(edition=edition)
    own.filter(level=Level.REGION).update(region_id=models.F("pk"))
    own.filter(level=Level.CERCLE).update(cercle_id=models.F("pk"))
    return by_pcode


def _area(edition: Any, row: dict[str, str], by_pcode: dict[str, Any], area_model: type[Any]) -> Any:
    parent = by_pcode.get(row["parent"])
    return area_model(
        edition=edition,
        level=row["level"],
        pcode=row["pcode"],
        name=row["name"],
        name_key=name_key(row["name"]),
        other_names=row["other_names"],
        other_key=other_key(row["other_names"]),
        parent=parent,
        region=parent if row["level"] == Level.CERCLE else None,
        centre_lat=_number(row["centre_lat"]),
        centre_lon=_number(row["centre_lon"]),
    )


def _load_towns(edition: Any, areas: dict[str, Any], place_model: type[Any]) -> None:
    place_model.objects.bulk_create(
        place_model(
            edition=edition,
            kind=PlaceKind.TOWN,
            code=f"GN{row['geonames_id']}",
            name=row["name"],
            name_key=name_key(row["name"]),
            other_names=row["other_names"],
            other_key=other_key(row["other_names"]),
            lat=_number(row["lat"]),
            lon=_number(row["lon"]),
            rank=int(row["rank"]),
            cercle=areas[row["cercle"]],
            region=areas[row["cercle"][:4]],
            source="GeoNames (CC BY 4.0)",
        )
        for row in _rows(f"{CODE}/towns.csv")
    )


@cache
def outlines() -> dict[str, Any]:
    """The nine old régions as GeoJSON (about 11 kB, "credit" included): a background for maps, never a limit."""
    with (DATA / "outlines.geojson").open(encoding="utf-8") as file:
        content: dict[str, Any] = json.load(file)
    return content


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> float | None:
    return float(text) if text else None
