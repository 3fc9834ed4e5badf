"""The demonstration: loaded once, through the services, with nothing that leaves; and gone without a trace."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from incidents.access import ALERTS, INCIDENTS
from incidents.access.doors import DEVICES
from incidents.demo.cases import CASES
from incidents.demo.told import REPORTS
from incidents.demo.twoway import PASSED_ON
from incidents.demo.warnings import WARNINGS
from incidents.matching import incidents_like, reports_like
from incidents.models import (
    Alert,
    AlertState,
    Audience,
    Delivery,
    DeliveryAnswer,
    Device,
    HeldResponsible,
    Incident,
    IncidentState,
    Report,
    ReporterIdentity,
    ReportState,
    WebhookSource,
)
from incidents.services.timeline import line_of
from orgs import demo
from orgs.access import viewer_for
from orgs.audit import first_broken_entry, seal_entries
from orgs.demo.directory import HOW_MANY
from orgs.demo.people import BODIES, PEOPLE
from orgs.messaging import drain
from orgs.models import Actor, Channel, Message, MessageState, Organisation, Role, Tlp, User
from orgs.wording import findings
from tests import factories
from tests.demo.conftest import rows

pytestmark = pytest.mark.django_db


def person(key: str) -> User:
    found: User = User.objects.get(email=f"{key}@example.org")
    return found


# --- Loading -----------------------------------------------------------------------------------------------------


def test_what_is_made_up_says_so_everywhere(loaded: Path) -> None:
    assert User.objects.filter(is_demo=True).count() == len(PEOPLE)
    assert len(BODIES) >= 12
    assert Organisation.objects.filter(is_demo=True, name__endswith="(démonstration)").count() == len(BODIES) + HOW_MANY
    assert Actor.objects.filter(name__endswith="(démonstration)", is_demo=True).count() == 3
    assert Report.objects.filter(is_demo=True).count() == Report.objects.count() == len(REPORTS) >= 25
    assert Incident.objects.filter(is_demo=True).count() == Incident.objects.count() == len(CASES) + len(PASSED_ON) == 9
    alerts = len(WARNINGS) + sum(1 for warning in WARNINGS if warning.updated) + len(PASSED_ON)
    assert Alert.objects.filter(is_demo=True).count() == Alert.objects.count() == alerts


def test_loading_twice_changes_nothing(loaded: Path) -> None:
    before = rows()
    file = json.loads((demo.accounts.path()).read_text())
    assert demo.load() is False
    assert rows() == before
    assert json.loads(demo.accounts.path().read_text()) == file


def test_the_story_has_what_a_visitor_should_meet(loaded: Path) -> None:
    assert set(Incident.objects.values_list("state", flat=True)) == set(IncidentState.values)
    assert set(Incident.objects.values_list("tlp", flat=True)) == set(Tlp.values)
    assert set(Report.objects.values_list("state", flat=True)) == set(ReportState.values)
    assert Report.objects.filter(language="en").exists()
    unplaced = Report.objects.filter(region=None, state=ReportState.NEW)
    assert unplaced.filter(external_id="demo-new_nowhere").exists()
    states = {AlertState.RELEASED, AlertState.PROPOSED, AlertState.CANCELLED, AlertState.REPLACED}
    assert {one.state for one in Alert.objects.all()} == states
    public = Alert.objects.filter(renditions__audience=Audience.PUBLIC, state=AlertState.RELEASED).distinct().get()
    assert public.tlp == Tlp.CLEAR
    koro = Alert.objects.get(incident__tlp=Tlp.AMBER, state=AlertState.RELEASED)
    answers = set(Delivery.objects.filter(alert=koro).values_list("answer", flat=True))
    assert {DeliveryAnswer.NONE, DeliveryAnswer.ACKNOWLEDGED, DeliveryAnswer.ACTING, DeliveryAnswer.DONE} <= answers
    assert set(koro.deliveries.values_list("channel", flat=True)) == {
        Channel.EMAIL,
        Channel.SMS,
        Channel.CALL,
        Channel.PUSH,
    }
    assert koro.released_by_id != koro.created_by_id
    injured = koro.incident.figures.values_list("value", flat=True)
    assert len(set(injured)) == 3


def test_new_reports_find_what_they_are_about(loaded: Path) -> None:
    viewer = viewer_for(person("coordinator"))
    koro = Report.objects.get(external_id="demo-new_koro")
    assert incidents_like(koro, viewer)[0].row.reports.filter(external_id="demo-koro_1").exists()
    market = Report.objects.get(external_id="demo-new_market_1")
    assert {"demo-new_market_2"} <= {match.row.external_id for match in reports_like(market, viewer)}


def test_the_accused_see_nothing_of_it(loaded: Path) -> None:
    named = HeldResponsible.objects.get()
    police = viewer_for(person("police"))
    assert not INCIDENTS.rows(police).filter(pk=named.incident_id).exists()
    assert not ALERTS.rows(police).filter(incident=named.incident_id).exists()


def test_the_second_coordinator_may_release_what_waits(loaded: Path) -> None:
    from incidents.access import may_release

    waiting = Alert.objects.get(state=AlertState.PROPOSED)
    assert may_release(viewer_for(person("coordinator")), waiting)
    assert not may_release(viewer_for(person("second")), waiting)


def test_no_word_tells_where_forces_are_or_names_a_community(loaded: Path) -> None:
    words = [told.text for told in REPORTS] + [case.narrative for case in CASES] + [case.summary for case in CASES]
    words += [case.note for case in CASES] + [alert.instruction for alert in Alert.objects.all()]
    words += [said.text for warning in WARNINGS for said in warning.answers]
    words += list(Organisation.objects.values_list("name", flat=True))
    assert [finding for text in words for finding in findings(text)] == []


def test_the_past_lies_in_the_past_and_the_chain_holds(loaded: Path) -> None:
    incident = Incident.objects.get(reports__external_id="demo-koro_1")
    line = [moment for moment in line_of(incident, viewer_for(person("coordinator"))) if moment.at is not None]
    times = [moment.at for moment in line]
    assert len(times) > 8
    assert times == sorted(times)  # type: ignore[type-var]
    spread = times[-1] - times[0]  # type: ignore[operator]
    assert spread.total_seconds() > 14 * 3600
    assert incident.created_at < incident.updated_at
    while seal_entries():
        pass
    assert first_broken_entry() is None


# --- Accounts ----------------------------------------------------------------------------------------------------


def test_one_account_a_role_that_signs_in(loaded: Path, settings: Any) -> None:
    settings.RELAX_SECOND_FACTOR = True
    accounts = json.loads(demo.accounts.path().read_text())
    assert stat.S_IMODE(loaded.stat().st_mode) == 0o600
    assert {account["role"] for account in accounts} == {str(role.label) for role in Role}
    assert len({account["password"] for account in accounts}) == len(accounts)
    for account in accounts:
        client = Client()
        answer = client.post("/accounts/login/", {"login": account["login"], "password": account["password"]})
        assert answer.status_code == 302, account["role"]
        assert "_auth_user_id" in client.session
        assert client.get("/").status_code == 200


def test_lost_accounts_get_new_passwords(loaded: Path) -> None:
    before = json.loads(demo.accounts.path().read_text())
    demo.accounts.path().unlink()
    demo.load()
    after = json.loads(demo.accounts.path().read_text())
    assert sorted(one["login"] for one in after) == sorted(one["login"] for one in before)
    assert not {one["password"] for one in after} & {one["password"] for one in before}
    assert person("analyst").check_password(next(a["password"] for a in after if a["login"].startswith("analyst")))


def test_those_who_are_only_told_cannot_sign_in(loaded: Path) -> None:
    quiet = [one.key for one in PEOPLE if not one.signs_in]
    assert quiet
    assert not any(user.has_usable_password() for user in User.objects.exclude(email__in=logins()))


def logins() -> list[str]:
    return [account["login"] for account in json.loads(demo.accounts.path().read_text())]


# --- Where it may be ---------------------------------------------------------------------------------------------


def test_messages_go_into_files_and_nowhere_else(loaded: Path, settings: Any, own_folder: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    for channel in (Channel.EMAIL, Channel.SMS):
        drain.drain(channel)
    assert list(own_folder.glob("mail/*")) == []
    assert list(own_folder.glob("sms/*")) == []
    assert not Message.objects.filter(state__in=(MessageState.PENDING, MessageState.SENDING)).exists()
    waiting, second = Alert.objects.get(state=AlertState.PROPOSED), viewer_for(person("coordinator"))
    from incidents.services.alerts import release_alert

    released = release_alert(viewer=second, alert=waiting, version=waiting.version)
    assert released.recipients >= 2
    for channel in (Channel.EMAIL, Channel.PUSH):
        drain.drain(channel)
    assert len((own_folder / "push" / "outbox.jsonl").read_text().splitlines()) == 1
    assert len(mail.outbox) == 0


def test_every_address_exists_nowhere(loaded: Path) -> None:
    for user in User.objects.all():
        assert not user.email or user.email.endswith("@example.org")
        assert not user.phone or user.phone.startswith("+22300")


# --- Removing ----------------------------------------------------------------------------------------------------


def test_removing_spares_what_real_people_did(loaded: Path) -> None:
    made_up = Incident.objects.get(reports__external_id="demo-koro_1")
    real = factories.ReportFactory.attached(made_up)
    incident = factories.IncidentFactory.create()
    behind = factories.ReportFactory.attached(incident)
    someone = factories.person(Role.COORDINATOR, "Koro")
    told = factories.DeliveryFactory.create(alert=factories.AlertFactory.released(incident=incident), recipient=someone)
    for alert, rendition, recipient in (
        (told.alert, told.rendition, person("liaison")),
        (about := Alert.objects.get(incident=made_up), about.renditions.all()[0], someone),
    ):
        factories.DeliveryFactory.create(alert=alert, rendition=rendition, recipient=recipient)
    demo.remove()
    real.refresh_from_db()
    assert (real.state, real.incident) == (ReportState.NEW, None)
    behind.refresh_from_db()
    assert behind.incident == incident
    assert list(Delivery.objects.values_list("recipient", flat=True)) == [someone.pk]
    assert User.objects.filter(pk=someone.pk).exists()


def test_identities_are_sealed(loaded: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed::text FROM incidents_reporteridentity")
        sealed = [row[0] for row in cursor.fetchall()]
    assert len(sealed) == ReporterIdentity.objects.count() >= 6
    assert not any("22300" in text for text in sealed)


def test_phones_and_a_server_stand_at_their_doors(loaded: Path) -> None:
    phones = Device.objects.filter(is_demo=True)
    assert (phones.count(), phones.filter(revoked_at__isnull=False).count()) == (3, 1)
    source = WebhookSource.objects.get()
    assert source.is_active
    assert source.is_demo
    assert DEVICES.rows(viewer_for(person("coordinator"))).count() == 3
