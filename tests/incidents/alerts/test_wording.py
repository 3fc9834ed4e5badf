"""Words that hold a text: a table of what must be caught and of what people must still be able to say."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orgs.wording import Kind, cautions, findings, holding

POSITIONS_AND_MOVEMENTS = [
    "Les FAMa sont à Boni.",
    "les fama se trouvent près du marché",
    "Les F.A.M.a sont stationnées à l’entrée de la ville",
    "Un convoi de l’armée est parti de Sévaré ce matin",
    "L’armée a quitté Boni hier",
    "Les militaires se dirigent vers Douentza",
    "Des soldats patrouillent chaque nuit autour du puits",
    "Une patrouille de gendarmes passe à 6 h",
    "Une patrouille mixte passe le lundi",
    "Position des forces : à 3 km au nord du pont",
    "les positions de l'armée ont été attaquées",
    "Attaque contre le poste de gendarmerie de Konna",
    "Le camp militaire de Tessit a été touché",
    "près du camp des FAMa",
    "un check-point tenu par des policiers",
    "Check point à la sortie de Mopti",
    "LA GENDARMERIE S’EST DÉPLOYÉE À KORO : LES GENDARMES SE DEPLOIENT",
    "La garde nationale est basée à Ansongo",
    "La police arrive dans une heure",
    "les hommes de Wagner sont arrivés à Hombori",
    "Africa Corps se déplace vers Kidal",
    "Barkhane a quitté Gossi, la base de l’armée est vide",
    "Des renforts de l’armée viennent de Mopti",
    "Les casques bleus sont toujours à Ménaka",
    "La colonne de militaires traverse le village",
    "les sol\u200bdats sont à Boni",
    "Ils ont vu la caserne brûler",
    "effectifs de la gendarmerie : 12",
    "Les forces de défense et de sécurité se sont repliées, elles sont à Léré : les forces armées sont dans la ville",
    "The army is at Boni.",
    "Soldiers are heading to Koro",
    "A military convoy left Sévaré this morning",
    "Troops deployed near the market",
    "The gendarmes are based in Douentza",
    "army checkpoint on the road to Gao",
    "Police are on their way",
    "the national guard patrols the road",
    "movement of troops towards the river",
]

MAY_BE_SAID = [
    "",
    "Des hommes armés ont attaqué le village cette nuit, trois personnes ont été tuées.",
    "Des hommes armés se dirigent vers le village, les habitants fuient.",
    "Appelez la gendarmerie.",
    "La police a été prévenue et est au courant.",
    "Les gendarmes ont été informés par le maire.",
    "Un soldat a été blessé.",
    "Des soldats ont arrêté trois hommes et brûlé un grenier.",
    "La police conseille de rester chez soi.",
    "Demandez conseil à la gendarmerie de votre cercle.",
    "Les militaires ont battu un berger au marché de Boni.",
    "Le camp de déplacés manque d’eau, la police a été prévenue.",
    "Le marché est fermé. Le poste de santé aussi. La gendarmerie a été informée.",
    "Le barrage de Markala déborde.",
    "Les éleveurs se déplacent vers le fleuve.",
    "La position des femmes dans le comité est discutée.",
    "Le convoi des forains a été attaqué par des hommes armés.",
    "Les jeunes patrouillent dans le quartier.",
    "Armed men attacked the village, people are fleeing.",
    "Call the police.",
    "The police have been told and are in touch with the mayor.",
    "Soldiers beat a herder at the market.",
    "The displaced camp has no water; the army was told.",
    "Évitez la route de Bandiagara jusqu’à demain.",
]

POINTS_AND_ADDRESSES = [
    ("Appelez le 76 12 34 56", Kind.PHONE),
    ("76123456", Kind.PHONE),
    ("tel : +223 66-77-88-99.", Kind.PHONE),
    ("0033 6 12 34 56 78", Kind.PHONE),
    ("٧٦ ١٢ ٣٤ ٥٦", Kind.PHONE),
    ("écrire à moussa.k@exemple.ml", Kind.EMAIL),
    ("moussa (at) exemple.ml", Kind.EMAIL),
    ("au point 14.5432, -4.1234", Kind.COORDINATES),
    ("14°20'30\" N", Kind.COORDINATES),
    ("N 14.52", Kind.COORDINATES),
    ("lat: 14.5", Kind.COORDINATES),
    ("30P 512345 1612345", Kind.COORDINATES),
    ("https://maps.app.goo.gl/abc", Kind.COORDINATES),
    ("6FGX2V2C+8Q", Kind.COORDINATES),
]

PLAIN_NUMBERS = [
    "Le 21/11/2026 à 18 h 30",
    "2026-11-21 06:15",
    "entre 2017-2018",
    "10 000 000 de personnes",
    "1 250 000 francs",
    "12 morts, 3 blessés, 40 maisons",
    "TLP:AMBER, 5 km",
    "Répondez 1 12345",
]


@pytest.mark.parametrize("text", POSITIONS_AND_MOVEMENTS)
def test_where_forces_are_or_go_holds_a_text(text: str) -> None:
    assert Kind.FORCES in {finding.kind for finding in holding(text)}


@pytest.mark.parametrize("text", MAY_BE_SAID)
def test_what_people_must_be_able_to_say_does_not_hold(text: str) -> None:
    assert holding(text) == []


@pytest.mark.parametrize(("text", "kind"), POINTS_AND_ADDRESSES)
def test_points_and_addresses_hold_a_text(text: str, kind: Kind) -> None:
    assert {finding.kind for finding in holding(text)} == {kind}


@pytest.mark.parametrize("text", PLAIN_NUMBERS)
def test_dates_and_counts_are_not_addresses(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize("text", ["des éleveurs peuls", "Les Dogons du village", "two Fulani herders", "les Arabes"])
def test_naming_a_community_is_a_caution(text: str) -> None:
    (found,) = cautions(text)
    assert found.kind is Kind.COMMUNITY
    assert not found.holds
    assert holding(text) == []


def test_a_finding_says_where_it_stands() -> None:
    text = "Hier soir, les FAMa sont à Boni. Appelez le 76 12 34 56."
    forces, phone = findings(text)
    assert text[forces.start : forces.end] == forces.words == "FAMa sont à"
    assert text[phone.start : phone.end].strip() == phone.words == "76 12 34 56"


@given(st.text(max_size=400))
@example("a" * 400)
@example("armée " * 60)
@example("٣" * 40)
@example("²³¹" * 9)
def test_any_text_is_read_without_failing(text: str) -> None:
    for found in findings(text):
        assert 0 <= found.start < found.end <= len(text)


def test_a_long_text_is_read_in_a_moment() -> None:
    for words in ("les soldats ont vu le marché ", "76 1 ", "a@", "1.", "base ", "é"):
        started = time.perf_counter()
        findings(words * (20_000 // len(words)))
        assert time.perf_counter() - started < 2
