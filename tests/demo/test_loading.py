"""Loading and removing the demonstration, from nothing and back to nothing."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config import installation
from dialogues.models import Assessment, Commitment, Decision, Session
from incidents.demo.cases import CASES
from incidents.demo.told import REPORTS
from incidents.models import Incident
from orgs import demo
from orgs.audit import first_broken_entry, seal_entries
from orgs.models import User
from tests.demo.conftest import rows

pytestmark = pytest.mark.django_db


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
        found: list[Any] = list(
            Incident.objects.order_by("created_at").values_list("summary", "tlp", "state", "severity")
        )
        found += Session.objects.order_by("uid").values_list("uid", "title", "women", "men", "spectators", "tlp")
        found += Commitment.objects.order_by("uid").values_list("uid", "what", "state", "due_on", "made_at__date")
        found += Assessment.objects.order_by("as_of", "pk").values_list("provision__words", "verdict", "as_of")
        found += Decision.objects.order_by("decided_on", "pk").values_list("committee__uid", "words", "state")
        demo.remove()
        return found

    assert told() == told()


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


def test_removing_leaves_no_row() -> None:
    before = rows()
    demo.load()
    assert rows() != before
    gone = demo.remove()
    assert rows() == before
    assert gone["reports"] == len(REPORTS)
    assert json.loads(demo.accounts.path().read_text()) == []
    while seal_entries():
        pass
    assert first_broken_entry() is None
    assert demo.load()


def test_the_command_says_what_it_does() -> None:
    said = StringIO()
    call_command("demo", stdout=said)
    call_command("demo", stdout=said)
    call_command("demo", remove=True, yes=True, stdout=said)
    text = said.getvalue()
    assert "Organisations et personnes" in text
    assert "déjà" in text
    assert "demo-accounts.json" in text


def test_removing_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    demo.load()
    before = rows()
    for answer in ("non", "", "no"):
        monkeypatch.setattr("builtins.input", lambda _question, given=answer: given)
        with pytest.raises(CommandError):
            call_command("demo", remove=True, verbosity=0)
    assert rows() == before
    monkeypatch.setattr("builtins.input", lambda _question: "oui")
    call_command("demo", remove=True, verbosity=0)
    assert not User.objects.exists()


def test_a_start_loads_it_once_and_not_again_after_its_removal(own_folder: Path) -> None:
    installation.first_data()
    assert installation.is_demonstration()
    assert len(installation.demonstration_accounts()) == 12
    people = set(User.objects.values_list("pk", flat=True))
    installation.first_data()
    assert set(User.objects.values_list("pk", flat=True)) == people
    demo.remove()
    installation.first_data()
    assert not installation.is_demonstration()
    assert not User.objects.exists()
    assert own_folder.joinpath("installation.json").exists()
