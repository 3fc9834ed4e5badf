"""A ladder of Koro: the liaisons of Koro at release, then those of Bankass, the network, and somebody to call."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from incidents.models import Alert, Audience, Escalation, Ladder
from incidents.services import climbing
from incidents.services.ladder_plans import Rung, Wanted, keep_ladder
from orgs.access import viewer_for
from orgs.models import Role
from tests.factories import area, country, person
from tests.incidents.alerts.conftest import Place, koro, released, verified

__all__ = ["koro"]

CALL = Rung(wait=30, call_name="Mme Cissé, préfecture", call_phone="+22376000088", call_words="Une alerte attend.")


def rungs() -> list[Rung]:
    """Three steps: 15, 20 and 30 minutes."""
    return [
        Rung(wait=15, audience=Audience.LIAISON, area=area("Bankass")),
        Rung(wait=20, audience=Audience.NETWORK, area=area("Koro")),
        CALL,
    ]


def a_ladder(**fields: object) -> Ladder:
    """A ladder kept by a coordinator of the whole country."""
    keeper = viewer_for(person(Role.COORDINATOR, country(), name="Zeinab"))
    wanted = {"name": "Échelle de Koro", "area": area("Koro"), "rungs": rungs(), **fields}
    return keep_ladder(viewer=keeper, wanted=Wanted(**wanted))  # type: ignore[arg-type]


@pytest.fixture
def ladder(koro: Place) -> Ladder:
    return a_ladder()


@pytest.fixture
def alert(koro: Place, ladder: Ladder) -> Alert:
    """Released to the liaison of Koro, with the ladder frozen."""
    return released(koro, verified())


@pytest.fixture
def after(alert: Alert) -> Callable[[float], datetime]:
    """So many minutes after the release."""
    began = alert.released_at
    assert began is not None
    return lambda minutes: began + timedelta(minutes=minutes)


def states(alert: Alert) -> list[str]:
    """The states of the steps, in their order."""
    return list(Escalation.objects.filter(alert=alert).order_by("step").values_list("state", flat=True))


def told(alert: Alert) -> list[tuple[int, str]]:
    """Who was told in which step."""
    rows = alert.deliveries.order_by("step", "recipient__name")
    return list(rows.values_list("step", "recipient__name"))


def climb(at: datetime) -> int:
    """One pass at this time of the database's clock; how many steps went."""
    return climbing.climb_due(now=at).climbed
