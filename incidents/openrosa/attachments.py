"""Files that come with a form: sealed before they touch the disk, and looked at by nobody here.

``keep_attachment`` is the one place where a file of a form is kept.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from incidents.models import Report
from orgs.crypto import seal

LARGEST_FILE = 12_000_000
LONGEST_NAME = 255


def base_name(name: str) -> str:
    """The last part of a file's name: folders in it mean nothing here."""
    return name.replace("\\", "/").rpartition("/")[2].replace("\x00", "").strip()[:LONGEST_NAME]


def keep_attachment(report: Report, name: str, data: bytes, received: list[dict[str, Any]]) -> None:
    """Keep a file of a report and add what is known of it to ``received``; the same file twice is kept once.

    Another file under a name that came before is kept beside it. Runs in the caller's transaction: should that be
    rolled back, no file stays behind.
    """
    digest = hashlib.sha256(data).hexdigest()
    if any(one["name"] == name and one["sha256"] == digest for one in received):
        return
    stored = _write(data)
    received.append({"name": name, "sha256": digest, "size": len(data), "stored": stored})


def folder() -> Path:
    """Where files wait, sealed."""
    place = Path(settings.VAR_DIR) / "media-in"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _write(data: bytes) -> str:
    stored = secrets.token_hex(16)
    path = folder() / stored
    _remove_on_rollback(path)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(seal({"data": base64.b64encode(data).decode()}))
        file.flush()
        os.fsync(file.fileno())
    return stored


_unsure: ContextVar[list[Path] | None] = ContextVar("files of a form that is being kept", default=None)


def _remove_on_rollback(path: Path) -> None:
    written = _unsure.get()
    if written is not None:
        written.append(path)


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """A transaction; should it fail, the files that were kept in it are removed."""
    written: list[Path] = []
    token = _unsure.set(written)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    finally:
        _unsure.reset(token)
