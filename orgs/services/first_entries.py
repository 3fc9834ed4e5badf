"""The first entries of the directory: real organisations that a published report names, each with its source.

They are drafts: the report is of 2018 and nobody has asked them since how they wish to be shown, so only people with an
account see them. What they are is in ``orgs/data/organisations_2018.csv``.
"""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.db import transaction

from orgs import audit
from orgs.models import (
    AgeBand,
    Area,
    FactSource,
    Measure,
    Organisation,
    OrganisationName,
    OrganisationVisibility,
    Programme,
    ProgrammeCount,
    Qualifier,
    Sex,
)
from orgs.services.organisations import write_organisation

DATA = Path(__file__).resolve().parent.parent / "data" / "organisations_2018.csv"
SOURCE = "Peace Direct et WANEP, Mali on the brink, 2018"
AJCET = "ajcet"
_CODES = ("themes", "served", "capacities")
_FACTS = ("kind", "founded", "themes", "served", "capacities", "areas", "seat", "description")


@transaction.atomic
def load_first_entries() -> int:
    """Enter those whose address is not taken yet; returns how many. What became of the others is left alone."""
    rows = _rows()
    present = set(Organisation.objects.filter(slug__in=[row["slug"] for row in rows]).values_list("slug", flat=True))
    missing = [row for row in rows if row["slug"] not in present]
    codes = {code for row in missing for code in (*row["areas"].split(), row["seat"]) if code}
    areas = {area.pcode: area for area in Area.objects.current().filter(pcode__in=codes)}
    for row in missing:
        _enter(row, areas)
    if any(row["slug"] == AJCET for row in missing):
        _enter_programme(Organisation.objects.get(slug=AJCET))
    return len(missing)


def _enter_programme(organisation: Organisation) -> None:
    """What the source counts of AJCET's work at Mopti: at least so many, from 2015 to the year of the source."""
    region = Area.objects.current().filter(pcode="ML05").first()
    programme = Programme(
        organisation=organisation,
        title="Réinsertion de jeunes à Mopti",
        area=region,
        starts_on=date(2015, 1, 1),
        self_financed_since=2015,
        source=SOURCE,
    )
    programme.locate()
    programme.full_clean(exclude=["region", "cercle", "commune"])
    programme.save()
    ProgrammeCount.objects.bulk_create(
        ProgrammeCount(
            programme=programme,
            measure=measure,
            starts_on=date(2015, 1, 1),
            ends_on=date(2018, 12, 31),
            sex=Sex.UNKNOWN,
            age=AgeBand.YOUTH,
            qualifier=Qualifier.AT_LEAST,
            number=number,
        )
        for measure, number in ((Measure.TRAINED, 100), (Measure.REINTEGRATED, 100), (Measure.VOLUNTEERING, 50))
    )
    audit.record(None, "added", programme)


def _rows() -> list[dict[str, str]]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _enter(row: Mapping[str, str], areas: Mapping[str, Area]) -> None:
    organisation = Organisation(
        slug=row["slug"],
        name=row["name"],
        acronym=row["acronym"],
        kind=row["kind"],
        founded=int(row["founded"]) if row["founded"] else None,
        description=row["description"],
        description_en=row["description_en"],
        seat=areas.get(row["seat"]),
        visibility=OrganisationVisibility.PARTNERS,
        source=SOURCE,
        **{field: row[field].split() for field in _CODES},
    )
    names = [OrganisationName(name=name.strip()) for name in row["other_names"].split(";") if name.strip()]
    # Areas of another edition than the shipped one are left out: the entry says so by having none.
    where = [areas[code] for code in row["areas"].split() if code in areas]
    write_organisation(organisation, areas=where, names=names)
    FactSource.objects.bulk_create(
        FactSource(organisation=organisation, field=field, source=SOURCE) for field in _FACTS if row[field]
    )
    audit.record(None, "added_organisation", organisation, visibility=organisation.visibility, areas=len(where))
