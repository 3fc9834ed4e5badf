"""Subscriptions, a rule and a roster of the demonstration: so that their pages show what they are for."""

from datetime import time

from incidents.models import DutyRoster, IncidentType, Sending, Severity, Subscription
from incidents.services.rosters import RosterSaid, add_shifts, keep_roster
from incidents.services.subscriptions import Wanted, keep_subscription
from orgs.demo import Stage
from orgs.models import Area

HOURS = 15 * 24
"""So many hours ago they were made: before the first alert of the story."""
_KORO, _BANKASS, _MOPTI = "ML1902", "ML1903", "ML05"


def play(stage: Stage) -> None:
    """Make them as people would."""
    with stage.moment(stage.ago(HOURS)):
        _subscribe(stage, "liaison", Wanted(areas=_areas(_KORO, _BANKASS), with_neighbours=True))
        _subscribe(
            stage,
            "reporter",
            Wanted(areas=_areas(_KORO), types=_types("looting", "abduction"), min_severity=Severity.MODERATE),
        )
        _subscribe(stage, "coordinator", Wanted(areas=_areas(_MOPTI), sending=Sending.DIGEST))
        rule = Wanted(min_severity=Severity.SEVERE)
        keep_subscription(
            viewer=stage.viewer("editor"), wanted=rule, organisation=stage.organisations["radio"], is_demo=True
        )
        _roster(stage)
    made = stage.ago(HOURS)
    Subscription.objects.filter(is_demo=True).update(created_at=made)
    DutyRoster.objects.filter(is_demo=True).update(created_at=made)


def remove() -> int:
    """Take them away; how many subscriptions there were."""
    DutyRoster.objects.filter(is_demo=True).delete()
    return int(Subscription.objects.filter(is_demo=True).delete()[1].get(Subscription._meta.label, 0))


def _subscribe(stage: Stage, key: str, wanted: Wanted) -> None:
    keep_subscription(viewer=stage.viewer(key), wanted=wanted, is_demo=True)


def _roster(stage: Stage) -> None:
    """By day one, by night the other; nobody on Sunday night, so that a gap is seen."""
    viewer = stage.viewer("liaison")
    roster = keep_roster(
        viewer=viewer,
        said=RosterSaid("Permanence de Koro", _areas(_KORO, _BANKASS)),
        organisation=stage.organisations["gendarmerie"],
        is_demo=True,
    )
    for key, start, end, days in (
        ("liaison", time(6), time(18), range(1, 8)),
        ("officer", time(18), time(6), range(1, 7)),
    ):
        add_shifts(
            viewer=viewer, roster=roster, person=stage.people[key], from_time=start, to_time=end, weekdays=list(days)
        )


def _areas(*pcodes: str) -> list[Area]:
    return list(Area.objects.current().filter(pcode__in=pcodes))


def _types(*codes: str) -> list[IncidentType]:
    return list(IncidentType.objects.filter(pk__in=codes))
