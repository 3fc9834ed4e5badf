"""The directory as files: by audience, without formulas, and in again."""

import csv
import io
import json
from typing import Any

import openpyxl
import pytest
from django.test import Client

from orgs.imports.fields import is_tag, target_of_tag, target_of_title
from orgs.models import Contact, Organisation, OrganisationKind, OrganisationName, Place, Role
from orgs.services import directory_index
from tests.factories import ContactFactory, OrganisationFactory, area, person, signed_in
from tests.orgs.imports.conftest import Bring
from tests.taken import taken

pytestmark = pytest.mark.django_db
SECRET = "+22370999888"
DANGEROUS = ("=HYPERLINK(1)", "+1+1", "-2", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0")


def body(client: Client, ending: str, query: str = "") -> bytes:
    return taken(client, f"/exports/organisations.{ending}{query}")


def table(client: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client, "csv", query).decode("utf-8-sig"))))


@pytest.fixture
def some() -> dict[str, Organisation]:
    made = {
        "public": OrganisationFactory.create(name="Publique", visibility="public", areas=["Koro"], place_text="rue 12"),
        "partners": OrganisationFactory.create(name="Partenaires", areas=["Koro"]),
        "coordinators": OrganisationFactory.create(name="Secrète", visibility="coordinators", areas=["Koro"]),
        "hidden": OrganisationFactory.create(name="Cachée", visibility="public", hidden_at="2026-01-01T00:00Z"),
    }
    for one in made.values():
        ContactFactory.create(organisation=one, phone=SECRET, name="Awa Secret")
    return made


@pytest.mark.parametrize("ending", ["csv", "xlsx", "geojson"])
@pytest.mark.parametrize(
    ("role", "names"),
    [
        (None, {"Publique"}),
        (Role.REPORTER, {"Publique", "Partenaires"}),
        (Role.ANALYST, {"Publique", "Partenaires"}),
        (Role.COORDINATOR, {"Publique", "Partenaires", "Secrète", "Cachée"}),
        (Role.ADMINISTRATOR, {"Publique", "Partenaires", "Secrète", "Cachée"}),
    ],
)
def test_who_finds_whom_in_an_export(some: Any, role: str | None, names: set[str], ending: str) -> None:
    client = signed_in(person(role, "Koro")) if role else Client()
    content = body(client, ending)
    if ending == "xlsx":
        rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        content = json.dumps(list(rows), default=str, ensure_ascii=False).encode()
    text = content.decode()
    assert {name for name in ("Publique", "Partenaires", "Secrète", "Cachée") if name in text} == names
    sees = role in (Role.COORDINATOR, Role.ADMINISTRATOR) and ending != "geojson"
    assert (SECRET in text) == sees
    assert ("Awa Secret" in text) == sees


def test_those_without_the_right_do_not_even_see_columns_of_contacts(some: Any) -> None:
    for client in (Client(), signed_in(person(Role.ANALYST, "Koro")), signed_in(person(Role.OPERATOR))):
        titles = list(table(client)[0])
        assert not [title for title in titles if "ontact" in title]
    row = next(row for row in table(Client()) if row["Nom de l’organisation"] == "Publique")
    assert row["Lieu tel qu’il est écrit"] == ""
    assert row["Montrée à"] == ""


def test_the_address_narrows_as_the_list_does(some: Any) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    assert [row["Nom de l’organisation"] for row in table(client, "?name=secrete")][1:] == ["Secrète"]
    assert client.get("/exports/organisations.csv?kind=nonsense").status_code == 400


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_formula_ever_comes_out(text: str) -> None:
    OrganisationFactory.create(name=f"{text}", acronym=text[:40], visibility="public", description=text)
    rows = list(csv.reader(io.StringIO(body(Client(), "csv").decode("utf-8-sig"), newline="")))
    assert not [cell for row in rows[2:] for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    book = openpyxl.load_workbook(io.BytesIO(body(Client(), "xlsx")))
    cells = [cell for row in book.active.iter_rows(min_row=3) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}


def test_titles_are_in_the_readers_language_with_hxl_tags_below(some: Any) -> None:
    lines = list(csv.reader(io.StringIO(body(Client(), "csv").decode("utf-8-sig"))))
    assert lines[0][1] == "Nom de l’organisation"
    assert all(is_tag(tag) for tag in lines[1])
    english = Client(headers={"accept-language": "en"})
    assert list(table(english)[0])[1] == "Name of the organisation"
    for title, tag in zip(lines[0], lines[1], strict=True):
        assert not target_of_tag(tag) or target_of_tag(tag) == target_of_title(title), (title, tag)
    assert body(Client(), "csv").startswith(b"\xef\xbb\xbf")


def test_points_are_coarse_and_never_of_security_services() -> None:
    OrganisationFactory.create(name="Forces", kind=OrganisationKind.SECURITY, visibility="public", areas=["Koro"])
    OrganisationFactory.create(name="Paix", visibility="public", seat=area("Koro"))
    features = {one["properties"]["name"]: one for one in json.loads(body(Client(), "geojson"))["features"]}
    assert features["Forces"]["geometry"] is None
    lon, lat = features["Paix"]["geometry"]["coordinates"]
    assert (lon, lat) == (round(area("Koro").centre_lon or 0, 2), round(area("Koro").centre_lat or 0, 2))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_goes_out_comes_in_again_and_changes_nothing(bring: Bring, ending: str, language: str) -> None:
    rich = OrganisationFactory.create(
        name="Réseau « paix », antenne=1", acronym="RP", kind=OrganisationKind.NETWORK, founded=2004,
        legal_number="012/GR-M", legal_scheme="receipt", themes=["land", "water"], served=["women"], spoken=["dogon"],
        capacities=["radio"], links=["https://example.org/a", "https://example.org/b"], description="Une ligne;\ndeux",
        seat_place=Place.objects.filter(edition__is_current=True).order_by("pk")[3], areas=["Koro", "Bankass"],
        source="=enquête", visibility="public", agreed_on="2025-01-02",
    )  # fmt: skip
    ContactFactory.create(organisation=rich, phone="+22370000001", name="Awa", is_emergency=True)
    ContactFactory.create(organisation=rich, phone="", email="b@example.org", name="")
    OrganisationName.objects.create(organisation=rich, name="Autre nom")
    OrganisationFactory.create(name="Forces", kind=OrganisationKind.SECURITY, areas=["Koro"])
    OrganisationFactory.create(name="-tiret", seat=area("Gao"))
    directory_index.refresh()
    client = signed_in(person(Role.ADMINISTRATOR))
    client.cookies["django_language"] = language
    content = body(client, ending)
    job = bring(content, name=f"export.{ending}")
    assert [(row.parsed["name"], row.state) for row in job.rows.exclude(state="same")] == []
    assert job.rows.count() == Organisation.objects.count()
    Contact.objects.all().delete()
    Organisation.objects.all().delete()
    job = bring(content, name=f"export.{ending}")
    assert job.counts["states"].get("error") is None


def test_queries_do_not_grow_with_rows(django_assert_max_num_queries: Any) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    for _ in range(30):
        ContactFactory.create()
    with django_assert_max_num_queries(16):
        body(client, "csv")
