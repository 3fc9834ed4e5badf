"""Small files of every kind, made up, with planted secrets where a phone would write them."""

import io
import struct
import zipfile
import zlib

from PIL import Image

from incidents.media.ogg import _Page

SECRET = b"GPS-14.0713-SECRET"


def jpeg(width: int = 320, height: int = 200, *, secret: bool = False, colour: str = "#a06030") -> bytes:
    """A photo; with a position, a comment and a maker's name in it where wanted."""
    picture, out = Image.new("RGB", (width, height), colour), io.BytesIO()
    if not secret:
        picture.save(out, "JPEG")
        return out.getvalue()
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()  # maker
    exif[0x0112] = 6  # lies on its side
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (14.0, 4.0, 17.0)
    place[3], place[4] = "W", (3.0, 4.0, 46.0)
    picture.save(out, "JPEG", exif=exif, comment=SECRET)
    return out.getvalue()


def png(width: int = 40, height: int = 40) -> bytes:
    """A picture with a transparent corner and words in it."""
    from PIL.PngImagePlugin import PngInfo

    words, out = PngInfo(), io.BytesIO()
    words.add_text("Comment", SECRET.decode())
    Image.new("RGBA", (width, height), (255, 0, 0, 0)).save(out, "PNG", pnginfo=words)
    return out.getvalue()


def huge_png(side: int = 60_000) -> bytes:
    """A few bytes that say they are a picture of 60,000 by 60,000 points."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def huge_jpeg() -> bytes:
    """The same as a JPEG."""
    out = bytearray(jpeg())
    at = out.index(b"\xff\xc0")
    out[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(out)


def svg() -> bytes:
    """A drawing that would run a script."""
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def zip_bomb_docx() -> bytes:
    """Ten megabytes of nothing, packed as a document."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * 10_000_000)
    return out.getvalue()


def polyglot() -> bytes:
    """A photo that is an archive with a web page at the same time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", b"<script>alert('%s')</script>" % SECRET)
    return jpeg() + out.getvalue()


def ogg(*, secret: bool = False) -> bytes:
    """A second of Opus, with a remark where wanted."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    remark = b"LOCATION=" + SECRET
    tags = b"OpusTags" + struct.pack("<I", 1) + b"x" + struct.pack("<I", int(secret))
    tags += (struct.pack("<I", len(remark)) + remark) * secret
    pages = [
        _Page(2, 0, 7, 0, bytes([len(head)]), head),
        _Page(0, 0, 7, 1, bytes([len(tags)]), tags),
        *(_Page(0, 24_000 * n, 7, n + 1, bytes([20]), b"\xfc" + bytes(19)) for n in (1, 2)),
    ]
    return b"".join(page.written() for page in pages)


def _ebml(name: str, body: bytes, *, unknown: bool = False) -> bytes:
    size = b"\x01" + b"\xff" * 7 if unknown else (len(body) | 1 << 56).to_bytes(8)
    return bytes.fromhex(name) + size + body


def webm(*, secret: bool = False, track: int = 2) -> bytes:
    """Sound as Chromium records it: lengths unknown, remarks at the end."""
    tags = _ebml("1254C367", SECRET * 3) if secret else b""
    info = _ebml("1549A966", _ebml("7BA9", SECRET) if secret else _ebml("2AD7B1", b"\x0f\x42\x40"))
    tracks = _ebml("1654AE6B", _ebml("AE", _ebml("83", bytes([track])) + _ebml("86", b"A_OPUS")))
    cluster = _ebml("1F43B675", _ebml("E7", b"\x07\xd0") + _ebml("A3", b"\x81\0\0\x80" + bytes(20)), unknown=True)
    return _ebml("1A45DFA3", _ebml("4282", b"webm")) + _ebml("18538067", info + tracks + cluster + tags, unknown=True)


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def m4a(*, secret: bool = False, handler: bytes = b"soun") -> bytes:
    """Two seconds as phones record them, with the position that some write beside the sound."""
    movie = _box(b"mvhd", struct.pack(">IIIII", 0, 12345, 12345, 1000, 2000) + bytes(80))
    told = _box(b"hdlr", bytes(8) + handler + bytes(12) + (SECRET if secret else b"") + b"\0")
    track = _box(b"trak", _box(b"mdia", told + _box(b"minf", bytes(8))))
    place = _box(b"udta", _box(b"\xa9xyz", SECRET)) if secret else b""
    return _box(b"ftyp", b"M4A \0\0\0\0") + _box(b"moov", movie + track + place) + _box(b"mdat", bytes(100))


def amr(frames: int = 50) -> bytes:
    """A second of AMR, as cheap phones record it."""
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * frames


def mp3(*, secret: bool = False) -> bytes:
    """A few frames, with remarks before and behind."""
    remark = b"ID3\x03\0\0" + bytes([0, 0, 0, len(SECRET)]) + SECRET if secret else b""
    return remark + (b"\xff\xfb\x90\x00" + bytes(413)) * 10 + (b"TAG" + SECRET if secret else b"")


def aac() -> bytes:
    """A few frames of AAC."""
    size = 64
    head = bytes([0xFF, 0xF1, 0x50, 0x80 | size >> 11, size >> 3 & 255, (size & 7) << 5 | 0x1F, 0xFC])
    return (head + bytes(size - 7)) * 10
