"""What each audience is shown of processes and sessions. The mechanism is ``orgs.disclosure``.

``S`` show, ``C`` coarsen, ``-`` hide. ``room`` are those who were there: what was agreed, not what was said.
"""

from django.db.models import Case, F, IntegerField, When

from dialogues.models import Attendance, Issue, Point, Process, Session
from incidents.disclosure import NO_SMALL_COUNTS, SMALLEST_COUNT
from orgs.disclosure import Coarsening, Column, Table


def _without_small_parts(part: int, whole: int) -> int | None:
    return None if any(0 < count < SMALLEST_COUNT for count in (part, whole - part)) else part


def _without_small_parts_sql(part: str, whole: str) -> Case:
    few_others = {f"{part}__gt": F(whole) - SMALLEST_COUNT, f"{part}__lt": F(whole)}
    return Case(
        When(**{f"{part}__gt": 0, f"{part}__lt": SMALLEST_COUNT}, then=None),
        When(**few_others, then=None),
        default=F(part),
        output_field=IntegerField(null=True),
    )


NO_SMALL_PARTS = Coarsening(python=_without_small_parts, sql=_without_small_parts_sql)
"""A part of a total that is told: neither the part nor what the total leaves is from 1 to 4."""

SMALL_PARTS = {
    "women": Column("women", NO_SMALL_PARTS, beside=("people",)),
    "youth": Column("youth", NO_SMALL_PARTS, beside=("aged",)),
    "aged": Column("aged", NO_SMALL_COUNTS),
}

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
        **SMALL_PARTS,
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
