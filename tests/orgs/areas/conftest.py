"""Small made-up files, and the real ones where they are."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapefile
from django.conf import settings

REAL = Path(settings.BASE_DIR).parent / "shared" / "data"

Box = tuple[float, float, float, float]


def square(box: Box) -> dict[str, Any]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.fixture
def geojson(tmp_path: Path) -> Callable[..., Path]:
    def write(*features: Any, **extra: Any) -> Path:
        path = tmp_path / f"areas{len(list(tmp_path.iterdir()))}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **extra}))
        return path

    return write


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / f"list{len(list(tmp_path.iterdir()))}.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def zipped_shapefile(tmp_path: Path) -> Callable[..., Path]:
    def write(*areas: tuple[str, str, Box], prj: str = "GEOGCS[...]") -> Path:
        parts = {kind: io.BytesIO() for kind in ("shp", "shx", "dbf")}
        with shapefile.Writer(**parts, shapeType=shapefile.POLYGON) as writer:
            writer.field("ADM3_FR", "C", 50)
            writer.field("ADM3_PCODE", "C", 20)
            for pcode, name, (west, south, east, north) in areas:
                writer.poly([[[west, south], [west, north], [east, north], [east, south], [west, south]]])
                writer.record(name, pcode)
        path = tmp_path / "upload.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for kind, content in parts.items():
                archive.writestr(f"folder/areas.{kind}", content.getvalue())
            archive.writestr("folder/areas.prj", prj)
        return path

    return write


@pytest.fixture
def real() -> Callable[[str], Path]:
    """A real file by name; the test is skipped where it is absent."""

    def find(name: str) -> Path:
        path = REAL / name
        if not path.exists():
            pytest.skip(f"the real file {name} is not beside this checkout")
        return path

    return find
