"""A local pact of the demonstration, and what four organisations say became of it. Invented.

Agreements that were really signed (``manage.py first_agreements``) get no made-up verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from dialogues.demo.script import Step, day, uid_of
from dialogues.models import Agreement, AgreementKind, Assessment, Provision, Verdict
from dialogues.services import agreements
from dialogues.services.agreements import AgreementSaid, ProvisionSaid
from incidents.models import Incident
from orgs.demo import Stage
from orgs.models import Area, Tlp

TITLE = "Pacte de la mare et des passages (exemple)"
AREA = "ML0502"
SIGNED = 400


@dataclass(frozen=True)
class Line:
    """One provision; ``due`` days ago it was to be kept (negative: to come)."""

    number: str
    words: str
    benchmark: str
    due: int | None = None


@dataclass(frozen=True)
class Found:
    """What an organisation (by one of its people) found of a provision, so many days ago."""

    number: str
    days: int
    by: str
    verdict: str
    words: str = ""
    evidence: str = ""


LINES = (
    Line("1", "Les femmes puisent avant les troupeaux.", "Le cahier des gardiens"),
    Line("2", "Trois passages restent ouverts pour les bêtes, toute l’année.", "Trois passages marqués et libres", 280),
    Line("3", "Celui dont les bêtes ont mangé un champ paie avant la lune suivante.", "Part des disputes payées"),
    Line("4", "Personne ne vient armé à la mare ni au marché.", "Aucune arme vue en un mois"),
    Line("5", "Un comité des deux villages se réunit chaque mois, avec deux femmes et deux jeunes.",
         "Les comptes rendus", -60),
)  # fmt: skip
_KEPT, _PARTLY, _BROKEN, _NOT = Verdict.KEPT, Verdict.PARTLY, Verdict.BROKEN, Verdict.NOT_BEGUN
FOUND = (
    Found("1", 320, "editor", _NOT), Found("1", 200, "editor", _PARTLY, "Le matin oui, le soir non."),
    Found("1", 70, "editor", _KEPT, evidence="Cahier des gardiens"),
    Found("1", 60, "facilitator", _KEPT),
    Found("2", 300, "herder", _PARTLY, "Deux passages sur trois."),
    Found("2", 270, "editor", _KEPT),
    Found("2", 25, "herder", _BROKEN, "Une clôture ferme le passage de la mare depuis la saison des pluies."),
    Found("2", 20, "editor", _PARTLY, "Le passage de la mare est rouvert, la clôture reste à côté."),
    Found("2", 8, "visitor", _PARTLY, "Trois passages ouverts le jour de la visite, un seul est marqué."),
    Found("3", 250, "herder", _KEPT), Found("3", 240, "editor", _BROKEN, "Deux champs mangés, rien n’est payé."),
    Found("3", 90, "editor", _PARTLY, "La moitié est payée."), Found("3", 85, "herder", _KEPT),
    Found("4", 330, "visitor", _KEPT),
    Found("4", 16, "visitor", _BROKEN, "Un homme est venu avec un fusil un jour de foire."),
    Found("4", 14, "facilitator", _PARTLY, "Une seule fois en un an, et il est reparti quand on le lui a demandé."),
    Found("5", 310, "visitor", _NOT), Found("5", 150, "visitor", _PARTLY, "Il se réunit, sans les jeunes."),
    Found("5", 15, "facilitator", _KEPT, evidence="Quatre comptes rendus"),
)  # fmt: skip
TOUCHED = (("2", "land", 14.0), ("3", "land", 14.0))
"""Provision, incident, and so many days ago it was said."""


def steps(stage: Stage) -> Iterator[Step]:
    """The pact, what was found of it, and which incidents touch it, each on its day."""
    yield SIGNED - 1, partial(_sign, stage)
    for found in FOUND:
        yield found.days, partial(_assess, stage, found)
    for number, incident, days in TOUCHED:
        yield days, partial(_touch, stage, number, incident)


def _sign(stage: Stage) -> None:
    viewer = stage.viewer("coordinator")
    made = agreements.keep_agreement(
        viewer=viewer,
        said=AgreementSaid(
            title=TITLE,
            kind=AgreementKind.LOCAL,
            signed_on=day(SIGNED),
            area=Area.objects.current().get(pcode=AREA),
            place_text="Djenné, au bord de la mare",
            parties=("Les deux villages de la mare", "Les éleveurs qui passent", "Les femmes qui puisent"),
            source="Inventé pour la démonstration.",
            tlp=Tlp.CLEAR,
        ),
        is_demo=True,
    )
    lines = [
        ProvisionSaid(one.number, one.words, one.benchmark, None if one.due is None else day(one.due)) for one in LINES
    ]
    agreements.write_provisions(viewer=viewer, agreement=made, lines=lines, version=made.version)
    at = stage.ago(24 * (SIGNED - 1))
    Agreement.objects.filter(pk=made.pk).update(uid=uid_of("pact"), made_at=at, updated_at=at)


def _assess(stage: Stage, found: Found) -> None:
    viewer = stage.viewer(found.by)
    made = agreements.assess(
        viewer=viewer,
        provision=_provision(found.number),
        assessor=min(viewer.organisation_ids),
        verdict=found.verdict,
        as_of=day(found.days),
        words=found.words,
        evidence=found.evidence,
        is_demo=True,
    )
    Assessment.objects.filter(pk=made.pk).update(written_at=stage.ago(24 * found.days))


def _touch(stage: Stage, number: str, key: str) -> None:
    ref = Incident.objects.values_list("ref", flat=True).get(pk=stage.made[f"incident {key}"])
    agreements.link_incident(viewer=stage.viewer("coordinator"), provision=_provision(number), ref=ref)


def _provision(number: str) -> Provision:
    return Provision.objects.select_related("agreement").get(agreement__uid=uid_of("pact"), number=number)
