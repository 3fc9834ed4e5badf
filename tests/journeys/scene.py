"""What a journey needs: the product's real processes, the other side's servers, and the people of Koro."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from orgs.models import Channel, Organisation, Role, User
from tests.browser.conftest import web_server
from tests.factories import PASSWORD, ActorFactory, OrganisationFactory, person
from tests.faults.messages import Books, Worker, running, wait_until
from tests.faults.servers import Server
from tests.journeys.visitor import Visitor
from tests.ports import free_port

GATEWAY_SECRET = "mot-de-passe-de-la-passerelle"
ACCUSED_NAME = "Brigade mise en cause"


@dataclass
class Stage:
    """A running product and the world around it."""

    url: str
    mail: Server
    gateway: Server
    books: Books
    visitors: ExitStack
    secrets: dict[int, str] = field(default_factory=dict)

    def visitor(self) -> Visitor:
        visitor = Visitor(self.url)
        self.visitors.callback(visitor.close)
        return visitor

    def signs_in(self, someone: User, *, from_page: str = "/") -> Visitor:
        """Sign in with password and second factor, as a person does who opens this page and is asked to."""
        visitor = self.visitor()
        visitor.open(from_page)
        if "login" not in visitor.path:
            visitor.follow("Se connecter")
        visitor.press("Se connecter", login=str(someone.email), password=PASSWORD)
        if someone.pk in self.secrets:
            visitor.press("Se connecter", code=_code(self.secrets[someone.pk]))
        return visitor

    def letters(self) -> dict[str, EmailMessage]:
        """What the mail server accepted, by the one address it went to."""
        accepted = self.mail.accepted()
        letters = {entry["to"]: message_from_string(entry["text"], policy=policy.default) for entry in accepted}
        assert len(letters) == len(accepted), "somebody got two letters"
        return letters

    def texts(self) -> list[tuple[str, str]]:
        """What the gateway accepted: number and words, in order."""
        return [(entry["to"], entry["text"]) for entry in self.gateway.accepted()]

    def forget_letters(self) -> None:
        """Begin to count anew."""
        self.wait_for_messages()
        for server in (self.mail, self.gateway):
            server.skip()

    def wait_for_messages(self) -> None:
        wait_until(self.books.all_final, "every message ends")

    def receives_sms(self, sender: str, text: str, number: str) -> None:
        """The gateway hands over an SMS that somebody sent, and a worker reads it."""
        self._call("incoming", {"from": sender, "text": text, "id": number})
        unread = "SELECT 1 FROM orgs_receivedsms WHERE handled_by = ''"
        wait_until(lambda: not self.books.rows(unread), "the SMS is read", seconds=40)

    def confirms(self, key: str) -> None:
        """The gateway says that an SMS arrived on the phone."""
        self._call("receipt", {"id": key, "status": "delivered"})

    def _call(self, what: str, data: dict[str, str]) -> None:
        address = f"{self.url}/gateways/sms/generic/{what}"
        assert httpx.post(address, json=data).status_code == 403, "whoever does not know the secret is refused"
        answer = httpx.post(address, json=data, headers={"X-Gateway-Secret": GATEWAY_SECRET})
        assert (answer.status_code, answer.content) == (200, b"")


@contextmanager
def set_up(environment: dict[str, str], database_url: str, served_files: Path, folder: Path) -> Iterator[Stage]:
    """Start mail server, gateway, web server and worker; stop them all at the end."""
    mail, gateway = Server("smtp", folder / "mail").start("whole"), Server("gateway", folder / "gateway").start()
    with running(mail, gateway), ExitStack() as visitors:
        port = free_port()
        given = {
            **environment,
            "SITE_URL": f"http://localhost:{port}",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            "SMS_GATEWAY_URL": f"generic+http://127.0.0.1:{gateway.port}/send?secret={GATEWAY_SECRET}",
            "WORKER_PROCESSES": "1",
        }
        names = ("SITE_URL", "EMAIL_URL", "SMS_GATEWAY_URL", "BROKER_URL")
        worker = Worker(given, folder / "worker.log")
        with running(worker):
            worker.start()
            more = {name: given[name] for name in names}
            with web_server(served_files, database_url, "config.settings", port=port, **more) as url:
                yield Stage(url, mail, gateway, Books(database_url), visitors)


@dataclass
class People:
    """Everybody of the story."""

    author: User
    second: User
    liaison: User
    liaison_by_sms: User
    editor: User
    monitor: User
    villager: User
    quiet: User
    accused: User
    far: User


def cast(stage: Stage) -> People:
    """The people of Koro, a stranger from Kayes, and a service that will be held responsible."""
    service = OrganisationFactory.create(name="Protection civile de Koro", kind="security")
    accused = OrganisationFactory.create(name=ACCUSED_NAME, kind="security")
    ActorFactory.create(name="Brigade de Koro", organisation=accused)
    network = OrganisationFactory.create(name="Femmes pour la paix")

    def somebody(role: str, name: str, where: str = "Koro", owner: Organisation | None = None, **more: Any) -> User:
        mail = f"{name.split(maxsplit=1)[0].lower()}@example.org"
        return person(role, where, organisation=owner, name=name, email=mail, **more)

    people = People(
        author=somebody(Role.COORDINATOR, "Aminata Coulibaly"),
        second=somebody(Role.COORDINATOR, "Boubacar Ongoiba"),
        liaison=somebody(Role.LIAISON, "Seydou Keita", owner=service),
        liaison_by_sms=somebody(
            Role.LIAISON, "Moussa Sidibe", owner=service, channel=Channel.SMS, phone="+22376000001"
        ),
        editor=somebody(Role.EDITOR, "Mariam Guindo", owner=network),
        monitor=somebody(Role.MONITOR, "Issa Poudiougo", owner=network, channel=Channel.SMS, phone="+22376000002"),
        villager=somebody(Role.MONITOR, "Fanta Diarra", owner=network, channel=Channel.CALL, phone="+22376000003"),
        quiet=somebody(Role.REPORTER, "Oumar Tembely", owner=network, channel=Channel.INBOX),
        accused=somebody(Role.LIAISON, "Adama Secret", owner=accused, phone="+22376000004"),
        far=somebody(Role.LIAISON, "Djeneba Sacko", "Kayes", owner=service, phone="+22376000005"),
    )
    for one in (people.author, people.second, people.liaison, people.accused):
        one.password = PBKDF2PasswordHasher().encode(PASSWORD, f"sel{one.pk}")
        one.save()
        stage.secrets[one.pk] = generate_totp_secret()
        TOTP.activate(one, stage.secrets[one.pk])
    return people


def _code(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    code: str = format_hotp_value(hotp_value(secret, counter))
    return code


def code_in(text: str) -> str:
    """The answer code of a message."""
    found = re.search(r"\b[1-9]\d{4}\b", text)
    assert found, text
    return found[0]


def link_in(text: str) -> str:
    """The address in a message."""
    found = re.search(r"http://localhost:\d+(/\S+)", text)
    assert found, text
    return found[1]
