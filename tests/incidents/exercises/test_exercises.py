"""A drill reaches its participants alone, counts nowhere, says what it is, and ends with a word."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from incidents import exercise_desk
from incidents.access import people_who_may_be_told
from incidents.exercise_words import InvitationWords, OverWords
from incidents.models import (
    Alert,
    AlertAudience,
    Audience,
    Delivery,
    Escalation,
    Exercise,
    Incident,
    Participation,
    ReplyKind,
    Report,
)
from incidents.services import alerts, exercises, fanout, replies, triage
from incidents.services.alerts import Line
from incidents.services.errors import NotAllowed
from incidents.services.ladder_plans import Rung
from orgs.access import viewer_for
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import Message, Role, Tlp
from orgs.services.tokens import make_token
from tests.factories import ReportFactory, area, country, person, signed_in
from tests.incidents.alerts.conftest import Place, released, verified
from tests.incidents.exercises.conftest import ALL_LINES, example, planned
from tests.incidents.ladder.conftest import a_ladder, climb

pytestmark = pytest.mark.django_db


def names(alert: Alert) -> set[str]:
    return set(alert.deliveries.values_list("recipient__name", flat=True))


# --- Who is told -------------------------------------------------------------------------------------------------


def test_only_participants_are_told_whatever_the_lines_mean(koro: Place, drill_alert: Alert) -> None:
    assert names(drill_alert) == {"Keita", "Fanta"}
    assert drill_alert.exercise is not None


def test_whoever_declines_gets_nothing(koro: Place, drill: Exercise, made_up: Incident) -> None:
    row = drill.participations.get(person=koro.monitor)
    exercises.answer_invitation(viewer=viewer_for(koro.monitor), participation=row, agrees=False)
    alert = released(koro, made_up, *ALL_LINES)
    assert names(alert) == {"Keita"}


def test_whoever_was_not_told_beforehand_gets_nothing(koro: Place, drill: Exercise, made_up: Incident) -> None:
    exercises.choose_participants(viewer=koro.author_view, exercise=drill, people=[koro.second.pk])
    assert names(released(koro, made_up, *ALL_LINES)) == {"Keita", "Fanta"}


def test_the_ladder_of_a_drill_tells_participants_alone(koro: Place, made_up: Incident, drill: Exercise) -> None:
    a_ladder(rungs=[Rung(wait=5, audience=Audience.LIAISON), Rung(wait=5, audience=Audience.NETWORK)])
    alert = released(koro, made_up, Line(Audience.LIAISON))
    assert alert.released_at is not None
    climb(alert.released_at + timedelta(minutes=5))
    climb(alert.released_at + timedelta(minutes=5))
    assert names(alert) == {"Keita", "Fanta"}
    assert Escalation.objects.get(alert=alert, step=2).told == 0


def test_a_row_that_was_not_loaded_opens_nothing(koro: Place, made_up: Incident) -> None:
    """Messages are looked at again by the incident's number alone."""
    found = people_who_may_be_told(Incident(pk=made_up.pk), tlp=Tlp.GREEN, audience=Audience.LIAISON)
    assert set(found) == {koro.liaison}


def test_nobody_is_told_after_the_end(koro: Place, drill: Exercise, made_up: Incident) -> None:
    exercises.end_exercise(viewer=koro.author_view, exercise=drill)
    assert not people_who_may_be_told(made_up, tlp=Tlp.GREEN, audience=Audience.LIAISON).exists()


def test_a_real_incident_reaches_everybody_as_before(koro: Place, drill: Exercise) -> None:
    assert names(released(koro, verified(), Line(Audience.LIAISON))) == {"Keita", "Sangare"}


def test_the_public_is_never_told(koro: Place, made_up: Incident, client: Client) -> None:
    Incident.objects.filter(pk=made_up.pk).update(tlp=Tlp.CLEAR)
    made_up.refresh_from_db()
    alert = released(koro, made_up, Line(Audience.LIAISON), Line(Audience.PUBLIC))
    assert not alert.renditions.filter(audience=Audience.PUBLIC).exists()
    assert "RECIT-INVENTE" not in client.get("/").content.decode()


# --- It counts and leaks nowhere ---------------------------------------------------------------------------------

