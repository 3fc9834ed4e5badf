"""Who reaches what people say of the conduct of forces. Every result was typed by hand."""

from datetime import date
from typing import Any

from incidents.models import ConductPattern
from incidents.services import conduct
from tests.access.world import HOME, World
from tests.factories import area

ADDRESSES = """
address                                            GET         POST
/conduct/                                          *           *
/conduct/sent/                                     *           .
/conduct/follow-up/                                *           *
/conduct/erase/                                    .           *
/conduct/overview/                                 conductors  .
/conduct/{conduct}/                                oversight   oversight
/conduct/patterns/new/                             oversight   oversight
/conduct/patterns/{conduct_pattern}/withdraw/      .           oversight
"""


def things(world: World) -> dict[str, Any]:
    """What somebody said of home, and a pattern there."""
    taken = conduct.take_in(
        form_id="access", force="police", acts=["money"], occurred_on=date(2026, 5, 4), area=area(HOME)
    )
    pattern = ConductPattern.objects.create(
        region=area(HOME).region or area(HOME), cercle=area(HOME), from_on=date(2026, 1, 1), to_on=date(2026, 3, 31),
        good=20, bad=30, words="On paie pour passer.",
    )  # fmt: skip
    return {"conduct": taken.feedback.pk, "conduct_pattern": pattern.pk}
