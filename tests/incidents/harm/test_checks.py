"""What each check finds, what it must not find, and that each is needed."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest import MonkeyPatch  # noqa: PT013

from incidents.models import Alert, Audience, Door, Incident, IncidentState, IncidentType, SafetyCheck, Severity
from incidents.safety import checks, names, places, trust, wordings
from incidents.safety.found import Found, Weight
from incidents.services.alerts import Line
from orgs.models import Area, Edition, Level, OrganisationVisibility, Place, PlaceKind, Role, Tlp
from tests import reviewing
from tests.factories import (
    ActorFactory,
    ContactFactory,
    FigureFactory,
    HeldResponsibleFactory,
    IdentityFactory,
    OrganisationFactory,
    ReportFactory,
    area,
    person,
)
from tests.incidents.alerts.conftest import Place as Scene
from tests.incidents.alerts.conftest import drafted, verified

pytestmark = pytest.mark.django_db
PUBLIC = (Line(Audience.PUBLIC), Line(Audience.NETWORK), Line(Audience.LIAISON))


def found(scene: Scene, incident: Incident, *lines: Line, **words: str) -> dict[str, Found]:
    """What the checks find in a draft, by check."""
    alert = drafted(scene, incident, *lines, **words)
    return {met.found.check: met.found for met in reviewing.standing(scene.author_view, alert).met}


def weights(scene: Scene, incident: Incident, *lines: Line, **words: str) -> dict[str, Weight]:
    return {check: one.weight for check, one in found(scene, incident, *lines, **words).items()}


# --- Words ---------------------------------------------------------------------------------------------------------

HELD = [
    (SafetyCheck.FORCES, "Les FAMa sont à Boni depuis hier.", "FAMa sont à"),
    (SafetyCheck.FORCES, "A military convoy left the town.", "military convoy"),
    (SafetyCheck.PHONE, "Appelez le 76 12 34 56 tout de suite.", "76 12 34 56"),
    (SafetyCheck.EMAIL, "Écrivez à moussa@exemple.ml.", "moussa@exemple.ml"),
    (SafetyCheck.POINT, "Au point 14.5432, -4.1234.", "14.5432, -4.1234"),
]


@pytest.mark.parametrize(("check", "text", "words"), HELD)
@pytest.mark.parametrize("lines", [(Line(Audience.LIAISON),), PUBLIC], ids=["liaison", "public"])
def test_words_that_hold_whoever_reads_them(
    koro: Scene, check: str, text: str, words: str, lines: tuple[Line, ...]
) -> None:
    one = found(koro, verified(tlp=Tlp.CLEAR, summary=text), *lines)[check]
    assert one.weight is Weight.HOLDS
    assert words in one.words
    assert set(one.audiences) >= {line.audience for line in lines}


@pytest.mark.parametrize(
    "text",
    [
        "Des hommes armés viennent vers le village.",
        "Le 12/05/2026, 1 250 personnes sont parties.",
        "La gendarmerie est à votre écoute.",
        "Le camp de déplacés manque d’eau.",
    ],
)
def test_words_that_alerts_are_made_of_hold_nothing(koro: Scene, text: str) -> None:
    assert not [one for one in weights(koro, verified(tlp=Tlp.CLEAR, summary=text), *PUBLIC).values() if one > 1]


def test_a_community_is_decided_on_before_the_public_and_only_said_before_others(koro: Scene) -> None:
    text = "Des éleveurs peuls ont été attaqués."
    one = found(koro, verified(tlp=Tlp.CLEAR, summary=text), *PUBLIC)[SafetyCheck.COMMUNITY]
    assert (one.weight, one.audiences) == (Weight.NEEDS_ANSWER, ("public",))
    one = found(koro, verified(tlp=Tlp.GREEN, summary=text), Line(Audience.LIAISON))[SafetyCheck.COMMUNITY]
    assert (one.weight, set(one.audiences)) == (Weight.INFORMS, {"network", "liaison"})


# --- People --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("M. Traoré a été emmené.", "traoré"),
        ("Mme Awa Diallo a vu les hommes.", "awa diallo"),
        ("Le chef de village Amadou est menacé.", "amadou"),
        ("L’imam Kassoum a parlé.", "kassoum"),
        ("Le préfet Sory Ba est parti.", "sory ba"),
        ("El Hadj Ousmane a fermé sa boutique.", "ousmane"),
        ("Un homme nommé Bakary est recherché.", "bakary"),
        ("Issa Guindo a perdu ses bœufs.", "issa guindo"),
        ("Mohamed Ag Attaher est cité.", "mohamed ag attaher"),
        ("Chief Modibo was threatened.", "modibo"),
    ],
)
def test_names_by_the_look_of_them(koro: Scene, text: str, name: str) -> None:
    one = found(koro, verified(summary=text))[SafetyCheck.NAME]
    assert (one.weight, one.key) == (Weight.NEEDS_ANSWER, name)


@pytest.mark.parametrize(
    "text",
    [
        "Parlez au chef de village avant ce soir.",
        "Le maire de Koro a été prévenu. Le Mali est grand.",
        "Le chef-lieu est fermé. La Croix-Rouge est là.",
        "Les gens vont vers Le Togo ou au Togo.",
        "Vol de bétail au marché, mardi 12 mai. Une école est fermée.",
        "Appelez le maire. Dimanche, restez chez vous.",
        "Un enfant est né. Des familles ont fui. L’imam a appelé au calme.",
        "Le président Koro",
        "Mme la directrice demande de l’eau.",
    ],
)
def test_what_is_no_name(koro: Scene, text: str) -> None:
    assert SafetyCheck.NAME not in found(koro, verified(summary=text))


def test_names_in_the_directory_that_the_viewer_may_read(koro: Scene) -> None:
    person(Role.MONITOR, "Koro", name="Ramata Zerbo")
    ContactFactory.create(
        name="Abdou Zida", organisation=OrganisationFactory.create(visibility=OrganisationVisibility.PUBLIC)
    )
    for text, name in (("ramata ZERBO l’a dit.", "ramata ZERBO"), ("Demandez à Abdou Zida.", "Abdou Zida")):
        one = found(koro, verified(summary=text))[SafetyCheck.KNOWN_NAME]
        assert (one.weight, one.words) == (Weight.NEEDS_ANSWER, name)
    assert SafetyCheck.KNOWN_NAME not in found(koro, verified(summary="Ramata est là, Zerbo aussi."))


def test_nobody_learns_that_somebody_has_an_account_elsewhere(koro: Scene) -> None:
    person(Role.MONITOR, "Gao", name="Ramata Zerbo")
    assert SafetyCheck.KNOWN_NAME not in found(koro, verified(summary="Ramata Zerbo l’a dit."))


def test_the_identity_of_a_reporter_is_never_opened_for_it(koro: Scene) -> None:
    incident = verified(summary="Ramata Zerbo l’a dit.")
    IdentityFactory.create(report=ReportFactory.attached(incident), said={"name": "Ramata Zerbo"})
    assert SafetyCheck.KNOWN_NAME not in found(koro, incident)


def test_the_actor_held_responsible_by_name(koro: Scene) -> None:
    incident = verified(summary="La brigade Tondibi a frappé des vendeurs.")
    HeldResponsibleFactory.create(incident=incident, actor=ActorFactory.create(name="Brigade Tondibi"))
    assert found(koro, incident)[SafetyCheck.RESPONSIBLE].weight is Weight.NEEDS_ANSWER
    assert SafetyCheck.RESPONSIBLE not in found(koro, verified(summary="La brigade a frappé des vendeurs."))


# --- Places --------------------------------------------------------------------------------------------------------


def place(kind: str = PlaceKind.VILLAGE, rank: int = 5, name: str = "Dourvéniko") -> Place:
    edition = Edition.objects.get(is_current=True)
    koro = area("Koro")
    return Place.objects.create(edition=edition, kind=kind, rank=rank, name=name, region=koro.region, cercle=koro)


def commune(name: str) -> Area:
    around = area("Koro")
    made = Area.objects.create(
        edition=around.edition, level=Level.COMMUNE, pcode=f"{around.pcode}{len(name):02d}", name=name, parent=around,
        region=around.region, cercle=around,
    )  # fmt: skip
    Area.objects.filter(pk=made.pk).update(commune=made)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize(
    "text",
    [
        "Au hameau de Sampara, des greniers ont brûlé.",
        "L’école de Gangafani est fermée.",
        "Dans le quartier Sanssara, des tirs.",
        "La concession de Bakoro est vide.",
        "La famille Sampara a fui.",
        "Ils sont allés chez Sampara.",
        "The school in Gangafani is closed.",
    ],
)
def test_a_small_place_in_words(koro: Scene, text: str) -> None:
    network = verified(summary=text)
    assert found(koro, network, Line(Audience.NETWORK))[SafetyCheck.SMALL_PLACE].weight is Weight.NEEDS_ANSWER
    liaison = verified(summary=text, tlp=Tlp.AMBER)
    assert found(koro, liaison, Line(Audience.LIAISON))[SafetyCheck.SMALL_PLACE].weight is Weight.INFORMS


@pytest.mark.parametrize(
    "text",
    ["Une école est fermée.", "Des familles ont fui.", "Deux quartiers s’évitent.", "Allez au puits le plus proche."],
)
def test_what_is_no_small_place(koro: Scene, text: str) -> None:
    assert SafetyCheck.SMALL_PLACE not in found(koro, verified(summary=text), Line(Audience.NETWORK))


@pytest.mark.parametrize(
    ("kind", "rank", "tlp", "expected"),
    [
        (PlaceKind.VILLAGE, 5, Tlp.GREEN, Weight.NEEDS_ANSWER),
        (PlaceKind.CAMP, 4, Tlp.GREEN, Weight.NEEDS_ANSWER),
        (PlaceKind.VILLAGE, 5, Tlp.AMBER, Weight.INFORMS),
        (PlaceKind.TOWN, 5, Tlp.GREEN, None),
        (PlaceKind.VILLAGE, 3, Tlp.GREEN, None),
    ],
)
def test_a_village_of_unknown_size_that_readers_are_told(
    koro: Scene, kind: str, rank: int, tlp: str, expected: Weight | None
) -> None:
    incident = verified(tlp=tlp, place=place(kind, rank))
    one = found(koro, incident, Line(Audience.LIAISON)).get(SafetyCheck.VILLAGE)
    assert (one.weight if one else None) == expected


def test_the_public_never_reads_below_the_cercle(koro: Scene) -> None:
    incident = verified(tlp=Tlp.CLEAR, place=place(), summary="Vol de bétail à dourvéniko.")
    one = found(koro, incident, *PUBLIC)[SafetyCheck.PUBLIC_PLACE]
    assert (one.weight, one.audiences) == (Weight.HOLDS, ("public",))
    assert SafetyCheck.PUBLIC_PLACE not in found(koro, incident, Line(Audience.NETWORK))


def test_the_commune_is_below_the_cercle_unless_they_have_one_name(koro: Scene) -> None:
    for name, expected in (("Dinangourou", True), ("Koro", False)):
        incident = verified(tlp=Tlp.CLEAR, where=commune(name), summary=f"Vol de bétail à {name}.")
        assert (SafetyCheck.PUBLIC_PLACE in found(koro, incident, *PUBLIC)) == expected, name


# --- How sure ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("severity", "grades", "reports", "below"),
    [
        (Severity.EXTREME, "A6", 1, False),
        (Severity.EXTREME, "C6", 1, True),
        (Severity.EXTREME, "F6", 2, False),
        (Severity.EXTREME, "F1", 1, False),
        (Severity.SEVERE, "C6", 1, False),
        (Severity.SEVERE, "D6", 1, True),
        (Severity.MODERATE, "F6", 1, False),
        (Severity.MODERATE, "E6", 1, True),
        (Severity.MODERATE, "E6", 0, True),
        (Severity.MINOR, "E6", 2, False),
    ],
)
def test_the_bar_for_a_source(koro: Scene, severity: str, grades: str, reports: int, below: bool) -> None:
    incident = verified(severity=severity, source_grade=grades[0], claim_grade=grades[1])
    for _ in range(reports):
        ReportFactory.attached(incident)
    one = found(koro, incident).get(SafetyCheck.SOURCE)
    assert (one is not None) == below
    assert one is None or one.weight is Weight.NEEDS_ANSWER


def test_two_reports_of_one_person_are_one(koro: Scene) -> None:
    incident = verified(severity=Severity.EXTREME, source_grade="F")
    for door in (Door.SMS, Door.WEB):
        report = ReportFactory.attached(incident, door=door)
        IdentityFactory.create(report=report, person_key="the-same")
    assert SafetyCheck.SOURCE in found(koro, incident)
    ReportFactory.attached(incident)
    assert SafetyCheck.SOURCE not in found(koro, incident)


def test_reports_that_were_set_aside_do_not_count(koro: Scene) -> None:
    incident = verified(severity=Severity.EXTREME, source_grade="F")
    ReportFactory.attached(incident)
    ReportFactory.rejected()
    assert SafetyCheck.SOURCE in found(koro, incident)


def test_what_is_not_verified_is_said_to_be_a_rumour_and_who_will_not_be_told(koro: Scene) -> None:
    both = (Line(Audience.LIAISON), Line(Audience.NETWORK))
    seen = weights(koro, verified(state=IncidentState.OPEN), *both)
    assert (seen[SafetyCheck.UNVERIFIED], seen[SafetyCheck.TOO_EARLY]) == (Weight.INFORMS, Weight.INFORMS)
    seen = weights(koro, verified(), *both)
    assert not {SafetyCheck.UNVERIFIED, SafetyCheck.TOO_EARLY} & set(seen)


def test_an_audience_that_the_marking_shuts_out(koro: Scene) -> None:
    assert weights(koro, verified(tlp=Tlp.RED), *PUBLIC)[SafetyCheck.MARKING] is Weight.INFORMS
    assert SafetyCheck.MARKING not in weights(koro, verified(tlp=Tlp.CLEAR), *PUBLIC)


@pytest.mark.parametrize(
    ("rule", "incident", "check"),
    [
        ("incidents.access.may_be_sent_to", {"tlp": Tlp.RED}, SafetyCheck.MARKING),
        ("incidents.access.BEFORE_VERIFICATION", {"state": IncidentState.OPEN}, SafetyCheck.TOO_EARLY),
    ],
)
def test_were_something_written_for_them_all_the_same_it_would_hold(
    koro: Scene, monkeypatch: MonkeyPatch, rule: str, incident: dict[str, Any], check: str
) -> None:
    """The rule that keeps it from being written is in another file; here it is as if that one had a hole."""
    monkeypatch.setattr("incidents.services.renditions.may_have_rendition", lambda incident, audience: True)
    assert weights(koro, verified(**incident), *PUBLIC)[check] is Weight.HOLDS


# --- The product's own words, and the whole -------------------------------------------------------------------------


@pytest.mark.parametrize("severity", Severity.values)
def test_the_products_own_words_are_never_found(koro: Scene, severity: str) -> None:
    for kind in IncidentType.objects.all():
        incident = verified(
            tlp=Tlp.CLEAR, type=kind, severity=severity, source_grade="A", claim_grade="1", summary="Attention.",
            place=place(PlaceKind.TOWN, name="Camp Peul Moussa Traoré"),
        )  # fmt: skip
        FigureFactory.create(incident=incident, value=41)
        seen = found(koro, incident, *PUBLIC, Line(Audience.OVERSIGHT), instruction="Restez loin.")
        assert not seen, (kind.code, seen)


EXAMPLES: dict[Callable[..., Any], tuple[str, dict[str, Any]]] = {
    wordings.forces: (SafetyCheck.FORCES, {"summary": HELD[0][1]}),
    wordings.phones: (SafetyCheck.PHONE, {"summary": HELD[2][1]}),
    wordings.emails: (SafetyCheck.EMAIL, {"summary": HELD[3][1]}),
    wordings.points: (SafetyCheck.POINT, {"summary": HELD[4][1]}),
    wordings.communities: (SafetyCheck.COMMUNITY, {"summary": "Des Dogons et des Peuls."}),
    names.titled: (SafetyCheck.NAME, {"summary": "M. Traoré est là."}),
    names.known: (SafetyCheck.KNOWN_NAME, {"summary": "Ramata Zerbo est là."}),
    names.responsible: (SafetyCheck.RESPONSIBLE, {"summary": "La Brigade Tondibi."}),
    places.worded: (SafetyCheck.SMALL_PLACE, {"summary": "Au hameau de Sampara."}),
    places.village: (SafetyCheck.VILLAGE, {}),
    places.public: (SafetyCheck.PUBLIC_PLACE, {"summary": "À Dourvéniko."}),
    trust.source: (SafetyCheck.SOURCE, {"source_grade": "E"}),
    trust.unverified: (SafetyCheck.UNVERIFIED, {"state": IncidentState.OPEN}),
    trust.marking: (SafetyCheck.MARKING, {"tlp": Tlp.RED}),
    trust.too_early: (SafetyCheck.TOO_EARLY, {"state": IncidentState.OPEN}),
}


def test_every_check_has_its_example() -> None:
    assert set(EXAMPLES) == set(checks.CHECKS)
    assert {check for check, _fields in EXAMPLES.values()} == set(SafetyCheck)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_without_a_check_its_thing_goes_unseen(koro: Scene, monkeypatch: MonkeyPatch, number: int) -> None:
    check, (code, fields) = list(EXAMPLES.items())[number]
    person(Role.MONITOR, "Koro", name="Ramata Zerbo")
    incident = verified(**{"tlp": Tlp.CLEAR, "place": place(), **fields})
    HeldResponsibleFactory.create(incident=incident, actor=ActorFactory.create(name="Brigade Tondibi"))
    assert code in found(koro, incident, *PUBLIC)
    monkeypatch.setattr(checks, "CHECKS", [one for one in checks.CHECKS if one is not check])
    assert code not in found(koro, incident, *PUBLIC)


def test_the_same_before_several_readers_is_told_once_with_the_greater_weight(koro: Scene) -> None:
    alert: Alert = drafted(koro, verified(tlp=Tlp.CLEAR, summary="Des Peuls."), *PUBLIC, instruction="Aidez ces Peuls.")
    met = [one.found for one in reviewing.standing(koro.author_view, alert).met]
    assert [(one.words, one.weight, one.audiences) for one in met] == [("Peuls", Weight.NEEDS_ANSWER, ("public",))]
