"""What each audience is shown of processes and sessions. The mechanism is ``orgs.disclosure``.

``S`` show, ``C`` coarsen, ``-`` hide. ``room`` are those who were there: what was agreed, not what was said.
"""

from dialogues.models import Attendance, Issue, Point, Process, Session
from incidents.disclosure import NO_SMALL_COUNTS
from orgs.disclosure import Column, Table

_AREAS = {
    "region": Column("region__name"),
    "cercle": Column("cercle__name"),
    "commune": Column("commune__name"),
    "region_pcode": Column("region__pcode"),
    "cercle_pcode": Column("cercle__pcode"),
    "commune_pcode": Column("commune__pcode"),
}

SESSION = Table(
    Session,
    """
    field          public  network  room  analyst  team  coordinator
    uid            S       S        S     S        S     S
    process_id     S       S        S     S        S     S
    number         S       S        S     S        S     S
    kind           S       S        S     S        S     S
    state          S       S        S     S        S     S
    title          S       S        S     S        S     S
    held_on        S       S        S     S        S     S
    starts_at      -       S        S     -        S     S
    ends_at        -       S        S     -        S     S
    country        S       S        S     S        S     S
    region_id      S       S        S     S        S     S
    cercle_id      S       S        S     S        S     S
    commune_id     -       S        S     -        S     S
    region         S       S        S     S        S     S
    cercle         S       S        S     S        S     S
    commune        -       S        S     -        S     S
    region_pcode   S       S        S     S        S     S
    cercle_pcode   S       S        S     S        S     S
    commune_pcode  -       S        S     -        S     S
    place_text     -       S        S     -        S     S
    spoken         S       S        S     S        S     S
    interpreted    S       S        S     S        S     S
    led_by_id      S       S        S     S        S     S
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
    how            -       -        -     S        S     S
    updated_at     S       S        S     S        S     S
    version        -       -        -     -        S     S
    is_demo        S       S        S     S        S     S
    """,
    fields={
        **_AREAS,
        "women": Column("women", NO_SMALL_COUNTS),
        "youth": Column("youth", NO_SMALL_COUNTS),
        "aged": Column("aged", NO_SMALL_COUNTS),
    },
    tlp=None,
)
"""Where women can be kept back as few, men are not told at all: people less men would say how few."""

ATTENDANCE = Table(
    Attendance,
    """
    field     public  network  room  analyst  team  coordinator
    sex       -       -        S     S        S     S
    age_band  -       -        S     S        S     S
    group     -       -        S     S        S     S
    count     -       -        S     C        S     S
    """,
    fields={"count": Column("count", NO_SMALL_COUNTS)},
    tlp=None,
)

ISSUE = Table(
    Issue,
    """
    field   public  network  room  analyst  team  coordinator
    words   -       -        -     -        S     S
    needs   -       S        -     S        S     S
    themes  -       S        -     S        S     S
    """,
    tlp=None,
)

POINT = Table(
    Point,
    """
    field  public  network  room  analyst  team  coordinator
    kind   -       -        S     S        S     S
    words  -       -        S     -        S     S
    """,
    tlp=None,
)

PROCESS = Table(
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
    region        S       S        S        S     S
    cercle        S       S        S        S     S
    commune       -       S        -        S     S
    region_id     S       S        S        S     S
    cercle_id     S       S        S        S     S
    commune_id    -       S        -        S     S
    region_pcode  S       S        S        S     S
    cercle_pcode  S       S        S        S     S
    commune_pcode -       S        -        S     S
    tlp           S       S        S        S     S
    funders_text  -       S        S        S     S
    updated_at    S       S        S        S     S
    version       -       -        -        S     S
    is_demo       S       S        S        S     S
    """,
    fields=_AREAS,
    tlp=None,
)
