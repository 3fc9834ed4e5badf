"""What each audience is shown of organisations and areas. The mechanism is ``orgs.disclosure``."""

from orgs.directory.columns import FRESHNESS, OTHER_NAMES, PCODES
from orgs.disclosure import Column, Table
from orgs.models import Area, Contact, FactSource, Organisation, OrganisationName

ORGANISATION = Table(
    Organisation,
    """
    field             public  partner  member  coordinator  administrator
    slug              S       S        S       S            S
    name              S       S        S       S            S
    acronym           S       S        S       S            S
    other_names       C       C        C       C            C
    kind              S       S        S       S            S
    founded           S       S        S       S            S
    legal_number      -       S        S       S            S
    legal_scheme      -       S        S       S            S
    themes            S       S        S       S            S
    served            S       S        S       S            S
    spoken            S       S        S       S            S
    capacities        S       S        S       S            S
    description       S       S        S       S            S
    description_en    S       S        S       S            S
    links             S       S        S       S            S
    seat_pcode        S       S        S       S            S
    seat_id           S       S        S       S            S
    seat_town         S       S        S       S            S
    place_text        S       S        S       S            S
    covers            S       S        S       S            S
    areas             C       C        C       C            C
    region_id         S       S        S       S            S
    cercle_id         S       S        S       S            S
    commune_id        S       S        S       S            S
    visibility        -       S        S       S            S
    agreed_on         -       -        S       S            S
    hidden_at         -       -        S       S            S
    state             S       S        S       S            S
    verified_at       S       S        S       S            S
    verified_how      S       S        S       S            S
    confirmed_at      S       S        S       S            S
    freshness         C       C        C       C            C
    source            S       S        S       S            S
    is_demo           S       S        S       S            S
    """,
    fields={
        "seat_pcode": Column("seat__pcode"),
        "seat_town": Column("seat_place__name"),
        # Not less said, but said otherwise: numbers of areas as P-codes, names from their own rows, a date as a score.
        "areas": Column("covers", PCODES),
        "other_names": Column("id", OTHER_NAMES),
        "freshness": Column("confirmed_at", FRESHNESS),
    },
    tlp=None,
)
"""What the directory searches (names, places, words of the description, codes) is shown to everybody who sees an entry:
nothing that is hidden can be guessed by searching for it."""

NAME = Table(
    OrganisationName,
    """
    field         public
    name          S
    kind          S
    language      S
    """,
    tlp=None,
)

FACT_SOURCE = Table(
    FactSource,
    """
    field         public
    field         S
    source        S
    as_of         S
    """,
    tlp=None,
)
"""Shown beside the fact it speaks of, where that is shown."""

CONTACT = Table(
    Contact,
    """
    field         public  partner  member  coordinator  administrator
    id            S       S        S       S            S
    name          -       S        S       S            S
    role          S       S        S       S            S
    phone         S       S        S       S            S
    email         S       S        S       S            S
    spoken        S       S        S       S            S
    is_emergency  S       S        S       S            S
    channel       S       S        S       S            S
    do_not_call   S       S        S       S            S
    do_not_sms    S       S        S       S            S
    do_not_email  S       S        S       S            S
    proved_at     -       S        S       S            S
    proved_how    -       S        S       S            S
    failed_at     -       S        S       S            S
    visibility    -       -        S       S            S
    source        -       -        S       S            S
    """,
    tlp=None,
)
"""The name of the person who answers is for people with an account, even where the phone is for everybody."""

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