LISTS = (
    "/",
    "/incidents/",
    "/incidents/?region=",
    "/desk/",
    "/api/v1/incidents/",
    "/api/v1/alerts/",
    "/api/v1/deliveries/",
)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("tlp", [Tlp.CLEAR, Tlp.GREEN])
def test_no_list_program_or_page_of_others_has_it(koro: Place, drill_alert: Alert, role: Role, tlp: str) -> None:
    made_up = drill_alert.incident
    Incident.objects.filter(pk=made_up.pk).update(tlp=tlp)
    Alert.objects.filter(pk=drill_alert.pk).update(tlp=tlp)
    who = person(role, "Koro")
    client = signed_in(who)
    token = {"authorization": f"Bearer {make_token(viewer=viewer_for(who), label='t', days=1)[1]}"}
    for address in LISTS:
        headers = token if address.startswith("/api/") else {}
        answer = (Client(headers=headers) if headers else client).get(address)
        page = answer.content.decode()
        assert "RECIT-INVENTE" not in page, address
        if address != "/desk/":
            assert made_up.ref not in page, address
            assert str(drill_alert.pk) not in page, address
    one = Client(headers=token)
    assert one.get(f"/api/v1/incidents/{made_up.ref}/").status_code == 404
    assert one.get(f"/api/v1/alerts/{drill_alert.pk}/").status_code == 404
    expected = 200 if role == Role.COORDINATOR else 404
    assert client.get(f"/incidents/{made_up.ref}/").status_code == expected
    assert client.get(f"/alerts/{drill_alert.pk}/").status_code == expected


def test_anybody_finds_nothing(drill_alert: Alert, client: Client) -> None:
    Incident.objects.update(tlp=Tlp.CLEAR)
    Alert.objects.update(tlp=Tlp.CLEAR)
    for address in ("/", "/incidents/"):
        assert "RECIT-INVENTE" not in client.get(address).content.decode()
    assert client.get(f"/incidents/{drill_alert.incident.ref}/").status_code == 404


def test_colleagues_of_a_participant_do_not_read_it(koro: Place, drill_alert: Alert) -> None:
    assert signed_in(koro.colleague).get(f"/alerts/{drill_alert.pk}/").status_code == 404
    assert signed_in(koro.liaison).get(f"/alerts/{drill_alert.pk}/").status_code == 200


def test_totals_of_liaisons_are_without_it(koro: Place, drill: Exercise) -> None:
    from incidents.alerting import totals_of_own_areas

    for _number in range(5):
        verified()
    before = totals_of_own_areas(viewer_for(koro.colleague)), totals_of_own_areas(viewer_for(koro.liaison))
    exercises.start_exercise(viewer=koro.author_view, exercise=drill, example=example())
    assert (totals_of_own_areas(viewer_for(koro.colleague)), totals_of_own_areas(viewer_for(koro.liaison))) == before


def test_no_report_joins_it(koro: Place, made_up: Incident) -> None:
    report = ReportFactory.create()
    with pytest.raises(NotAllowed):
        triage.attach_report(viewer=koro.author_view, report=report, incident=made_up, version=report.version)
    page = signed_in(koro.author).get(f"/desk/reports/{report.pk}/").content.decode()
    assert made_up.ref not in page
    assert Report.objects.get(pk=report.pk).incident is None


# --- It says what it is ------------------------------------------------------------------------------------------


def test_every_page_of_it_says_so(koro: Place, drill: Exercise, drill_alert: Alert) -> None:
    author, liaison = signed_in(koro.author), signed_in(koro.liaison)
    for address in (
        f"/incidents/{drill_alert.incident.ref}/",
        f"/alerts/{drill_alert.pk}/",
        f"/alerts/{drill_alert.pk}/calls/",
        f"/alerts/{drill_alert.pk}/cancel/",
        "/alerts/",
        "/desk/",
    ):
        assert "EXERCICE" in author.get(address).content.decode(), address
    for address in (f"/alerts/{drill_alert.pk}/", "/alerts/"):
        assert "EXERCICE" in liaison.get(address).content.decode(), address


def test_what_is_read_says_so(drill_alert: Alert) -> None:
    for rendition in drill_alert.renditions.filter(language="fr"):
        assert "EXERCICE" in rendition.body


