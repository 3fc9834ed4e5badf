"""What each audience is shown of organisations, actors and areas. The mechanism is ``orgs.disclosure``."""

from orgs.directory.columns import FRESHNESS, OTHER_NAMES, PCODES
from orgs.disclosure import Column, Table
from orgs.models import (
    Actor,
    ActorRole,
    ActorView,
    Area,
    ChangeItem,
    ChangeRequest,
    Contact,
    FactSource,
    Organisation,
    OrganisationLink,
    OrganisationName,
    StateService,
)

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
ACTOR = Table(
    Actor,
    """
    field          administrator  partner  service
    id             S              S        S
    name           S              S        S
    level          S              S        S
    sector         S              S        S
    mandate        S              S        S
    civil_contact  S              S        S
    source         S              S        S
    is_demo        S              S        S
    """,
    tlp=None,
)
"""What is not here is not shown: to which organisation an actor belongs says who would be left out of an alert."""

ACTOR_ROLE = Table(
    ActorRole,
    """
    field         administrator  coordinator  partner  service
    id            S              S            S        S
    role          S              S            S        S
    area_pcode    S              S            S        S
    area_name     S              S            S        S
    office        S              S            S        S
    phone         S              S            S        S
    email         S              S            S        S
    source        S              S            S        S
    as_of         S              S            S        S
    ended_at      S              S            -        -
    """,
    fields={"area_pcode": Column("area__pcode"), "area_name": Column("area__name")},
    tlp=None,
)

ACTOR_VIEW = Table(
    ActorView,
    """
    field           member  coordinator
    reach           S       S
    trust           S       S
    wish            S       S
    said_at         S       S
    superseded_at   S       S
    is_entered_for  S       S
    """,
    tlp=None,
)
"""The person who said it is kept and shown to nobody."""

ORGANISATION_LINK = Table(
    OrganisationLink,
    """
    field              administrator  coordinator  member  partner
    organisation_slug  S              S            S       S
    organisation_name  S              S            S       S
    kind               S              S            S       S
    other_slug         S              S            S       S
    other_name         S              S            S       S
    starts_on          S              S            S       S
    ends_on            S              S            S       S
    source             S              S            S       S
    """,
    fields={
        "organisation_slug": Column("organisation__slug"),
        "organisation_name": Column("organisation__name"),
        "other_slug": Column("other__slug"),
        "other_name": Column("other__name"),
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
