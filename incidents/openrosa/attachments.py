"""Files that come with a form. ``keep_attachment`` is the one place where a file of a form is kept.

The service of photos and voice messages cleans and seals them; a file that it refuses is a row that says why, and the
form stands all the same.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from incidents.media import store
from incidents.models import Attachment, Report
from incidents.services import media

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
    before = set(Attachment.objects.filter(report=report).values_list("name", flat=True))
    kept = media.take_in(report=report, data=data)
    if kept.name not in before:
        _remove_on_rollback(kept.name)
    received.append({"name": name, "sha256": digest, "size": len(data)})


_unsure: ContextVar[list[str] | None] = ContextVar("files of a form that is being kept", default=None)


def _remove_on_rollback(name: str) -> None:
    written = _unsure.get()
    if written is not None:
        written.append(name)


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """A transaction; should it fail, the files that were kept in it are removed."""
    written: list[str] = []
    token = _unsure.set(written)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for name in written:
            store.drop(name)
        raise
    finally:
        _unsure.reset(token)
