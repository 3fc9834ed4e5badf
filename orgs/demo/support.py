"""Support, services of the State and a suggested change in the demonstration: one of each sort, some more of needs."""

from datetime import date, timedelta
from decimal import Decimal

from orgs.demo.stage import MARK, Stage
from orgs.models import (
    AgeBand,
    Area,
    FundingCall,
    GrantStatus,
    Measure,
    Need,
    Presence,
    Programme,
    Qualifier,
    Sex,
    StateService,
    StateServiceKind,
    SubGrant,
    Training,
)
from orgs.policy import Viewer
from orgs.services import changes, state_services, support, support_counts, support_grants
from orgs.services.changes import Asked
from orgs.services.support_counts import Cells, Period

_K, _P = StateServiceKind, Presence
SERVICES = (
    ("ML1902", _K.TOWN_HALL, _P.PRESENT, 2012), ("ML1902", _K.SCHOOL, _P.PARTLY, 2018),
    ("ML1902", _K.HEALTH, _P.PRESENT, 2009), ("ML1902", _K.COURT, _P.ABSENT, 2019),
    ("ML1903", _K.TOWN_HALL, _P.PARTLY, 2018), ("ML1903", _K.SCHOOL, _P.ABSENT, 2019),
    ("ML1901", _K.PREFECTURE, _P.PRESENT, 2015), ("ML1901", _K.HEALTH, _P.PRESENT, 2008),
    ("ML0501", _K.COURT, _P.PRESENT, 2010), ("ML0501", _K.CIVIL_REGISTRY, _P.PRESENT, 2010),
    ("ML0502", _K.WATER, _P.PARTLY, 2020), ("ML0405", _K.PREFECTURE, _P.ABSENT, 2018),
)  # fmt: skip
NEEDS = (
    ("femmes", "transport", "Un moyen de transport pour aller écouter les familles des hameaux."),
    ("femmes", "training", "Apprendre à tenir la caisse et les comptes."),
    ("jeunes", "equipment", "Des ballons et un terrain pour les rencontres entre villages."),
    ("radio", "equipment", "Un émetteur de rechange."),
)
ROOM: Cells = {
    (Sex.FEMALE, AgeBand.YOUTH): 6,
    (Sex.FEMALE, AgeBand.ADULT): 5,
    (Sex.MALE, AgeBand.YOUTH): 5,
    (Sex.MALE, AgeBand.ADULT): 4,
}


def load(stage: Stage, keeper: Viewer) -> None:
    """Write it all as the administrator; the suggestion comes from the monitor and waits for a coordinator."""
    today = stage.now.date()
    areas = {area.pcode: area for area in Area.objects.current()}
    _services(keeper, areas, today)
    _trainings(stage, keeper, areas, today)
    _programme(stage, keeper, areas, today)
    _money(stage, keeper, areas, today)
    for body, kind, words in NEEDS:
        need = Need(organisation=stage.organisations[body], kind=kind, words=words, source=MARK, is_demo=True)
        support.keep(viewer=keeper, row=need)


def suggest(stage: Stage) -> None:
    """A change that waits: people are there by now."""
    radio = stage.organisations["radio"]
    asked = Asked(
        values={"capacities": ["radio", "training"]},
        version=radio.version,
        note="Elle forme aussi des correspondants dans les villages.",
        source="Vu sur place",
    )
    changes.ask(viewer=stage.viewer("monitor"), organisation=radio, asked=asked)


def _services(keeper: Viewer, areas: dict[str, Area], today: date) -> None:
    for pcode, kind, presence, year in SERVICES:
        statement = state_services.Statement(
            area=areas[pcode],
            kind=kind,
            presence=presence,
            as_of=today - timedelta(days=40),
            since=date(year, 1, 1),
            since_is_year=True,
            source=f"Enquête auprès des mairies {MARK}",
        )
        made = state_services.state_service(viewer=keeper, statement=statement)
        StateService.objects.filter(pk=made.pk).update(is_demo=True)


def _trainings(stage: Stage, keeper: Viewer, areas: dict[str, Area], today: date) -> None:
    training = Training(
        title=f"Écouter et apaiser : trois jours de médiation {MARK}",
        topic="mediation",
        organiser=stage.organisations["reseau"],
        area=areas["ML0501"],
        place_text="Maison des femmes",
        starts_on=today - timedelta(days=25),
        ends_on=today - timedelta(days=23),
        spoken=["bambara", "fulfulde"],
        source=MARK,
        is_demo=True,
    )
    support.keep(viewer=keeper, row=training)
    support_counts.set_attendance(viewer=keeper, training=training, organisation=None, cells=ROOM)


def _programme(stage: Stage, keeper: Viewer, areas: dict[str, Area], today: date) -> None:
    programme = Programme(
        title=f"Retour au métier {MARK}",
        organisation=stage.organisations["jeunes"],
        area=areas["ML1901"],
        starts_on=date(today.year - 1, 1, 1),
        funding="Cotisations",
        source=MARK,
        is_demo=True,
    )
    support.keep(viewer=keeper, row=programme)
    last_year = Period(Measure.TRAINED, date(today.year - 1, 1, 1), date(today.year - 1, 12, 31), Qualifier.AT_LEAST)
    cells: Cells = {(Sex.FEMALE, AgeBand.YOUTH): 22, (Sex.MALE, AgeBand.YOUTH): 31}
    support_counts.set_programme_counts(viewer=keeper, programme=programme, period=last_year, cells=cells)


def _money(stage: Stage, keeper: Viewer, areas: dict[str, Area], today: date) -> None:
    call = FundingCall(
        title=f"Petites initiatives de paix {MARK}",
        funder_text="Fonds de démonstration",
        themes=["dialogue", "mediation", "women_peace"],
        opens_on=today - timedelta(days=10),
        closes_on=today + timedelta(days=50),
        amount_min=Decimal(500_000),
        amount_max=Decimal(3_000_000),
        who_may_apply="Associations de femmes et de jeunes",
        source=MARK,
        is_public=True,
        is_demo=True,
    )
    support.keep(viewer=keeper, row=call, areas=[areas["ML05"], areas["ML19"]])
    grant = SubGrant(
        recipient=stage.organisations["femmes"],
        funder_text="Fonds de démonstration",
        amount=Decimal(1_200_000),
        starts_on=today - timedelta(days=120),
        purpose="Causeries sur la paix autour des puits",
        status=GrantStatus.RUNNING,
        source=MARK,
        is_demo=True,
    )
    support.keep(viewer=keeper, row=grant)
    support_grants.expect_report(viewer=keeper, grant=grant, due_on=today - timedelta(days=5))
