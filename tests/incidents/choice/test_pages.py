"""The pages: tried before kept, nothing typed is lost, undone where one expects it, and shown to whom it concerns."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.forms.alerts import suggested_lines
from incidents.models import Audience, Subscription, Who
from incidents.services.errors import NotAllowed
from incidents.services.subscriptions import MOST_SUBSCRIPTIONS, Wanted, keep_subscription, take_rule_as_digest
from orgs.access import viewer_for
from orgs.models import Role, User
from orgs.services.hours import Hours, set_hours
from tests.factories import area, person, signed_in
from tests.incidents.choice.conftest import MONDAY_NOON, Place, graded, line, on_duty, subscribed, told

pytestmark = pytest.mark.django_db

FORM = {"min_severity": "unknown", "sending": "each"}


class TestSubscribing:
    def test_it_is_tried_before_it_is_kept(self, koro: Place) -> None:
        told(graded(), line(), at=timezone.now() - timedelta(days=3))
        browser = signed_in(koro.liaison)
        data = {**FORM, "areas": [area("Koro").pk], "days": ["1", "2", "3", "4", "5", "6", "7"]}
        page = browser.post("/alerts/subscriptions/new/", {**data, "preview": "1"})
        assert page.status_code == 200
        assert "90 derniers jours, vous auriez reçu 1 alerte" in page.content.decode()
        assert f'value="{area("Koro").pk}" ' in page.content.decode().replace("checked", ""), "what was ticked stays"
        assert not Subscription.objects.exists()
        assert browser.post("/alerts/subscriptions/new/", {**data, "save": "1"}).status_code == 302
        row = Subscription.objects.get()
        assert (row.person, list(row.areas.all())) == (koro.liaison, [area("Koro")])

    def test_bad_input_is_said_and_kept(self, koro: Place) -> None:
        browser = signed_in(koro.liaison)
        for wrong in (
            {"from_time": "08:00"}, {"from_time": "08:00", "to_time": "08:00"}, {"days": ["9"]}, {"areas": ["0"]},
            {"types": ["nothing"]}, {"min_severity": "worst"}, {"sending": "pigeon"}, {"from_time": "25:61"},
        ):  # fmt: skip
            page = browser.post("/alerts/subscriptions/new/", {**FORM, **wrong, "save": "1"})
            assert page.status_code == 422, wrong
        assert not Subscription.objects.exists()

    def test_deleting_can_be_taken_back(self, koro: Place) -> None:
        row = subscribed(koro.liaison, "Koro")
        browser = signed_in(koro.liaison)
        page = browser.post(f"/alerts/subscriptions/{row.pk}/delete/", follow=True)
        assert f"/alerts/subscriptions/{row.pk}/restore/" in page.content.decode()
        browser.post(f"/alerts/subscriptions/{row.pk}/restore/")
        row.refresh_from_db()
        assert row.deleted_at is None

    def test_pausing_until_a_day_and_resuming(self, koro: Place) -> None:
        row = subscribed(koro.liaison, "Koro")
        browser = signed_in(koro.liaison)
        day = timezone.localdate() + timedelta(days=5)
        browser.post(f"/alerts/subscriptions/{row.pk}/pause/", {"until": day.isoformat()})
        row.refresh_from_db()
        assert row.is_active
        assert row.paused_until is not None
        browser.post(f"/alerts/subscriptions/{row.pk}/pause/", {"until": "2020-01-01"})
        browser.post(f"/alerts/subscriptions/{row.pk}/resume/")
        row.refresh_from_db()
        assert row.paused_until is None

    def test_somebody_elses_is_not_there(self, koro: Place) -> None:
        row = subscribed(koro.liaison, "Koro")
        stranger = signed_in(koro.colleague)
        for step in ("", "pause/", "resume/", "delete/", "restore/", "digest/"):
            assert stranger.post(f"/alerts/subscriptions/{row.pk}/{step}", FORM).status_code == 404
        assert "Koro" not in stranger.get("/alerts/subscriptions/").content.decode()

    def test_there_is_an_end_to_it(self, koro: Place) -> None:
        Subscription.objects.bulk_create([Subscription(person=koro.liaison) for _ in range(MOST_SUBSCRIPTIONS)])
        with pytest.raises(NotAllowed):
            subscribed(koro.liaison)

    def test_queries_do_not_grow(self, koro: Place) -> None:
        browser = signed_in(koro.liaison)

        def queries() -> int:
            with CaptureQueriesContext(connection) as caught:
                browser.get("/alerts/subscriptions/")
            return len(caught)

        subscribed(koro.liaison, "Koro")
        few = queries()
        for _number in range(6):
            subscribed(koro.liaison, "Koro", "Bankass")
        assert queries() == few


class TestRules:
    def test_only_editors_and_coordinators_of_the_organisation(self, koro: Place) -> None:
        for user in (koro.monitor, koro.liaison, koro.author, person(Role.EDITOR, "Koro")):
            with pytest.raises(NotAllowed):
                keep_subscription(viewer=viewer_for(user), wanted=Wanted(), organisation=koro.association)
        editor = person(Role.EDITOR, "Koro", organisation=koro.association)
        rule = keep_subscription(viewer=viewer_for(editor), wanted=Wanted(), organisation=koro.association)
        with pytest.raises(NotAllowed):
            keep_subscription(viewer=viewer_for(koro.monitor), wanted=Wanted(), subscription=rule)
        with pytest.raises(NotAllowed):
            take_rule_as_digest(viewer=viewer_for(koro.liaison), rule=rule, as_digest=True)
        page = signed_in(koro.monitor).get("/alerts/subscriptions/").content.decode()
        assert koro.association.name in page
        assert f"/alerts/subscriptions/{rule.pk}/digest/" in page
        assert f"/alerts/subscriptions/{rule.pk}/delete/" not in page

    def test_the_form(self, koro: Place) -> None:
        editor = person(Role.EDITOR, "Koro", organisation=koro.association)
        data = {**FORM, "organisation": koro.association.pk, "role": Role.MONITOR, "save": "1"}
        assert signed_in(editor).post("/alerts/subscriptions/rules/new/", data).status_code == 302
        other = person(Role.EDITOR, "Koro")
        assert signed_in(other).post("/alerts/subscriptions/rules/new/", data).status_code == 422
        with pytest.raises(ValidationError):
            keep_subscription(
                viewer=viewer_for(editor), wanted=Wanted(), organisation=koro.association, role=Role.OPERATOR
            )


class TestHours:
    def test_they_are_kept(self, koro: Place) -> None:
        data = {
            "time_zone": "Europe/Paris",
            "quiet_from": "22:00",
            "quiet_to": "06:00",
            "hour_cap": "3",
            "digest_hour": "8",
        }
        assert signed_in(koro.liaison).post("/alerts/subscriptions/hours/", data).status_code == 302
        koro.liaison.refresh_from_db()
        assert koro.liaison.quiet_from == time(22)
        assert not koro.liaison.wants_digest

    @pytest.mark.parametrize("wrong", [
        {"time_zone": "Mars/Olympus"}, {"quiet_from": time(1)}, {"quiet_to": time(1)}, {"hour_cap": 0},
        {"quiet_from": time(1), "quiet_to": time(1)}, {"hour_cap": 61}, {"digest_hour": 24},
    ])  # fmt: skip
    def test_what_makes_no_sense_is_refused(self, koro: Place, wrong: Any) -> None:
        with pytest.raises(ValidationError):
            set_hours(viewer=viewer_for(koro.liaison), hours=Hours(**wrong))

    def test_no_zone_can_stop_a_release(self, koro: Place) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=koro.liaison.pk).update(time_zone="Mars/Olympus")

    def test_the_database_knows_every_zone(self) -> None:
        from orgs.models import TimeZone

        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM pg_timezone_names")
            known = {name for (name,) in cursor.fetchall()}
        assert set(TimeZone.values) - known == set()
        assert "Africa/Bamako" in known


class TestThePageOfAnAlert:
    def test_a_recipient_reads_why(self, koro: Place) -> None:
        subscribed(koro.liaison, "Koro")
        on_duty(koro.liaison, koro.liaison, start="00:00", end="00:00")
        alert = told(graded(), line(area=area("Koro")))
        page = signed_in(koro.liaison).get(f"/alerts/{alert.pk}/").content.decode()
        for words in ("Pourquoi vous êtes prévenu", "cercle de Koro", "Vous êtes abonné", "Vous étiez de garde"):
            assert words in page

    def test_coordinators_see_what_waits_and_recipients_only_their_own(self, koro: Place) -> None:
        alert = told(graded("minor"))
        page = signed_in(koro.author).get(f"/alerts/{alert.pk}/").content.decode()
        assert "Pas encore envoyé, exprès" in page
        assert "2 personnes" in page
        own = signed_in(koro.liaison).get(f"/alerts/{alert.pk}/").content.decode()
        assert "Pas encore envoyé, exprès" not in own
        assert "jusqu’au" in own

    def test_a_reader_who_was_not_told_reads_no_reason(self, koro: Place) -> None:
        alert = told(graded(), line(), line(Audience.ORGANISATION, organisation=koro.association))
        stranger = person(Role.MONITOR, "Koro")
        page = signed_in(stranger).get(f"/alerts/{alert.pk}/")
        assert "Pourquoi vous êtes prévenu" not in page.content.decode()


class TestANewAlert:
    def test_those_on_duty_and_subscribed_come_first(self, koro: Place) -> None:
        lines = suggested_lines(graded())
        assert [(one.audience, one.who) for one in lines[:4]] == [
            ("liaison", "on_duty"), ("liaison", "subscribers"), ("network", "on_duty"), ("network", "subscribers"),
        ]  # fmt: skip
        closed = suggested_lines(graded(tlp="amber"))
        assert {one.audience for one in closed} == {"liaison"}

    def test_a_line_of_subscribers_is_chosen_and_counted(self, koro: Place) -> None:
        from tests.incidents.alerts.conftest import drafted

        subscribed(koro.liaison, "Koro")
        draft = drafted(koro, graded())
        browser = signed_in(koro.author)
        data = {"version": draft.version, "audience": "liaison", "who": Who.SUBSCRIBERS}
        assert browser.post(f"/alerts/{draft.pk}/lines/", data).status_code == 302
        page = browser.get(f"/alerts/{draft.pk}/preview/").content.decode()
        assert str(Who.SUBSCRIBERS.label) in page
        assert draft.audiences.filter(who=Who.SUBSCRIBERS).exists()


def test_secrets_of_an_alert_are_not_in_the_preview_of_a_subscription(koro: Place) -> None:
    told(graded(tlp="red", summary="SECRET-MARQUE"), line(person=koro.liaison), at=MONDAY_NOON)
    for user in (koro.colleague, koro.monitor):
        page = signed_in(user).post("/alerts/subscriptions/new/", {**FORM, "preview": "1"}).content.decode()
        assert "SECRET-MARQUE" not in page
        assert "vous auriez reçu 0 alerte" in page
