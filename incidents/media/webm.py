"""WebM with sound, as Chromium records. Remarks, attachments, titles and dates are overwritten with nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from incidents.media.result import Clean, Unfit
from incidents.models import MediaKind, Refusal

_EBML, _SEGMENT, _INFO, _TRACKS, _TRACK, _CLUSTER = (
    0x1A45DFA3,
    0x18538067,
    0x1549A966,
    0x1654AE6B,
    0xAE,
    0x1F43B675,
)
_TIMECODE, _DOC_TYPE, _TRACK_TYPE, _CODEC, _TRACK_NAME = 0xE7, 0x4282, 0x83, 0x86, 0x536E
_AUDIO = 2
# Segment's own children that we know, and those of a cluster; anything else ends the file.
_KEPT = {_INFO, _TRACKS, _CLUSTER, 0x114D9B74, 0x1C53BB6B, 0xEC, _TIMECODE, 0xA3, 0xA0, 0xAB, 0xA7}
_TAGS, _ATTACHED, _CHAPTERS = 0x1254C367, 0x1941A469, 0x1043A770
_TITLE, _DATE, _FILENAME = 0x7BA9, 0x4461, 0x7384
_VOIDED = {_TAGS, _ATTACHED, _CHAPTERS, _TITLE, _DATE, _FILENAME, _TRACK_NAME, 0xEC, 0xBF}


@dataclass(frozen=True)
class _Element:
    name: int
    start: int
    body: int
    end: int | None  # None where its length was not known while it was recorded


def recognises(data: bytes) -> bool:
    """Whether this begins as an EBML file."""
    return data.startswith(b"\x1a\x45\xdf\xa3")


def cleaned(data: bytes) -> Clean:
    """The file with what is not sound overwritten in place, and what is behind it cut off."""
    try:
        return _cleaned(bytearray(data))
    except IndexError:
        raise Unfit(Refusal.BROKEN, MediaKind.VOICE) from None


def _cleaned(data: bytearray) -> Clean:
    head = _element(data, 0)
    kind = data[head.body : head.end] if head.end is not None else b""
    if head.end is None or not (b"webm" in kind or b"matroska" in kind):
        raise Unfit(Refusal.TYPE)
    at, has_audio, last = head.end, False, 0
    while at < len(data):
        try:
            element = _element(data, at)
        except IndexError:
            break
        if element.name in (_SEGMENT, _CLUSTER):
            at = element.body
            continue
        if element.end is None or element.end > len(data) or element.name not in _KEPT | _VOIDED:
            break
        if element.name in (_INFO, _TRACKS):
            has_audio = _scrub(data, element) or has_audio
        elif element.name in _VOIDED:
            _void(data, element)
        elif element.name == _TIMECODE:
            last = int.from_bytes(data[element.body : element.end])
        at = element.end
    if not has_audio:
        raise Unfit(Refusal.TYPE)
    return Clean(MediaKind.VOICE, "audio/webm", bytes(data[:at]), seconds=round(last / 1000 + 0.5, 1))


def _scrub(data: bytearray, parent: _Element) -> bool:
    """Overwrite names, dates and titles inside; whether the one track is sound. Refuses moving pictures."""
    sound = False
    for child in _children(data, parent):
        if child.name in _VOIDED:
            _void(data, child)
        elif child.name == _TRACK:
            sound = _scrub(data, child) or sound
        elif child.name == _TRACK_TYPE:
            if int.from_bytes(data[child.body : child.end]) != _AUDIO:
                raise Unfit(Refusal.TYPE)
            sound = True
    return sound


def _children(data: bytearray, parent: _Element) -> Iterator[_Element]:
    at = parent.body
    while parent.end is not None and at < parent.end:
        child = _element(data, at)
        if child.end is None or child.end > parent.end:
            raise Unfit(Refusal.BROKEN, MediaKind.VOICE)
        yield child
        at = child.end


def _element(data: bytearray, start: int) -> _Element:
    name_length = 9 - data[start].bit_length()
    if not 1 <= name_length <= 4:
        raise IndexError
    name = int.from_bytes(data[start : start + name_length])
    at = start + name_length
    size_length = 9 - data[at].bit_length()
    if size_length > 8:
        raise IndexError
    size = int.from_bytes(data[at : at + size_length]) & ~(1 << 7 * size_length)
    body = at + size_length
    if body > len(data):
        raise IndexError
    unknown = size == (1 << 7 * size_length) - 1
    return _Element(name, start, body, None if unknown else body + size)


def _void(data: bytearray, element: _Element) -> None:
    """Make it an element that says nothing, of the same length."""
    assert element.end is not None
    length = element.end - element.start
    if length < 2:
        return
    width = 8 if length >= 9 else 1
    size = length - 1 - width
    data[element.start] = 0xEC
    data[element.start + 1 : element.start + 1 + width] = (size | 1 << 7 * width).to_bytes(width)
    data[element.start + 1 + width : element.end] = bytes(size)
