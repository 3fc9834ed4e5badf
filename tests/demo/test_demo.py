"""The demonstration: loaded once, through the services, with nothing that leaves; and gone without a trace."""

import json
import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from incidents.access import ALERTS, INCIDENTS
from incidents.demo.cases import CASES
from incidents.demo.told import REPORTS
from incidents.demo.warnings import WARNINGS
from incidents.matching import incidents_like, reports_like
from incidents.models import (
    Alert,
    AlertState,
    Audience,
    Delivery,
    DeliveryAnswer,
    HeldResponsible,
    Incident,
    IncidentState,
    Report,
    ReporterIdentity,
    ReportState,
)
from incidents.services.timeline import line_of
from incidents.wording import findings
from orgs import demo
from orgs.access import viewer_for
from orgs.audit import first_broken_entry, seal_entries
from orgs.demo.people import BODIES, PEOPLE
from orgs.messaging import drain
from orgs.models import Actor, AuditEntry, Channel, Message, MessageState, Organisation, Role, Tlp, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    """The file of accounts, mail and SMS of each test lie in a folder of its own."""
    settings.VAR_DIR = tmp_path
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path


@pytest.fixture
def loaded() -> None:
    assert demo.load()


def rows() -> dict[str, int]:
    """How many rows there are of every model of the product, the audit log apart (it only grows)."""
    models = [model for app in ("orgs", "incidents", "dialogues", "account", "mfa") for model in models_of(app)]
    return {model._meta.label: model._default_manager.count() for model in models}


def models_of(app: str) -> Iterator[Any]:
    return (
        model for model in apps.get_app_config(app).get_models(include_auto_created=True) if model is not AuditEntry
    )


def person(key: str) -> User:
    found: User = User.objects.get(email=f"{key}@example.org")
    return found


# --- Loading -----------------------------------------------------------------------------------------------------


def test_what_is_made_up_says_so_everywhere(loaded: None) -> None:
    assert User.objects.filter(is_demo=True).count() == len(PEOPLE)
    assert Organisation.objects.filter(is_demo=True, name__endswith="(démonstration)").count() == len(BODIES) >= 12
    assert Actor.objects.filter(name__endswith="(démonstration)", is_demo=True).count() == 3
    assert Report.objects.filter(is_demo=True).count() == Report.objects.count() == len(REPORTS) >= 25
    assert Incident.objects.filter(is_demo=True).count() == Incident.objects.count() == len(CASES) == 8
    assert Alert.objects.filter(is_demo=True).count() == Alert.objects.count() == len(WARNINGS)


def test_loading_twice_changes_nothing(loaded: None) -> None:
    before = rows()
    file = json.loads((demo.accounts.path()).read_text())
    assert demo.load() is False
    assert rows() == before
    assert json.loads(demo.accounts.path().read_text()) == file


def test_a_load_that_breaks_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows()
    monkeypatch.setattr("incidents.demo.script.CASES", (*CASES, None))
    with pytest.raises(AttributeError):
        demo.load()
    assert rows() == before
    assert not demo.accounts.path().exists()


def test_it_is_the_same_each_time() -> None:
    def told() -> list[Any]:
        demo.load()
        found = list(Incident.objects.order_by("created_at").values_list("summary", "tlp", "state", "severity"))
        demo.remove()
        return found

    assert told() == told()


def test_the_story_has_what_a_visitor_should_meet(loaded: None) -> None:
    assert set(Incident.objects.values_list("state", flat=True)) == set(IncidentState.values)
    assert set(Incident.objects.values_list("tlp", flat=True)) == set(Tlp.values)
    assert set(Report.objects.values_list("state", flat=True)) == set(ReportState.values)
    assert Report.objects.filter(language="en").exists()
    assert Report.objects.filter(region=None, state=ReportState.NEW).count() == 1
    assert {one.state for one in Alert.objects.all()} == {AlertState.RELEASED, AlertState.PROPOSED}
    public = Alert.objects.get(renditions__audience=Audience.PUBLIC)
    assert public.state == AlertState.RELEASED
    assert public.tlp == Tlp.CLEAR
    koro = Alert.objects.get(incident__tlp=Tlp.AMBER, state=AlertState.RELEASED)
    answers = set(Delivery.objects.filter(alert=koro).values_list("answer", flat=True))
    assert {DeliveryAnswer.NONE, DeliveryAnswer.ACKNOWLEDGED, DeliveryAnswer.ACTING, DeliveryAnswer.DONE} <= answers
    assert set(koro.deliveries.values_list("channel", flat=True)) == {Channel.EMAIL, Channel.SMS, Channel.CALL}
    assert koro.released_by_id != koro.created_by_id
    injured = koro.incident.figures.values_list("value", flat=True)
    assert len(set(injured)) == 3


def test_new_reports_find_what_they_are_about(loaded: None) -> None:
    viewer = viewer_for(person("coordinator"))
    koro = Report.objects.get(external_id="demo-new_koro")
    assert incidents_like(koro, viewer)[0].row.reports.filter(external_id="demo-koro_1").exists()
    market = Report.objects.get(external_id="demo-new_market_1")
    assert {"demo-new_market_2"} <= {match.row.external_id for match in reports_like(market, viewer)}


def test_the_accused_see_nothing_of_it(loaded: None) -> None:
    named = HeldResponsible.objects.get()
    police = viewer_for(person("police"))
    assert not INCIDENTS.rows(police).filter(pk=named.incident_id).exists()
    assert not ALERTS.rows(police).filter(incident=named.incident_id).exists()


