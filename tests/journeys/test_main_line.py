"""The main job from end to end, with real processes: web server, worker with its beat, broker, database, mail server,
SMS gateway. A villager reports; coordinators check and warn; people are told, each alone, and answer; the villager
reads what came of it. Nobody of the service held responsible learns anything.
"""

import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from incidents.models import Alert, Delivery, DeliveryAnswer, Incident, Reply, Report
from orgs.models import Channel, Message
from tests.faults.messages import environment
from tests.journeys.scene import ACCUSED_NAME, People, Stage, cast, code_in, link_in, set_up
from tests.journeys.visitor import Visitor, squeezed

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["environment"]

SEEN = "Des hommes à moto ont pris les vaches de Hamadoun près du puits. Deux bergers sont blessés."
INTERNAL = "Le chef du village confirme. Hamadoun accuse la brigade."
CALL_BACK = "+22376007777"
"""The number that the reporter left, as it is kept."""
SUMMARY = "Du bétail a été volé près d’un puits. Deux bergers sont blessés."
TO_DO = "Gardez les troupeaux au village ce soir."
NUMBER = "+22376009999"
WORD = "Les vaches sont revenues. Merci d’avoir prévenu."


def test_a_report_becomes_an_alert_that_people_answer(
    environment: dict[str, str], database_url: str, served_files: Path, tmp_path: Path
) -> None:
    with set_up(environment, database_url, served_files, tmp_path) as stage:
        people = cast(stage)
        receipt = report(stage)
        desk = stage.signs_in(people.author)
        incident = make_incident(desk)
        green = warn_at_green(stage, people, desk, incident)
        answer_by_page(stage, people, green)
        answer_by_sms(stage, people, green)
        answer_by_call(people, desk, green)
        read_the_line(desk, incident)
        amber = warn_at_amber(stage, people, desk, incident)
        close(desk, incident)
        follow_up(stage, receipt, people, incident)
        the_accused_learn_nothing(stage, people, incident, [green, amber])
        stage.wait_for_messages()
        # Six of the first alert, two of the second, two answers to SMS; the gateway confirmed one.
        # Two of them tell the reporter: it was read, something came of it.
    assert stage.books.states() == {"sent": 11, "delivered": 1}


# --- A report becomes a verified incident ------------------------------------------------------------------------


def report(stage: Stage) -> str:
    """Somebody without an account reports; gives the code of the receipt."""
    villager = stage.visitor()
    villager.open("/report/")
    said = villager.press(
        "Envoyer",
        what="Vol de bétail ou pillage",
        where="Koro",
        when="Aujourd’hui",
        injured="2",
        words=SEEN,
        how="Je l’ai vu moi-même",
        phone="76 00 77 77",
        name="Hamadoun",
    )
    if "Quel lieu" in said:
        villager.press("Envoyer", pick=next(iter(villager.forms[-1].offered["pick"])))
    assert villager.path == "/report/sent/"
    code = "".join(villager.html.split('<p class="code">')[1].split("</p>")[0].replace("&nbsp;", " ").split())
    assert len(code) == 16
    assert code.isdigit()
    assert Report.objects.count() == 1
    return code


def make_incident(desk: Visitor) -> Incident:
    """The coordinator finds it on the desk, makes an incident, puts down figures, names the brigade, verifies."""
    desk.open("/desk/")
    desk.follow("Vol de bétail")
    assert SEEN in desk.text
    desk.follow("Créer un incident")
    desk.press(
        "Créer l’incident",
        source_grade="B – Habituellement fiable",
        claim_grade="2 – Probablement vrai",
        severity="Moyen",
        urgency="Dans les heures",
        certainty="Constatée",
        tlp="TLP:GREEN – pour le réseau dans ces zones",
        narrative=INTERNAL,
        summary=SUMMARY,
    )
    incident = Incident.objects.get()
    desk.press("Noter ce chiffre")
    desk.press("Noter", to="figures", kind="Blessés", value="3", source="centre de santé")
    desk.press("Nommer", actor="Brigade de Koro")
    assert f"les membres de {ACCUSED_NAME} sont laissés de côté" in desk.text
    said = desk.press("C’est vérifié")
    assert "Vérifié" in said
    assert [(figure.value, figure.source) for figure in incident.figures.order_by("value")] == [
        (2, ""),
        (3, "centre de santé"),
    ]
    return incident


