"""Files of areas and villages: whole or not at all, again without doubling, and never into the wrong edition."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import shapely
from django.core.management import CommandError, call_command

from orgs.areas import files
from orgs.areas.files import FileRefusedError
from orgs.models import AuditEntry
from orgs.models.areas import Area, Edition, Level, Place
from orgs.services.areas import (
    EditionDetails,
    ImportChoices,
    ImportRefusedError,
    ImportResult,
    import_areas,
    make_current,
)
from tests.orgs.areas.conftest import feature, square

pytestmark = pytest.mark.django_db

OLD = EditionDetails(code="2015", title="Découpage de 2015")
WEST, EAST = (-4.0, 14.0, -3.0, 15.0), (-3.0, 14.0, -2.0, 15.0)
BOTH = (-4.0, 14.0, -2.0, 15.0)

GeoJson = Callable[..., Path]
TextFile = Callable[[str], Path]
Zipped = Callable[..., Path]


def load(path: Path, level: str, edition: EditionDetails = OLD, **choices: bool) -> ImportResult:
    return import_areas(None, path=path, level=level, edition=edition, choices=ImportChoices(**choices))


def refused(path: Path, level: str, edition: EditionDetails = OLD, **choices: bool) -> str:
    """The words of a refusal; proves that nothing was written."""
    before = (Edition.objects.count(), Area.objects.count(), Place.objects.count())
    with pytest.raises((ImportRefusedError, FileRefusedError)) as caught:
        load(path, level, edition, **choices)
    assert (Edition.objects.count(), Area.objects.count(), Place.objects.count()) == before
    problems = getattr(caught.value, "problems", [])
    return " | ".join([str(caught.value), *(str(problem) for problem in problems)])


@pytest.fixture
def old_cercles(geojson: GeoJson) -> Edition:
    load(geojson(feature(square(BOTH), ADM1_PCODE="ML05", ADM1_FR="Mopti")), "region")
    load(
        geojson(
            feature(square(WEST), ADM2_PCODE="ML0502", ADM2_FR="Bandiagara"),
            feature(square(EAST), ADM2_PCODE="ML0507", ADM2_FR="Koro"),
        ),
        "cercle",
    )
    return Edition.objects.get(code="2015")


def test_areas_are_tied_to_their_parents(old_cercles: Edition, geojson: GeoJson) -> None:
    load(geojson(feature(square(EAST), ADM3_FR="Dioungani", ADM3_PCODE="ML050708")), "commune")
    commune = Area.objects.with_names().get(edition=old_cercles, level=Level.COMMUNE)
    assert commune.label() == "commune de Dioungani, cercle de Koro, région de Mopti"
    assert commune.parent is not None
    assert commune.parent.pcode == "ML0507"
    assert commune.ancestry_ids == (commune.region_id, commune.cercle_id, commune.pk)
    assert shapely.from_wkb(bytes(commune.geometry or b"")).equals(shapely.box(*EAST))
    assert commune.centre_lat == pytest.approx(14.5)


def test_the_same_pcode_in_another_edition_stays_what_it_is(old_cercles: Edition) -> None:
    today = Area.objects.current().get(pcode="ML0507")
    assert today.name == "Sofara"
    assert Area.objects.get(edition=old_cercles, pcode="ML0507").name == "Koro"


def test_a_file_of_another_edition_is_refused_by_its_names(geojson: GeoJson) -> None:
    path = geojson(feature(square(EAST), ADM2_PCODE="ML0507", ADM2_FR="Koro"))
    words = refused(path, "cercle", EditionDetails(code="2025"))
    assert "ML0507 est « Sofara » dans ce découpage et « Koro » dans le fichier" in words
    load(path, "cercle", EditionDetails(code="2025"), rename=True)
    assert Area.objects.current().get(pcode="ML0507").name == "Koro"
    assert Area.objects.current().get(pcode="ML0507").other_names == "Sofara"


def test_importing_again_updates_and_does_not_double(old_cercles: Edition, geojson: GeoJson) -> None:
    before = set(Area.objects.values_list("pk", flat=True))
    result = load(geojson(feature(square(WEST), ADM2_PCODE="ML0507", ADM2_FR="KORO")), "cercle")
    assert (result.created, result.updated, result.removed) == (0, 1, 0)
    assert "absentes du fichier et gardées : 1" in " ".join(result.warnings)
    assert set(Area.objects.values_list("pk", flat=True)) == before
    koro = Area.objects.get(edition=old_cercles, pcode="ML0507")
    assert koro.name == "Koro"
    assert shapely.from_wkb(bytes(koro.geometry or b"")).equals(shapely.box(*WEST))


def test_replace_removes_what_the_file_does_not_hold(old_cercles: Edition, geojson: GeoJson) -> None:
    path = geojson(feature(square(WEST), ADM2_PCODE="ML0502", ADM2_FR="Bandiagara"))
    assert load(path, "cercle", replace=True).removed == 1
    assert not Area.objects.filter(edition=old_cercles, pcode="ML0507").exists()


def test_replace_refuses_to_remove_what_is_in_use(old_cercles: Edition, geojson: GeoJson) -> None:
    koro = Area.objects.get(edition=old_cercles, pcode="ML0507")
    Place.objects.create(edition=old_cercles, kind="village", name="Pel", code="P", cercle=koro)
    path = geojson(feature(square(WEST), ADM2_PCODE="ML0502", ADM2_FR="Bandiagara"))
    assert "ne peuvent pas être retirées (Koro)" in refused(path, "cercle", replace=True)


def test_broken_rows_are_named_and_nothing_is_loaded(geojson: GeoJson) -> None:
    bow_tie = {"type": "Polygon", "coordinates": [[[-4, 14], [-3, 15], [-3, 14], [-4, 15], [-4, 14]]]}
    path = geojson(
        feature(bow_tie, ADM1_PCODE="ML05", ADM1_FR="Mopti"),
        feature(square(WEST), ADM1_PCODE="", ADM1_FR="Sans code"),
        feature(square(WEST), ADM1_PCODE="NE01", ADM1_FR="Agadez"),
        feature(square(WEST), ADM1_PCODE="ML06", ADM1_FR=None),
        feature(square((2.0, 48.0, 3.0, 49.0)), ADM1_PCODE="ML07", ADM1_FR="Paris"),
        feature({"type": "Point", "coordinates": [-3, 14]}, ADM1_PCODE="ML08", ADM1_FR="Point"),
        feature({"type": "Polygon", "coordinates": "nonsense"}, ADM1_PCODE="ML09", ADM1_FR="Bruit"),
        feature(None, ADM1_PCODE="ML10", ADM1_FR="Rien"),
        feature(square(WEST), ADM1_PCODE="ML05", ADM1_FR="Mopti encore"),
        {"type": "Feature", "properties": None, "geometry": None},
        "not a feature",
    )
    words = refused(path, "region").split(" | ")
    assert words == [
        "Rien n’a été chargé. Lignes avec un problème : 10.",
        "Ligne 2 : elle n’a pas de P-code",
        "Ligne 3 : « NE01 » n’est pas un P-code du Mali (ML suivi de deux à huit chiffres)",
        "Ligne 4 : elle n’a pas de nom",
        "Ligne 5 : son tracé est hors du Mali : les coordonnées sont-elles en degrés, longitude d’abord ?",
        "Ligne 6 : son tracé n’est pas une surface (Point)",
        "Ligne 7 : son tracé ne peut pas être lu",
        "Ligne 8 : elle n’a pas de tracé",
        "Ligne 9 : ML05 est déjà à la ligne 1",
        "Ligne 10 : ce n’est pas un objet avec des propriétés",
        "Ligne 11 : ce n’est pas un objet avec des propriétés",
    ]


def test_a_shape_that_crosses_itself_is_mended_and_said(geojson: GeoJson) -> None:
    bow_tie = {"type": "Polygon", "coordinates": [[[-4, 14], [-3, 15], [-3, 14], [-4, 15], [-4, 14]]]}
    result = load(geojson(feature(bow_tie, ADM1_PCODE="ML05", ADM1_FR="Mopti")), "region")
    assert result.warnings == ["Ligne 1 : le tracé de Mopti se croisait et a été réparé"]
    assert shapely.from_wkb(bytes(Area.objects.get(edition__code="2015", pcode="ML05").geometry or b"")).is_valid


def test_the_wrong_level_is_refused(geojson: GeoJson, zipped_shapefile: Zipped) -> None:
    communes = zipped_shapefile(("ML050708", "Dioungani", EAST))
    assert "ce n’est pas le niveau « cercle »" in refused(communes, "cercle")
    plain = geojson(feature(square(EAST), id="ML050708", name="Dioungani"))
    assert "le P-code ML050708 n’est pas du niveau « cercle »" in refused(plain, "cercle")


def test_a_cercle_that_the_edition_does_not_have_is_refused(old_cercles: Edition, geojson: GeoJson) -> None:
    path = geojson(feature(square(EAST), ADM3_FR="Ailleurs", ADM3_PCODE="ML050901"))
    assert "ML050901 dépend de ML0509, qui n’existe pas dans ce découpage" in refused(path, "commune")


def test_a_missing_upper_level_is_a_warning_and_can_come_later(geojson: GeoJson) -> None:
    result = load(geojson(feature(square(EAST), ADM3_FR="Dioungani", ADM3_PCODE="ML050708")), "commune")
    assert len(result.warnings) == 2
    commune = Area.objects.get(level=Level.COMMUNE)
    assert (commune.parent_id, commune.region_id, commune.cercle_id) == (None, None, None)
    load(geojson(feature(square(BOTH), ADM1_PCODE="ML05", ADM1_FR="Mopti")), "region")
    load(geojson(feature(square(EAST), ADM2_PCODE="ML0507", ADM2_FR="Koro")), "cercle")
    commune.refresh_from_db()
    assert commune.cercle is not None
    assert (commune.cercle.name, commune.parent_id) == ("Koro", commune.cercle_id)


def test_a_zipped_shapefile_is_read_from_memory(zipped_shapefile: Zipped) -> None:
    result = load(zipped_shapefile(("ML050708", "Dioungani", EAST), ("ML050709", "Koro", WEST)), "commune")
    assert result.created == 2
    assert set(Area.objects.filter(level=Level.COMMUNE).values_list("name", flat=True)) == {"Dioungani", "Koro"}


def test_shapes_without_pcodes_are_matched_by_name(geojson: GeoJson) -> None:
    """geoBoundaries files have names alone (and their own shapeID, which is no P-code)."""
    today = EditionDetails(code="2025", is_official=False)
    path = geojson(feature(square(EAST), shapeName="KORO", shapeID="123"))
    assert load(path, "cercle", today).updated == 1
    koro = Area.objects.current().get(pcode="ML1902")
    assert koro.geometry is not None
    assert koro.is_approximate
    assert Edition.objects.get(code="2025").is_official
    assert "aucune zone de ce découpage ne s’appelle « Atlantide »" in refused(
        geojson(feature(square(EAST), shapeName="Atlantide")), "cercle", today
    )


def test_a_list_of_names_without_shapes_is_loaded(text_file: TextFile) -> None:
    path = text_file(
        "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\n"
        "MLI,1,ML05,Mopti,MLI,2021-12-20\nMLI,2,ML0505,Koro,ML05,2021-12-20\n"
    )
    new = EditionDetails(code="2021", title="Découpage de 2021")
    assert load(path, "region", new).created == 1
    assert load(path, "cercle", new).created == 1
    assert Area.objects.get(edition__code="2021", pcode="ML0505").region is not None


def archive_of(tmp_path: Path, **members: bytes) -> Path:
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def test_files_that_are_something_else_are_refused_in_words(tmp_path: Path, geojson: GeoJson) -> None:
    def of(content: bytes) -> Path:
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    assert "vide" in refused(of(b""), "region")
    assert "Ni du GeoJSON".lower() in refused(of(b"\x89PNG\r\n\x00\x00"), "region").lower()
    assert "GeoJSON valable" in refused(of(b'{"type": "FeatureColl'), "region")
    assert "collection" in refused(of(b'{"type": "Topology"}'), "region")
    assert "Impossible d’ouvrir" in refused(tmp_path / "absent.geojson", "region")
    assert "un seul shapefile" in refused(archive_of(tmp_path, xl__xml=b"<x/>"), "region")
    assert "pas de table" in refused(archive_of(tmp_path, a__shp=b"x"), "region")
    assert "abîmé" in refused(archive_of(tmp_path, a__shp=b"\x00" * 200, a__dbf=b"\x01" * 90), "region")
    assert "abîmée" in refused(of(b"PK\x03\x04 cut short"), "region")
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32630"}}
    assert "autre système" in refused(geojson(feature(square(EAST), id="ML05", name="Mopti"), crs=crs), "region")
    assert "Aucune colonne" in refused(geojson(feature(square(EAST), colour="red")), "region")


def test_a_projected_shapefile_is_refused(zipped_shapefile: Zipped) -> None:
    path = zipped_shapefile(("ML050708", "Dioungani", EAST), prj='PROJCS["WGS_1984_UTM_Zone_30N"]')
    assert "autre système" in refused(path, "commune")


def test_an_archive_that_swells_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FILE_LIMIT", 1024 * 1024)
    path = archive_of(tmp_path, a__shp=b"\x00" * 3_000_000, a__dbf=b"")
    assert path.stat().st_size < 10_000
    assert "dépasse 1 Mo" in refused(path, "commune")


def test_an_archive_that_lies_about_its_size_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive_of(tmp_path, a__shp=b"\x00" * 3_000_000, a__dbf=b"")
    content = path.read_bytes().replace(struct.pack("<I", 3_000_000), struct.pack("<I", 100))
    path.write_bytes(content)
    monkeypatch.setattr(files, "FILE_LIMIT", 1024 * 1024)
    assert refused(path, "commune")


def test_too_many_rows_are_refused(geojson: GeoJson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROWS_LIMIT", 1)
    one = feature(square(EAST), id="ML05", name="Mopti")
    assert "plus de 1 lignes" in refused(geojson(one, one), "region")


VILLAGES = """pcode,name,alt,cls,admin3Pcod,admin3Name,admin2Name,longitude,latitude
ML050708001,Dioungani,,4,ML050708,Dioungani,Koro,-2.7,14.3
ML050708002,"Toroli, Bas",Torolì,5,ML050708,Dioungani,Koro,-2.8,14.4
"""


@pytest.fixture
def old_communes(old_cercles: Edition, geojson: GeoJson) -> Edition:
    load(geojson(feature(square(EAST), ADM3_FR="Dioungani", ADM3_PCODE="ML050708")), "commune")
    return old_cercles


def test_villages_stand_in_their_commune(old_communes: Edition, text_file: TextFile) -> None:
    result = load(text_file(VILLAGES), "village")
    assert (result.created, result.warnings) == (2, [])
    toroli = Place.objects.with_names().get(code="ML050708002")
    assert toroli.label() == "Toroli, Bas, commune de Dioungani, cercle de Koro, région de Mopti"
    assert (toroli.lat, toroli.lon, toroli.rank, toroli.other_key) == (14.4, -2.8, 5, "/toroli/")
    again = load(text_file(VILLAGES.replace("Dioungani,,4", "Diougani,,4")), "village")
    assert (again.created, again.updated) == (0, 2)
    assert Place.objects.get(code="ML050708001").name == "Diougani"


def test_villages_of_another_edition_are_refused(text_file: TextFile) -> None:
    words = refused(text_file(VILLAGES), "village", EditionDetails(code="2025"))
    assert "Ligne 2 : ML0507 est « Sofara » dans ce découpage et « Koro » dans le fichier" in words


def test_villages_can_be_placed_by_position_in_another_edition(geojson: GeoJson, text_file: TextFile) -> None:
    today = EditionDetails(code="2025", is_official=False)
    load(geojson(feature(square(EAST), id="ML1902", name="Koro")), "cercle", today)
    load(text_file(VILLAGES), "village", today, by_position=True)
    place = Place.objects.select_related("cercle").get(code="ML050708001")
    assert place.cercle is not None
    assert place.cercle.pcode == "ML1902"


def test_broken_villages_are_named_by_their_line(old_communes: Edition, text_file: TextFile) -> None:
    path = text_file(
        "pcode;name;admin3Pcod;longitude;latitude\n"
        "A1;Bon;ML050708;-2,7;14,3\n"
        "A2;Zéro;ML050708;0;0\n"
        "A3;Paris;ML050708;2.3;48.8\n"
        "A4;Lettres;ML050708;ouest;14\n"
        "A5;;ML050708;-2.7;14.3\n"
        "A1;Double;ML050708;-2.7;14.3\n"
        "A6;Ailleurs;ML099901;-2.7;14.3\n"
        "A7;Moitié;ML050708;-2.7;\n"
    )
    assert refused(path, "village").split(" | ") == [
        "Rien n’a été chargé. Lignes avec un problème : 7.",
        "Ligne 3 : la position 0, 0 n’est pas au Mali",
        "Ligne 4 : la position 48.8, 2.3 n’est pas au Mali",
        "Ligne 5 : « 14, ouest » n’est pas une position",
        "Ligne 6 : elle n’a pas de nom",
        "Ligne 7 : A1 est déjà à la ligne 2",
        "Ligne 8 : le code ML099901 ne mène à aucun cercle de ce découpage",
        "Ligne 9 : « , -2.7 » n’est pas une position",
    ]


def test_villages_without_codes_are_not_doubled(text_file: TextFile) -> None:
    path = text_file("nom,lat,lon\nPel,14.1,-3.1\nPel,14.2,-3.1\n")
    assert load(path, "village").created == 2
    assert load(path, "village").updated == 2
    assert Place.objects.filter(edition__code="2015").count() == 2


def test_an_interrupted_import_leaves_nothing_and_can_be_run_again(geojson: GeoJson) -> None:
    path = geojson(feature(square(BOTH), ADM1_PCODE="ML05", ADM1_FR="Mopti"))
    arguments = ["import_areas", str(path), "--edition", "2015", "--level", "region"]
    with (
        patch("orgs.services.area_links.link_parents", side_effect=KeyboardInterrupt),
        pytest.raises(CommandError, match="Interrompu : rien n’a été chargé") as caught,
    ):
        call_command(*arguments)
    assert caught.value.returncode == 130
    assert not Edition.objects.filter(code="2015").exists()
    call_command(*arguments, stdout=StringIO(), stderr=StringIO())
    assert Area.objects.filter(edition__code="2015", level=Level.REGION).count() == 1


def test_the_command_says_what_it_did_and_what_is_wrong(geojson: GeoJson, capsys: pytest.CaptureFixture[str]) -> None:
    path = geojson(feature(square(BOTH), ADM1_PCODE="ML05", ADM1_FR="Mopti"))
    details: list[Any] = ["--title", "Découpage de 2015", "--valid-from", "2015-04-08", "--credit", "OCHA / DNCT"]
    call_command("import_areas", str(path), "--edition", "2015", "--level", "region", *details)
    said = capsys.readouterr()
    assert "Découpage 2015, région : 1 ajoutés, 0 mis à jour, 0 retirés." in said.out
    assert "Lecture 1/1" in said.err
    edition = Edition.objects.get(code="2015")
    assert (edition.credit, str(edition.valid_from), edition.is_current) == ("OCHA / DNCT", "2015-04-08", False)
    with pytest.raises(CommandError, match="Ligne 1 : elle n’a pas de P-code"):
        call_command(
            "import_areas", str(geojson(feature(square(BOTH), ADM1_PCODE="", ADM1_FR="X"))),
            "--edition", "2015", "--level", "region",
        )  # fmt: skip
    with pytest.raises(CommandError):
        call_command("import_areas", str(path), "--edition", "pas un code !", "--level", "region")
    assert not Edition.objects.filter(code="pas un code !").exists()


def test_an_import_is_audited_by_numbers(old_cercles: Edition) -> None:
    entry = AuditEntry.objects.filter(verb="areas.imported").latest("id")
    assert entry.facts == {"level": "cercle", "created": 2, "updated": 0, "removed": 0}


def test_only_one_edition_is_in_force_and_others_lead_to_it(old_communes: Edition) -> None:
    today = Edition.objects.get(code="2025")
    make_current(None, edition=old_communes)
    assert list(Edition.objects.filter(is_current=True)) == [old_communes]
    make_current(None, edition=today)
    assert list(Edition.objects.filter(is_current=True)) == [today]
    koro = Area.objects.select_related("successor").get(edition=old_communes, pcode="ML0507")
    assert koro.successor is not None
    assert koro.successor.name == "Bandiagara"
    assert koro.successor.level == Level.REGION


def test_listed_communes_lead_to_their_cercle_of_today(old_communes: Edition, text_file: TextFile) -> None:
    path = text_file("pcode,name\nML050301,Bankass\n")
    load(text_file("pcode,name\nML0503,Bankass\n"), "cercle")
    load(path, "commune")
    commune = Area.objects.select_related("successor").get(edition=old_communes, pcode="ML050301")
    assert commune.successor is not None
    assert commune.successor.pcode == "ML1903"


def test_the_real_communes_load_as_geojson_and_as_shapefile(real: Callable[[str], Path]) -> None:
    load(real("mli_adm1_regions9_2015.geojson"), "region")
    load(real("mli_adm2_cercles50_2015.geojson"), "cercle")
    assert load(real("mli_adm3_communes701_2015.geojson"), "commune").created == 701
    again = load(real("upload_sample_communes_shp.zip"), "commune")
    assert (again.created, again.updated) == (0, 701)
    communes = Area.objects.filter(edition__code="2015", level=Level.COMMUNE)
    assert communes.filter(successor=None).count() == 0
    assert communes.filter(cercle=None).count() == 0
    villages = load(real("mli_settlements18769_2015.csv"), "village")
    assert (villages.created, villages.warnings) == (18_769, [])
    assert not Place.objects.filter(edition__code="2015", cercle=None).exists()


def test_the_real_old_cercles_do_not_go_into_todays_edition(real: Callable[[str], Path]) -> None:
    words = refused(real("mli_adm2_cercles50_2015.geojson"), "cercle", EditionDetails(code="2025"))
    assert "ML0203 est « Kangaba » dans ce découpage et « Dioila » dans le fichier" in words


def test_json_with_a_byte_order_mark_is_read(geojson: GeoJson) -> None:
    path = geojson(feature(square(BOTH), ADM1_PCODE="ML05", ADM1_FR="Mopti"))
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(json.loads(path.read_text())).encode())
    assert load(path, "region").created == 1
