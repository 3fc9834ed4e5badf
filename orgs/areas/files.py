"""Reading the files that areas come in: GeoJSON, zipped shapefile, CSV. Nothing is unpacked onto the disk."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import shapefile
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

FILE_LIMIT = 200 * 1024 * 1024
"""Bytes of a file, and of each file inside an archive once unpacked."""
MEMBERS_LIMIT = 50
ROWS_LIMIT = 200_000
_WORLD_COORDINATES = ("CRS84", "4326")


class FileRefusedError(Exception):
    """The file cannot be read at all; its text says why in the reader's language."""


@dataclass(frozen=True)
class Record:
    """One row of a file: its number as a person would count it, its values by column, its shape if any."""

    number: int
    values: dict[str, str]
    shape: BaseGeometry | None = None
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """What a file holds. `has_shapes` is false for CSV. Column names are in small letters."""

    columns: list[str]
    records: Sequence[Record]
    has_shapes: bool


def read(path: Path) -> Table:
    """Read a file, told apart by its content and not by its name. Raises `FileRefusedError`."""
    content = _content(path)
    if not content.strip():
        raise FileRefusedError(_("The file is empty."))
    if content.startswith(b"PK"):
        table = _shapefile(content)
    elif content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        table = _geojson(content)
    else:
        table = _csv(content)
    if not table.records:
        raise FileRefusedError(_("The file holds no rows."))
    return table


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_LIMIT + 1)
    except OSError as error:
        raise FileRefusedError(
            _("The file %(file)s cannot be opened: %(reason)s") % {"file": path, "reason": error.strerror}
        ) from error
    if len(content) > FILE_LIMIT:
        raise FileRefusedError(_("The file is larger than %(size)d MB.") % {"size": FILE_LIMIT // 1024 // 1024})
    return content


def _geojson(content: bytes) -> Table:
    try:
        document = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise FileRefusedError(_("This is not valid GeoJSON: %(reason)s") % {"reason": error}) from error
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise FileRefusedError(_("This is not a GeoJSON collection of features."))
    _refuse_other_coordinates(document.get("crs"))
    _refuse_too_many(len(features))
    records = [_feature(number, feature) for number, feature in enumerate(features, start=1)]
    return Table(list(records[0].values) if records else [], records, has_shapes=True)


def _refuse_other_coordinates(declared: Any) -> None:
    name = str(declared.get("properties", {}).get("name", "")) if isinstance(declared, dict) else ""
    if name and not name.endswith(_WORLD_COORDINATES):
        raise FileRefusedError(
            _("The coordinates of this file are in another system (%(name)s): export it in WGS 84, degrees.")
            % {"name": name[:60]}
        )


def _refuse_too_many(count: int) -> None:
    if count > ROWS_LIMIT:
        raise FileRefusedError(_("The file holds more than %(count)d rows.") % {"count": ROWS_LIMIT})


def _feature(number: int, feature: Any) -> Record:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return Record(number, {}, problem=_("this is not a feature with properties"))
    return _with_shape(number, _texts(feature["properties"]), feature.get("geometry"))


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {str(key).lower(): "" if value is None else str(value).strip() for key, value in values.items()}


def _with_shape(number: int, values: dict[str, str], geometry: Any) -> Record:
    if not geometry:
        return Record(number, values)
    try:
        return Record(number, values, shape(geometry))
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return Record(number, values, problem=_("its shape cannot be read"))


def _shapefile(content: bytes) -> Table:
    parts = _parts_of_shapefile(content)
    _refuse_projection(parts.get("prj", b""))
    encoding = "utf-8" if _is_utf8(parts) else "latin-1"
    try:
        reader = shapefile.Reader(
            shp=io.BytesIO(parts["shp"]),
            dbf=io.BytesIO(parts["dbf"]),
            encoding=encoding,
            encodingErrors="replace",
        )
        _refuse_too_many(len(reader))
        records = [
            _with_shape(number, _texts(row.record.as_dict()), row.shape.__geo_interface__)
            for number, row in enumerate(reader.iterShapeRecords(), start=1)
        ]
    except FileRefusedError:
        raise
    except Exception as error:  # pyshp raises whatever the bytes lead it to (struct, index, value errors)
        raise FileRefusedError(_("The shapefile in this archive is damaged.")) from error
    return Table(list(records[0].values) if records else [], records, has_shapes=True)


def _parts_of_shapefile(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FileRefusedError(_("This archive is damaged or locked by a password.")) from error


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = [info for info in archive.infolist() if not info.is_dir() and "__MACOSX" not in info.filename]
    if len(members) > MEMBERS_LIMIT:
        raise FileRefusedError(_("This archive holds too many files."))
    shapes = [info for info in members if info.filename.lower().endswith(".shp")]
    if len(shapes) != 1:
        raise FileRefusedError(
            _("This archive must hold exactly one shapefile (.shp, .dbf); it holds %(count)d.") % {"count": len(shapes)}
        )
    stem = shapes[0].filename[:-4].lower()
    wanted = {f"{stem}.{kind}": kind for kind in ("shp", "dbf", "prj", "cpg")}
    parts = {
        wanted[info.filename.lower()]: _unpack(archive, info) for info in members if info.filename.lower() in wanted
    }
    if "dbf" not in parts:
        raise FileRefusedError(_("The shapefile in this archive has no table (.dbf)."))
    return parts


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """One member's bytes. The declared size is not believed: reading stops at the limit."""
    with archive.open(info) as member:
        content = member.read(FILE_LIMIT + 1)
    if len(content) > FILE_LIMIT:
        raise FileRefusedError(
            _("Unpacked, this archive is larger than %(size)d MB.") % {"size": FILE_LIMIT // 1024 // 1024}
        )
    return content


def _refuse_projection(text: bytes) -> None:
    if text.lstrip().upper().startswith((b"PROJCS", b"PROJCRS")):
        raise FileRefusedError(
            _("The coordinates of this file are in another system (%(name)s): export it in WGS 84, degrees.")
            % {"name": text[:60].decode("latin-1")}
        )


def _is_utf8(parts: dict[str, bytes]) -> bool:
    if "cpg" in parts:
        return b"8859" not in parts["cpg"] and b"125" not in parts["cpg"]
    try:
        parts["dbf"].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _csv(content: bytes) -> Table:
    if b"\x00" in content:
        raise FileRefusedError(_("This is not a GeoJSON, a zipped shapefile or a CSV file."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    header = text.splitlines()[0]
    delimiter = max(",;\t", key=header.count)
    if delimiter not in header:
        raise FileRefusedError(_("This is not a GeoJSON, a zipped shapefile or a CSV file."))
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        records = [
            Record(reader.line_num, _texts({key: value for key, value in row.items() if isinstance(key, str)}))
            for row in reader
            if any(row.values())
        ]
    except csv.Error as error:
        raise FileRefusedError(_("This CSV file cannot be read: %(reason)s") % {"reason": error}) from error
    _refuse_too_many(len(records))
    return Table([name.strip().lower() for name in reader.fieldnames or []], records, has_shapes=False)
