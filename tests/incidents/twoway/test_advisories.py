"""Advisories: who gives, reads and decides; what they become; that both versions stay; two coordinators at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import twoway
from incidents.access import ADVISORIES, INCIDENTS
from incidents.models import (
    Advisory,
    AdvisoryState,
    AdvisoryWording,
    Alert,
    AlertState,
    Audience,
    HoldReason,
    Incident,
    IncidentState,
    Notice,
    NoticeKind,
    Severity,
    Side,
)
from incidents.notice_words import NoticeWords
from incidents.services import advisories, alerts
from incidents.services.alerts import Line
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from orgs.access import viewer_for
from orgs.messaging.purposes import Envelope
from orgs.models import Level, Message, Role, Tlp
from tests.factories import OrganisationFactory, area, person, signed_in
from tests.incidents.alerts.conftest import Place
from tests.incidents.twoway.making import advisory, told
from tests.together import at_once

SOFT = "Des vols sont possibles sur une route."


@pytest.fixture
def given(koro: Place) -> Advisory:
    return advisory(koro.liaison, koro.service)


def pass_on(koro: Place, given: Advisory, **changed: object) -> Alert:
    given.refresh_from_db()
    said = {
        "version": given.version, "words": SOFT, "instruction": "Voyagez de jour.", "tlp": given.tlp,
        "severity": given.severity, "lines": [Line(Audience.NETWORK, area=area("Koro"))], **changed,
    }  # fmt: skip
    return advisories.pass_on_advisory(viewer=koro.author_view, advisory=given, **said)  # type: ignore[arg-type]


@pytest.mark.django_db
class TestGiving:
    def test_its_words_are_kept_and_the_coordinators_are_told_without_content(
        self, koro: Place, given: Advisory
    ) -> None:
        assert given.state == AdvisoryState.GIVEN
        assert given.wordings.get().side == Side.SERVICE
        messages = list(Message.objects.filter(purpose="twoway_notice"))
        assert {message.recipient_id for message in messages} == {koro.author.pk, koro.second.pk}
        for envelope in NoticeWords().compose(messages).values():
            assert isinstance(envelope, Envelope)
            assert "vols" not in envelope.text
            assert f"/alerts/advisories/{given.pk}/" in envelope.text

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"words": ""}, "words"),
            ({"instruction": " "}, "instruction"),
            ({"words": "Nos soldats sont stationnés à Koro."}, "words"),
            ({"words": "Une patrouille militaire passe chaque nuit."}, "words"),
            ({"instruction": "Appelez le 76 12 34 56."}, "instruction"),
            ({"tlp": Tlp.RED}, "tlp"),
            ({"areas": []}, "areas"),
            ({"severity": "huge"}, "severity"),
            ({"type_code": "none"}, "type_code"),
        ],
    )
    def test_what_is_not_taken(self, koro: Place, changed: dict[str, object], field: str) -> None:
        with pytest.raises(ValidationError) as refused:
            advisory(koro.liaison, koro.service, told(**changed))
        assert field in refused.value.message_dict
        assert not Advisory.objects.exists()

    def test_time(self, koro: Place) -> None:
        now = timezone.now()
        for starts, ends in (
            (now, now - timedelta(hours=1)),
            (now - timedelta(3), now - timedelta(1)),
            (now, now + timedelta(60)),
        ):
            with pytest.raises(ValidationError):
                advisory(koro.liaison, koro.service, told(starts_at=starts, ends_at=ends))

    def test_only_for_ones_own_service(self, koro: Place) -> None:
        for giver, service in (
            (koro.liaison, OrganisationFactory.create()),
            (koro.monitor, koro.association),
            (koro.author, koro.service),
        ):
            with pytest.raises(NotAllowed):
                advisory(giver, service)

    def test_nobody_decides_there(self, koro: Place) -> None:
        with pytest.raises(ValidationError) as refused:
            advisory(koro.liaison, koro.service, told(areas=[area("Gao", Level.REGION)]))
        assert set(refused.value.message_dict) == {"areas"}

    def test_the_page(self, koro: Place) -> None:
        client = signed_in(koro.liaison)
        now = timezone.localtime()
        typed = {
            "organisation": koro.service.pk, "kind": "threat", "type": "threat", "areas": [area("Koro").pk],
            "starts_at": f"{now:%Y-%m-%dT%H:%M}", "ends_at": f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}",
            "severity": "moderate", "tlp": "green", "words": "Des vols sont à craindre.", "instruction": "",
        }  # fmt: skip
        refused = client.post("/alerts/advisories/new/", typed)
        assert refused.status_code == 422
        assert "Des vols sont à craindre." in refused.content.decode()
        client.post("/alerts/advisories/new/", {**typed, "instruction": "Voyagez de jour."}, follow=True)
        assert Advisory.objects.get().organisation == koro.service


@pytest.mark.django_db
class TestDeciding:
    def test_passing_on_makes_an_alert_like_any_other(self, koro: Place, given: Advisory) -> None:
        alert = pass_on(koro, given)
        given.refresh_from_db()
        assert (given.state, given.alert, alert.state) == (AdvisoryState.PASSED_ON, alert, AlertState.DRAFT)
        assert alert.expires_at == given.ends_at
        assert alert.incident.state == IncidentState.VERIFIED
        assert alert.incident.summary == SOFT
        assert koro.service.name in alert.incident.narrative
        assert not alert.incident.reports.exists()
        assert [one.side for one in given.wordings.all()] == [Side.SERVICE, Side.DESK]
        assert twoway.standing_of(given).code == "preparing"
        alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        given = Advisory.objects.select_related("alert").get()
        assert twoway.standing_of(given).code == "passed_on"
        assert twoway.standing_of(given, now=given.ends_at).code == "over"
        body = alert.renditions.get(audience=Audience.NETWORK, language="fr").body
        assert SOFT in body
        assert "Des vols sont à craindre" not in body
        assert koro.liaison.name not in body

    def test_the_service_reads_what_became_of_it(self, koro: Place, given: Advisory) -> None:
        alert = pass_on(koro, given)
        alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        page = signed_in(koro.liaison).get(f"/alerts/advisories/{given.pk}/").content.decode()
        assert "Transmis" in page
        assert SOFT in page
        assert "Aminata" not in page
        kinds = Notice.objects.filter(message__recipient=koro.liaison).values_list("kind", flat=True)
        assert list(kinds) == [NoticeKind.DECIDED]

    def test_a_grave_one_needs_a_second_person(self, koro: Place, given: Advisory) -> None:
        alert = pass_on(koro, given, severity=Severity.EXTREME)
        with pytest.raises(NotAllowed):
            alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)

    def test_the_marking_is_never_opened(self, koro: Place, given: Advisory) -> None:
        with pytest.raises(ValidationError) as refused:
            pass_on(koro, given, tlp=Tlp.CLEAR)
        assert set(refused.value.message_dict) == {"tlp"}
        assert pass_on(koro, given, tlp=Tlp.AMBER).tlp == Tlp.AMBER

    def test_the_public_page(self, koro: Place) -> None:
        given = advisory(koro.liaison, koro.service, told(tlp=Tlp.CLEAR))
        alert = pass_on(koro, given, lines=[Line(Audience.PUBLIC)])
        assert SOFT not in Client().get(f"/alerts/{alert.pk}/").content.decode()
        alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        assert "Voyagez de jour." in Client().get("/").content.decode()
        assert SOFT in Client().get(f"/alerts/{alert.pk}/").content.decode()

    def test_softened_words_are_checked_too(self, koro: Place, given: Advisory) -> None:
        with pytest.raises(ValidationError):
            pass_on(koro, given, words="Les gendarmes patrouillent la nuit.")

    def test_holding_says_why(self, koro: Place, given: Advisory) -> None:
        with pytest.raises(ValidationError):
            advisories.hold_advisory(viewer=koro.author_view, advisory=given, version=1, reason="")
        advisories.hold_advisory(
            viewer=koro.author_view,
            advisory=given,
            version=1,
            reason=HoldReason.UNSURE,
            note="Nous demandons au maire.",
        )
        page = signed_in(koro.colleague).get(f"/alerts/advisories/{given.pk}/").content.decode()
        assert "Nous demandons au maire." in page
        assert "Il faut d’abord vérifier" in page
        assert pass_on(koro, given).incident.summary == SOFT  # it can still be passed on

    def test_new_words_deserve_a_new_look(self, koro: Place, given: Advisory) -> None:
        advisories.hold_advisory(viewer=koro.author_view, advisory=given, version=1, reason=HoldReason.WORDS)
        given.refresh_from_db()
        advisories.rewrite_advisory(
            viewer=viewer_for(koro.colleague), advisory=given, version=given.version, words=SOFT, instruction="Restez."
        )
        given.refresh_from_db()
        assert given.state == AdvisoryState.GIVEN
        assert AdvisoryWording.objects.count() == 2

    def test_withdrawn_after_it_went_out(self, koro: Place, given: Advisory) -> None:
        alert = pass_on(koro, given)
        alerts.release_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        advisories.withdraw_advisory(viewer=viewer_for(koro.liaison), advisory=given)
        waiting = twoway.advisories_to_decide(koro.author_view).get()
        assert twoway.standing_of(waiting).code == "recall"
        assert twoway.standing_of(waiting).late
        alerts.cancel_alert(viewer=koro.author_view, alert=alert)
        assert not twoway.advisories_to_decide(koro.author_view).exists()

    def test_a_draft_thrown_away_leaves_it_undecided(self, koro: Place, given: Advisory) -> None:
        alert = pass_on(koro, given)
        alerts.discard_alert(viewer=koro.author_view, alert=alert, version=alert.version)
        assert twoway.advisories_to_decide(koro.author_view).get() == given
        again = pass_on(koro, given, words="Encore plus doux.")
        assert again.incident.summary == "Encore plus doux."
        assert Incident.objects.count() == 1

    def test_what_waits_too_long_stands_first(self, koro: Place, given: Advisory) -> None:
        grave = advisory(koro.liaison, koro.service, told(severity=Severity.EXTREME))
        Advisory.objects.filter(pk=grave.pk).update(given_at=timezone.now() - timedelta(hours=1))
        late = timezone.now() - twoway.DECIDE_WITHIN - timedelta(minutes=1)
        Advisory.objects.filter(pk=given.pk).update(given_at=late)
        waiting = list(twoway.advisories_to_decide(koro.author_view))
        assert waiting == [given, grave]
        assert [twoway.standing_of(one).late for one in waiting] == [True, False]

    def test_who_decides_and_who_reads(self, koro: Place, given: Advisory) -> None:
        own = person(Role.COORDINATOR, "Koro", organisation=koro.service)
        away, other = person(Role.COORDINATOR, "Gao"), person(Role.LIAISON, "Koro")
        for user in (koro.liaison, koro.colleague, koro.monitor, own, away, other):
            with pytest.raises(NotAllowed):
                advisories.hold_advisory(
                    viewer=viewer_for(user), advisory=given, version=1, reason=HoldReason.OTHER
                )  # fmt: skip
        readers = {user.pk for user in (koro.liaison, koro.colleague, koro.author, koro.second, own)}
        everybody = [koro.liaison, koro.colleague, koro.author, koro.second, koro.monitor, own, away, other]
        seeing = {user.pk for user in everybody if ADVISORIES.sees(viewer_for(user), given)}
        assert seeing == readers
        for user in everybody:
            assert ADVISORIES.rows(viewer_for(user)).exists() is (user.pk in readers)
        assert set(ADVISORIES.people(given).values_list("pk", flat=True)) == readers

    def test_in_several_areas_the_coordinator_of_one_can_pass_it_on(self, koro: Place) -> None:
        given = advisory(koro.liaison, koro.service, told(areas=[area("Koro"), area("Bankass")]))
        assert (given.cercle_id, given.region_id) == (None, area("Koro").region_id)
        alert = pass_on(koro, given)
        assert alert.incident.cercle == area("Koro")
        assert INCIDENTS.audience(koro.author_view, alert.incident) == "coordinator"

    def test_the_list_asks_the_same_number_of_questions(self, koro: Place, given: Advisory) -> None:
        client = signed_in(koro.author)

        def asks() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/alerts/advisories/").status_code == 200
            return len(queries)

        asks()
        before = asks()
        for _ in range(5):
            advisory(koro.liaison, koro.service)
        assert asks() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", range(3))
def test_two_coordinators_pass_on_and_hold_at_once(koro: Place, _again: int) -> None:
    given = advisory(koro.liaison, koro.service)
    results = at_once(
        lambda: pass_on(koro, given, version=1),
        lambda: advisories.hold_advisory(viewer=koro.second_view, advisory=given, version=1, reason=HoldReason.UNSURE),
    )
    given.refresh_from_db()
    refused = [one for one in results if isinstance(one, ChangedMeanwhile | NotAllowed)]
    assert len(refused) == 1
    passed = given.state == AdvisoryState.PASSED_ON
    assert Alert.objects.count() == Incident.objects.count() == int(passed)
    assert given.version == 2
