"""The IMRAP example as a spreadsheet: a participatory action research of 2015-16, in numbers that are made up.

73 sessions, 50 interviews, 50 screenings with nearly 10,000 spectators, a meeting of each of two steering committees
and one conference of three days that proposes solutions to two themes; every region of the time, camps in Niger and in
Mauritania.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import openpyxl

PROCESS = "Autoportrait du Mali : obstacles à la paix"
TITLES = (
    "Processus", "Type de processus", "Numéro", "Type", "Titre", "Date", "Pays", "Région", "Lieu", "Langues",
    "Interprètes vers", "Participants", "Spectateurs", "Femmes 15-35", "Femmes 36-60", "Femmes plus de 60",
    "Hommes 15-35", "Hommes 36-60", "Hommes plus de 60", "Groupes", "Groupes invités", "Groupes absents",
    "Ordre du jour", "Compte rendu", "Problèmes", "Accords", "Désaccords", "Propositions", "Marquage",
)  # fmt: skip
TAGS = (
    "#activity+process", "#activity+process+type", "#activity+num", "#activity+type", "#activity+name", "#date+held",
    "#country", "#adm1+name", "#loc+name", "#meta+lang+spoken", "#meta+lang+interpreted", "#affected+participants",
    "#affected+spectators", "#affected+f+age_15_35", "#affected+f+age_36_60", "#affected+f+age_61_plus",
    "#affected+m+age_15_35", "#affected+m+age_36_60", "#affected+m+age_61_plus", "#affected+groups",
    "#beneficiary+invited", "#beneficiary+absent", "#description+agenda", "#description+minutes", "#cause+issue",
    "#output+agreement", "#output+disagreement", "#output+proposal", "#meta+tlp",
)  # fmt: skip
REGIONS = ("Kayes", "Koulikoro", "Sikasso", "Ségou", "Mopti", "Tombouctou", "Gao", "Kidal", "Ménaka", "Bamako")
CAMPS = (
    ("Niger", "Camp de Tabareybarey"), ("Niger", "Camp de Mangaïzé"), ("Niger", "Camp d’Abala"),
    ("Niger", "Camp d’Intikane"), ("Mauritanie", "Camp de Mbera"),
)  # fmt: skip
GROUPS = ("Éleveurs", "Agriculteurs", "Femmes", "Jeunes", "Chefs religieux", "Société civile")
ISSUES = (
    "Insécurité sur les routes [sécurité]\nPerte de confiance dans la justice [justice]",
    "Chômage des jeunes [moyens d’existence]\nParole confisquée par les aînés [participation]",
    "Rumeurs contre les réfugiés [dignité, appartenance]",
)
TRUST = "La confiance entre les populations et les forces de défense et de sécurité"
YOUTH = "Les jeunes, l’emploi et la violence"


@dataclass(frozen=True)
class Solution:
    """A solution of the conference: its words are made up, its numbers too."""

    theme: str
    title: str
    at_the_conference: str
    in_sessions: str
    agreed: tuple[int, int, int]
    """Urgency, feasibility, impact, as the conference agreed on them."""


SOLUTIONS = (
    Solution(
        TRUST, "Des rencontres entre habitants et forces",
        "Une rencontre chaque mois entre habitants et chefs de poste",
        "Une rencontre chaque mois entre les habitants et les chefs de poste", (5, 4, 5),
    ),
    Solution(
        TRUST, "Un lieu où se plaindre sans peur", "Un bureau où l’on peut se plaindre sans peur",
        "Qu’il y ait un bureau où se plaindre sans peur", (5, 3, 5),
    ),
    Solution(
        TRUST, "Former aux droits et à la langue du lieu", "Former les agents aux droits et à la langue du lieu",
        "Que l’on forme les agents aux droits et à la langue", (3, 4, 4),
    ),
    Solution(
        YOUTH, "Des métiers pour les jeunes", "Apprendre un métier aux jeunes dans chaque commune",
        "Apprendre aux jeunes un métier dans chaque commune", (5, 3, 5),
    ),
    Solution(
        YOUTH, "Des jeunes dans chaque comité de paix", "Deux jeunes dans chaque comité de paix",
        "Que deux jeunes soient dans chaque comité de paix", (4, 5, 4),
    ),
    Solution(
        YOUTH, "Des cours du soir", "Ouvrir des cours du soir à l’école",
        "Que l’école ouvre des cours du soir", (2, 4, 3),
    ),
)  # fmt: skip
"""Two themes with three solutions each, as at the conference of May 2016."""
EVERY = 6
"""Of the sessions, each sixth proposes something: one solution after the other."""
BEGIN = date(2015, 1, 12)
SESSIONS, INTERVIEWS, SCREENINGS = 73, 50, 50
SPECTATORS = 9_870


def workbook() -> bytes:
    """The workbook: a page of explanations, then the sheet of sessions."""
    book = openpyxl.Workbook()
    first: Any = book.active
    first.title = "Lisez-moi"
    first.append(["Une ligne par séance. Les spectateurs d’un film ne sont pas des participants."])
    sheet = book.create_sheet("Séances")
    sheet.append(["Recherche-action participative, 2015-2016"])
    sheet.append(list(TITLES))
    sheet.append(list(TAGS))
    for row in rows():
        sheet.append([row.get(title) for title in TITLES])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rows() -> Iterator[dict[str, Any]]:
    """The lines, always the same."""
    chance = random.Random(2016)
    for number in range(1, SESSIONS + 1):
        kind = "Groupe de discussion" if number % 3 else "Concertation"
        many = chance.randint(18, 34)
        row = _row(chance, number, kind, BEGIN + timedelta(days=3 * number), many)
        proposed = SOLUTIONS[number // EVERY % len(SOLUTIONS)].in_sessions if number % EVERY == 0 else ""
        yield {**row, "Propositions": proposed}
    for number in range(1, INTERVIEWS + 1):
        yield _row(chance, 100 + number, "Entretien", BEGIN + timedelta(days=20 + 4 * number), 1)
    audiences = _shared(chance, SPECTATORS, SCREENINGS)
    for number, audience in enumerate(audiences, start=1):
        row = _row(chance, 200 + number, "Projection de film", date(2015, 11, 2) + timedelta(days=3 * number), 5)
        yield {**row, "Spectateurs": audience}
    for number, where in ((301, "Bamako"), (302, "Mopti")):
        row = _row(chance, number, "Réunion de comité", date(2016, 4, number - 300), 21)
        yield {**row, "Titre": f"Comité de pilotage, {where}", "Région": where, "Pays": "Mali", "Lieu": where}
    row = _row(chance, 400, "Conférence", date(2016, 5, 3), 180)
    yield {**row, "Titre": "Conférence nationale", "Date": "3-5 mai 2016", "Région": "Bamako", "Pays": "Mali",
           "Lieu": "Bamako", "Marquage": "CLEAR",
           "Propositions": "\n".join(one.at_the_conference for one in SOLUTIONS)}  # fmt: skip


def _row(chance: random.Random, number: int, kind: str, day: date, people: int) -> dict[str, Any]:
    is_camp = number % 8 == 0
    country, place = CAMPS[(number // 8) % len(CAMPS)] if is_camp else ("Mali", "")
    region = "" if is_camp else REGIONS[number % len(REGIONS)]
    ages = dict(zip(TITLES[13:19], _shared(chance, people, 6), strict=True))
    invited = [GROUPS[(number + step) % len(GROUPS)] for step in range(3)]
    first = chance.randint(0, people)
    there = {invited[0]: first, invited[1]: people - first}
    return {
        "Processus": PROCESS, "Type de processus": "Recherche-action participative", "Numéro": number, "Type": kind,
        "Titre": f"{kind} {number}", "Date": day, "Pays": country, "Région": region, "Lieu": place or f"Salle {region}",
        "Langues": "bambara; français", "Interprètes vers": "tamasheq" if number % 5 == 0 else "",
        "Participants": people, "Spectateurs": None, **ages,
        "Groupes": "; ".join(f"{name} : {many}" for name, many in there.items() if many),
        "Groupes invités": "; ".join(invited), "Groupes absents": invited[2],
        "Ordre du jour": "Les obstacles à la paix", "Compte rendu": "On a parlé chacun à son tour.",
        "Problèmes": ISSUES[number % 3], "Accords": "Se revoir au prochain marché." if number % 2 else "",
        "Désaccords": "Qui parle au nom des jeunes." if number % 4 == 0 else "", "Propositions": "",
        "Marquage": "GREEN",
    }  # fmt: skip


def _shared(chance: random.Random, whole: int, parts: int) -> list[int]:
    """A number shared out at random."""
    cuts = sorted(chance.randint(0, whole) for _ in range(parts - 1))
    return [end - start for start, end in zip([0, *cuts], [*cuts, whole], strict=True)]
