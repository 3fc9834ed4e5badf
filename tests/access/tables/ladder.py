"""Who reaches the addresses of ladders and exercises. Every result was typed by hand."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from incidents.models import Audience, Escalation, EscalationState, Exercise, Ladder, LadderStep, Participation
from orgs.models import Tlp
from tests.access.world import HOME, World
from tests.factories import area

HERE = "coordinator,accused"
"""A ladder or an exercise belongs to no incident: the accused are coordinators of Koro like others."""

ADDRESSES = f"""
address                                          GET                POST
/alerts/ladders/                                 coordinators       .
/alerts/ladders/new/                             coordinators       coordinators
/alerts/ladders/try/                             coordinators       .
/alerts/ladders/{{ladder_plan}}/                 {HERE}             .
/alerts/ladders/{{ladder_plan}}/edit/            {HERE}             {HERE}
/alerts/{{draft}}/ladder/                        coordinator        coordinator
/alerts/{{ladder_alert}}/ladder/now/             coordinator        coordinator
/alerts/{{ladder_alert}}/ladder/stop/            coordinator        coordinator
/alerts/{{ladder_alert}}/ladder/call/            coordinator        coordinator
/alerts/exercises/                               +                  .
/alerts/exercises/new/                           coordinators       coordinators
/alerts/exercises/answer/                        .                  .
/alerts/exercises/{{ladder_drill}}/              {HERE}             .
/alerts/exercises/{{ladder_drill}}/edit/         {HERE}             {HERE}
/alerts/exercises/{{ladder_drill}}/participants/ {HERE}             {HERE}
/alerts/exercises/{{ladder_drill}}/participants/{{ladder_chosen}}/remove/  .  {HERE}
/alerts/exercises/{{ladder_drill}}/invite/       .                  {HERE}
/alerts/exercises/{{ladder_drill}}/start/        {HERE}             {HERE}
/alerts/exercises/{{ladder_drill}}/end/          {HERE}             {HERE}
/alerts/exercises/{{ladder_drill}}/report/       {HERE}             .
/alerts/exercises/{{ladder_drill}}/lessons/      .                  {HERE}
"""


def things(world: World) -> dict[str, Any]:
    """A plan and a drill of Koro, and an alert whose ladder has come to its call."""
    home = area(HOME)
    ladder = Ladder.objects.create(name="Échelle", area=home)
    LadderStep.objects.create(ladder=ladder, step=2, wait=5, audience=Audience.LIAISON)
    alert, _delivery = world.alert(Tlp.AMBER)
    now = timezone.now()
    call = {"wait": 5, "call_name": "Mme Cissé", "call_phone": "+22376000088", "call_words": "Une alerte attend."}
    Escalation.objects.create(alert=alert, step=2, state=EscalationState.DONE, due_at=now, done_at=now, **call)
    drill = Exercise.objects.create(name="Essai", area=home, starts_at=now + timedelta(days=1))
    chosen = world.people["reporter"]
    assert chosen is not None
    return {
        "ladder_plan": ladder.pk,
        "ladder_alert": alert.pk,
        "ladder_drill": drill.pk,
        "ladder_chosen": Participation.objects.create(exercise=drill, person=chosen).pk,
    }
