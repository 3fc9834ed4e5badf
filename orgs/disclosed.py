"""What each audience is shown of organisations and areas. The mechanism is ``orgs.disclosure``."""

from orgs.disclosure import Column, Table
from orgs.models import Area, Organisation

ORGANISATION = Table(
    Organisation,
    """
    field         public  partner  member  coordinator  administrator
    slug          S       S        S       S            S
    name          S       S        S       S            S
    acronym       S       S        S       S            S
    kind          S       S        S       S            S
    description   S       S        S       S            S
    seat_pcode    S       S        S       S            S
    visibility    -       S        S       S            S
    source        S       S        S       S            S
    is_demo       S       S        S       S            S
    """,
    fields={"seat_pcode": Column("seat__pcode")},
    tlp=None,
)

AREA = Table(
    Area,
    """
    field         public
    id            S
    edition       S
    level         S
    pcode         S
    name          S
    parent        S
    region        S
    cercle        S
    centre_lat    S
    centre_lon    S
    """,
    fields={
        "edition": Column("edition__code"),
        "parent": Column("parent__pcode"),
        "region": Column("region__pcode"),
        "cercle": Column("cercle__pcode"),
    },
    tlp=None,
)
