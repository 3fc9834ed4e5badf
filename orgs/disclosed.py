"""What each audience is shown of organisations and areas. The mechanism is ``orgs.disclosure``."""

from orgs.disclosure import Column, Table
from orgs.models import Area, Organisation, StateService

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

STATE_SERVICE = Table(
    StateService,
    """
    field          partner  coordinator  administrator
    id             S        S            S
    area           S        S            S
    kind           S        S            S
    presence       S        S            S
    since          S        S            S
    since_is_year  S        S            S
    as_of          S        S            S
    said_by        S        S            S
    seen_by        -        S            S
    source         S        S            S
    note           S        S            S
    entered_by     -        S            S
    withdrawn_at   -        S            S
    is_demo        S        S            S
    """,
    fields={name: Column(f"{name}_id") for name in ("area", "said_by", "seen_by", "entered_by")},
    tlp=None,
)
"""An organisation that said it is named only to those who may see that organisation: ``orgs.maps.state_services``."""