def test_a_draft_made_by_any_way_is_one_of_the_drill(koro: Place, made_up: Incident) -> None:
    alert = alerts.prepare_alert(viewer=koro.author_view, incident=made_up, lines=ALL_LINES)
    Alert.objects.filter(pk=alert.pk).update(exercise=None)
    alerts.release_alert(viewer=koro.second_view, alert=alert, version=alert.version)
    alert.refresh_from_db()
    assert alert.exercise_id == made_up.exercise_id


# --- Planning, inviting ------------------------------------------------------------------------------------------


def test_only_people_of_one_s_areas_are_chosen(koro: Place, drill: Exercise) -> None:
    away = person(Role.LIAISON, "Gao")
    chosen = exercises.choose_participants(viewer=koro.author_view, exercise=drill, people=[away.pk, koro.second.pk])
    assert chosen == 1
    assert not drill.participations.filter(person=away).exists()


def test_each_is_told_once(koro: Place, drill: Exercise) -> None:
    before = Message.objects.filter(purpose="exercise_invitation").count()
    assert before == 2
    assert exercises.invite(viewer=koro.author_view, exercise=drill) == 0
    assert Message.objects.filter(purpose="exercise_invitation").count() == before


def test_the_invitation_names_nobody_and_says_where_to_decline(koro: Place, drill: Exercise) -> None:
    messages = list(Message.objects.filter(purpose="exercise_invitation"))
    for envelope in InvitationWords().compose(messages).values():
        assert isinstance(envelope, Envelope)
        assert "/alerts/exercises/" in envelope.text
        assert "ESSAI-MARQUE" not in envelope.text
    exercises.end_exercise(viewer=koro.author_view, exercise=drill)
    assert all(isinstance(one, Skip) for one in InvitationWords().compose(messages).values())


def test_others_may_not_answer_for_somebody(koro: Place, drill: Exercise) -> None:
    row = drill.participations.get(person=koro.monitor)
    for viewer in (koro.author_view, viewer_for(koro.liaison)):
        with pytest.raises(NotAllowed):
            exercises.answer_invitation(viewer=viewer, participation=row, agrees=True)


def test_it_does_not_start_without_anybody(koro: Place) -> None:
    made = planned(koro)
    exercises.choose_participants(viewer=koro.author_view, exercise=made, people=[koro.liaison.pk])
    with pytest.raises(NotAllowed):
        exercises.start_exercise(viewer=koro.author_view, exercise=made, example=example())


def test_nor_anywhere_else_than_in_one_s_areas(koro: Place, drill: Exercise) -> None:
    with pytest.raises(NotAllowed):
        exercises.start_exercise(viewer=koro.author_view, exercise=drill, example=example(area=area("Gao")))
    with pytest.raises(NotAllowed):
        planned(koro, area=country())


def test_words_that_must_not_leave_are_refused(koro: Place, drill: Exercise) -> None:
    bad = "L’armée avance vers Koro avec dix véhicules."
    with pytest.raises(ValidationError):
        exercises.start_exercise(viewer=koro.author_view, exercise=drill, example=example(summary=bad))
    with pytest.raises(ValidationError):
        exercises.keep_lessons(viewer=koro.author_view, exercise=drill, version=drill.version, lessons=bad)


# --- Its end -----------------------------------------------------------------------------------------------------


def test_the_end_cancels_with_a_word_that_it_is_over(koro: Place, drill: Exercise, drill_alert: Alert) -> None:
    Message.objects.filter(purpose="alert").update(state="sent")
    exercises.end_exercise(viewer=koro.author_view, exercise=drill)
    drill_alert.refresh_from_db()
    drill.refresh_from_db()
    assert (drill_alert.state, drill.ended_by) == ("cancelled", koro.author)
    over = list(Message.objects.filter(purpose="exercise_over"))
    assert {message.recipient_id for message in over} == {koro.liaison.pk, koro.monitor.pk}
    assert not Message.objects.filter(purpose="cancel").exists()
    for message, envelope in zip(over, OverWords().compose(over).values(), strict=True):
        assert isinstance(envelope, Envelope)
        assert "EXERCICE" in envelope.text
        assert Delivery.objects.get(recipient=message.recipient).code in envelope.text
    exercises.end_exercise(viewer=koro.author_view, exercise=drill)
    assert Message.objects.filter(purpose="exercise_over").count() == 2


