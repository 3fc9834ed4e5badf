"""M4A (and 3GP) with sound, as many phones record. What phones write beside the sound, positions too, is emptied."""

import struct
from collections.abc import Iterator

from incidents.media.result import Clean, Unfit
from incidents.models import MediaKind, Refusal

_INTO = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"}
_KEPT_AT_TOP = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"mfra", b"sidx", b"styp"}
_EMPTIED = {b"udta", b"meta", b"uuid", b"free", b"skip", b"wide", b"XMP_", b"loci", b"ilst", b"name"}
_MOVING = {b"vide", b"text", b"sbtl", b"subt"}
_DEEPEST = 8
_Box = tuple[bytes, int, int, int]


def recognises(data: bytes) -> bool:
    """Whether this begins as a file of the MP4 family."""
    return data[4:8] == b"ftyp"


def cleaned(data: bytes) -> Clean:
    """The same file with every remark overwritten in place, and what is behind it cut off."""
    try:
        return _cleaned(data)
    except (IndexError, struct.error):
        raise Unfit(Refusal.BROKEN, MediaKind.VOICE) from None


def _cleaned(data: bytes) -> Clean:
    out = bytearray(data)
    found = _Found()
    end = 0
    for box in _boxes(out, 0, len(out)):
        if box[0] not in _KEPT_AT_TOP and box[0] not in _EMPTIED:
            break
        _scrub(out, box, found, 0)
        end = box[3]
    if found.moving:
        raise Unfit(Refusal.TYPE)
    if not found.sound:
        raise Unfit(Refusal.BROKEN if b"moov" in data else Refusal.TYPE, MediaKind.VOICE)
    return Clean(MediaKind.VOICE, "audio/mp4", bytes(out[:end]), seconds=found.seconds)


class _Found:
    sound = False
    moving = False
    seconds: float | None = None


def _boxes(data: bytearray, start: int, end: int) -> Iterator[_Box]:
    """Name, start, body and end of box after box, up to the first that does not fit."""
    at = start
    while at + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= end:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            return
        yield bytes(name), at, at + head, at + size
        at += size


def _scrub(data: bytearray, box: _Box, found: _Found, depth: int) -> None:
    name, start, body, end = box
    if name in _EMPTIED:
        data[start + 4 : start + 8] = b"free"
        data[body:end] = bytes(end - body)
    elif name in _INTO and depth < _DEEPEST:
        for inner in _boxes(data, body, end):
            _scrub(data, inner, found, depth + 1)
    elif name == b"hdlr" and end - body >= 24:
        handler = bytes(data[body + 8 : body + 12])
        found.sound = found.sound or handler == b"soun"
        found.moving = found.moving or handler in _MOVING
        data[body + 24 : end] = bytes(end - body - 24)  # a name in free words
    elif name in (b"mvhd", b"tkhd", b"mdhd"):
        wide = data[body] == 1
        data[body + 4 : body + (20 if wide else 12)] = bytes(16 if wide else 8)  # when it was made
        if name == b"mvhd":
            scale, length = struct.unpack_from(">IQ" if wide else ">II", data, body + (20 if wide else 12))
            found.seconds = round(length / scale, 1) if scale else None
