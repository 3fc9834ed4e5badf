"""Where sealed files lie: ``settings.VAR_DIR/media``, outside all that the web server shows, by random names.

``kept/ab/abcd…`` is a whole file; ``pieces/abcd…/`` holds what has come of one, a file a piece. Every byte is sealed
with the installation's keys, also while only a part is here.
"""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.conf import settings

from orgs.crypto import seal_bytes, unseal_bytes

_DRAFT = ".draft-"


def new_name() -> str:
    """A name that says nothing and that nobody can guess."""
    return secrets.token_hex(16)


def keep(name: str, data: bytes) -> None:
    """Seal and write a whole file."""
    _write(_kept(name), data)


def read(name: str) -> bytes | None:
    """The bytes of a whole file; ``None`` when it is gone, or sealed by a key that is gone."""
    return _read(_kept(name))


def keep_piece(name: str, offset: int, data: bytes) -> None:
    """Seal and write one piece. The same place written twice holds what was written last."""
    _write(_pieces(name) / str(offset), data)


def joined(name: str, length: int) -> bytes | None:
    """The pieces one behind the other; ``None`` unless they make up exactly ``length`` bytes."""
    parts, at = [], 0
    while at < length:
        part = _read(_pieces(name) / str(at))
        if not part:
            return None
        parts.append(part)
        at += len(part)
    return b"".join(parts) if at == length else None


def drop(name: str) -> None:
    """Remove a file and its pieces; nothing happens where there are none."""
    _kept(name).unlink(missing_ok=True)
    drop_pieces(name)


def drop_pieces(name: str) -> None:
    """Remove the pieces of a file."""
    shutil.rmtree(_pieces(name), ignore_errors=True)


def names_older_than(seconds: float) -> Iterator[str]:
    """Names of files and of pieces that have lain for so long; drafts that a crash left are removed on the way."""
    before = time.time() - seconds
    for path in (*_root().glob("kept/*/*"), *_root().glob("pieces/*")):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime > before:
                continue
            if path.name.startswith(_DRAFT):
                path.unlink()
            else:
                yield path.name


def _root() -> Path:
    return Path(settings.VAR_DIR) / "media"


def _kept(name: str) -> Path:
    return _root() / "kept" / name[:2] / name


def _pieces(name: str) -> Path:
    return _root() / "pieces" / name


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and readable by the product alone."""
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{_DRAFT}{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(seal_bytes(data))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read(path: Path) -> bytes | None:
    try:
        return unseal_bytes(path.read_bytes())
    except (FileNotFoundError, InvalidToken):
        return None
