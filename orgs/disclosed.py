"""What each audience is shown of organisations and areas. The mechanism is ``orgs.disclosure``."""

from orgs.disclosure import Column, Table
from orgs.models import Area, ChangeItem, ChangeRequest, Contact, Organisation

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

ENTRY = Table(
    Organisation,
    """
    field           public  partner  member  coordinator  administrator
    name            S       S        S       S            S
    acronym         S       S        S       S            S
    names           S       S        S       S            S
    kind            S       S        S       S            S
    founded         S       S        S       S            S
    legal_number    S       S        S       S            S
    legal_scheme    S       S        S       S            S
    themes          S       S        S       S            S
    served          S       S        S       S            S
    spoken          S       S        S       S            S
    capacities      S       S        S       S            S
    description     S       S        S       S            S
    description_en  S       S        S       S            S
    links           S       S        S       S            S
    seat            S       S        S       S            S
    areas           S       S        S       S            S
    visibility      -       -        S       S            S
    """,
    tlp=None,
)
"""What the form of an entry shows, and lets be changed (``orgs.living.entry``)."""

CHANGE_REQUEST = Table(
    ChangeRequest,
    """
    field         asker  coordinator  administrator
    id            S      S            S
    asked_at      S      S            S
    note          S      S            S
    source        S      S            S
    state         S      S            S
    closed_at     S      S            S
    asked_by      -      S            S
    contact       -      S            S
    """,
    tlp=None,
)

CHANGE_ITEM = Table(
    ChangeItem,
    """
    field         asker  coordinator  administrator
    id            S      S            S
    field         S      S            S
    before        S      S            S
    asked         S      S            S
    replaced      -      S            S
    decision      S      S            S
    decided_at    S      S            S
    decided_by    -      S            S
    reason        S      S            S
    """,
    tlp=None,
)
"""Whoever asked reads what became of it and why, not who decided."""

KEPT_CONTACT = Table(
    Contact,
    """
    field         public  partner  member  coordinator  administrator
    id            -       -        S       S            S
    name          -       -        S       S            S
    role          -       -        S       S            S
    phone         -       -        S       S            S
    email         -       -        S       S            S
    channel       -       -        S       S            S
    language      -       -        S       S            S
    spoken        -       -        S       S            S
    is_emergency  -       -        S       S            S
    visibility    -       -        S       S            S
    do_not_call   -       -        S       S            S
    do_not_sms    -       -        S       S            S
    do_not_email  -       -        S       S            S
    source        -       -        S       S            S
    proved_at     -       -        S       S            S
    proved_how    -       -        S       S            S
    failed_at     -       -        S       S            S
    ended_at      -       -        S       S            S
    """,
    tlp=None,
)
"""What the page shows on which contacts are kept."""
