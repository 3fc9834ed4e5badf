"""Ogg with Opus, as Firefox and many phones record. Pages that are sound are kept; the page of remarks is emptied."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from incidents.media.result import Clean, Unfit
from incidents.models import MediaKind, Refusal

_HEAD = struct.Struct("<4sBBqIIIB")
_SAMPLES_A_SECOND = 48_000
_REMARKS = b"OpusTags" + struct.pack("<I", 10) + b"passerelle" + struct.pack("<I", 0)


@dataclass(frozen=True)
class _Page:
    flags: int
    granule: int
    serial: int
    number: int
    lacing: bytes
    body: bytes

    def written(self) -> bytes:
        head = _HEAD.pack(b"OggS", 0, self.flags, self.granule, self.serial, self.number, 0, len(self.lacing))
        page = bytearray(head + self.lacing + self.body)
        page[22:26] = struct.pack("<I", _checksum(page))
        return bytes(page)


def recognises(data: bytes) -> bool:
    """Whether this begins as an Ogg file."""
    return data.startswith(b"OggS")


def cleaned(data: bytes) -> Clean:
    """The pages of the one Opus stream, without its remarks and without anything between or behind them."""
    pages = list(_pages(data))
    if not pages or not pages[0][0].body.startswith(b"OpusHead"):
        raise Unfit(Refusal.TYPE)
    serial, out, in_remarks, last = pages[0][0].serial, [pages[0][1]], True, 0
    for page, raw in pages[1:]:
        if page.serial != serial:
            continue
        if not in_remarks:
            out.append(raw)
            last = max(last, page.granule)
            continue
        # Remarks may fill several pages (pictures of covers); they end where a packet ends.
        if any(part < 255 for part in page.lacing):
            lacing = bytes([len(_REMARKS)])
            out.append(_Page(0, 0, serial, page.number, lacing, _REMARKS).written())
            in_remarks = False
    if in_remarks or len(out) < 3:
        raise Unfit(Refusal.BROKEN, MediaKind.VOICE)
    return Clean(MediaKind.VOICE, "audio/ogg", b"".join(out), seconds=round(last / _SAMPLES_A_SECOND, 1))


def _pages(data: bytes) -> Iterator[tuple[_Page, bytes]]:
    """Page after page, up to the first thing that is none."""
    at = 0
    while data[at : at + 4] == b"OggS" and at + 27 <= len(data):
        _, version, flags, granule, serial, number, _checksum_read, parts = _HEAD.unpack_from(data, at)
        lacing = data[at + 27 : at + 27 + parts]
        end = at + 27 + parts + sum(lacing)
        if version != 0 or len(lacing) != parts or end > len(data):
            return
        yield _Page(flags, granule, serial, number, lacing, data[at + 27 + parts : end]), data[at:end]
        at = end


def _table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7) & 0xFFFFFFFF if value & 0x80000000 else value << 1
        table.append(value)
    return table


_TABLE = _table()


def _checksum(page: bytes | bytearray) -> int:
    """CRC-32 as Ogg has it (RFC 3533): not reflected, begun with nought."""
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ _TABLE[value >> 24 ^ byte]
    return value
