"""Files of a report: whole, by pieces, at once; and nothing of them in the clear."""

from __future__ import annotations

import stat
import threading
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from incidents.media import store
from incidents.models import Attachment, AttachmentState, Refusal, Report
from incidents.services import media
from incidents.services.media import forget_media, start_upload, take_in, take_piece
from orgs.models import AuditEntry
from tests.factories import ReportFactory
from tests.incidents.media import samples
from tests.incidents.media.samples import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


def begun(size: int, report: Report | None = None) -> Attachment:
    found = start_upload(report=report or ReportFactory.create(), client_id=uuid.uuid4().hex, kind="photo", size=size)
    assert found is not None
    return found


def test_a_kept_file_is_sealed_by_a_random_name_and_the_log_has_codes_alone(tmp_path: Path) -> None:
    kept = take_in(report=ReportFactory.create(), data=samples.jpeg(secret=True), kind_hint="voice")
    assert (kept.state, kept.kind, kept.width, kept.height) == (AttachmentState.READY, "photo", 200, 320)
    (path,) = files(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name == kept.name
    raw = path.read_bytes()
    assert b"\xff\xd8" not in raw[:10]
    assert SECRET not in raw
    data = store.read(kept.name)
    assert data is not None
    assert len(data) == kept.size
    entry = AuditEntry.objects.get(object_type="attachment")
    assert (entry.actor, entry.facts) == (None, {"report": kept.report_id, "kind": "photo", "size": kept.size})


def test_a_refused_file_leaves_a_reason_and_no_bytes(tmp_path: Path) -> None:
    report = ReportFactory.create(narrative="Ils sont venus.")
    refused = take_in(report=report, data=samples.svg(), kind_hint="photo")
    assert (refused.state, refused.refusal) == (AttachmentState.REFUSED, Refusal.TYPE)
    assert files(tmp_path) == []
    report.refresh_from_db()
    assert report.narrative == "Ils sont venus."


def test_the_same_bytes_again_are_the_same_file(tmp_path: Path) -> None:
    report = ReportFactory.create()
    first, again = (take_in(report=report, data=samples.jpeg()) for _ in range(2))
    assert first == again
    assert take_in(report=ReportFactory.create(), data=samples.jpeg()) != first
    assert len(files(tmp_path)) == 2


def test_a_report_takes_five_files_and_refused_ones_do_not_count() -> None:
    report = ReportFactory.create()
    for shade in range(5):
        take_in(report=report, data=samples.svg() + bytes([shade]))
        assert take_in(report=report, data=samples.jpeg(colour=f"#0000{shade}0")).state == AttachmentState.READY
    assert take_in(report=report, data=samples.jpeg(colour="#ffffff")).refusal == Refusal.MANY
    assert begun(10, report).refusal == Refusal.MANY


@pytest.mark.django_db(transaction=True)
def test_files_go_at_once_with_whoever_deletes_their_report(tmp_path: Path) -> None:
    report = ReportFactory.create()
    take_in(report=report, data=samples.jpeg())
    other = take_in(report=ReportFactory.create(), data=samples.jpeg())
    media.drop_files(report=report)
    assert [path.name for path in files(tmp_path)] == [other.name]
    assert not Attachment.objects.filter(report=report).exists()


# --- By pieces ---------------------------------------------------------------------------------------------------


def test_pieces_in_any_state_of_a_bad_link_become_one_photo(tmp_path: Path) -> None:
    data = samples.jpeg(secret=True)
    row, third = begun(len(data)), len(data) // 3
    parts = {0: data[:third], third: data[third : 2 * third], 2 * third: data[2 * third :]}
    for offset, part in parts.items():
        assert not take_piece(upload_id=row.upload_id, offset=offset + 5, data=part).fits  # type: ignore[union-attr]
        piece = take_piece(upload_id=row.upload_id, offset=offset, data=part)
        assert piece is not None
        assert SECRET not in b"".join(path.read_bytes() for path in files(tmp_path))
        # The answer was lost on the way: the phone sends the same piece again.
        again = take_piece(upload_id=row.upload_id, offset=offset, data=part)
        assert again is not None
        assert again.attachment.offset == offset + len(part)
    row.refresh_from_db()
    assert (row.state, row.kind, row.offset) == (AttachmentState.READY, "photo", len(data))
    begun_again = start_upload(report=row.report, client_id=row.client_id, kind="photo", size=len(data))
    assert begun_again == row


def test_pieces_that_were_lost_here_are_asked_for_again() -> None:
    data = samples.jpeg()
    row = begun(len(data))
    take_piece(upload_id=row.upload_id, offset=0, data=data[:100])
    store.drop_pieces(row.name)
    piece = take_piece(upload_id=row.upload_id, offset=100, data=data[100:])
    assert piece is not None
    assert (piece.attachment.state, piece.attachment.offset) == (AttachmentState.RECEIVING, 0)
    whole = take_piece(upload_id=row.upload_id, offset=0, data=data)
    assert whole is not None
    assert whole.attachment.state == AttachmentState.READY


def test_more_than_was_said_does_not_fit_and_too_much_is_refused_before_it_comes() -> None:
    row = begun(10)
    assert not take_piece(upload_id=row.upload_id, offset=0, data=bytes(11)).fits  # type: ignore[union-attr]
    assert begun(9 * 1024 * 1024).refusal == Refusal.HEAVY
    assert begun(0).refusal == Refusal.EMPTY
    assert take_piece(upload_id="", offset=0, data=b"") is None
    assert take_piece(upload_id="0" * 32, offset=0, data=b"x") is None


def test_tries_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MOST_TRIES", 3)
    report = ReportFactory.create()
    found = [start_upload(report=report, client_id=uuid.uuid4().hex, kind="", size=0) for _ in range(5)]
    assert [row is None for row in found] == [False, False, False, True, True]


@pytest.mark.django_db(transaction=True)
def test_eight_at_the_same_instant_make_one_file_and_one_upload() -> None:
    report, client_id, data = ReportFactory.create(), uuid.uuid4().hex, samples.jpeg()
    found: list[int] = []

    def send() -> None:
        row = start_upload(report=report, client_id=client_id, kind="photo", size=len(data))
        assert row is not None
        take_piece(upload_id=row.upload_id, offset=0, data=data)
        found.append(take_in(report=report, data=samples.jpeg(colour="#123456")).pk)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8
    assert Attachment.objects.filter(state=AttachmentState.READY).count() == 2


# --- Every night -------------------------------------------------------------------------------------------------


def test_the_night_takes_what_belongs_to_nothing_and_leaves_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "_ORPHAN_SECONDS", -1)
    kept = take_in(report=ReportFactory.create(), data=samples.jpeg())
    coming, late = begun(100), begun(100)
    for row in (coming, late):
        take_piece(upload_id=row.upload_id, offset=0, data=b"x" * 10)
    Attachment.objects.filter(pk=late.pk).update(touched_at=timezone.now() - timedelta(days=8))
    store.keep(store.new_name(), b"nobody's")
    gone = take_in(report=ReportFactory.create(), data=samples.jpeg(colour="#010203"))
    gone.report.delete()
    forget_media()
    late.refresh_from_db()
    assert (late.state, late.refusal) == (AttachmentState.REFUSED, Refusal.UNFINISHED)
    assert {path.name if path.parent.name != coming.name else coming.name for path in files(tmp_path)} == {
        kept.name,
        coming.name,
    }