# --- The first alert: GREEN, for liaisons and network ------------------------------------------------------------


def warn_at_green(stage: Stage, people: People, desk: Visitor, incident: Incident) -> Alert:
    """What was previewed is what goes out: to each alone, with the words of their audience."""
    desk.follow("Préparer une alerte")
    preview = desk.press(
        "Voir qui serait prévenu",
        lines=["Points de contact de sécurité · cercle de Koro", "Réseau des organisations · cercle de Koro"],
        instruction=TO_DO,
        call_number=NUMBER,
    )
    assert "8 personnes" in preview
    assert "E-mail : 4 · SMS : 2 · Appel téléphonique : 1 · Dans Passerelle seulement : 1" in preview
    assert "Points de contact de sécurité : 2" in preview
    assert "Réseau des organisations : 6" in preview
    assert people.accused.name not in preview
    shown = as_previewed(desk.text)
    go_through(desk)
    said = desk.press("Diffuser : prévenir 8 personnes")
    assert "Alerte diffusée. 8 personnes sont prévenues." in said
    alert = Alert.objects.get()
    stage.wait_for_messages()
    told_by_mail = {people.author, people.second, people.liaison, people.editor}
    letters = stage.letters()
    assert set(letters) == {one.email for one in told_by_mail}
    for address, letter in letters.items():
        assert letter.get_all("To") == [address]
        assert not letter.get_all("Cc")
        assert not letter.get_all("Bcc")
        body = squeezed(plain_words(letter))
        assert SUMMARY in body
        assert TO_DO in body
        assert as_previewed(body) in shown
    texts = stage.texts()
    to_reporter = [words for number, words in texts if number == CALL_BACK]
    assert len(to_reporter) == 1
    assert "a été lu" in to_reporter[0]
    assert "vaches" not in to_reporter[0]
    warned = [(number, words) for number, words in texts if number != CALL_BACK]
    assert sorted(number for number, _words in warned) == [people.liaison_by_sms.phone, people.monitor.phone]
    for _number, words in warned:
        assert "Gardez les troupeaux au village ce soir" in words
        assert as_previewed(words) in shown
    assert Delivery.objects.filter(alert=alert).count() == 8
    assert Message.objects.filter(deliveries__alert=alert).count() == 6
    return alert


def go_through(desk: Visitor) -> None:
    """Answer the list as it should be; what is found is no harm here."""
    assert not desk.has_button("Diffuser")
    desk.follow("Répondre à la liste")
    asked = next(form for form in desk.forms if "words_hash" in form.fields)
    found = [name for name in asked.fields if name.startswith("found_") and not name.endswith("_reason")]
    mistaken: dict[str, Any] = dict.fromkeys(found, "Le contrôle se trompe : c’est autre chose")
    said = desk.press(
        "Garder mes réponses",
        recognised="Non",
        against="Non",
        what_to_do="Oui",
        reporter="Non",
        worse="Non",
        second_source="Oui",
        **mistaken,
    )
    assert "Vous avez répondu à tout, pour ces mots, exactement." in said


def plain_words(letter: EmailMessage) -> str:
    """The plain text of a letter, which its light HTML repeats."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def as_previewed(words: str) -> str:
    """Words without what is each recipient's own."""
    words = squeezed(re.sub(r"http://\S+/", "LINK", words))
    return re.sub(r"\b[1-9]\d{4}\b", "CODE", words)


