"""What people of the demonstration say of the conduct of forces. Invented."""

from datetime import timedelta

from django.utils import timezone

from incidents.models import Act, ConductFeedback, ConductPattern, Force
from incidents.services import conduct
from orgs.demo import Stage
from orgs.models import Area

AREA = "ML0501"
VOICES = (
    (
        Force.GENDARMERIE,
        (Act.CAME, Act.LISTENED),
        "Ils sont venus le matin même, ils ont parlé aux deux familles.",
    ),
    (Force.POLICE, (Act.MONEY,), "Ils demandent mille francs à chaque charrette."),
    (Force.ARMY, (Act.RESPECT,), ""),
    (Force.ARMY, (Act.STOPPED, Act.INSULT), "Les jeunes n’osent plus aller au marché."),
    (Force.GENDARMERIE, (Act.HELPED,), "Ils ont ramené l’enfant perdu chez lui."),
    (Force.UNKNOWN, (Act.ABSENT,), "On a appelé trois fois, personne."),
)
ROUNDS = 5
DAYS_BETWEEN = 24
WORDS = "Beaucoup disent que l’on vient vite quand on appelle ; beaucoup disent aussi qu’on paie pour passer."


def play(stage: Stage) -> None:
    """Thirty voices over four months, and what oversight sees again and again in them."""
    area = Area.objects.current().get(pcode=AREA)
    today = timezone.localdate()
    numbers = [
        conduct.take_in(
            form_id=f"demo-conduct-{turn}-{place}",
            force=force,
            acts=acts,
            occurred_on=today - timedelta(days=3 + DAYS_BETWEEN * turn + place),
            area=area,
            words=words,
        ).feedback.pk
        for turn in range(ROUNDS)
        for place, (force, acts, words) in enumerate(VOICES)
    ]
    ConductFeedback.objects.filter(pk__in=numbers).update(is_demo=True)
    pattern = conduct.write_pattern(
        viewer=stage.viewer("oversight"),
        area=area,
        from_on=today - timedelta(days=DAYS_BETWEEN * ROUNDS + 10),
        to_on=today,
        words=WORDS,
    )
    ConductPattern.objects.filter(pk=pattern.pk).update(is_demo=True)
