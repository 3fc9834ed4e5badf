"""From a report to a closed incident on the pages: nothing typed is lost, nothing is overwritten, all is undone."""

import re

import pytest
from django.test import Client

from incidents.models import Incident, Report
from orgs.models import AuditEntry, Role
from tests.factories import (
    IdentityFactory,
    IncidentFactory,
    ReportFactory,
    area,
    person,
)
from tests.incidents.desk.pages import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _relaxed(settings):
    settings.RELAX_SECOND_FACTOR = True


# --- From a report to an incident --------------------------------------------------------------------------------

GRADES = {
    "type_code": "looting",
    "occurred_on": "2026-11-01",
    "time_precision": "day",
    "source_grade": "C",
    "claim_grade": "2",
    "severity": "severe",
    "urgency": "expected",
    "certainty": "likely",
    "tlp": "green",
}


def test_from_report_to_closed_incident(desk):
    report = ReportFactory.create(narrative="Vol de vaches au marché", harmed={"killed": 2})
    twin = ReportFactory.create(narrative="Vaches volées au marché")
    page = text_of(desk.get(f"/desk/reports/{report.pk}/"))
    assert f"Signalement {twin.pk}" in page
    made = desk.post(
        f"/desk/reports/{report.pk}/incident/",
        {**GRADES, "version": 1, "narrative": "Récit", "summary": "Vol", "together": [f"{twin.pk}.1"]},
        follow=True,
    )
    incident = Incident.objects.get()
    assert made.redirect_chain[-1][0] == f"/incidents/{incident.ref}/"
    assert incident.reports.count() == 2
    assert f"Le signalement {report.pk} dit" in text_of(made)
    figure = {"version": 1, "kind": "killed", "value": 2, "as_of": "2026-11-01", "report": report.pk}
    desk.post(f"/incidents/{incident.ref}/figures/", figure)
    desk.post(f"/incidents/{incident.ref}/verify/", {"version": 2})
    desk.post(f"/incidents/{incident.ref}/close/", {"version": 3, "finding": "true", "reporter_note": "Merci."})
    incident.refresh_from_db()
    assert (incident.state, incident.finding, incident.figures.get().report_id) == ("closed", "true", report.pk)
    line = text_of(desk.get(f"/incidents/{incident.ref}/"))
    for words in ("Incident créé", "Signalement rattaché", "Chiffre ajouté", "Incident vérifié", "Incident clos"):
        assert words in line
    desk.post(f"/incidents/{incident.ref}/reopen/", {"version": 4})
    assert Incident.objects.get().state == "open"


def test_attaching_by_reference_typed_as_people_type(desk):
    report, incident = ReportFactory.create(), IncidentFactory.create()
    typed = incident.ref.lower().replace("-", " ")
    desk.post(f"/desk/reports/{report.pk}/attach/", {"version": 1, "ref": typed})
    assert Report.objects.get().incident == incident
    wrong = desk.post(f"/desk/reports/{ReportFactory.create().pk}/attach/", {"version": 1, "ref": "ZZZZ-ZZZZ"})
    assert wrong.status_code == 422
    assert "Aucun incident ne porte cette référence" in text_of(wrong)