# --- Answers -----------------------------------------------------------------------------------------------------


def answer_by_page(stage: Stage, people: People, alert: Alert) -> None:
    """Opening the link answers nothing, for a mail scanner or for the liaison; pressing a button does."""
    letter = plain_words(stage.letters()[str(people.liaison.email)])
    link = link_in(letter)
    scanner = stage.visitor()
    scanner.open(link)
    assert SUMMARY not in scanner.text
    liaison = stage.signs_in(people.liaison, from_page=link)
    assert liaison.path == f"/alerts/{alert.pk}/"
    assert SUMMARY in liaison.text
    delivery = Delivery.objects.get(alert=alert, recipient=people.liaison)
    assert (delivery.answer, delivery.answered_at, delivery.replies.count()) == (DeliveryAnswer.NONE, None, 0)
    liaison.press("J’ai lu")
    delivery.refresh_from_db()
    assert delivery.answer == DeliveryAnswer.ACKNOWLEDGED
    liaison.press("J’agis")
    delivery.refresh_from_db()
    assert delivery.answer == DeliveryAnswer.ACTING
    assert [reply.kind for reply in delivery.replies.order_by("id")] == ["acknowledge", "act"]


def answer_by_sms(stage: Stage, people: People, alert: Alert) -> None:
    """The code counts from the number to which it was sent, and once."""
    number, text = next(one for one in stage.texts() if one[0] == people.monitor.phone)
    code = code_in(text)
    key = next(entry["key"] for entry in stage.gateway.accepted() if entry["to"] == number)
    stage.confirms(key)
    assert Message.objects.get(key=key).state == "delivered"
    delivery = Delivery.objects.get(alert=alert, recipient=people.monitor)
    assert delivery.code == code
    stage.receives_sms(str(people.far.phone), f"2 {code}", "sms-0")
    delivery.refresh_from_db()
    assert (delivery.answer, Reply.objects.filter(channel=Channel.SMS).count()) == ("", 0)
    stage.receives_sms(number, f"2 {code}", "sms-1")
    stage.receives_sms(number, f"2 {code}", "sms-1")
    delivery.refresh_from_db()
    assert (delivery.answer, delivery.replies.count()) == (DeliveryAnswer.ACTING, 1)
    stage.wait_for_messages()
    answers = [(to, words) for to, words in stage.texts() if to == people.far.phone or "Merci" in words]
    assert [to for to, _words in answers] == [people.far.phone, number]


def answer_by_call(people: People, desk: Visitor, alert: Alert) -> None:
    """Somebody calls the villager without internet and ticks it off."""
    desk.open(f"/alerts/{alert.pk}/")
    said = desk.follow("Liste d’appels : 1 personne")
    assert people.villager.name in said
    assert people.accused.name not in said
    desk.press("Noter", result="Joint : a compris")
    delivery = Delivery.objects.get(alert=alert, recipient=people.villager)
    assert delivery.answer == DeliveryAnswer.ACKNOWLEDGED
    assert delivery.called_by == people.author


def read_the_line(desk: Visitor, incident: Incident) -> None:
    """The incident tells who was told, how, who answered after how long, and what was done."""
    said = desk.open(f"/incidents/{incident.ref}/")
    # How many minutes it was is the machine's affair.
    line = re.sub(r"\(après \d+ min\)", "(après … min)", said[said.index("Fil du temps") :])
    for words in (
        "Alerte diffusée Aminata Coulibaly · 8 personnes prévenues",
        "E-mail – 4 messages envoyés",
        "SMS – 2 messages envoyés 1 arrivé sur le téléphone",
        "J’ai lu (après … min) Seydou Keita",
        "J’agis (après … min) Seydou Keita",
        "J’agis (après … min) Issa Poudiougo",
        "J’ai lu (après … min) Fanta Diarra",
    ):
        assert words in line


# --- The second alert: AMBER and grave ---------------------------------------------------------------------------


