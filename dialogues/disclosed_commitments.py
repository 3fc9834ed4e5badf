"""What each audience is shown of commitments. The mechanism is ``orgs.disclosure``.

``owner`` are the people of whoever promised, ``room`` those who heard it. The name of a person is in no table: it is
opened on the page of one commitment, with a reason, and that is noted.
"""

from dialogues.models import Commitment, FollowUp
from orgs.disclosure import Column, Table

COMMITMENT = Table(
    Commitment,
    """
    field             public  network  analyst  room  owner  team  coordinator
    uid               S       S        S        S     S      S     S
    what              S       S        -        S     S      S     S
    owner_kind        S       S        S        S     S      S     S
    organisation_id   S       S        S        S     S      S     S
    actor_id          S       S        S        S     S      S     S
    session_id        -       S        S        S     S      S     S
    process_id        -       S        S        S     S      S     S
    priority_id       -       S        S        S     S      S     S
    promised_on       S       S        S        S     S      S     S
    due_on            S       S        S        S     S      S     S
    state             S       S        S        S     S      S     S
    evidence          -       -        -        S     S      S     S
    region_id         S       S        S        S     S      S     S
    cercle_id         S       S        S        S     S      S     S
    commune_id        -       S        -        S     S      S     S
    region            S       S        S        S     S      S     S
    cercle            S       S        S        S     S      S     S
    commune           -       S        -        S     S      S     S
    region_pcode      S       S        S        S     S      S     S
    cercle_pcode      S       S        S        S     S      S     S
    commune_pcode     -       S        -        S     S      S     S
    is_public         S       S        S        S     S      S     S
    agreed_public_on  -       -        -        -     S      S     S
    tlp               -       S        S        S     S      S     S
    updated_at        S       S        S        S     S      S     S
    version           -       -        -        -     -      S     S
    is_demo           S       S        S        S     S      S     S
    """,
    fields={
        "region": Column("region__name"),
        "cercle": Column("cercle__name"),
        "commune": Column("commune__name"),
        "region_pcode": Column("region__pcode"),
        "cercle_pcode": Column("cercle__pcode"),
        "commune_pcode": Column("commune__pcode"),
    },
    tlp=None,
)

FOLLOW_UP = Table(
    FollowUp,
    """
    field          public  network  analyst  room  owner  team  coordinator
    at             -       S        S        S     S      S     S
    before         -       S        S        S     S      S     S
    state          -       S        S        S     S      S     S
    words          -       -        -        S     S      S     S
    evidence       -       -        -        S     S      S     S
    is_correction  -       S        S        S     S      S     S
    by_owner       -       S        S        S     S      S     S
    by             -       -        -        -     -      S     S
    """,
    fields={"by": Column("by__name")},
    tlp=None,
)
