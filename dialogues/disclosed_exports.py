"""What the API and exported files are given of sessions and processes: the cells of ``dialogues.disclosure``, by the
names that the outside knows. A test holds that no cell is more generous here than there.
"""

from dialogues.disclosure import PROCESS, SESSION, SMALL_PARTS
from dialogues.models import Commitment, Process, Session
from orgs.disclosure import Column, Table

SHOWN_AS = {"process_uid": "process_id", "led_by_slug": "led_by_id", "led_by_name": "led_by_id"}
"""Field here -> the field of ``SESSION`` whose rule it follows."""

SESSION_OUT = Table(
    Session,
    """
    field          public  network  room  analyst  team  coordinator
    uid            S       S        S     S        S     S
    process_uid    S       S        S     S        S     S
    number         S       S        S     S        S     S
    kind           S       S        S     S        S     S
    state          S       S        S     S        S     S
    title          S       S        S     S        S     S
    held_on        S       S        S     S        S     S
    starts_at      -       S        S     -        S     S
    ends_at        -       S        S     -        S     S
    country        S       S        S     S        S     S
    region         S       S        S     S        S     S
    cercle         S       S        S     S        S     S
    commune        -       S        S     -        S     S
    region_pcode   S       S        S     S        S     S
    cercle_pcode   S       S        S     S        S     S
    commune_pcode  -       S        S     -        S     S
    place_text     -       S        S     -        S     S
    spoken         S       S        S     S        S     S
    interpreted    S       S        S     S        S     S
    led_by_slug    S       S        S     S        S     S
    led_by_name    S       S        S     S        S     S
    people         S       S        S     S        S     S
    spectators     S       S        S     S        S     S
    women          C       C        S     C        S     S
    men            -       -        S     -        S     S
    youth          C       C        S     C        S     S
    aged           C       C        S     C        S     S
    invited        -       S        S     S        S     S
    absent         -       S        S     S        S     S
    agenda         -       -        S     -        S     S
    minutes        -       -        -     -        S     S
    tlp            S       S        S     S        S     S
    updated_at     S       S        S     S        S     S
    """,
    fields={
        "process_uid": Column("process__uid"),
        "led_by_slug": Column("led_by__slug"),
        "led_by_name": Column("led_by__name"),
        "region": Column("region__name"),
        "cercle": Column("cercle__name"),
        "commune": Column("commune__name"),
        "region_pcode": Column("region__pcode"),
        "cercle_pcode": Column("cercle__pcode"),
        "commune_pcode": Column("commune__pcode"),
        **SMALL_PARTS,
    },
    tlp=None,
)

PROCESS_OUT = Table(
    Process,
    """
    field         public  network  analyst  team  coordinator
    uid           S       S        S        S     S
    title         S       S        S        S     S
    purpose       S       S        S        S     S
    kind          S       S        S        S     S
    level         S       S        S        S     S
    track         S       S        S        S     S
    state         S       S        S        S     S
    starts_on     S       S        S        S     S
    ends_on       S       S        S        S     S
    region_pcode  S       S        S        S     S
    cercle_pcode  S       S        S        S     S
    tlp           S       S        S        S     S
    updated_at    S       S        S        S     S
    """,
    fields={"region_pcode": Column("region__pcode"), "cercle_pcode": Column("cercle__pcode")},
    tlp=None,
)

PAIRS = ((SESSION_OUT, SESSION), (PROCESS_OUT, PROCESS))

COMMITMENT_OUT = Table(
    Commitment,
    """
    field              public  network  analyst  room  owner  team  coordinator
    uid                S       S        S        S     S      S     S
    what               S       S        -        S     S      S     S
    owner_kind         S       S        S        S     S      S     S
    organisation_slug  -       -        -        S     S      S     S
    session_uid        -       S        S        S     S      S     S
    process_uid        -       S        S        S     S      S     S
    promised_on        S       S        S        S     S      S     S
    due_on             S       S        S        S     S      S     S
    state              S       S        S        S     S      S     S
    evidence           -       -        -        S     S      S     S
    region_pcode       S       S        S        S     S      S     S
    cercle_pcode       S       S        S        S     S      S     S
    commune_pcode      -       S        -        S     S      S     S
    is_public          S       S        S        S     S      S     S
    tlp                -       S        S        S     S      S     S
    updated_at         S       S        S        S     S      S     S
    """,
    fields={
        "organisation_slug": Column("organisation__slug"),
        "session_uid": Column("session__uid"),
        "process_uid": Column("process__uid"),
        "region_pcode": Column("region__pcode"),
        "cercle_pcode": Column("cercle__pcode"),
        "commune_pcode": Column("commune__pcode"),
    },
    tlp=None,
)
"""Whose promise it is, by its address, only for those who were near: others may not know of the organisation."""
