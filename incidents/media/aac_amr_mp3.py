"""Sound that is a row of frames: MP3, AAC (ADTS) and AMR. Whole frames are kept, everything else falls away."""

from collections.abc import Callable, Iterator

from incidents.media.result import Clean, Unfit
from incidents.models import MediaKind, Refusal

_AMR, _AMR_WB = b"#!AMR\n", b"#!AMR-WB\n"
_AMR_SIZES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1)
_AMR_WB_SIZES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)
_AMR_FRAME_SECONDS = 0.02
_FEWEST_FRAMES = 3
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_MP3_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
Frame = tuple[int, float]
"""Bytes and seconds of a frame; nought bytes for what is no frame."""


def recognises(data: bytes) -> bool:
    """Whether this begins as AMR, AAC or MP3."""
    if data.startswith((_AMR, _AMR_WB, b"ID3")):
        return True
    return _aac(data, 0)[0] > 0 or _mp3(data, 0)[0] > 0


def cleaned(data: bytes) -> Clean:
    """The frames and nothing else."""
    if data.startswith(_AMR_WB):
        return _of_frames(data, len(_AMR_WB), _amr_wb, "audio/amr-wb", _AMR_WB)
    if data.startswith(_AMR):
        return _of_frames(data, len(_AMR), _amr, "audio/amr", _AMR)
    start = _after_id3(data)
    if _aac(data, start)[0] > 0:
        return _of_frames(data, start, _aac, "audio/aac")
    return _of_frames(data, start, _mp3, "audio/mpeg")


def _of_frames(
    data: bytes, start: int, frame: Callable[[bytes, int], Frame], media_type: str, head: bytes = b""
) -> Clean:
    sizes = list(_frames(data, start, frame))
    if len(sizes) < _FEWEST_FRAMES:
        raise Unfit(Refusal.BROKEN if sizes else Refusal.TYPE, MediaKind.VOICE)
    end = start + sum(size for size, _seconds in sizes)
    seconds = round(sum(seconds for _size, seconds in sizes), 1)
    return Clean(MediaKind.VOICE, media_type, head + data[start:end], seconds=seconds)


def _frames(data: bytes, at: int, frame: Callable[[bytes, int], Frame]) -> Iterator[Frame]:
    while at < len(data):
        size, seconds = frame(data, at)
        if size == 0 or at + size > len(data):
            return
        yield size, seconds
        at += size


def _after_id3(data: bytes) -> int:
    """Where the sound begins behind the remarks at the head (their length has seven bits a byte)."""
    if not data.startswith(b"ID3") or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _amr(data: bytes, at: int) -> Frame:
    return _AMR_SIZES[data[at] >> 3 & 15] if data[at] & 0x83 == 0 else 0, _AMR_FRAME_SECONDS


def _amr_wb(data: bytes, at: int) -> Frame:
    return _AMR_WB_SIZES[data[at] >> 3 & 15] if data[at] & 0x83 == 0 else 0, _AMR_FRAME_SECONDS


def _aac(data: bytes, at: int) -> Frame:
    head = data[at : at + 7]
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0, 0.0
    rate = head[2] >> 2 & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if rate >= len(_AAC_RATES) or size < 7:
        return 0, 0.0
    return size, 1024 / _AAC_RATES[rate]


def _mp3(data: bytes, at: int) -> Frame:
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # layer III alone
        return 0, 0.0
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return 0, 0.0
    samples, kbits = (1152, _MP3_KBITS_1) if version == 3 else (576, _MP3_KBITS_2)
    hertz = _MP3_RATES[version][rate]
    return samples // 8 * kbits[bits] * 1000 // hertz + (head[2] >> 1 & 1), samples / hertz
