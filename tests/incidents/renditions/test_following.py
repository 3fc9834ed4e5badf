"""Updates, corrections, cancellation and expiry: exactly those who had the earlier alert, by the same channel."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.access import needs_second_person
from incidents.messages import CancelWords
from incidents.models import Alert, AlertKind, AlertState, Audience, Delivery, Incident, Severity
from incidents.services import alert_life, alerts, fanout, following
from incidents.services.alerts import Line
from incidents.services.errors import NotAllowed
from incidents.services.incidents import name_responsible
from orgs.access import viewer_for
from orgs.messaging.purposes import Envelope
from orgs.models import AuditEntry, Channel, Membership, Message, MessageState, Role, Tlp, User
from tests.factories import ActorFactory, OrganisationFactory, area, person
from tests.incidents.alerts.conftest import Place, released, verified
from tests.together import at_once

pytestmark = pytest.mark.django_db

STATES: dict[str, dict[str, Any]] = {
    "sent": {"state": MessageState.SENT},
    "delivered": {"state": MessageState.DELIVERED},
    "sending": {"state": MessageState.SENDING, "claimed_at": "2026-11-21T00:00Z"},
    "unsure": {"state": MessageState.PENDING, "maybe_double": True},
    "pending": {"state": MessageState.PENDING},
    "failed": {"state": MessageState.FAILED, "reason": "refused"},
}
# Typed by hand: what each gets of what follows the alert, by what became of its message.
#            update    cancel   expiry
GETS = {
    "sent": ("update", "cancel", "cancel"),
    "delivered": ("update", "cancel", "cancel"),
    "sending": ("update", "cancel", "cancel"),
    "unsure": ("update", "cancel", "cancel"),
    "pending": ("update", "", ""),  # the earlier message is called off: the new one takes its place
    "failed": ("update", "", ""),
}


def told(place: Place, incident: Incident, *lines: Line) -> tuple[Alert, dict[str, User]]:
    """A released alert whose recipients' messages fared differently."""
    people = {
        name: person(Role.LIAISON, "Koro", channel=Channel.SMS, phone=f"+2237600020{number}")
        for number, name in enumerate(STATES)
    }
    alert = released(place, incident, *lines)
    for name, fields in STATES.items():
        Message.objects.filter(recipient=people[name]).update(**fields)
    return alert, people


def follow(place: Place, alert: Alert, kind: str = "update", **given: Any) -> Alert:
    """Its update or correction, released."""
    draft = prepared(place, alert, kind, **given)
    if needs_second_person(draft):
        draft = alerts.propose_alert(viewer=place.author_view, alert=draft, version=draft.version)
    alerts.release_alert(viewer=place.second_view, alert=draft, version=draft.version)
    draft.refresh_from_db()
    return draft


def prepared(place: Place, alert: Alert, kind: str = "update", **given: Any) -> Alert:
    """Its update or correction as a draft."""
    service = alert_life.update_alert if kind == "update" else alert_life.correct_alert
    given.setdefault("instruction", "Restez chez vous.")
    return service(viewer=place.author_view, alert=alert, call_number="+22376000099", **given)


