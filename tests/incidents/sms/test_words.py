"""What is read in an SMS, whatever the order, accents, capitals, slips and gaps."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.intake import sms_lexicon
from incidents.intake.sms_words import read, slips
from incidents.models import HowKnown, IncidentType
from incidents.said import MOST_HARMED

TODAY = date(2026, 11, 28)  # a Saturday

FORMS = [
    ("INC KORO TIR 3M 5B", "attack", {"killed": 3, "injured": 5}, "koro"),
    ("inc koro tir 3m 5b", "attack", {"killed": 3, "injured": 5}, "koro"),
    ("INC TIR 3M5B KORO", "attack", {"killed": 3, "injured": 5}, "koro"),
    ("3 morts 5 blessés tir Koro", "attack", {"killed": 3, "injured": 5}, "koro"),
    ("ALERTE Koro: attaque. Morts: 3, blessés: 5", "attack", {"killed": 3, "injured": 5}, "koro"),
    ("REPORT Koro shooting three dead 5 injured", "attack", {"killed": 3, "injured": 5}, "koro"),
    ("KORO tir", "attack", {}, "koro"),
    ("Koro attaqe", "attack", {}, "koro"),
    ("INC vol de bétail Gourma-Rharous", "looting", {}, "gourma rharous"),
    ("INC Gourma Rharous vol betail", "looting", {}, "gourma rharous"),
    ("enlevment Djenné 2 enlevés", "abduction", {"abducted": 2}, "djenne"),
    ("INC mine Bankass 1 mort", "explosion", {"killed": 1}, "bankass"),
    ("rumeur a Mopti", "rumour", {}, "mopti"),
    ("INC tension Youwarou", "tension", {}, "youwarou"),
    ("INC les gens fuient Ténenkou 40 déplacés", "displacement", {"displaced": 40}, "tenenkou"),
    ("INC Koro feu de cases pas de mort", "looting", {"killed": 0}, "koro"),
    ("INC Koro deux hommes tués et une femme blessée", "attack", {"killed": 2, "injured": 1}, "koro"),
    ("INC Koro", "", {}, "koro"),
]


@pytest.mark.parametrize(("text", "kind", "harmed", "place"), FORMS)
def test_the_short_form_is_forgiving(text: str, kind: str, harmed: dict[str, int], place: str) -> None:
    words = read(text, today=TODAY)
    assert words.is_structured
    assert (words.kinds[:1] or ("",))[0] == kind
    assert words.harmed == harmed
    assert place in [key for _written, key in words.places]


def test_free_words_give_what_they_can() -> None:
    text = (
        "Hier soir des hommes armés ont attaqué le village de Dinangourou, 2 hommes tués et une femme blessée, "
        "ils ont pris les vaches. On m'a dit."
    )
    words = read(text, today=TODAY)
    assert not words.is_structured
    assert words.kinds == ("attack", "looting")
    assert words.harmed == {"killed": 2, "injured": 1}
    assert words.occurred_on == date(2026, 11, 27)
    assert words.how_known == HowKnown.TOLD
    assert "dinangourou" in [key for _written, key in words.places]
    assert words.language == "fr"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("aujourd’hui", date(2026, 11, 28)),
        ("ce matin", date(2026, 11, 28)),
        ("hier", date(2026, 11, 27)),
        ("avant-hier", date(2026, 11, 26)),
        ("yesterday", date(2026, 11, 27)),
        ("lundi", date(2026, 11, 23)),
        ("12/11", date(2026, 11, 12)),
        ("12/11/2025", date(2025, 11, 12)),
        ("12 novembre", date(2026, 11, 12)),
        ("25/12", date(2025, 12, 25)),
        ("31/02", None),
        ("12/11/2031", None),
        ("", None),
    ],
)
def test_days(said: str, day: date | None) -> None:
    assert read(f"INC KORO TIR {said}", today=TODAY).occurred_on == day


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("AIDE", "help"), ("aide svp", "help"), ("DEMA", "help"), ("Demarrer", "help"), ("HELP", "help"),
        ("start", "help"), ("STOP", "stop"), ("FIN", "finish"), ("SUIVI 1234567890123456", "follow"),
        ("suivi 1234 5678 9012 3456", "follow"), ("1234 5678 9012 3456", "follow"), ("SUIVI", "follow"),
        ("aide les gens de Koro contre les voleurs", ""), ("stoppez les attaques", ""), ("Fin de la route a Koro", ""),
    ],
)  # fmt: skip
def test_commands(text: str, command: str) -> None:
    assert read(text, today=TODAY).command == command


@pytest.mark.parametrize("text", ["Bonjour", "ok merci", "?", "", "👍", "12345 OK", "test"])
def test_talk_is_no_report(text: str) -> None:
    assert read(text, today=TODAY).is_talk


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [
        ("bankas", "bankass", True), ("attaqe", "attaque", True), ("atatque", "attaque", True), ("koro", "koro", True),
        ("koro", "kori", True), ("ab", "ba", True), ("abc", "cba", False), ("koro", "gao", False), ("a", "", True),
        ("abcd", "badc", False),
    ],
)  # fmt: skip
def test_slips(first: str, second: str, near: bool) -> None:
    assert slips(first, second) is near
    assert slips(second, first) is near


@pytest.mark.django_db
def test_every_kind_of_the_dictionary_is_a_kind_of_incident() -> None:
    codes = {*sms_lexicon.KINDS.values(), *sms_lexicon.PHRASES.values()}
    assert codes - {sms_lexicon.NOTHING} <= set(IncidentType.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("text", "harmed"),
    [
        ("ils ont tué 3 personnes", {"killed": 3}),
        ("3 personnes ont été tuées", {"killed": 3}),
        ("blessé 2 et tué 3", {"injured": 2, "killed": 3}),
        ("10 vaches volées 2 bergers blessés", {"injured": 2}),
        ("aucun mort, un enlevé", {"killed": 0, "abducted": 1}),
        ("une dizaine de morts", {"killed": 10}),
        ("999999999 morts", {}),
        ("2 motos et 3 voitures", {}),
    ],
)
def test_people_harmed(text: str, harmed: dict[str, int]) -> None:
    assert read(text, today=TODAY).harmed == harmed


@pytest.mark.parametrize("text", ["la mine d’or de Kéniéba est ouverte", "le cessez-le-feu tient à Koro", "d'accord"])
def test_words_that_mean_something_else(text: str) -> None:
    assert not read(text, today=TODAY).kinds


def test_a_woman_is_no_closed_school_and_a_pupil_not_abducted() -> None:
    assert not read("INC Koro une femme et des eleves", today=TODAY).kinds


_PIECES = st.sampled_from(
    [
        "INC",
        "KORO",
        "3M",
        "5B",
        "tir",
        "0",
        "-1",
        "99999999999",
        "hier",
        "32/13",
        "é",
        "ß",
        "İ",
        "½",
        "²",
        "٣",
        "\x00",
        ":",
        "M",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=30).map(" ".join), st.lists(_PIECES).map("".join)))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    words = read(text, today=TODAY)
    assert all(0 <= number <= MOST_HARMED for number in words.harmed.values())
    assert len(words.places) <= 40
    assert words.occurred_on is None or words.occurred_on <= TODAY
    assert words.text == text
