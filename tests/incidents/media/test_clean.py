"""Files are told apart by content and cleaned of all that is not picture or sound."""

import contextlib
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from incidents.media import Unfit, clean
from incidents.models import MediaKind, Refusal
from tests.incidents.media import samples
from tests.incidents.media.samples import SECRET


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def test_a_photo_loses_its_position_its_comment_and_its_maker_and_stands_upright() -> None:
    dirty = samples.jpeg(320, 200, secret=True)
    assert SECRET in dirty
    kept = clean(dirty)
    assert (kept.kind, kept.media_type, kept.width, kept.height) == (MediaKind.PHOTO, "image/jpeg", 200, 320)
    picture = opened(kept.data)
    assert SECRET not in kept.data
    assert (dict(picture.getexif()), picture.info.get("comment"), picture.info.get("icc_profile")) == ({}, None, None)
    assert b"Exif" not in kept.data


def test_a_large_photo_is_made_smaller() -> None:
    kept = clean(samples.jpeg(4000, 3000))
    assert (kept.width, kept.height) == (1600, 1200)


def test_words_in_a_png_go_and_what_is_transparent_is_white() -> None:
    kept = clean(samples.png())
    assert SECRET not in kept.data
    assert opened(kept.data).getpixel((5, 5)) == (255, 255, 255)


def test_a_polyglot_is_a_picture_and_nothing_else_afterwards() -> None:
    assert zipfile.is_zipfile(io.BytesIO(samples.polyglot()))
    kept = clean(samples.polyglot())
    assert not zipfile.is_zipfile(io.BytesIO(kept.data))
    assert b"<script" not in kept.data


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (samples.svg(), Refusal.TYPE),
        (samples.zip_bomb_docx(), Refusal.TYPE),
        (b"%PDF-1.7 ...", Refusal.TYPE),
        (b"<html><script>alert(1)</script>", Refusal.TYPE),
        (samples.huge_png(), Refusal.HUGE),
        (samples.huge_jpeg(), Refusal.HUGE),
        (samples.jpeg()[:400], Refusal.BROKEN),
        (b"\xff\xd8\xff" + bytes(9 * 1024 * 1024), Refusal.HEAVY),
        (b"#!AMR\n" + bytes(4 * 1024 * 1024), Refusal.HEAVY),
        (samples.webm(track=1), Refusal.TYPE),
        (samples.m4a(handler=b"vide"), Refusal.TYPE),
        (b"OggS" + bytes(40), Refusal.TYPE),
    ],
    # By name: a packed file holds the second it was packed in, and workers must name the same tests.
    ids=[
        "nothing",
        "svg",
        "packed docx",
        "pdf",
        "page",
        "huge png",
        "huge jpeg",
        "half a photo",
        "heavy photo",
        "heavy voice",
        "video",
        "video in m4a",
        "empty ogg",
    ],
)
def test_what_is_refused_and_why(data: bytes, refusal: str) -> None:
    with pytest.raises(Unfit) as refused:
        clean(data)
    assert refused.value.refusal == refusal


@pytest.mark.parametrize(
    ("plain", "dirty", "media_type", "seconds"),
    [
        (samples.ogg(), samples.ogg(secret=True), "audio/ogg", 1.0),
        (samples.webm(), samples.webm(secret=True), "audio/webm", 2.5),
        (samples.m4a(), samples.m4a(secret=True), "audio/mp4", 2.0),
        (samples.mp3(), samples.mp3(secret=True), "audio/mpeg", 0.3),
        (samples.aac(), samples.aac(), "audio/aac", 0.2),
        (samples.amr(), samples.amr() + SECRET, "audio/ogg", 1.0),
    ],
    ids=["ogg", "webm", "m4a", "mp3", "aac", "amr"],
)
def test_voices_lose_their_remarks_and_what_hides_behind_them(
    plain: bytes, dirty: bytes, media_type: str, seconds: float
) -> None:
    kept = clean(dirty + b"PK\x03\x04<script>" + SECRET)
    assert (kept.kind, kept.media_type, kept.seconds) == (MediaKind.VOICE, media_type, seconds)
    assert SECRET not in kept.data
    assert b"<script" not in kept.data
    again = clean(kept.data)
    assert again.data == kept.data, "what was cleaned once stays as it is"
    assert clean(plain).seconds == seconds


def test_amr_becomes_opus_that_browsers_play_and_stays_amr_where_that_is_not_possible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played = clean(samples.amr(500))
    assert (played.media_type, played.seconds) == ("audio/ogg", 10.0)
    assert len(played.data) < 25_000
    monkeypatch.setattr("incidents.media.playable.av", None)
    assert clean(samples.amr(500)).media_type == "audio/amr"


STARTS = [
    b"",
    *(
        make()[:60]
        for make in (samples.jpeg, samples.ogg, samples.webm, samples.m4a, samples.amr, samples.mp3, samples.aac)
    ),
]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_no_file_breaks_the_reader(start: bytes, rest: bytes) -> None:
    with contextlib.suppress(Unfit):
        assert clean(start + rest).data


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([samples.jpeg(), samples.png(), samples.ogg(), samples.webm(), samples.m4a(), samples.mp3()]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8),
    st.integers(0, 10_000),
)
def test_no_damage_breaks_the_reader(whole: bytes, hits: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(whole)
    for at, value in hits:
        damaged[at % len(damaged)] = value
    with contextlib.suppress(Unfit):
        assert clean(bytes(damaged[: max(1, len(damaged) - cut % len(damaged))])).data
