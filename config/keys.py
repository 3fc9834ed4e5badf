"""Secrets that an installation makes for itself, one a file, readable by its owner only."""

import contextlib
import os
import secrets
from pathlib import Path


class KeyUnavailable(Exception):
    """A secret can neither be read nor made."""


def read_or_create(path: Path) -> str:
    """Return the secret in ``path``; make a random one first if the file is not there.

    Two processes that start at once get the same secret: the file appears whole, and the first one stays.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise KeyUnavailable(f"{path}: {error.strerror}") from error
    try:
        _create(path)
        return _read(path)
    except OSError as error:
        raise KeyUnavailable(f"{path}: {error.strerror}") from error


def _read(path: Path) -> str:
    secret = path.read_text(encoding="ascii").strip()
    if not secret:
        raise KeyUnavailable(f"{path}: empty")
    return secret


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
