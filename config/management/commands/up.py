"""``manage.py up``: the whole installation in one command, until Ctrl-C."""

import os
import sys
import time
from argparse import ArgumentParser
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from config import embedded, installation, preflight
from config.console import Refusal, complain, say, step
from config.console import gettext as _
from config.supervisor import Child, Supervisor

SECONDS_FOR_WEB = 60


class Command(BaseCommand):
    """Start database, broker, web, worker and beat; stop them all together."""

    help = "Start everything on this machine and keep it running until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """All settings come from the environment; docs/operations.md lists them."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse with one sentence, or run until told to stop."""
        supervisor = Supervisor(logs=settings.VAR_DIR / "log")
        lock = None
        try:
            lock = preflight.take_instance_lock(settings.VAR_DIR)
            supervisor.stop_on_signals()
            start(supervisor)
            supervisor.watch()
        except KeyboardInterrupt:
            say("\n" + _("Stopping ..."))
        except (Refusal, embedded.ServerUnavailable) as error:
            complain(str(error))
            sys.exit(1)
        except OSError as error:
            complain(_("The system refused: %(reason)s") % {"reason": error})
            sys.exit(1)
        finally:
            if lock is not None:
                supervisor.stop()
        say(_("Stopped."))


def start(supervisor: Supervisor) -> None:
    """Bring everything up in its order, saying what is done."""
    say("Passerelle")
    installation.check_exposure()
    if preflight.stop_leftovers(settings.VAR_DIR):
        say("  " + _("An earlier start was killed; what it left behind is stopped."))
    preflight.check_port(settings.BIND, settings.PORT)
    start_servers(supervisor)
    installation.compile_catalogues()
    installation.migrate()
    installation.collect_static()
    installation.first_data()
    link = installation.first_administrator_link()
    connections.close_all()
    with step(_("Web, worker and beat")):
        for child in programs():
            supervisor.start_child(child)
        wait_for_web(supervisor)
    announce(link)


def start_servers(supervisor: Supervisor) -> None:
    """Start the servers that are not given by an address."""
    if settings.EMBEDDED_DATABASE:
        database = embedded.Postgres(settings.VAR_DIR)
        with step(_("Database")):
            try:
                database.prepare()
                database.start()
                supervisor.servers.append(database)
                database.wait()
            except embedded.ServerUnavailable as error:
                raise Refusal(_("The database does not start: %(reason)s") % {"reason": error}) from error
    else:
        installation.check_database(settings.DATABASE_URL)
    if settings.EMBEDDED_BROKER:
        broker = embedded.Valkey(settings.VAR_DIR)
        with step(_("Broker")):
            try:
                broker.start()
                supervisor.servers.append(broker)
                broker.wait()
            except embedded.ServerUnavailable as error:
                raise Refusal(_("The broker does not start: %(reason)s") % {"reason": error}) from error


def programs() -> list[Child]:
    """Web, worker and beat, each with its own log."""
    environment = {
        **os.environ,
        preflight.MARK: str(settings.VAR_DIR),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PASSERELLE_VAR": str(settings.VAR_DIR),
        "PYTHONPATH": str(settings.BASE_DIR),
        "PYTHONUNBUFFERED": "1",
        "DEBUG": "False",
    }
    if installation.is_demonstration():
        environment.setdefault("RELAX_SECOND_FACTOR", "1")
    celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
    commands = {
        "web": [
            sys.executable,
            "-m",
            "granian",
            "config.wsgi:application",
            "--interface",
            "wsgi",
            "--host",
            settings.BIND,
            "--port",
            str(settings.PORT),
            "--workers",
            str(settings.WEB_PROCESSES),
            "--blocking-threads",
            str(settings.WEB_THREADS),
            "--no-ws",
            "--respawn-failed-workers",
            "--workers-kill-timeout",
            "4",
            "--log-level",
            "warning",
            "--no-access-log",  # keys stand in some addresses
        ],
        "worker": [
            *celery,
            "worker",
            "--queues",
            "default,messages",
            "--concurrency",
            str(settings.WORKER_PROCESSES),
            "--loglevel",
            "INFO",
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [*celery, "beat", "--schedule", settings.CELERY_BEAT_SCHEDULE_FILENAME, "--pidfile", ""],
    }
    own = {"web": {"DATABASE_POOL": str(settings.WEB_DATABASE_POOL)}}
    logs = settings.VAR_DIR / "log"
    return [
        Child(name, command, {**environment, **own.get(name, {})}, logs / f"{name}.log")
        for name, command in commands.items()
    ]


def wait_for_web(supervisor: Supervisor) -> None:
    """Wait until the web server answers anything at all."""
    host = f"[{settings.BIND}]" if ":" in settings.BIND else settings.BIND
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + SECONDS_FOR_WEB
    web = supervisor.children[0]
    while time.monotonic() < until and web.runs():
        try:
            opener.open(f"http://{host}:{settings.PORT}/health/live", timeout=5).close()
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise Refusal(_("%(name)s does not stay up: see %(log)s.") % {"name": web.name, "log": web.log})


def announce(link: str | None) -> None:
    """Say where it is and how to get in."""
    say("\n" + _("Passerelle is ready: %(address)s") % {"address": settings.SITE_URL})
    accounts = installation.demonstration_accounts()
    if accounts:
        say("\n" + _("Demonstration data, on this machine only. One account a role:"))
        width = {key: max(len(account[key]) for account in accounts) for key in ("role", "login")}
        for account in accounts:
            role, login = account["role"].ljust(width["role"]), account["login"].ljust(width["login"])
            say(f"  {role}  {login}  {account['password']}")
    if link:
        say("\n" + _("Nobody has an account yet. The first administrator signs up here, once:") + f"\n  {link}")
    say("\n" + _("Ctrl-C stops everything."))
