"""What each audience is shown of the ways by which people are reached. The mechanism is ``orgs.disclosure``."""

from orgs.disclosure import Table
from orgs.models import Address, WayOut

ADDRESS = Table(
    Address,
    """
    field          self  administrator
    id             S     S
    person_id      S     S
    channel        S     S
    label          S     S
    kind           S     S
    added_at       S     S
    rotated_at     S     S
    proved_at      S     S
    last_used_at   S     S
    failed_at      S     S
    failure        S     S
    failures       S     S
    rests_until    S     S
    ended_at       S     S
    end            S     S
    """,
    tlp=None,
)
"""Where it leads (``sealed``) and the hash by which it is found stand in no line: they never leave."""

WAY_OUT = Table(
    WayOut,
    """
    field          operator
    id             S
    channel        S
    gateway        S
    price          S
    currency       S
    per_minute     S
    state          S
    troubles       S
    trouble        S
    trouble_at     S
    opened_at      S
    next_try_at    S
    """,
    tlp=None,
)