def over(alert: Alert) -> None:
    """Let its time be over."""
    Alert.objects.filter(pk=alert.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    alert_life.expire_due()


def posted(*, purpose: str, alert: Alert) -> dict[int | None, str]:
    """By recipient, the channel of the messages of one purpose for one alert."""
    rows = Message.objects.filter(purpose=purpose, deliveries__alert=alert)
    return dict(rows.values_list("recipient_id", "channel"))


class TestWhoIsTold:
    def test_an_update_reaches_those_who_were_told_by_the_same_channel(self, koro: Place) -> None:
        alert, people = told(koro, verified())
        User.objects.filter(pk=people["sent"].pk).update(channel=Channel.EMAIL)
        stranger = person(Role.LIAISON, "Koro")  # came to Koro after the alert
        update = follow(koro, alert)
        expected = {people[name].pk: Channel.SMS for name, row in GETS.items() if row[0]}
        assert posted(purpose="alert", alert=update) == {**expected, koro.liaison.pk: Channel.EMAIL}
        assert not update.deliveries.filter(recipient=stranger).exists()
        alert.refresh_from_db()
        assert alert.state == AlertState.REPLACED
        assert not Message.objects.filter(purpose="cancel").exists()
        assert not Message.objects.filter(
            deliveries__alert=alert, state=MessageState.PENDING, maybe_double=False
        ).exists()

    @pytest.mark.parametrize("way", ["cancel", "expire"])
    def test_the_end_is_told_to_those_who_had_it_or_may_have(self, koro: Place, way: str) -> None:
        alert, people = told(koro, verified(severity=Severity.MODERATE))
        Message.objects.filter(recipient=koro.liaison).update(state=MessageState.SENT)
        if way == "cancel":
            alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        else:
            over(alert)
        column = 1 if way == "cancel" else 2
        expected = {people[name].pk: Channel.SMS for name, row in GETS.items() if row[column]}
        assert posted(purpose="cancel", alert=alert) == {**expected, koro.liaison.pk: Channel.EMAIL}
        alert.refresh_from_db()
        assert alert.state == (AlertState.CANCELLED if way == "cancel" else AlertState.EXPIRED)
        assert alert.links_recalled_at is not None

    @pytest.mark.parametrize(
        ("severity", "says"), [("extreme", 1), ("severe", 1), ("moderate", 1), ("minor", 0), ("unknown", 0)]
    )
    def test_low_severities_end_without_a_message(self, koro: Place, severity: str, says: int) -> None:
        alert = released(koro, verified())
        Alert.objects.filter(pk=alert.pk).update(severity=severity)
        Message.objects.update(state=MessageState.SENT)
        over(alert)
        assert Message.objects.filter(purpose="cancel").count() == says
        alert.refresh_from_db()
        assert alert.state == AlertState.EXPIRED

    def test_new_lines_are_told_beside_them_each_once(self, koro: Place) -> None:
        alert = released(koro, verified())
        update = follow(koro, alert, lines=[Line(Audience.NETWORK, area=area("Koro")), Line(Audience.LIAISON)])
        everybody = set(update.deliveries.values_list("recipient_id", flat=True))
        assert {koro.liaison.pk, koro.colleague.pk, koro.monitor.pk} <= everybody
        assert update.deliveries.count() == len(everybody)

    def test_whoever_may_not_be_told_any_more_learns_only_that_it_no_longer_holds(self, koro: Place) -> None:
        alert = released(koro, verified(), Line(Audience.LIAISON))
        Message.objects.update(state=MessageState.SENT)
        draft = prepared(koro, alert)
        actor = ActorFactory.create(organisation=koro.service)
        name_responsible(viewer=koro.author_view, incident=alert.incident, version=1, actor=actor)
        other = person(Role.LIAISON, "Koro")
        alerts.set_audiences(viewer=koro.author_view, alert=draft, version=1, lines=[Line(Audience.LIAISON)])
        draft.refresh_from_db()
        alerts.release_alert(viewer=koro.second_view, alert=draft, version=draft.version)
        assert set(posted(purpose="alert", alert=draft)) == {other.pk}
        assert set(posted(purpose="cancel", alert=alert)) == {koro.liaison.pk, koro.colleague.pk}
        message = Message.objects.filter(purpose="cancel")[0]
        envelope = CancelWords().compose([message])[message.pk]
        assert isinstance(envelope, Envelope)
        for content in ("Koro", "marché", "bétail", "Restez", "annulé"):
            assert content not in envelope.subject + envelope.text
        assert "ne vaut plus" in envelope.text

    def test_a_post_that_ended_and_a_closed_account_get_no_update(self, koro: Place) -> None:
        alert = released(koro, verified(), Line(Audience.LIAISON))
        Message.objects.update(state=MessageState.SENT)
        Membership.objects.filter(person=koro.colleague).update(ends_at="2026-01-01T00:00Z")
        update = follow(koro, alert)
        assert set(update.deliveries.values_list("recipient_id", flat=True)) == {koro.liaison.pk}
        assert set(posted(purpose="cancel", alert=alert)) == {koro.colleague.pk}

    def test_nobody_reads_it_for_another_organisation_than_before(self, koro: Place) -> None:
        other = OrganisationFactory.create()
        alert = released(koro, verified(tlp=Tlp.AMBER))
        second = Membership.objects.create(person=koro.liaison, organisation=other, role=Role.LIAISON)
        second.areas.add(area("Koro"))
        update = follow(koro, alert)
        assert update.deliveries.get().organisation == koro.service

    def test_whoever_was_told_at_two_steps_is_told_of_the_end_once(self, koro: Place) -> None:
        alert = released(koro, verified())
        first = alert.deliveries.get()
        first.pk, first.step = None, 2
        first.save()
        fanout.write_messages(alert, step=2)
        Message.objects.update(state=MessageState.SENT)
        assert Message.objects.count() == 2
        alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        assert Message.objects.get(purpose="cancel").deliveries.get().step == 2

    def test_the_public_comes_along(self, koro: Place) -> None:
        alert = released(koro, verified(tlp=Tlp.CLEAR), Line(Audience.PUBLIC), Line(Audience.LIAISON))
        update = follow(koro, alert, kind="correction")
        assert update.renditions.filter(audience=Audience.PUBLIC).exists()

    def test_people_in_the_inbox_or_on_the_call_list_stay_there(self, koro: Place) -> None:
        quiet = person(Role.LIAISON, "Koro", channel=Channel.INBOX)
        called = person(Role.LIAISON, "Koro", channel=Channel.CALL, phone="+22376000301")
        alert = released(koro, verified())
        update = follow(koro, alert)
        assert update.deliveries.get(recipient=quiet).channel == Channel.INBOX
        assert update.deliveries.get(recipient=called).channel == Channel.CALL
        assert set(posted(purpose="alert", alert=update)) == {koro.liaison.pk}

    def test_a_phone_that_is_gone_is_not_written_to(self, koro: Place) -> None:
        User.objects.filter(pk=koro.liaison.pk).update(channel=Channel.SMS)
        alert = released(koro, verified())
        User.objects.filter(pk=koro.liaison.pk).update(phone=None)
        assert posted(purpose="alert", alert=follow(koro, alert)) == {koro.liaison.pk: Channel.EMAIL}


class TestItsLife:
    def test_the_same_rules_as_for_a_first_alert(self, koro: Place) -> None:
        incident = verified(severity=Severity.MODERATE)
        alert = released(koro, incident)
        incident.severity = Severity.EXTREME
        incident.save()
        draft = prepared(koro, alert)
        with pytest.raises(NotAllowed):
            alerts.release_alert(viewer=koro.second_view, alert=draft, version=draft.version)
        draft = alerts.propose_alert(viewer=koro.author_view, alert=draft, version=draft.version)
        with pytest.raises(NotAllowed):
            alerts.release_alert(viewer=koro.author_view, alert=draft, version=draft.version)
        assert alerts.release_alert(viewer=koro.second_view, alert=draft, version=draft.version).recipients == 1

    def test_it_stands_in_the_same_thread(self, koro: Place) -> None:
        alert = released(koro, verified())
        update = follow(koro, alert)
        correction = follow(koro, update, kind="correction")
        assert alert.thread == update.thread == correction.thread
        assert (correction.follows, correction.kind) == (update, AlertKind.CORRECTION)
        assert released(koro, verified()).thread != alert.thread

    @pytest.mark.parametrize(
        ("role", "where"), [(Role.COORDINATOR, "Gao"), (Role.LIAISON, "Koro"), (Role.ADMINISTRATOR, "Koro")]
    )
    def test_nobody_else(self, koro: Place, role: str, where: str) -> None:
        alert = released(koro, verified())
        stranger = viewer_for(person(role, where))
        for step in (alert_life.update_alert, alert_life.correct_alert):
            with pytest.raises(NotAllowed):
                step(viewer=stranger, alert=alert, instruction="Non.")

    @pytest.mark.parametrize("state", ["draft", "cancelled", "replaced", "expired"])
    def test_only_what_holds_is_followed(self, koro: Place, state: str) -> None:
        alert = released(koro, verified())
        Alert.objects.filter(pk=alert.pk).update(state=state)
        with pytest.raises(NotAllowed):
            alert_life.update_alert(viewer=koro.author_view, alert=alert, instruction="Non.")

    @pytest.mark.parametrize("way", ["cancel", "expire", "other"])
    def test_a_draft_whose_alert_is_over_does_not_go_out(self, koro: Place, way: str) -> None:
        alert = released(koro, verified())
        draft = prepared(koro, alert)
        if way == "cancel":
            alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        elif way == "expire":
            over(alert)
        else:
            follow(koro, alert)
        before = Delivery.objects.count()
        with pytest.raises(NotAllowed):
            alerts.release_alert(viewer=koro.second_view, alert=draft, version=draft.version)
        assert Delivery.objects.count() == before

    @pytest.mark.parametrize(
        ("severity", "hours"), [("extreme", 24), ("severe", 48), ("moderate", 168), ("minor", 336), ("unknown", 168)]
    )
    def test_it_holds_as_long_as_is_usual_for_its_severity(self, koro: Place, severity: str, hours: int) -> None:
        alert = Alert(severity=severity)
        following.hold_until(alert)
        assert alert.expires_at is not None
        assert abs(alert.expires_at - timezone.now() - timedelta(hours=hours)) < timedelta(minutes=1)

    def test_it_holds_as_long_as_was_chosen_from_its_release(self, koro: Place) -> None:
        alert = released(koro, verified(), holds_hours=6)
        assert alert.expires_at is not None
        assert alert.released_at is not None
        assert abs(alert.expires_at - alert.released_at - timedelta(hours=6)) < timedelta(minutes=1)

    @pytest.mark.parametrize("hours", [0, -1, 60 * 24 + 1, 40_000])
    def test_times_that_make_no_sense(self, koro: Place, hours: int) -> None:
        with pytest.raises(ValidationError) as refused:
            released(koro, verified(), holds_hours=hours)
        assert list(refused.value.message_dict) == ["holds_hours"]

    def test_what_holds_does_not_expire_and_nothing_expires_twice(self, koro: Place) -> None:
        alert = released(koro, verified())
        assert alert_life.expire_due() == 0
        over(alert)
        assert alert_life.expire_due() == 0
        assert AuditEntry.objects.filter(verb="expired").count() == 1

    def test_who_was_chosen_and_who_was_named_is_not_in_the_audit_log(self, koro: Place) -> None:
        follow(koro, released(koro, verified()))
        for entry in AuditEntry.objects.all():
            assert "Keita" not in str(entry.facts)
            assert "Restez" not in str(entry.facts)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_coordinators_release_an_update_at_once(self, koro: Place) -> None:
        alert = released(koro, verified())
        drafts = [prepared(koro, alert), prepared(koro, alert, "correction")]
        results = at_once(
            *(
                lambda draft=draft: alerts.release_alert(viewer=koro.second_view, alert=draft, version=1)
                for draft in drafts
            )
        )
        refused = [result for result in results if isinstance(result, Exception)]
        assert len(refused) == 1
        assert isinstance(refused[0], NotAllowed)
        assert Delivery.objects.exclude(alert=alert).count() == 1

    def test_an_alert_expires_while_it_is_updated(self, koro: Place) -> None:
        alert = released(koro, verified(severity=Severity.MODERATE))
        Message.objects.update(state=MessageState.SENT)
        draft = prepared(koro, alert)
        Alert.objects.filter(pk=alert.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        results = at_once(
            lambda: alerts.release_alert(viewer=koro.second_view, alert=draft, version=1),
            alert_life.expire_due,
            alert_life.expire_due,
        )
        alert.refresh_from_db()
        told_of_the_end = Message.objects.filter(purpose="cancel").count()
        told_anew = Delivery.objects.filter(alert=draft).count()
        expected = {AlertState.REPLACED: (0, 1), AlertState.EXPIRED: (1, 0)}
        assert (told_of_the_end, told_anew) == expected[AlertState(alert.state)], results

    def test_it_is_cancelled_while_it_is_updated(self, koro: Place) -> None:
        alert = released(koro, verified())
        Message.objects.update(state=MessageState.SENT)
        draft = prepared(koro, alert)
        at_once(
            lambda: alerts.release_alert(viewer=koro.second_view, alert=draft, version=1),
            lambda: alerts.cancel_alert(viewer=koro.author_view, alert=alert),
        )
        cancelled = Message.objects.filter(purpose="cancel").count()
        assert (cancelled, Delivery.objects.filter(alert=draft).count()) in ((1, 0), (0, 1))


def crowd(size: int) -> None:
    """So many monitors in Koro."""
    organisation = OrganisationFactory.create()
    people = User.objects.bulk_create(
        User(name=f"p{place}", email=f"p{place}.{size}@example.org", password="!") for place in range(size)
    )
    posts = Membership.objects.bulk_create(
        Membership(person=one, organisation=organisation, role=Role.MONITOR) for one in people
    )
    through: Any = Membership.areas.through
    through.objects.bulk_create(through(membership=post, area=area("Koro")) for post in posts)


@pytest.mark.django_db(transaction=True)
def test_five_hundred_cost_the_same_statements_as_one(koro: Place) -> None:
    def costs() -> list[int]:
        alert = released(koro, verified(severity=Severity.MODERATE), Line(Audience.NETWORK, area=area("Koro")))
        Message.objects.update(state=MessageState.SENT)
        draft = prepared(koro, alert)
        with CaptureQueriesContext(connection) as updating:
            alerts.release_alert(viewer=koro.second_view, alert=draft, version=1)
        Message.objects.update(state=MessageState.SENT)
        Alert.objects.filter(pk=draft.pk).update(expires_at=timezone.now())
        with CaptureQueriesContext(connection) as expiring:
            assert alert_life.expire_due() == 1
        return [len(updating), len(expiring)]

    few = costs()
    crowd(500)
    assert costs() == few
    assert Message.objects.filter(purpose="cancel").count() > 500
