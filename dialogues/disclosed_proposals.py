"""What each audience is shown of proposals, priorities and ratings. The mechanism is ``orgs.disclosure``."""

from dialogues.models import Dissent, Priority, Proposal, RatedPriority, RatingRound
from orgs.disclosure import Column, Table

PROPOSAL = Table(
    Proposal,
    """
    field         team  coordinator
    id            S     S
    session_id    S     S
    session       S     S
    held_on       S     S
    words         S     S
    theme         S     S
    priority_id   S     S
    """,
    fields={"session": Column("session__title"), "held_on": Column("session__held_on")},
    tlp=None,
)

PRIORITY = Table(
    Priority,
    """
    field     network  analyst  team  coordinator
    id        S        S        S     S
    title     S        S        S     S
    words     S        S        S     S
    theme     S        S        S     S
    """,
    tlp=None,
)

ROUND = Table(
    RatingRound,
    """
    field      public  network  analyst  team  coordinator
    uid        S       S        S        S     S
    title      S       S        S        S     S
    method     S       S        S        S     S
    state      S       S        S        S     S
    code       -       -        -        S     S
    slips      -       -        -        S     S
    opened_at  S       S        S        S     S
    closed_at  S       S        S        S     S
    is_demo    S       S        S        S     S
    """,
    tlp=None,
)

RATED = Table(
    RatedPriority,
    """
    field     public  network  analyst  team  coordinator
    id        S       S        S        S     S
    position  S       S        S        S     S
    title     S       S        S        S     S
    words     S       S        S        S     S
    theme     S       S        S        S     S
    """,
    tlp=None,
)

DISSENT = Table(
    Dissent,
    """
    field  public  network  analyst  team  coordinator
    group  S       S        S        S     S
    words  S       S        S        S     S
    """,
    tlp=None,
)

FULL_SPREAD = ("team", "coordinator")
"""Those who see how few people gave a value even where fewer than ``LEAST_VOICES`` rated at all."""
LEAST_VOICES = 5
