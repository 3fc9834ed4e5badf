"""The pages: the list works without scripts, loses nothing, and what may not be seen is not there."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents.access import CLOSINGS, REVIEWS, TRUTHS
from incidents.models import (
    Alert,
    AlertClosing,
    AlertState,
    Audience,
    Finding,
    IncidentState,
    SafetyAnswer,
    SafetyBar,
    SafetyDecision,
    SafetyOverride,
    SafetyQuestion,
    SafetyReview,
    Severity,
)
from incidents.safety.questions import SAFE
from incidents.services import alerts
from incidents.services.alerts import Line
from incidents.services.closing import close_alert
from incidents.services.safety_answers import Decided, Given, field_of
from orgs.access import viewer_for
from orgs.messaging import drain
from orgs.models import Message, Role, Tlp
from tests.access.test_agreement import _agree
from tests.factories import (
    PASSWORD,
    ActorFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    OrganisationFactory,
    person,
    signed_in,
)
from tests.incidents.alerts.conftest import Place, drafted, verified
from tests.reviewing import answered, standing

pytestmark = pytest.mark.django_db
WEAK = {"source_grade": "E"}
SECRET = "Zorbulane"  # a reason, in words that stand nowhere else


def address(name: str, alert: Alert) -> str:
    return reverse(name, args=[alert.pk])


def filled(place: Place, alert: Alert, **changed: Any) -> dict[str, Any]:
    """What the browser sends when everything is answered as it should be."""
    now = standing(place.author_view, alert)
    data: dict[str, Any] = {
        "version": now.subject.alert.version,
        "incident_version": now.subject.incident.version,
        "words_hash": now.subject.hash,
        **SAFE,
    }
    for met in now.to_decide:
        data[field_of(met.found.fingerprint)] = SafetyDecision.MISTAKEN
    return {**data, **changed}


def passed(place: Place, *lines: Line, **fields: Any) -> Alert:
    """An alert that went out although something was found."""
    alert = drafted(place, verified(**WEAK, **fields), *lines)
    decided = Decided(SafetyDecision.OVERRIDDEN, f"{SECRET} un.")
    answered(place.author_view, alert, decided=decided, answers={SafetyQuestion.WORSE: Given("yes", f"{SECRET} deux.")})
    alert = alerts.propose_alert(viewer=place.author_view, alert=alert, version=1)
    answered(place.second_view, alert)
    return alerts.release_alert(viewer=place.second_view, alert=alert, version=alert.version).alert


class TestTheList:
    def test_from_the_preview_to_the_release(self, koro: Place) -> None:
        alert = drafted(koro, verified(**WEAK))
        client = signed_in(koro.author)
        page = client.get(address("alert-preview", alert)).content.decode()
        assert address("alert-safety", alert) in page
        assert address("alert-release", alert) not in page
        page = client.get(address("alert-safety", alert)).content.decode()
        assert "source E" in page
        assert page.count('type="radio"') == 6 * 3 + 2
        answer = client.post(address("alert-safety", alert), filled(koro, alert))
        assert answer["Location"] == address("alert-preview", alert) + "#now"
        page = client.get(address("alert-preview", alert)).content.decode()
        assert address("alert-release", alert) in page
        client.post(address("alert-release", alert), {"version": 1, "incident_version": 1})
        alert.refresh_from_db()
        assert alert.state == AlertState.RELEASED

    def test_a_release_without_the_list_is_refused_in_words(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        answer = signed_in(koro.author).post(address("alert-release", alert), {"version": 1, "incident_version": 1})
        assert answer.status_code == 422
        assert "Ne pas nuire" in answer.content.decode()

    def test_what_was_typed_comes_back_with_what_is_wrong(self, koro: Place) -> None:
        alert = drafted(koro, verified(**WEAK))
        name = field_of(standing(koro.author_view, alert).to_decide[0].found.fingerprint)
        data = filled(koro, alert, **{name: "overridden", f"{name}_reason": "", "worse": "", "against_word": SECRET})
        answer = signed_in(koro.author).post(address("alert-safety", alert), data)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert SECRET in page
        assert "Dites pourquoi elle part quand même." in page
        assert "Répondez à cette question." in page
        assert not SafetyReview.objects.exists()

    def test_nothing_is_lost_when_the_words_changed_meanwhile(self, koro: Place) -> None:
        incident = verified(summary="M. Traoré est menacé.")
        alert = drafted(koro, incident)
        name = field_of(standing(koro.author_view, alert).to_decide[0].found.fingerprint)
        data = filled(koro, alert, **{name: "overridden", f"{name}_reason": f"{SECRET} un", "worse_word": "mot gardé"})
        alerts.set_words(viewer=koro.second_view, alert=alert, version=1, instruction="Fuyez.", call_number="")
        type(incident).objects.filter(pk=incident.pk).update(summary="Quelqu’un est menacé.", version=2)
        client = signed_in(koro.author)
        answer = client.post(address("alert-safety", alert), data)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "mot gardé" in page
        assert f"{SECRET} un" in page
        assert "Boubacar" in page or "Quelqu’un d’autre" in page
        again = filled(koro, alert)
        assert again["words_hash"] in page
        assert client.post(address("alert-safety", alert), again).status_code == 302

    @pytest.mark.parametrize(
        "bad", [{"version": ""}, {"words_hash": "x" * 65}, {"recognised": "peut-être"}, {"recognised_word": "x" * 301}]
    )
    def test_bad_input_is_said_to_be_bad(self, koro: Place, bad: dict[str, str]) -> None:
        alert = drafted(koro, verified())
        data = filled(koro, alert, **bad)
        assert signed_in(koro.author).post(address("alert-safety", alert), data).status_code == 422

    def test_the_second_sees_what_the_first_said(self, koro: Place) -> None:
        alert = drafted(koro, verified(**WEAK))
        answered(koro.author_view, alert, decided=Decided(SafetyDecision.OVERRIDDEN, SECRET))
        alerts.propose_alert(viewer=koro.author_view, alert=alert, version=1)
        page = signed_in(koro.second).get(address("alert-safety", alert)).content.decode()
        assert f"Aminata : C’est bien cela, et elle part quand même – {SECRET}" in page

    def test_opening_it_writes_nothing(self, koro: Place) -> None:
        alert = drafted(koro, verified(**WEAK))
        with CaptureQueriesContext(connection) as queries:
            signed_in(koro.author).get(address("alert-safety", alert))
        changes = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert not [sql for sql in changes if "incidents_" in sql]


class TestWhoReadsIt:
    def test_reasons_are_for_coordinators_and_oversight(self, koro: Place) -> None:
        alert = passed(koro, Line(Audience.LIAISON), Line(Audience.NETWORK), Line(Audience.PUBLIC), tlp=Tlp.CLEAR)
        read = {
            "coordinator": signed_in(koro.author),
            "oversight": signed_in(person(Role.OVERSIGHT)),
            "liaison": signed_in(koro.liaison),
            "monitor": signed_in(koro.monitor),
            "analyst": signed_in(person(Role.ANALYST, "Koro")),
            "away": signed_in(person(Role.COORDINATOR, "Gao")),
            "administrator": signed_in(person(Role.ADMINISTRATOR)),
            "anyone": Client(),
        }
        for who, client in read.items():
            pages = [
                client.get(where)
                for where in (
                    address("alert", alert), address("alert-safety", alert), "/alerts/truth/", "/alerts/",
                    f"/incidents/{alert.incident.ref}/", "/", f"/api/v1/alerts/{alert.pk}/",
                    "/admin/incidents/safetyoverride/", "/admin/incidents/safetyanswer/",
                )
            ]  # fmt: skip
            words = "".join(page.content.decode() for page in pages if page.status_code == 200)
            assert (SECRET in words) == (who in ("coordinator", "oversight")), who

    def test_reasons_leave_by_no_message(self, koro: Place) -> None:
        passed(koro, Line(Audience.LIAISON), Line(Audience.NETWORK), Line(Audience.PUBLIC), tlp=Tlp.CLEAR)
        composed = drain.compose(list(Message.objects.all()))
        assert composed
        assert SECRET not in str(composed)

    def test_oversight_reads_how_it_was_checked_and_not_what_it_says(self, koro: Place) -> None:
        alert = passed(koro, summary="Mots de l’incident.")
        page = signed_in(person(Role.OVERSIGHT)).get(address("alert-safety", alert)).content.decode()
        assert SECRET in page
        assert "Mots de l’incident" not in page
        assert "Évitez le marché" not in page

    def test_the_accused_find_nothing(self, koro: Place) -> None:
        service = OrganisationFactory.create()
        accused = signed_in(person(Role.COORDINATOR, "Koro", organisation=service))
        alert = passed(koro)
        assert accused.get(address("alert-safety", alert)).status_code == 200
        HeldResponsibleFactory.create(incident=alert.incident, actor=ActorFactory.create(organisation=service))
        for name in ("alert-safety", "alert-close"):
            assert accused.get(address(name, alert)).status_code == 404
        assert SECRET not in accused.get("/alerts/truth/").content.decode()
        assert SECRET not in accused.get("/admin/incidents/safetyoverride/").content.decode()

    def test_one_rule_three_answers(self, koro: Place) -> None:
        people = [koro.author, koro.liaison, koro.monitor]
        people += [person(role, where) for role in Role.values for where in ("Koro", "Gao")]
        service = OrganisationFactory.create()
        people.append(person(Role.COORDINATOR, "Koro", organisation=service))
        for where in ("Koro", "Gao", None):
            incident = IncidentFactory.create(where=where)
            alert = Alert.objects.create(incident=incident, tlp=Tlp.GREEN, severity="minor", urgency="unknown")
            Alert.objects.filter(pk=alert.pk).update(state=AlertState.RELEASED, released_at=alert.created_at)
            SafetyReview.objects.create(alert=alert, reviewer=koro.author, alert_version=1, incident_version=1)
            AlertClosing.objects.create(alert=alert, truth="true", why="other")
        HeldResponsibleFactory.create(incident=incident, actor=ActorFactory.create(organisation=service))
        for policy in (REVIEWS, CLOSINGS, TRUTHS):
            assert _agree(policy, people) > 6


class TestTheEnd:
    def test_is_said_on_a_page_that_proposes_what_the_incident_was(self, koro: Place) -> None:
        alert = passed(koro)
        type(alert.incident).objects.filter(pk=alert.incident_id).update(
            state=IncidentState.CLOSED, finding=Finding.PARTLY, closed_at=alert.created_at
        )
        client = signed_in(koro.author)
        assert address("alert-close", alert) in client.get("/alerts/truth/").content.decode()
        page = client.get(address("alert-close", alert)).content.decode()
        assert 'value="partly"' in page
        assert "checked" in page[page.index('value="partly"') :][:80]
        alert.refresh_from_db()
        data = {"truth": "false", "why": "hoax", "word": "", "version": alert.version}
        assert client.post(address("alert-close", alert), data).status_code == 302
        page = client.get(address("alert", alert)).content.decode()
        assert "Inventé, pour nuire ou faire peur" in page
        assert address("alert-close", alert) not in client.get("/alerts/truth/").content.decode()

    def test_whoever_was_slower_loses_nothing(self, koro: Place) -> None:
        alert = passed(koro)
        data = {"truth": "false", "why": "hoax", "word": "mot gardé", "version": alert.version}
        close_alert(viewer=koro.second_view, alert=alert, version=alert.version, truth="true", why="happened")
        answer = signed_in(koro.author).post(address("alert-close", alert), data)
        assert answer.status_code == 409
        assert "mot gardé" in answer.content.decode()

    def test_a_rumour_says_that_it_is_one_and_asks_to_be_closed(self, koro: Place) -> None:
        alert = drafted(koro, verified(state=IncidentState.OPEN))
        answered(koro.author_view, alert)
        alerts.release_alert(viewer=koro.author_view, alert=alert, version=1)
        page = signed_in(koro.author).get(address("alert", alert)).content.decode()
        assert "Elle est partie comme une rumeur" in page
        assert "L’agent de liaison qui est prévenu" in page


class TestAdmin:
    MODELS = ("safetyreview", "safetyanswer", "safetyoverride", "alertclosing")

    @pytest.mark.parametrize("model", MODELS)
    def test_is_looked_at_and_never_changed(self, koro: Place, model: str) -> None:
        alert = passed(koro)
        close_alert(viewer=koro.author_view, alert=alert, version=alert.version, truth="true", why="happened")
        models: dict[str, Any] = {
            "safetyreview": SafetyReview, "safetyanswer": SafetyAnswer, "safetyoverride": SafetyOverride,
            "alertclosing": AlertClosing,
        }  # fmt: skip
        row = models[model].objects.first()
        where = f"/admin/incidents/{model}/"
        for who, expected in ((koro.author, 200), (person(Role.OVERSIGHT), 200), (person(Role.OPERATOR), 403)):
            client = signed_in(who)
            assert client.get(where).status_code == expected
            assert client.get(f"{where}?q={alert.incident.ref}").status_code == expected
            if expected == 200:
                assert client.get(f"{where}{row.pk}/change/").status_code == 200
                assert client.post(f"{where}{row.pk}/change/", {}).status_code == 403
                assert client.get(f"{where}add/").status_code == 403
        away = signed_in(person(Role.COORDINATOR, "Gao"))
        assert SECRET not in away.get(where).content.decode()
        assert away.get(f"{where}{row.pk}/change/").status_code != 200

    def test_the_bar_is_set_by_administrators(self, koro: Place) -> None:
        data = {"severity": Severity.MINOR, "sources": "AB", "reports": 3, "second_person": "on"}
        where, answers = "/admin/incidents/safetybar/add/", []
        for who in (koro.author, person(Role.OVERSIGHT), person(Role.ADMINISTRATOR)):
            client = signed_in(who)
            assert client.post(where, data).status_code == 302  # the password is asked for again
            client.post("/accounts/reauthenticate/", {"password": PASSWORD})
            answers.append(client.post(where, data).status_code)
        assert answers == [403, 403, 302]
        bar = SafetyBar.objects.get()
        assert (bar.severity, bar.sources, bar.reports, bar.second_person) == ("minor", "AB", 3, True)
        assert client.get(f"/admin/incidents/safetybar/{bar.pk}/change/").status_code == 200
        again = client.post(f"/admin/incidents/safetybar/{bar.pk}/change/", {"sources": "A", "reports": 2})
        assert again.status_code == 302
        bar.refresh_from_db()
        assert (bar.severity, bar.sources, bar.reports, bar.second_person) == ("minor", "A", 2, False)

    def test_queries_do_not_grow_with_rows(self, koro: Place) -> None:
        boss = signed_in(person(Role.OVERSIGHT))
        counts: dict[str, list[int]] = {model: [] for model in self.MODELS}
        for _ in range(2):
            passed(koro)
            for model in self.MODELS:
                with CaptureQueriesContext(connection) as queries:
                    boss.get(f"/admin/incidents/{model}/")
                counts[model].append(len(queries))
        assert all(first == second for first, second in counts.values()), counts


def test_pages_do_not_ask_more_for_more_rows(koro: Place) -> None:
    client, viewer = signed_in(koro.author), viewer_for(koro.author)
    counts = []
    for _ in range(2):
        alert = passed(koro)
        alerts.cancel_alert(viewer=viewer, alert=alert)
        row = []
        for where in ("/alerts/truth/", address("alert", alert), address("alert-safety", alert)):
            client.get(where)
            with CaptureQueriesContext(connection) as queries:
                client.get(where)
            row.append(len(queries))
        counts.append(row)
    assert counts[0] == counts[1], counts
