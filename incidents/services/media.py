"""Photos and voice messages come in: whole, or piece by piece over a link that breaks.

Whatever is wrong with a file becomes a refused row with its reason; it never raises, and never touches the report.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from incidents.media import Clean, Unfit, clean, owners, store
from incidents.media.clean import MOST_BYTES
from incidents.models import Attachment, AttachmentState, MediaKind, Refusal, Report
from orgs.audit import record
from orgs.crypto import keyed_hash

MOST_FILES = 5
MOST_TRIES = 20
"""Rows of one report, refused ones too: who sends rubbish for ever is stopped."""
LONGEST_PIECE = 256 * 1024
UNFINISHED_AFTER = timedelta(days=7)
"""A phone may be without network for days; what was not touched for so long never comes."""
_ORPHAN_SECONDS = 24 * 3600


def take_in(*, report: Report, data: bytes, kind_hint: str | None = None) -> Attachment:
    """Check, clean, seal and keep one file of a report. The same bytes again are the same file.

    ``kind_hint`` is what the sender called it; only a refused file is named by it, everything else goes by content.
    """
    key = keyed_hash("attachment", hashlib.sha256(data).hexdigest())
    before = _kept_before(report, key)
    if before is not None:
        return before
    row = Attachment(report=report, name=store.new_name(), kind=_kind(kind_hint), content_key=key)
    cleaned = _cleaned(data)
    with transaction.atomic():
        Report.objects.select_for_update(no_key=True).only("pk").get(pk=report.pk)
        before = _kept_before(report, key)
        if before is not None:
            return before
        if not _has_room(report):
            cleaned = Unfit(Refusal.MANY, cleaned.kind)
        row.touched_at = timezone.now()
        return _end(row, cleaned)


def _kept_before(report: Report, key: str) -> Attachment | None:
    kept = Attachment.objects.filter(report=report, content_key=key, state=AttachmentState.READY)
    return kept.first()


def _kind(hint: str | None) -> str:
    return hint if hint in MediaKind.values else ""


def _cleaned(data: bytes) -> Clean | Unfit:
    try:
        return clean(data)
    except Unfit as unfit:
        return unfit


def _has_room(report: Report) -> bool:
    rows = Attachment.objects.filter(report=report)
    return rows.exclude(state=AttachmentState.REFUSED).count() < MOST_FILES


def _end(row: Attachment, result: Clean | Unfit) -> Attachment:
    """Write what became of a file. Runs in the caller's transaction."""
    if isinstance(result, Unfit):
        row.state, row.refusal, row.kind = AttachmentState.REFUSED, result.refusal, result.kind or row.kind
        row.save()
        record(None, "refuse_file", row, report=row.report_id, reason=str(row.refusal))
        transaction.on_commit(lambda: store.drop(row.name))
        return row
    row.state, row.refusal, row.kind = AttachmentState.READY, "", result.kind
    row.media_type, row.size = result.media_type, len(result.data)
    row.sha256 = hashlib.sha256(result.data).hexdigest()
    row.width, row.height, row.seconds = result.width, result.height, result.seconds
    store.keep(row.name, result.data)  # before the row: a row never points at nothing
    row.save()
    record(None, "keep_file", row, report=row.report_id, kind=str(row.kind), size=row.size)
    transaction.on_commit(lambda: store.drop_pieces(row.name))
    return row


# --- Piece by piece ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """Where an upload stands after a request; ``fits`` is false when the piece was for another place."""

    attachment: Attachment
    fits: bool = True


def start_upload(*, report: Report, client_id: str, kind: str, size: int) -> Attachment | None:
    """Begin to take in a file of ``size`` bytes, or find the same one begun before. ``None``: too many tries."""
    with transaction.atomic():
        Report.objects.select_for_update(no_key=True).only("pk").get(pk=report.pk)
        rows = Attachment.objects.filter(report=report)
        before = rows.filter(client_id=client_id).first()
        if before is not None:
            return before
        if rows.count() >= MOST_TRIES:
            return None
        row = Attachment(
            report=report,
            kind=_kind(kind),
            name=store.new_name(),
            upload_id=store.new_name(),
            client_id=client_id,
            expected=size,
            touched_at=timezone.now(),
        )
        if not _has_room(report):
            return _end(row, Unfit(Refusal.MANY))
        if size < 1:
            return _end(row, Unfit(Refusal.EMPTY))
        if size > max(MOST_BYTES.values()):
            row.expected = 0
            return _end(row, Unfit(Refusal.HEAVY))
        row.save()
        record(None, "begin_file", row, report=report.pk, size=size)
    return row


def upload(upload_id: str) -> Attachment | None:
    """The file of an upload, by its number that nobody can guess."""
    return Attachment.objects.filter(upload_id=upload_id).exclude(upload_id="").first()


def take_piece(*, upload_id: str, offset: int, data: bytes) -> Piece | None:
    """Keep one piece at its place; the last one ends the file. A piece that came before changes nothing."""
    with transaction.atomic():
        row = Attachment.objects.select_for_update().filter(upload_id=upload_id).exclude(upload_id="").first()
        if row is None:
            return None
        fits = offset == row.offset and len(data) <= LONGEST_PIECE and offset + len(data) <= row.expected
        if row.state != AttachmentState.RECEIVING or not fits:
            return Piece(row, fits=row.state != AttachmentState.RECEIVING)
        if data:
            store.keep_piece(row.name, offset, data)
        row.offset, row.touched_at = offset + len(data), timezone.now()
        row.save(update_fields=["offset", "touched_at"])
        return Piece(_finish(row) if row.offset == row.expected else row)


def _finish(row: Attachment) -> Attachment:
    whole = store.joined(row.name, row.expected)
    if whole is None:  # pieces were lost on our side: the phone still has them
        row.offset = 0
        row.save(update_fields=["offset"])
        return row
    row.content_key = keyed_hash("attachment", hashlib.sha256(whole).hexdigest())
    if Attachment.objects.filter(
        report=row.report_id, content_key=row.content_key, state=AttachmentState.READY
    ).exists():
        row.content_key = ""  # the same picture chosen twice: kept twice rather than explained
    return _end(row, _cleaned(whole))


def drop_files(*, report: Report) -> None:
    """Remove every file of a report, its rows and its bytes, at once: for whoever may delete the report itself.

    Runs in the caller's transaction; the bytes go when it is committed.
    """
    rows = Attachment.objects.filter(report=report)
    names = list(rows.values_list("name", flat=True))
    rows.delete()
    record(None, "drop_files", report, files=len(names))
    for name in names:
        transaction.on_commit(partial(store.drop, name))


# --- Clearing up -------------------------------------------------------------------------------------------------


def forget_media() -> int:
    """Refuse uploads that never came to their end, remove files without a row; returns how many files went."""
    late = Attachment.objects.filter(state=AttachmentState.RECEIVING, touched_at__lt=timezone.now() - UNFINISHED_AFTER)
    for number in list(late.values_list("pk", flat=True)):
        with transaction.atomic():
            row = late.select_for_update(skip_locked=True).filter(pk=number).first()
            if row is not None:
                _end(row, Unfit(Refusal.UNFINISHED))
    names = list(store.names_older_than(_ORPHAN_SECONDS))
    known: set[str] = set()
    for start in range(0, len(names), 1000):
        some = names[start : start + 1000]
        wanted = Attachment.objects.filter(name__in=some).exclude(state=AttachmentState.REFUSED)
        known.update(wanted.values_list("name", flat=True))
        known.update(owners.kept_elsewhere(some))
    orphans = [name for name in names if name not in known]
    for name in orphans:
        store.drop(name)
    return len(orphans)
