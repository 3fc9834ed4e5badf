"""What each audience is shown of support to organisations. The mechanism is ``orgs.disclosure``.

Where something will take place is told finely only to those who keep the row: a training is a place full of people.
"""

from orgs.disclosure import Column, Table
from orgs.models import FundingCall, Need, Programme, SubGrant, Training
from orgs.models.support import SupportRow

TRAINING = Table(
    Training,
    """
    field         partner  member  coordinator  administrator
    title         S        S       S            S
    topic         S        S       S            S
    organiser     S        S       S            S
    organiser_text S       S       S            S
    starts_on     S        S       S            S
    ends_on       S        S       S            S
    region        S        S       S            S
    cercle        S        S       S            S
    commune       -        S       S            S
    place_text    -        S       S            S
    spoken        S        S       S            S
    source        -        S       S            S
    withdrawn_at  -        S       S            S
    """,
    fields={
        "organiser": Column("organiser_id"),
        "region": Column("region_id"),
        "cercle": Column("cercle_id"),
        "commune": Column("commune_id"),
    },
    tlp=None,
)

GRANT = Table(
    SubGrant,
    """
    field         funder  member  coordinator  administrator
    recipient     S       S       S            S
    funder        S       S       S            S
    funder_text   S       S       S            S
    amount        S       S       S            S
    currency      S       S       S            S
    starts_on     S       S       S            S
    ends_on       S       S       S            S
    purpose       S       S       S            S
    status        S       S       S            S
    source        -       S       S            S
    withdrawn_at  -       S       S            S
    """,
    fields={"recipient": Column("recipient_id"), "funder": Column("funder_id")},
    tlp=None,
)

NEED = Table(
    Need,
    """
    field         donor  member  coordinator  administrator
    organisation  S      S       S            S
    kind          S      S       S            S
    words         S      S       S            S
    stated_on     S      S       S            S
    stated_by     -      S       S            S
    state         S      S       S            S
    source        -      S       S            S
    withdrawn_at  -      S       S            S
    """,
    fields={"organisation": Column("organisation_id")},
    tlp=None,
)

CALL = Table(
    FundingCall,
    """
    field          public  partner  coordinator  administrator
    title          S       S        S            S
    funder         S       S        S            S
    funder_text    S       S        S            S
    covers         S       S        S            S
    themes         S       S        S            S
    opens_on       S       S        S            S
    closes_on      S       S        S            S
    amount_min     S       S        S            S
    amount_max     S       S        S            S
    currency       S       S        S            S
    who_may_apply  S       S        S            S
    link           S       S        S            S
    is_public      -       S        S            S
    source         -       -        S            S
    withdrawn_at   -       -        S            S
    """,
    fields={"funder": Column("funder_id")},
    tlp=None,
)

PROGRAMME = Table(
    Programme,
    """
    field                partner  member  coordinator  administrator
    organisation         S        S       S            S
    title                S        S       S            S
    kind                 S        S       S            S
    starts_on            S        S       S            S
    ends_on              S        S       S            S
    region               S        S       S            S
    cercle               S        S       S            S
    commune              -        S       S            S
    place_text           -        S       S            S
    funding              S        S       S            S
    self_financed_since  S        S       S            S
    source               S        S       S            S
    withdrawn_at         -        S       S            S
    """,
    fields={
        "organisation": Column("organisation_id"),
        "region": Column("region_id"),
        "cercle": Column("cercle_id"),
        "commune": Column("commune_id"),
    },
    tlp=None,
)

TABLES: dict[type[SupportRow], Table] = {
    Training: TRAINING,
    SubGrant: GRANT,
    Need: NEED,
    FundingCall: CALL,
    Programme: PROGRAMME,
}
