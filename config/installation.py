"""What a start brings up to date before the programs run: catalogues, schema, static files, first data."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string
from django.utils.translation.reloader import translation_file_changed

from config import catalogues
from config.console import Progress, Refusal, step
from config.console import gettext as _

OLDEST_POSTGRESQL = 15
FIRST_ADMINISTRATOR_LINK = "orgs.services.invitations.first_administrator_link"


class _Counted(io.StringIO):
    """Reads what ``migrate`` says, and tells how many changes it has made."""

    def __init__(self, total: int, progress: Progress) -> None:
        super().__init__()
        self._done, self._total, self._progress = 0, total, progress

    def write(self, text: str) -> int:
        if text.strip() == "OK":
            self._done += 1
            self._progress(self._done, self._total)
        return super().write(text)


def check_database(url: str) -> None:
    """Refuse a database that does not answer or is too old."""
    try:
        with psycopg.connect(url, connect_timeout=5) as answering:
            version = answering.info.server_version // 10000
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise Refusal(_("The database of DATABASE_URL does not answer: %(reason)s") % {"reason": reason}) from error
    if version < OLDEST_POSTGRESQL:
        text = _("The database is PostgreSQL %(version)s; %(oldest)s or newer is needed.")
        raise Refusal(text % {"version": version, "oldest": OLDEST_POSTGRESQL})


def check_exposure() -> None:
    """Demonstration accounts, whose passwords stand on a screen, are for this machine alone."""
    if settings.DEMO and not (settings.ON_LOOPBACK and settings.BIND in {"127.0.0.1", "::1", "localhost"}):
        raise Refusal(_("Demonstration accounts are refused on an address that others can reach: set DEMO=0."))
    if not settings.ON_LOOPBACK and not settings.HTTPS:
        raise Refusal(_("SITE_URL must begin with https:// where others can reach it."))


def compile_catalogues() -> None:
    """Compile the translations that changed, and have this process read them: it began before they were there."""
    if catalogues.compile_all():
        translation_file_changed(sender=None, file_path=Path("django.mo"))


def migrate() -> None:
    """Bring the schema up to date."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        with step(_("Database schema: %(count)s changes") % {"count": len(waiting)}) as progress:
            counted = _Counted(len(waiting), progress)
            call_command("migrate", verbosity=1, interactive=False, no_color=True, stdout=counted)


def collect_static() -> None:
    """Gather and compress style sheets, scripts and pictures when any of them changed."""
    stamp_file = Path(settings.STATIC_ROOT) / "stamp"
    stamp = _stamp_of_static_files()
    if stamp_file.exists() and stamp_file.read_text() == stamp:
        return
    with step(_("Style sheets, scripts and pictures")):
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp_file.write_text(stamp)


def _stamp_of_static_files() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()


# --- First data --------------------------------------------------------------------------------------------


def first_data() -> None:
    """On a first start, enter the first organisations and agreements and load the demonstration.

    A start that was interrupted goes on where it stopped.
    """
    if _state().get("directory") != "entered":
        with step(_("First entries of the directory")):
            call_command("first_organisations", verbosity=0)
        _remember(directory="entered")
    if _state().get("agreements") != "entered":
        with step(_("First agreements")):
            call_command("first_agreements", verbosity=0)
        _remember(agreements="entered")
    if not settings.DEMO or not _wants_demonstration():
        return
    _remember(demo="loading")
    with step(_("Demonstration data")):
        try:
            call_command("demo", verbosity=0)
        except CommandError as error:
            raise Refusal(str(error)) from error
    _remember(demo="loaded")


def _wants_demonstration() -> bool:
    """Whether it is not there yet, or only half, or its file of accounts was lost."""
    state = _state().get("demo")
    if state == "loaded":
        return not _demonstration_file().exists()
    return state == "loading" or not get_user_model()._default_manager.exists()


def is_demonstration() -> bool:
    """Whether demonstration data are here: their file of accounts is empty once they were removed."""
    return bool(demonstration_accounts())


def demonstration_accounts() -> list[dict[str, str]]:
    """The accounts that the demonstration made, one a role."""
    path = _demonstration_file()
    accounts: list[dict[str, str]] = json.loads(path.read_text()) if settings.DEMO and path.exists() else []
    return accounts


def _demonstration_file() -> Path:
    return Path(settings.VAR_DIR) / "demo-accounts.json"


def first_administrator_link() -> str | None:
    """A one-time link by which the first administrator signs up, as long as there is nobody."""
    if get_user_model()._default_manager.exists():
        return None
    make_link = import_string(FIRST_ADMINISTRATOR_LINK)
    link: str = make_link(site_url=settings.SITE_URL)
    return link


def _state() -> dict[str, Any]:
    path = settings.VAR_DIR / "installation.json"
    state: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return state


def _remember(**facts: str) -> None:
    path = settings.VAR_DIR / "installation.json"
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps({**_state(), **facts}))
    draft.replace(path)
