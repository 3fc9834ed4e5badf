"""What each audience is shown of agreements and committees. The mechanism is ``orgs.disclosure``.

``S`` show, ``C`` coarsen, ``-`` hide. Names of organisations are shown by ``orgs.access.ORGANISATIONS``, never from
here: an assessor that hides in the directory is an assessor without a name.
"""

from dialogues.models import Agreement, Assessment, Committee, Decision, DecisionFollowUp, Holding, Provision, Seat
from orgs.disclosure import Column, Table

_AREAS = {
    "region": Column("region__name"),
    "cercle": Column("cercle__name"),
    "commune": Column("commune__name"),
    "region_pcode": Column("region__pcode"),
    "cercle_pcode": Column("cercle__pcode"),
    "commune_pcode": Column("commune__pcode"),
}

AGREEMENT = Table(
    Agreement,
    """
    field          public  network  team  coordinator
    uid            S       S        S     S
    title          S       S        S     S
    kind           S       S        S     S
    signed_on      S       S        S     S
    place_text     S       S        S     S
    parties        S       S        S     S
    source         S       S        S     S
    ended_on       S       S        S     S
    ended_how      S       S        S     S
    region         S       S        S     S
    cercle         S       S        S     S
    commune        S       S        S     S
    region_pcode   S       S        S     S
    cercle_pcode   S       S        S     S
    commune_pcode  S       S        S     S
    tlp            S       S        S     S
    made_at        -       -        S     S
    version        -       -        S     S
    is_demo        S       S        S     S
    """,
    fields=_AREAS,
    tlp=None,
)

PROVISION = Table(
    Provision,
    """
    field      public  network  team  coordinator
    id         S       S        S     S
    number     S       S        S     S
    words      S       S        S     S
    benchmark  S       S        S     S
    due_on     S       S        S     S
    """,
    tlp=None,
)

ASSESSMENT = Table(
    Assessment,
    """
    field         public  network  team  coordinator
    id            S       S        S     S
    provision_id  S       S        S     S
    assessor_id   S       S        S     S
    verdict       S       S        S     S
    as_of         S       S        S     S
    words         S       S        S     S
    evidence      S       S        S     S
    """,
    tlp=None,
)
"""Never who wrote it: an organisation answers for what it finds, not the person who typed it."""

COMMITTEE = Table(
    Committee,
    """
    field          public  network  member  team  coordinator
    uid            S       S        S       S     S
    name           S       S        S       S     S
    kind           S       S        S       S     S
    created_on     S       S        S       S     S
    meets_every    S       S        S       S     S
    state          S       S        S       S     S
    region         S       S        S       S     S
    cercle         S       S        S       S     S
    commune        -       S        S       S     S
    region_pcode   S       S        S       S     S
    cercle_pcode   S       S        S       S     S
    commune_pcode  -       S        S       S     S
    tlp            S       S        S       S     S
    made_at        -       -        -       S     S
    updated_at     -       -        -       S     S
    version        -       -        -       S     S
    is_demo        S       S        S       S     S
    """,
    fields=_AREAS,
    tlp=None,
)

SEAT = Table(
    Seat,
    """
    field            public  network  member  team  coordinator
    id               S       S        S       S     S
    label            S       S        S       S     S
    group            S       S        S       S     S
    organisation_id  -       S        S       S     S
    ended_on         S       S        S       S     S
    """,
    tlp=None,
)

HOLDING = Table(
    Holding,
    """
    field            public  network  member  team  coordinator
    id               -       -        S       S     S
    organisation_id  -       -        S       S     S
    sex              -       -        S       S     S
    age_band         -       -        S       S     S
    since            -       -        S       S     S
    until            -       -        S       S     S
    """,
    tlp=None,
)

DECISION = Table(
    Decision,
    """
    field       public  network  member  team  coordinator
    id          -       -        S       S     S
    decided_on  -       -        S       S     S
    words       -       -        S       S     S
    owner_id    -       -        S       S     S
    owner_text  -       -        S       S     S
    due_on      -       -        S       S     S
    state       -       -        S       S     S
    """,
    tlp=None,
)

FOLLOW_UP = Table(
    DecisionFollowUp,
    """
    field        public  network  member  team  coordinator
    decision_id  -       -        S       S     S
    state        -       -        S       S     S
    words        -       -        S       S     S
    written_at   -       -        S       S     S
    """,
    tlp=None,
)