def warn_at_amber(stage: Stage, people: People, desk: Visitor, incident: Incident) -> Alert:
    """A second coordinator must release it; what travels says nothing."""
    stage.forget_letters()
    desk.open(f"/incidents/{incident.ref}/grades/")
    desk.press("Enregistrer", severity="Grave", tlp="TLP:AMBER – pour l’organisation et ceux qu’elle sert")
    desk.follow("Préparer une alerte")
    preview = desk.press(
        "Voir qui serait prévenu",
        lines=["Points de contact de sécurité · cercle de Koro"],
        instruction="Envoyez une équipe de secours.",
        call_number=NUMBER,
    )
    assert "2 personnes" in preview
    assert "E-mail : 1 · SMS : 1" in preview
    assert people.accused.name not in preview
    go_through(desk)
    said = desk.press("La proposer à une deuxième personne")
    assert "Elle attend une deuxième personne." in said
    assert not desk.has_button("Diffuser")
    alert = Alert.objects.exclude(state="released").get()
    assert Delivery.objects.filter(alert=alert).count() == 0
    second = stage.signs_in(people.second, from_page=f"/alerts/{alert.pk}/")
    go_through(second)
    said = second.press("Diffuser : prévenir 2 personnes")
    assert "Alerte diffusée. 2 personnes sont prévenues." in said
    stage.wait_for_messages()
    letters, texts = stage.letters(), stage.texts()
    assert set(letters) == {people.liaison.email}
    assert [number for number, _words in texts] == [people.liaison_by_sms.phone]
    letter = letters[str(people.liaison.email)]
    for words in (f"{letter['Subject']} {plain_words(letter)}", texts[0][1]):
        assert code_in(words)
        assert link_in(words).startswith("/a/")
        assert NUMBER in words
        for content in ("bétail", "betail", "puits", "Koro", "Bless", "secours", "Grave", incident.ref):
            assert content not in words
    return alert


# --- The end -----------------------------------------------------------------------------------------------------


def close(desk: Visitor, incident: Incident) -> None:
    desk.open(f"/incidents/{incident.ref}/")
    desk.press("Clore l’incident", finding="Vrai", reporter_note=WORD)
    incident.refresh_from_db()
    assert (incident.state, incident.finding) == ("closed", "true")


def follow_up(stage: Stage, receipt: str, people: People, incident: Incident) -> None:
    """Whoever has the code reads what came of it, and nothing that could harm anybody."""
    villager = stage.visitor()
    villager.open("/report/follow-up/")
    said = villager.press("Voir", code=receipt)
    assert receipt not in villager.path
    for words in ("C’était vrai.", WORD, "Ceux qui peuvent agir ont été prévenus", "Quelqu’un qui a été prévenu agit"):
        assert words in said
    hidden = [one.name for one in vars(people).values()]
    hidden += [incident.ref, SEEN, INTERNAL, SUMMARY, TO_DO, NUMBER, ACCUSED_NAME, "Brigade", "Koro", "TLP", "Hamadoun"]
    assert [words for words in hidden if words in villager.html] == []


def the_accused_learn_nothing(stage: Stage, people: People, incident: Incident, alerts: list[Alert]) -> None:
    """A liaison of the service held responsible: no message, no delivery, and no page."""
    addresses = [entry["to"] for server in (stage.mail, stage.gateway) for entry in server.everything()]
    assert people.accused.email not in addresses
    assert people.accused.phone not in addresses
    assert not Delivery.objects.filter(recipient=people.accused).exists()
    accused = stage.signs_in(people.accused)
    said = accused.open("/alerts/")
    assert "Aucune alerte n’attend votre réponse." in said
    assert "bétail" not in said
    for alert in alerts:
        accused.open(f"/alerts/{alert.pk}/", status=404)
    accused.open(f"/incidents/{incident.ref}/", status=404)