def test_whoever_never_had_it_hears_nothing_of_its_end(koro: Place, drill: Exercise, drill_alert: Alert) -> None:
    exercises.end_exercise(viewer=koro.author_view, exercise=drill)
    assert not Message.objects.filter(purpose="exercise_over").exists()
    assert set(Message.objects.filter(purpose="alert").values_list("state", flat=True)) == {"skipped"}


def test_drafts_go_with_it(koro: Place, drill: Exercise, made_up: Incident) -> None:
    draft = alerts.prepare_alert(viewer=koro.author_view, incident=made_up, lines=ALL_LINES)
    exercises.end_exercise(viewer=koro.author_view, exercise=drill, aborted=True)
    assert not Alert.objects.filter(pk=draft.pk).exists()
    made_up.refresh_from_db()
    assert made_up.state == "closed"


def test_the_report_says_who_when_and_how_long(koro: Place, drill: Exercise, drill_alert: Alert) -> None:
    own = drill_alert.deliveries.get(recipient=koro.liaison)
    replies.answer(viewer=viewer_for(koro.liaison), delivery=own, kind=ReplyKind.ACT)
    Message.objects.filter(purpose="alert", recipient=koro.monitor).update(state="failed", reason="not_delivered")
    report = exercise_desk.report_of(koro.author_view, drill)
    assert (report.told, report.answered, report.failed) == (2, 1, 1)
    assert report.median
    page = signed_in(koro.author).get(f"/alerts/exercises/{drill.pk}/report/").content.decode()
    assert "Keita" in page
    assert "Fanta" in page


# --- Its pages ---------------------------------------------------------------------------------------------------


def test_a_drill_from_the_first_page_to_the_last(koro: Place) -> None:
    author = signed_in(koro.author)
    form = {"name": "Essai", "area": area("Koro").pk, "starts_at": "2026-12-01T10:00", "purpose": "Qui répond ?"}
    assert author.post("/alerts/exercises/new/", form).status_code == 302
    drill = Exercise.objects.get()
    base = f"/alerts/exercises/{drill.pk}/"
    assert author.get(base).status_code == 200
    assert author.get(base + "participants/?role=liaison").status_code == 200
    assert author.post(base + "participants/", {}).status_code == 422
    assert author.post(base + "participants/", {"people": [koro.liaison.pk]}).status_code == 302
    assert author.post(base + "invite/").status_code == 302
    liaison = signed_in(koro.liaison)
    assert "Essai" in liaison.get("/alerts/exercises/").content.decode()
    row = Participation.objects.get()
    said = liaison.post("/alerts/exercises/answer/", {"participation": row.pk, "answer": "yes"}, follow=True)
    assert said.status_code == 200
    start = {
        "type": "looting",
        "area": area("Koro").pk,
        "severity": "moderate",
        "urgency": "immediate",
        "tlp": "green",
        "summary": "Du bétail a disparu.",
    }
    assert author.post(base + "start/", {**start, "summary": ""}).status_code == 422
    assert author.post(base + "start/", start, follow=True).status_code == 200
    assert author.get(base + "end/").status_code == 200
    drill.refresh_from_db()
    assert drill.ended_at is None
    assert author.post(base + "end/", {}, follow=True).status_code == 200
    drill.refresh_from_db()
    lessons = {"lessons": "Appeler plus tôt.", "version": drill.version}
    assert author.post(base + "lessons/", lessons, follow=True).status_code == 200
    assert author.post(base + "lessons/", lessons).status_code == 409
    assert "Appeler plus tôt." in author.get(base + "report/").content.decode()


def test_a_coordinator_of_elsewhere_finds_none(drill: Exercise) -> None:
    away = signed_in(person(Role.COORDINATOR, "Gao"))
    assert "ESSAI-MARQUE" not in away.get("/alerts/exercises/").content.decode()
    for page in ("", "edit/", "participants/", "start/", "end/", "report/"):
        assert away.get(f"/alerts/exercises/{drill.pk}/{page}").status_code == 404


def test_people_of_the_same_area_do_not_learn_who_takes_part(koro: Place, drill: Exercise) -> None:
    page = signed_in(koro.colleague).get("/alerts/exercises/").content.decode()
    assert "ESSAI-MARQUE" not in page


def test_counting_asks_nothing_of_the_made_up(koro: Place, drill_alert: Alert) -> None:
    line = AlertAudience(pk=1, audience=Audience.LIAISON)
    assert fanout.counts_by_line(drill_alert.incident, [line]) == {1: 1}
