"""``manage.py up`` starts, stops, goes on and recovers, with every process real."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import psycopg
import pytest

from config import embedded
from orgs.models import Role
from tests.faults.installations import Installation
from tests.ports import free_port

pytestmark = pytest.mark.faults
SECONDS_ALLOWED_TO_STOP = 10.0


def short_folder() -> Path:
    """A short path, because names of sockets are limited; open to the servers' user."""
    folder = Path(mkdtemp(prefix="up-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def first_started() -> Iterator[Path]:
    """The data of an installation after its first start, which takes longest; tests work on copies."""
    folder = short_folder()
    installation = Installation(folder / "var")
    try:
        installation.start().wait_until_ready()
        assert answer(installation) == 200
        assert installation.stop() < SECONDS_ALLOWED_TO_STOP
        yield folder / "var"
    finally:
        installation.clean_up()
        shutil.rmtree(folder)


@pytest.fixture
def empty_var() -> Iterator[Path]:
    folder = short_folder()
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def var(first_started: Path, empty_var: Path) -> Path:
    subprocess.run(["cp", "-a", str(first_started), str(empty_var)], check=True)
    return empty_var


@pytest.fixture
def installation(var: Path) -> Iterator[Installation]:
    installation = Installation(var)
    yield installation
    installation.clean_up()


def answer(installation: Installation) -> int:
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{installation.port}/", timeout=10) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


def remember(installation: Installation, word: str) -> None:
    with psycopg.connect(embedded.database_url(installation.var)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        connection.execute("INSERT INTO words VALUES (%s)", [word])


def remembered(installation: Installation) -> list[str]:
    with psycopg.connect(embedded.database_url(installation.var)) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM words ORDER BY word")]


def _is(number: int, name: str) -> bool:
    try:
        command = Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return False
    return name in command


def test_it_starts_stops_and_continues_and_survives_kill_9(installation: Installation) -> None:
    installation.start().wait_until_ready()
    assert answer(installation) == 200
    assert "http://localhost" in installation.said()
    for key in (installation.var / "keys").iterdir():
        assert stat.S_IMODE(key.stat().st_mode) == 0o600, key
    remember(installation, "first")
    everything = installation.processes()
    assert len(everything) >= 6

    assert installation.stop(signal.SIGTERM) < SECONDS_ALLOWED_TO_STOP
    assert installation.processes() == []

    installation.start().wait_until_ready(times=2)
    assert remembered(installation) == ["first"]
    remember(installation, "second")

    installation.kill_everything()
    installation.start().wait_until_ready(times=3)
    assert remembered(installation) == ["first", "second"]
    assert answer(installation) == 200

    assert installation.stop(signal.SIGINT) < SECONDS_ALLOWED_TO_STOP
    assert installation.processes() == []


def test_a_killed_supervisor_leaves_nothing_that_the_next_start_cannot_stop(installation: Installation) -> None:
    installation.start().wait_until_ready()
    remember(installation, "kept")
    assert installation.process is not None
    installation.process.kill()
    installation.process.wait()
    installation.start().wait_until_ready(times=2)
    assert remembered(installation) == ["kept"]
    assert answer(installation) == 200
    postgres = [number for number in installation.processes() if _is(number, "bin/postgres")]
    brokers = [number for number in installation.processes() if _is(number, "valkey-server")]
    assert len(postgres) == len(brokers) == 1
    assert installation.stop() < SECONDS_ALLOWED_TO_STOP


def test_programs_and_servers_that_die_are_started_again(installation: Installation) -> None:
    installation.start().wait_until_ready()
    victims = [
        next(number for number in installation.processes() if _is(number, name))
        for name in ("bin/postgres", "valkey-server", " beat ")
    ]
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        alive = [
            any(_is(n, name) for n in installation.processes()) for name in ("bin/postgres", "valkey-server", " beat ")
        ]
        if all(alive) and embedded.Postgres(installation.var).answers() and embedded.Valkey(installation.var).answers():
            break
        time.sleep(0.2)
    else:
        pytest.fail(installation.said())
    assert answer(installation) == 200
    assert installation.stop() < SECONDS_ALLOWED_TO_STOP


def test_a_second_instance_is_refused(installation: Installation, var: Path) -> None:
    installation.start().wait_until_ready()
    second = Installation(var)
    second.output = var.parent / "second.out"
    code, sentence = second.start().wait_for_refusal()
    assert code != 0
    assert "tourne déjà" in sentence
    assert str(installation.process.pid if installation.process else "") in sentence
    assert answer(installation) == 200
    installation.stop()


def test_the_one_time_link_of_the_first_administrator_is_printed(installation: Installation) -> None:
    installation.start().wait_until_ready()
    links = [line.strip() for line in installation.said().splitlines() if line.strip().startswith("http://")]
    assert len(links) == 1
    assert links[0].startswith(f"http://localhost:{installation.port}/")
    installation.stop()


def test_a_first_start_loads_the_demonstration_and_shows_one_account_a_role(installation: Installation) -> None:
    installation.start(DEMO="1").wait_until_ready()
    file = installation.var / "demo-accounts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    accounts = json.loads(file.read_text())
    assert len({account["password"] for account in accounts}) == len(accounts) >= len(Role)
    for account in accounts:
        assert account["login"] in installation.said()
        assert account["password"] in installation.said()
    assert answer(installation) == 200
    with psycopg.connect(embedded.database_url(installation.var)) as connection:
        people = connection.execute("SELECT count(*) FROM orgs_user").fetchone()
    assert installation.stop() < SECONDS_ALLOWED_TO_STOP

    installation.start(DEMO="1").wait_until_ready(times=2)
    assert json.loads(file.read_text()) == accounts
    with psycopg.connect(embedded.database_url(installation.var)) as connection:
        assert connection.execute("SELECT count(*) FROM orgs_user").fetchone() == people
    for log in (installation.var / "log").glob("*.log"):
        assert not any(account["password"] in log.read_text(errors="replace") for account in accounts)
    installation.stop()


def test_port_of_another_program_is_refused(empty_var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        installation = Installation(empty_var, PORT=str(port))
        code, sentence = installation.start().wait_for_refusal()
    assert code != 0
    assert f"port {port}" in sentence.lower()
    assert "Traceback" not in installation.said()
    assert installation.processes() == []


def test_unreachable_database_is_refused(empty_var: Path) -> None:
    address = f"postgresql://somebody:very-secret@127.0.0.1:{free_port()}/passerelle"
    installation = Installation(empty_var, DATABASE_URL=address)
    code, sentence = installation.start().wait_for_refusal()
    assert code != 0
    assert "DATABASE_URL" in sentence
    assert "very-secret" not in installation.said()
    assert "Traceback" not in installation.said()
    assert installation.processes() == []


def test_address_that_is_none_is_refused(empty_var: Path) -> None:
    installation = Installation(empty_var, DATABASE_URL="mysql://root@localhost/x")
    code, sentence = installation.start().wait_for_refusal()
    assert code != 0
    assert "DATABASE_URL" in sentence
    assert "Traceback" not in installation.said()


def test_demonstration_is_refused_where_others_can_reach_it(empty_var: Path) -> None:
    installation = Installation(empty_var, DEMO="1", SITE_URL="https://passerelle.example.org")
    code, sentence = installation.start().wait_for_refusal()
    assert code != 0
    assert "DEMO=0" in sentence


def test_folder_that_may_not_be_written_is_refused(empty_var: Path) -> None:
    """A file stands where the folder should be: that stops even root, who may write anywhere."""
    empty_var.write_text("")
    installation = Installation(empty_var)
    code, sentence = installation.start().wait_for_refusal()
    assert code != 0
    assert str(empty_var) in sentence
    assert "Traceback" not in installation.said()
    empty_var.unlink()


@pytest.fixture
def mount(empty_var: Path) -> Iterator[Callable[[str], None]]:
    """Put a small disk with given options where the folder of the installation would be."""
    mounted = []

    def put(options: str) -> None:
        empty_var.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(empty_var)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"this machine does not let us mount a disk: {done.stderr.strip()}")
        mounted.append(empty_var)

    yield put
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize(
    ("options", "full", "expected"),
    [
        ("ro,size=2m", False, "en lecture seule"),
        ("size=2m", False, "Le disque est plein"),
        ("size=2m", True, "Le disque est plein"),
    ],
)
def test_read_only_or_full_disk_is_refused(
    empty_var: Path, mount: Callable[[str], None], options: str, full: bool, expected: str
) -> None:
    mount(options)
    if full:
        filler = (empty_var / "filler").open("wb", buffering=0)
        with pytest.raises(OSError, match="No space left"):
            filler.writelines([b"0" * 65536] * 100)
        filler.close()
    installation = Installation(empty_var)
    code, sentence = installation.start().wait_for_refusal()
    assert code != 0
    assert expected in sentence
    assert "Traceback" not in installation.said()
    assert installation.processes() == []


UNPRIVILEGED = 60971


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests already run without root")
@pytest.mark.skipif(
    not all(folder.stat().st_mode & 0o001 for folder in Path(sys.executable).resolve().parents),
    reason="this Python lies in a folder that only root may enter",
)
def test_without_root_it_runs_and_says_which_folder_it_may_not_write(empty_var: Path) -> None:
    refused = Installation(empty_var, user=UNPRIVILEGED)
    code, sentence = refused.start().wait_for_refusal()
    assert code != 0
    assert str(empty_var) in sentence
    empty_var.mkdir()
    os.chown(empty_var, UNPRIVILEGED, UNPRIVILEGED)
    installation = Installation(empty_var, user=UNPRIVILEGED)
    try:
        installation.start().wait_until_ready()
        assert answer(installation) == 200
        owners = {Path(f"/proc/{number}").stat().st_uid for number in installation.processes()}
        assert owners == {UNPRIVILEGED}
        assert installation.stop() < SECONDS_ALLOWED_TO_STOP
    finally:
        installation.clean_up()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hides a folder from the servers' user")
def test_as_root_no_folder_is_opened_for_the_servers(empty_var: Path) -> None:
    empty_var.parent.chmod(0o700)
    installation = Installation(empty_var)
    try:
        installation.start().wait_until_ready()
        assert answer(installation) == 200
        assert stat.S_IMODE(empty_var.parent.stat().st_mode) == 0o700
        assert embedded.home(empty_var) != empty_var
        assert installation.stop() < SECONDS_ALLOWED_TO_STOP
    finally:
        installation.clean_up()
        embedded.forget(empty_var)