def test_the_second_coordinator_may_release_what_waits(loaded: None) -> None:
    from incidents.access import may_release

    waiting = Alert.objects.get(state=AlertState.PROPOSED)
    assert may_release(viewer_for(person("coordinator")), waiting)
    assert not may_release(viewer_for(person("second")), waiting)


def test_no_word_tells_where_forces_are_or_names_a_community(loaded: None) -> None:
    words = [told.text for told in REPORTS] + [case.narrative for case in CASES] + [case.summary for case in CASES]
    words += [case.note for case in CASES] + [alert.instruction for alert in Alert.objects.all()]
    words += [said.text for warning in WARNINGS for said in warning.answers]
    words += list(Organisation.objects.values_list("name", flat=True))
    assert [finding for text in words for finding in findings(text)] == []


def test_the_past_lies_in_the_past_and_the_chain_holds(loaded: None) -> None:
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


def test_one_account_a_role_that_signs_in(loaded: None, settings: Any) -> None:
    settings.RELAX_SECOND_FACTOR = True
    accounts = json.loads(demo.accounts.path().read_text())
    assert stat.S_IMODE(demo.accounts.path().stat().st_mode) == 0o600
    assert {account["role"] for account in accounts} == {str(role.label) for role in Role}
    assert len({account["password"] for account in accounts}) == len(accounts)
    for account in accounts:
        client = Client()
        answer = client.post("/accounts/login/", {"login": account["login"], "password": account["password"]})
        assert answer.status_code == 302, account["role"]
        assert "_auth_user_id" in client.session
        assert client.get("/").status_code == 200


def test_lost_accounts_get_new_passwords(loaded: None) -> None:
    before = json.loads(demo.accounts.path().read_text())
    demo.accounts.path().unlink()
    demo.load()
    after = json.loads(demo.accounts.path().read_text())
    assert sorted(one["login"] for one in after) == sorted(one["login"] for one in before)
    assert not {one["password"] for one in after} & {one["password"] for one in before}
    assert person("analyst").check_password(next(a["password"] for a in after if a["login"].startswith("analyst")))


def test_those_who_are_only_told_cannot_sign_in(loaded: None) -> None:
    quiet = [one.key for one in PEOPLE if not one.signs_in]
    assert quiet
    assert not any(user.has_usable_password() for user in User.objects.exclude(email__in=logins()))


def logins() -> list[str]:
    return [account["login"] for account in json.loads(demo.accounts.path().read_text())]


# --- Where it may be ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"ON_LOOPBACK": False},
        {"BIND": "0.0.0.0"},  # noqa: S104 (refused is what is tried)
        {"DEMO": False},
        {"EMAIL_URL": "smtp://mail.example.net:25"},
        {"SMS_GATEWAY_URL": "kannel+http://sms.example.net:13013/cgi-bin/sendsms"},
    ],
)
def test_it_is_refused_where_others_reach_or_messages_leave(settings: Any, wrong: dict[str, Any]) -> None:
    for name, value in wrong.items():
        setattr(settings, name, value)
    before = rows()
    with pytest.raises(CommandError, match="démonstration"):
        call_command("demo", verbosity=0)
    assert rows() == before


def test_messages_go_into_files_and_nowhere_else(loaded: None, settings: Any, own_folder: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    for channel in (Channel.EMAIL, Channel.SMS):
        drain.drain(channel)
    assert not (own_folder / "mail").exists()
    assert not (own_folder / "sms").exists()
    assert not Message.objects.filter(state__in=(MessageState.PENDING, MessageState.SENDING)).exists()
    waiting, second = Alert.objects.get(state=AlertState.PROPOSED), viewer_for(person("coordinator"))
    from incidents.services.alerts import release_alert

    released = release_alert(viewer=second, alert=waiting, version=waiting.version, confirmed=True)
    assert released.recipients >= 2
    drain.drain(Channel.EMAIL)
    written = list((own_folder / "mail").iterdir())
    assert len(written) == 1
    assert b"example.org" in written[0].read_bytes()
    assert len(mail.outbox) == 0


def test_every_address_exists_nowhere(loaded: None) -> None:
    for user in User.objects.all():
        assert not user.email or user.email.endswith("@example.org")
        assert not user.phone or user.phone.startswith("+22300")


# --- Removing ----------------------------------------------------------------------------------------------------


def test_removing_leaves_no_row() -> None:
    before = rows()
    demo.load()
    assert rows() != before
    gone = demo.remove()
    assert rows() == before
    assert gone["reports"] == len(REPORTS)
    assert not demo.accounts.path().exists()
    while seal_entries():
        pass
    assert first_broken_entry() is None
    assert demo.load()


def test_removing_spares_what_real_people_did(loaded: None) -> None:
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


def test_removing_asks_first(loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows()
    for answer in ("non", "", "no"):
        monkeypatch.setattr("builtins.input", lambda _question, given=answer: given)
        with pytest.raises(CommandError):
            call_command("demo", remove=True, verbosity=0)
    assert rows() == before
    monkeypatch.setattr("builtins.input", lambda _question: "oui")
    call_command("demo", remove=True, verbosity=0)
    assert not User.objects.exists()


def test_the_command_says_what_it_does() -> None:
    said = StringIO()
    call_command("demo", stdout=said)
    call_command("demo", stdout=said)
    call_command("demo", remove=True, yes=True, stdout=said)
    text = said.getvalue()
    assert "Organisations et personnes" in text
    assert "déjà" in text
    assert "demo-accounts.json" in text


def test_identities_are_sealed(loaded: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed::text FROM incidents_reporteridentity")
        sealed = [row[0] for row in cursor.fetchall()]
    assert len(sealed) == ReporterIdentity.objects.count() >= 6
    assert not any("22300" in text for text in sealed)
