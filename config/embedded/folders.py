"""Where the servers keep their data, sockets and (if need be) copies of their programs, and whose they are."""

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from urllib.parse import quote

from config import keys
from config.embedded.processes import ServerUnavailable, runs_as_root, server_user

DATABASE = "passerelle"
OWNER = "passerelle"
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
LONGEST_SOCKET_PATH = 100
HOMES_OF_SERVANT = Path("/var/lib/passerelle")


def home(var: Path) -> Path:
    """The folder of the servers' data and sockets: ``var`` itself unless its owner is root and hides it."""
    if not runs_as_root() or open_to_others(var / "postgres"):
        return var
    name = hashlib.sha256(keys.read_or_create(var / "keys" / "home").encode()).hexdigest()[:12]
    return HOMES_OF_SERVANT / name


def forget(var: Path) -> None:
    """Remove what an installation that is thrown away keeps outside its own folder (tests do this)."""
    if not (var / "keys").exists():  # nothing ever ran here
        return
    for folder in {home(var), socket_folder(var)}:
        if not folder.is_relative_to(var):
            shutil.rmtree(folder, ignore_errors=True)


def socket_folder(var: Path) -> Path:
    """The private folder of the sockets, short enough for the operating system."""
    folder = home(var) / "sockets"
    if len(str(folder / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path("/tmp") / f"passerelle-{server_user()}-{name}"  # noqa: S108 (its owner is checked)


def database_url(var: Path, name: str = DATABASE) -> str:
    """The address of the embedded database, with the password of this installation."""
    password = quote(keys.read_or_create(var / "keys" / "database"), safe="")
    return f"postgresql://{OWNER}:{password}@/{name}?host={quote(str(socket_folder(var)), safe='')}"


def broker_url(var: Path) -> str:
    """The address of the embedded broker."""
    return f"redis+socket://{socket_folder(var) / VALKEY_SOCKET}"


def open_to_others(path: Path) -> bool:
    """Whether any user can reach ``path``: every folder above it may be entered."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents if folder.exists())


def private_folder(folder: Path) -> Path:
    """Make a folder that only the servers' user may enter; refuse one that somebody else put there."""
    if folder.is_relative_to(HOMES_OF_SERVANT):
        folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {server_user(), os.geteuid()}:
        raise ServerUnavailable(f"{folder} belongs to another user")
    give(folder, server_user())
    folder.chmod(0o700)
    return folder


def give(path: Path, user: int) -> None:
    """Make a user the owner of one file, where root works for somebody else."""
    if runs_as_root():
        os.chown(path, user, user)


def give_all(folder: Path, user: int) -> None:
    """The same for a folder and everything in it."""
    if not runs_as_root():
        return
    for place, folders, files in os.walk(folder):
        for name in [".", *folders, *files]:
            os.chown(Path(place) / name, user, user, follow_symlinks=False)


def folder_for_servers(var: Path) -> None:
    """The folder above the data: the servers' user passes through it, and only through."""
    folder = home(var)
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    if folder != var:
        folder.parent.chmod(0o711)
        folder.chmod(0o711)


def copy_for_servers(package: Path, copy: Path) -> None:
    """Copy a package's programs and libraries to where the servers' user can reach them."""
    HOMES_OF_SERVANT.mkdir(mode=0o711, parents=True, exist_ok=True)
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, draft / folder.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for place, folders, _ in os.walk(draft):
        for name in [".", *folders]:
            (Path(place) / name).chmod(0o755)
    with contextlib.suppress(OSError):
        draft.rename(copy)


def copied_program(program: Path) -> Path:
    """The same for a single program."""
    HOMES_OF_SERVANT.mkdir(mode=0o711, parents=True, exist_ok=True)
    copy = HOMES_OF_SERVANT / f"{program.name}-{hashlib.sha256(str(program).encode()).hexdigest()[:12]}"
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copy(program, draft)
    draft.chmod(0o755)
    draft.replace(copy)
    return copy
