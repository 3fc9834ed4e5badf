"""Ladders and a planned drill of the demonstration, made after the alerts of the story."""

from incidents.models import Audience, Exercise, Ladder, Participation, Severity
from incidents.services import exercises
from incidents.services.exercises import Outline
from incidents.services.ladder_plans import Rung, Wanted, keep_ladder
from orgs.demo import Stage
from orgs.models import Area, Message, MessageState

_IN_DAYS = 3
_TOLD = ("liaison", "monitor", "rescuer")


def play(stage: Stage) -> None:
    """Two ladders of the coordinator's areas, and a drill of which three people know."""
    viewer = stage.viewer("coordinator")
    region, cercle = _area("ML19"), _area("ML1902")
    call = Rung(
        wait=30,
        call_name="Permanence du gouvernorat (démonstration)",
        call_phone="+22370000199",
        call_words="Une alerte de Passerelle attend une réponse. Demandez qui peut agir maintenant.",
    )
    plans = (
        Wanted(
            name="Région de Bandiagara, toute alerte",
            area=region,
            resume_after=12,
            rungs=(Rung(wait=60, audience=Audience.LIAISON, area=region), call),
        ),
        Wanted(
            name="Koro, alertes graves",
            area=cercle,
            severity=Severity.SEVERE,
            resume_after=4,
            rungs=(
                Rung(wait=15, audience=Audience.LIAISON, area=region),
                Rung(wait=20, audience=Audience.NETWORK, area=cercle),
                call,
            ),
        ),
    )
    for plan in plans:
        made = keep_ladder(viewer=viewer, wanted=plan)
        Ladder.objects.filter(pk=made.pk).update(is_demo=True)
    _plan_a_drill(stage, cercle)


def _plan_a_drill(stage: Stage, area: Area) -> None:
    viewer = stage.viewer("coordinator")
    outline = Outline(
        name="Exercice de saison sèche",
        area=area,
        starts_at=stage.ago(-24 * _IN_DAYS),
        purpose="Voir qui répond, par quelle voie et en combien de temps, avant la saison des routes dangereuses.",
    )
    drill = exercises.plan_exercise(viewer=viewer, outline=outline)
    Exercise.objects.filter(pk=drill.pk).update(is_demo=True)
    people = [stage.people[key].pk for key in _TOLD if key in stage.people]
    exercises.choose_participants(viewer=viewer, exercise=drill, people=people)
    exercises.invite(viewer=viewer, exercise=drill)
    # Nothing of the demonstration leaves.
    now = stage.now
    Message.objects.filter(purpose=exercises.INVITATION, recipient__in=people).update(
        state=MessageState.SENT, sent_at=now, final_at=now, attempts=1
    )
    agreed = Participation.objects.filter(exercise=drill).exclude(person=stage.people["liaison"]).first()
    if agreed is not None:
        Participation.objects.filter(pk=agreed.pk).update(answer="agreed", answered_at=now)


def _area(pcode: str) -> Area:
    return Area.objects.current().get(pcode=pcode)
