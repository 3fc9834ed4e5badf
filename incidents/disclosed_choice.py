"""What is shown of subscriptions and rosters, and to whom. The mechanism is ``orgs.disclosure``.

No audience but these gets anything of them: whom somebody listens for and who is awake at night
is nobody else's matter.
"""

from incidents.models import DutyReplacement, DutyRoster, DutyShift, Subscription
from orgs.disclosure import Column, Table

SUBSCRIPTION = Table(
    Subscription,
    """
    field            own  keeper  told  administrator
    id               S    S       S     S
    organisation_id  S    S       S     S
    role             S    S       S     S
    with_neighbours  S    S       S     -
    min_severity     S    S       S     -
    days             S    S       S     -
    from_time        S    S       S     -
    to_time          S    S       S     -
    sending          S    S       S     S
    is_active        S    S       S     S
    paused_until     S    S       S     S
    created_by       -    S       -     -
    created_at       S    S       -     S
    """,
    fields={"created_by": Column("created_by__name")},
    tlp=None,
)

ROSTER = Table(
    DutyRoster,
    """
    field            keeper  coordinator  administrator
    id               S       S            S
    name             S       S            S
    organisation_id  S       S            S
    time_zone        S       S            S
    created_at       S       S            S
    """,
    tlp=None,
)

SHIFT = Table(
    DutyShift,
    """
    field            keeper  coordinator  administrator
    id               S       S            S
    person           S       S            -
    weekday          S       S            S
    on_date          S       S            S
    from_time        S       S            S
    to_time          S       S            S
    """,
    fields={"person": Column("person__name")},
    tlp=None,
)

REPLACEMENT = Table(
    DutyReplacement,
    """
    field            keeper  coordinator  administrator
    id               S       S            S
    person           S       S            -
    on_date          S       S            S
    starts_at        S       S            S
    """,
    fields={"person": Column("person__name")},
    tlp=None,
)
