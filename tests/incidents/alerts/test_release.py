"""The life of an alert: who may release it, what holds it, once and only once, and taking it back."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.messages import AlertWords, CancelWords
from incidents.models import Alert, AlertState, Audience, Carriage, Delivery, IncidentState, Severity
from incidents.services import alerts
from incidents.services.alerts import Line, Released
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.incidents import name_responsible
from orgs.access import viewer_for
from orgs.messaging.purposes import Envelope, Skip
from orgs.models import AuditEntry, Channel, Membership, Message, MessageState, Role, Tlp, User
from tests.factories import ActorFactory, OrganisationFactory, area, person
from tests.incidents.alerts.conftest import Place, drafted, released, verified
from tests.together import at_once

pytestmark = pytest.mark.django_db
HELD = "Les FAMa sont à Boni."


def release(place: Place, alert: Alert, **given: Any) -> Released:
    return alerts.release_alert(viewer=place.second_view, alert=alert, version=alert.version, **given)


class TestWhoMay:
    def test_below_a_set_severity_one_person_is_enough(self, koro: Place) -> None:
        alert = drafted(koro, verified(severity=Severity.MODERATE))
        done = alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        assert done.recipients == 1

    @pytest.mark.parametrize("severity", [Severity.SEVERE, Severity.EXTREME])
    def test_above_it_a_second_person_must_agree(self, koro: Place, severity: str) -> None:
        alert = drafted(koro, verified(severity=severity))
        with pytest.raises(NotAllowed):
            alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        with pytest.raises(NotAllowed):
            release(koro, alert)
        alert = alerts.propose_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        with pytest.raises(NotAllowed):
            alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        assert Delivery.objects.count() == 0
        assert release(koro, alert).recipients == 1
        alert.refresh_from_db()
        assert (alert.created_by, alert.released_by) == (koro.author, koro.second)

    def test_whoever_changes_a_proposal_has_prepared_it_and_may_not_release_it(self, koro: Place) -> None:
        alert = drafted(koro, verified(severity=Severity.EXTREME))
        alert = alerts.propose_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        alert = alerts.set_words(
            viewer=koro.second_view, alert=alert, version=alert.version, instruction="Fuyez.", call_number=""
        )
        assert alert.state == AlertState.DRAFT
        alert = alerts.propose_alert(viewer=koro.second_view, alert=alert, version=alert.version)
        with pytest.raises(NotAllowed):
            release(koro, alert)
        assert alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version).recipients == 1

    def test_an_incident_that_became_graver_needs_the_second_person_after_all(self, koro: Place) -> None:
        incident = verified(severity=Severity.MINOR)
        alert = drafted(koro, incident)
        incident.severity = Severity.EXTREME
        incident.save()
        with pytest.raises(NotAllowed):
            alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)

    @pytest.mark.parametrize(
        ("role", "where"),
        [(Role.COORDINATOR, "Gao"), (Role.LIAISON, "Koro"), (Role.MONITOR, "Koro"), (Role.ADMINISTRATOR, "Koro")],
    )
    def test_nobody_else(self, koro: Place, role: str, where: str) -> None:
        stranger = viewer_for(person(role, where))
        incident = verified()
        alert = drafted(koro, incident)
        with pytest.raises(NotAllowed):
            alerts.prepare_alert(viewer=stranger, incident=incident, lines=[])
        for step in (
            lambda: alerts.release_alert(viewer=stranger, alert=alert, version=alert.version),
            lambda: alerts.set_audiences(viewer=stranger, alert=alert, version=alert.version, lines=[]),
            lambda: alerts.propose_alert(viewer=stranger, alert=alert, version=alert.version),
            lambda: alerts.discard_alert(viewer=stranger, alert=alert, version=alert.version),
            lambda: alerts.cancel_alert(viewer=stranger, alert=alert),
        ):
            with pytest.raises(NotAllowed):
                step()


class TestWhatHolds:
    def test_positions_in_the_instruction_are_refused_when_written(self, koro: Place) -> None:
        with pytest.raises(ValidationError) as refused:
            drafted(koro, verified(), instruction=HELD)
        assert list(refused.value.message_dict) == ["instruction"]

    def test_positions_in_the_summary_hold_the_release(self, koro: Place) -> None:
        alert = drafted(koro, verified(summary=HELD))
        with pytest.raises(ValidationError) as refused:
            release(koro, alert)
        assert "FAMa sont à" in refused.value.message_dict["summary"][0]
        assert Message.objects.count() == 0

    @pytest.mark.parametrize("text", ["Appelez le 76 12 34 56", "moussa@exemple.ml", "au point 14.5432, -4.1234"])
    def test_ways_to_reach_somebody_hold_it_too(self, koro: Place, text: str) -> None:
        alert = drafted(koro, verified(summary=text))
        with pytest.raises(ValidationError):
            release(koro, alert)

    def test_above_green_a_number_to_call_is_needed(self, koro: Place) -> None:
        alert = drafted(koro, verified(tlp=Tlp.AMBER), call_number="")
        with pytest.raises(ValidationError) as refused:
            release(koro, alert)
        assert list(refused.value.message_dict) == ["call_number"]

    def test_nobody_to_tell(self, koro: Place) -> None:
        alert = drafted(koro, verified(), Line(Audience.LIAISON, area=area("Kidal")))
        with pytest.raises(ValidationError) as refused:
            release(koro, alert)
        assert list(refused.value.message_dict) == ["audiences"]

    def test_a_closed_incident(self, koro: Place) -> None:
        incident = verified()
        alert = drafted(koro, incident)
        incident.state, incident.finding, incident.closed_at = IncidentState.CLOSED, "false", "2026-11-21T00:00Z"
        incident.save()
        with pytest.raises(NotAllowed):
            release(koro, alert)

    def test_an_incident_that_changed_since_the_preview(self, koro: Place) -> None:
        incident = verified()
        alert = drafted(koro, incident)
        seen = incident.version
        service = ActorFactory.create(organisation=OrganisationFactory.create())
        name_responsible(viewer=koro.author_view, incident=incident, version=seen, actor=service)
        with pytest.raises(ChangedMeanwhile):
            release(koro, alert, incident_version=seen)
        assert Delivery.objects.count() == 0

    def test_an_alert_that_somebody_else_changed(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        seen = alert.version
        lines = [Line(Audience.LIAISON), Line(Audience.NETWORK)]
        alerts.set_audiences(viewer=koro.second_view, alert=alert, version=seen, lines=lines)
        with pytest.raises(ChangedMeanwhile) as told:
            alerts.release_alert(viewer=koro.author_view, alert=alert, version=seen)
        assert told.value.by == koro.second
        assert [entry.verb for entry in told.value.changes] == ["audiences_chosen"]

    @pytest.mark.parametrize(
        "line",
        [
            Line("nobody"),
            Line(Audience.LIAISON, role=Role.MONITOR),
            Line(Audience.ORGANISATION),
            Line(Audience.NETWORK, kind="nonsense"),
        ],
    )
    def test_lines_that_make_no_sense(self, koro: Place, line: Line) -> None:
        with pytest.raises(ValidationError):
            drafted(koro, verified(), line)


class TestOnce:
    def test_a_second_tap_finds_it_released(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        first = release(koro, alert)
        again = release(koro, alert)
        assert (first.already, again.already) == (False, True)
        assert again.recipients == first.recipients == Delivery.objects.count() == Message.objects.count() == 1

    def test_two_alerts_of_one_incident_are_two(self, koro: Place) -> None:
        incident = verified()
        released(koro, incident)
        released(koro, incident)
        assert Delivery.objects.count() == 2

    def test_everything_is_there_after_release(self, koro: Place) -> None:
        alert = released(koro, verified(), Line(Audience.LIAISON), Line(Audience.NETWORK))
        assert alert.released_at is not None
        assert alert.deliveries.count() == 5  # three with posts in Koro or beside it, and two coordinators
        assert Carriage.objects.count() == Message.objects.count() == 5
        codes = list(alert.deliveries.values_list("code", flat=True))
        assert all(code.isdecimal() and len(code) == 5 and code[0] != "0" for code in codes)
        entry = AuditEntry.objects.get(verb="released")
        assert entry.facts["recipients"] == 5
        assert entry.actor == koro.second


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_coordinators_release_at_once(self, koro: Place) -> None:
        alert = drafted(koro, verified(), Line(Audience.LIAISON), Line(Audience.NETWORK))
        views = [koro.author_view, koro.second_view] * 3
        results = at_once(
            *(lambda view=view: alerts.release_alert(viewer=view, alert=alert, version=1) for view in views)
        )
        assert sorted(result.already for result in results) == [False, *[True] * 5]
        assert Delivery.objects.count() == Message.objects.count() == Carriage.objects.count() == 5
        assert AuditEntry.objects.filter(verb="released").count() == 1

    def test_nobody_is_named_between_the_choice_and_the_commit(self, koro: Place) -> None:
        incident = verified()
        alert = drafted(koro, incident)
        actor = ActorFactory.create(organisation=koro.service)
        results = at_once(
            lambda: alerts.release_alert(viewer=koro.second_view, alert=alert, version=1, incident_version=1),
            lambda: name_responsible(viewer=koro.author_view, incident=incident, version=1, actor=actor),
        )
        told = Delivery.objects.filter(recipient=koro.liaison).exists()
        refused = [result for result in results if isinstance(result, ChangedMeanwhile | ValidationError)]
        assert told != bool(refused), results


class TestCancel:
    def _state(self, alert: Alert, user: User, state: str, **fields: Any) -> None:
        if state == MessageState.SENDING:
            fields["claimed_at"] = "2026-11-21T00:00Z"
        Message.objects.filter(deliveries__alert=alert, recipient=user, purpose="alert").update(state=state, **fields)

    def test_exactly_those_who_had_it_are_told_by_the_same_channel(self, koro: Place) -> None:
        states = {
            MessageState.SENT: {},
            MessageState.DELIVERED: {},
            MessageState.SENDING: {},
            MessageState.PENDING: {},
            MessageState.FAILED: {"reason": "refused"},
            MessageState.SKIPPED: {"reason": "inactive"},
        }
        people: dict[str, User] = {
            state: person(Role.LIAISON, "Koro", channel=Channel.SMS, phone=f"+2237600020{place}")
            for place, state in enumerate(states)
        }
        unsure = person(Role.LIAISON, "Koro")
        alert = released(koro, verified())
        for state, fields in states.items():
            self._state(alert, people[state], state, **fields)
        self._state(alert, unsure, MessageState.PENDING, maybe_double=True)
        self._state(alert, koro.liaison, MessageState.SENT)
        alerts.cancel_alert(viewer=koro.author_view, alert=alert)

        told = Message.objects.filter(purpose="cancel")
        expected = {people[state] for state in ("sent", "delivered", "sending")} | {unsure, koro.liaison}
        assert {message.recipient for message in told} == expected
        assert {message.channel for message in told if message.recipient in people.values()} == {Channel.SMS}
        kept_back = Message.objects.get(purpose="alert", recipient=people[MessageState.PENDING])
        assert (kept_back.state, kept_back.reason) == (MessageState.SKIPPED, "cancelled")
        assert not Message.objects.filter(purpose="alert", state=MessageState.PENDING).exists()

    def test_cancelling_twice_is_cancelling_once(self, koro: Place) -> None:
        alert = released(koro, verified())
        Message.objects.update(state=MessageState.SENT)
        alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        alerts.cancel_alert(viewer=koro.second_view, alert=alert)
        assert Message.objects.filter(purpose="cancel").count() == 1

    def test_a_draft_cannot_be_cancelled_and_a_released_one_not_discarded(self, koro: Place) -> None:
        alert = drafted(koro, verified())
        with pytest.raises(NotAllowed):
            alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        release(koro, alert)
        with pytest.raises(NotAllowed):
            alerts.discard_alert(viewer=koro.author_view, alert=alert, version=alert.version)

    def test_its_words_carry_no_content(self, koro: Place) -> None:
        alert = released(koro, verified())
        Message.objects.update(state=MessageState.SENT)
        alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        message = Message.objects.get(purpose="cancel")
        envelope = CancelWords().compose([message])[message.pk]
        assert isinstance(envelope, Envelope)
        delivery = alert.deliveries.get()
        assert delivery.code in envelope.subject
        assert delivery.code in envelope.text
        for content in ("Koro", "marché", "bétail"):
            assert content not in envelope.text + envelope.subject


class TestAtTheMomentOfSending:
    @pytest.fixture
    def alert(self, koro: Place) -> Alert:
        return released(koro, verified())

    def _composed(self, koro: Place) -> Envelope | Skip:
        message = Message.objects.get(recipient=koro.liaison)
        return AlertWords().compose([message])[message.pk]

    def test_who_may_be_told_is_told(self, koro: Place, alert: Alert) -> None:
        assert isinstance(self._composed(koro), Envelope)

    def test_a_closed_account(self, koro: Place, alert: Alert) -> None:
        User.objects.filter(pk=koro.liaison.pk).update(is_active=False)
        assert self._composed(koro) == Skip("inactive")

    def test_a_post_that_ended(self, koro: Place, alert: Alert) -> None:
        Membership.objects.filter(person=koro.liaison).update(ends_at="2026-01-01T00:00Z")
        assert self._composed(koro) == Skip("no_longer_allowed")

    def test_a_service_named_since(self, koro: Place, alert: Alert) -> None:
        actor = ActorFactory.create(organisation=koro.service)
        name_responsible(viewer=koro.author_view, incident=alert.incident, version=1, actor=actor)
        assert self._composed(koro) == Skip("no_longer_allowed")

    def test_an_alert_cancelled_since(self, koro: Place, alert: Alert) -> None:
        Alert.objects.update(state=AlertState.CANCELLED)
        assert self._composed(koro) == Skip("cancelled")

    def test_an_address_that_is_gone(self, koro: Place, alert: Alert) -> None:
        User.objects.filter(pk=koro.liaison.pk).update(email=None)
        assert self._composed(koro) == Skip("no_address")

    def test_an_incident_marked_more_closed_since_travels_without_content(self, koro: Place, alert: Alert) -> None:
        alert.incident.tlp = Tlp.AMBER
        alert.incident.save()
        envelope = self._composed(koro)
        assert isinstance(envelope, Envelope)
        assert "Koro" not in envelope.text + envelope.subject
        assert alert.deliveries.get().code in envelope.text

    def test_a_group_costs_as_many_queries_as_one(self, koro: Place) -> None:
        for _ in range(9):
            person(Role.LIAISON, "Koro")
        released(koro, verified())
        messages = list(Message.objects.all())
        assert len(messages) == 10
        with CaptureQueriesContext(
            connection,
        ) as ten:
            AlertWords().compose(messages)
        with CaptureQueriesContext(connection) as one:
            AlertWords().compose(messages[:1])
        assert len(ten) == len(one) <= 3


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_recipients_cost_the_same_statements_as_one(koro: Place) -> None:
    lines = (Line(Audience.LIAISON, area=area("Koro")), Line(Audience.NETWORK, area=area("Koro")))
    few = drafted(koro, verified(), *lines)
    with CaptureQueriesContext(connection) as for_few:
        release(koro, few)

    organisation = OrganisationFactory.create()
    people = User.objects.bulk_create(
        User(name=f"p{place}", email=f"p{place}@example.org", password="!") for place in range(10_000)
    )
    posts = Membership.objects.bulk_create(
        Membership(person=one, organisation=organisation, role=Role.MONITOR) for one in people
    )
    through: Any = Membership.areas.through
    through.objects.bulk_create(through(membership=post, area=area("Koro")) for post in posts[:1])
    koro_id = area("Koro").pk
    through.objects.bulk_create(through(membership_id=post.pk, area_id=koro_id) for post in posts[1:])
    with connection.cursor() as cursor:
        # The server does this by itself within a minute of a bulk load; the tests' one does not.
        cursor.execute("ANALYZE orgs_user, orgs_membership, orgs_membership_areas")
    many = drafted(koro, verified(), *lines)
    with CaptureQueriesContext(connection) as for_many:
        done = release(koro, many)
    assert done.recipients == 10_000 + few.deliveries.count()
    assert len(for_many) == len(for_few)
    assert Message.objects.filter(deliveries__alert=many).count() == done.recipients
    assert many.deliveries.values("code").distinct().count() > 9_000
