"""What each audience is given of the directory in a file. The mechanism is ``orgs.disclosure``."""

from orgs.disclosure import Column, Table
from orgs.models import Contact, Organisation

EXPORTED_ORGANISATION = Table(
    Organisation,
    """
    field           public  partner  member  coordinator  administrator
    slug            S       S        S       S            S
    name            S       S        S       S            S
    acronym         S       S        S       S            S
    kind            S       S        S       S            S
    state           S       S        S       S            S
    founded         S       S        S       S            S
    legal_number    -       S        S       S            S
    legal_scheme    S       S        S       S            S
    themes          S       S        S       S            S
    served          S       S        S       S            S
    spoken          S       S        S       S            S
    capacities      S       S        S       S            S
    covers          S       S        S       S            S
    seat_pcode      S       S        S       S            S
    seat_edition    S       S        S       S            S
    seat_current    S       S        S       S            S
    seat_lat        S       S        S       S            S
    seat_lon        S       S        S       S            S
    town            S       S        S       S            S
    town_lat        S       S        S       S            S
    town_lon        S       S        S       S            S
    region          S       S        S       S            S
    cercle          S       S        S       S            S
    place_text      -       S        S       S            S
    links           S       S        S       S            S
    description     S       S        S       S            S
    description_en  S       S        S       S            S
    visibility      -       S        S       S            S
    agreed_on       -       S        S       S            S
    source          S       S        S       S            S
    is_demo         S       S        S       S            S
    """,
    fields={
        "seat_pcode": Column("seat__pcode"),
        "seat_edition": Column("seat__edition__code"),
        "seat_current": Column("seat__edition__is_current"),
        "seat_lat": Column("seat__centre_lat"),
        "seat_lon": Column("seat__centre_lon"),
        "town": Column("seat_place__name"),
        "town_lat": Column("seat_place__lat"),
        "town_lon": Column("seat_place__lon"),
        "region": Column("region__name"),
        "cercle": Column("cercle__name"),
    },
    tlp=None,
)

# Contacts that are public stand on pages; a list of all of them is for people with an account.
EXPORTED_CONTACT = Table(
    Contact,
    """
    field         public  partner  member  coordinator  administrator
    organisation  -       S        S       S            S
    name          -       S        S       S            S
    role          -       S        S       S            S
    phone         -       S        S       S            S
    email         -       S        S       S            S
    is_emergency  -       S        S       S            S
    """,
    fields={"organisation": Column("organisation_id")},
    tlp=None,
)
