"""What each audience is shown of feedback on conduct. The mechanism is ``orgs.disclosure``."""

from django.db.models import F

from incidents.models import ConductFeedback, ConductPattern
from orgs.disclosure import Coarsening, Column, Table


def _full_tens(value: int | None) -> int | None:
    return None if value is None else value // 10 * 10


FULL_TENS = Coarsening(python=_full_tens, sql=lambda path: F(path) / 10 * 10)
"""Numbers of voices rounded down, so that they cannot be set against those of another time."""

CONDUCT = Table(
    ConductFeedback,
    """
    field        oversight
    id           S
    force        S
    acts         S
    judgement    S
    occurred_on  S
    region       S
    cercle       S
    state        S
    received_at  S
    """,
    fields={"region": Column("region__name"), "cercle": Column("cercle__name")},
    tlp=None,
)
"""The words are sealed: they are opened on the page of one, and that is noted."""

CONDUCT_PATTERN = Table(
    ConductPattern,
    """
    field         oversight  reader
    id            S          S
    region        S          S
    cercle        S          S
    from_on       S          S
    to_on         S          S
    good          S          C
    bad           S          C
    words         S          S
    written_at    S          S
    written_by    S          -
    withdrawn_at  S          -
    """,
    fields={
        "region": Column("region__name"),
        "cercle": Column("cercle__name"),
        "written_by": Column("written_by__name"),
        "good": Column("good", FULL_TENS),
        "bad": Column("bad", FULL_TENS),
    },
    tlp=None,
)