def test_the_second_coordinator_is_told_and_keeps_what_they_typed(desk, coordinator):
    other = person(Role.COORDINATOR, "Koro", name="Aminata Diallo")
    second = signed_in(other)
    incident = IncidentFactory.create(severity="minor")
    second.post(f"/incidents/{incident.ref}/grades/", {**GRADES, "version": 1, "severity": "extreme"})
    answer = desk.post(f"/incidents/{incident.ref}/grades/", {**GRADES, "version": 1, "severity": "moderate"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Aminata Diallo" in page
    assert "Évaluation changée" in page
    assert "Extrême" in page
    assert 'value="moderate" selected' in page
    assert Incident.objects.get().severity == "extreme"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    desk.post(f"/incidents/{incident.ref}/grades/", {**GRADES, "version": version[1], "severity": "moderate"})
    assert Incident.objects.get().severity == "moderate"


def test_what_was_typed_stays_when_words_are_held(desk):
    incident = IncidentFactory.create()
    words = {"version": 1, "narrative": "Mon récit", "summary": "Les soldats sont postés à Koro", "reporter_note": ""}
    answer = desk.post(f"/incidents/{incident.ref}/words/", words)
    assert answer.status_code == 422
    for typed in ("Mon récit", "Les soldats sont postés à Koro"):
        assert typed in text_of(answer)
    assert Incident.objects.get().version == 1


def test_a_session_that_ended_gives_back_what_was_typed():
    incident = IncidentFactory.create()
    answer = Client().post(
        f"/incidents/{incident.ref}/words/", {"version": 1, "narrative": "Un long récit tapé au clavier"}
    )
    assert answer.status_code == 403
    assert "Un long récit tapé au clavier" in text_of(answer)


@pytest.mark.parametrize(
    "change",
    [
        {"type_code": ""}, {"occurred_on": "2100-01-01"}, {"occurred_on": "1900-01-01"}, {"occurred_on": "hier"},
        {"severity": "<script>alert(1)</script>"}, {"narrative": "x" * 1_000_000}, {"tlp": "white"}, {"version": "-1"},
    ],
)  # fmt: skip
def test_bad_input_is_said_and_nothing_is_made(change, desk):
    report = ReportFactory.create()
    answer = desk.post(f"/desk/reports/{report.pk}/incident/", {**GRADES, "version": 1, "summary": "😀 عربي", **change})
    assert answer.status_code == 422
    assert "😀 عربي" in text_of(answer)
    assert "<script>alert" not in text_of(answer)
    assert Incident.objects.count() == 0


def test_html_is_shown_as_letters(desk):
    report = ReportFactory.create(narrative="<b>gras</b><script>x</script>", place_text="<i>ici</i>")
    for address in ("/desk/", f"/desk/reports/{report.pk}/", f"/desk/reports/{report.pk}/incident/"):
        page = text_of(desk.get(address))
        assert "&lt;b&gt;gras" in page
        assert "<b>gras" not in page


# --- Place and identity ------------------------------------------------------------------------------------------


def test_a_place_is_looked_for_and_set(desk):
    report = ReportFactory.create(where=None, place_text="koro")
    page = text_of(desk.get(f"/desk/reports/{report.pk}/place/"))
    koro = area("Koro")
    assert f'value="area:{koro.pk}"' in page
    assert "?" not in "".join(re.findall(r'action="([^"]*)"', page))
    found = text_of(desk.post(f"/desk/reports/{report.pk}/place/", {"words": "bankas"}))
    assert "Bankass" in found
    desk.post(f"/desk/reports/{report.pk}/place/", {"words": "koro", "place": f"area:{koro.pk}", "version": 1})
    assert Report.objects.get().cercle_id == koro.pk


def test_who_reported_is_shown_once_with_a_reason_and_written_down(desk):
    report = ReportFactory.create()
    IdentityFactory.create(report=report, said={"name": "AWADECOURA", "phone": "+22370000001"})
    address = f"/desk/reports/{report.pk}/identity/"
    assert "AWADECOURA" not in text_of(desk.get(f"/desk/reports/{report.pk}/"))
    assert "AWADECOURA" not in text_of(desk.get(address))
    assert "AWADECOURA" not in text_of(desk.post(address, {"reason": "oui"}))
    assert AuditEntry.objects.filter(verb="open_identity").count() == 0
    opened = desk.post(address, {"reason": "La rappeler pour savoir où se cacher"})
    assert "AWADECOURA" in text_of(opened)
    assert "no-store" in opened["Cache-Control"]
    assert AuditEntry.objects.filter(verb="open_identity").count() == 1
    assert "AWADECOURA" not in text_of(desk.get(address))


def test_a_report_that_is_attached_or_set_aside_can_be_undone_from_its_page(desk):
    incident = IncidentFactory.create()
    for report in (ReportFactory.attached(incident), ReportFactory.rejected("abuse")):
        page = text_of(desk.get(f"/desk/reports/{report.pk}/"))
        assert f'action="/desk/reports/{report.pk}/reopen/"' in page
        assert f'action="/desk/reports/{report.pk}/reject/"' not in page
        desk.post(f"/desk/reports/{report.pk}/reopen/", {"version": 1})
        assert Report.objects.get(pk=report.pk).state == "new"
