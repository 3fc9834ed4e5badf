"""The first entries of the directory: real organisations that a published report names, each with its source.

They are drafts: the report is of 2018 and nobody has asked them since how they wish to be shown, so only people with an
account see them. What they are is in ``orgs/data/organisations_2018.csv``.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from orgs import audit
from orgs.models import Area, FactSource, Organisation, OrganisationName, OrganisationVisibility
from orgs.services.organisations import write_organisation

DATA = Path(__file__).resolve().parent.parent / "data" / "organisations_2018.csv"
SOURCE = "Peace Direct et WANEP, Mali on the brink, 2018"
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
    return len(missing)


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
