"""Photos: decoded and written anew as JPEG, so that the picture is all that remains.

Position, thumbnails, comments, colour profiles and whatever hides behind the picture stay behind. The header's size is
looked at before anything is decoded.
"""

import io
import threading
import warnings

from PIL import Image, ImageOps

from incidents.media.result import Clean, Unfit
from incidents.models import MediaKind, Refusal

LONGEST_SIDE = 1600
QUALITY = 82
MOST_POINTS = 40_000_000
MOST_POINTS_JPEG = 220_000_000
"""A JPEG is decoded at an eighth of its size where that is enough, so a phone's largest photos pass."""
LONGEST_SIDE_IN = 30_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
Image.MAX_IMAGE_PIXELS = MOST_POINTS_JPEG
# A large picture takes tens of megabytes while it is decoded: two at once, whatever comes in.
_decoding = threading.BoundedSemaphore(2)


def recognises(data: bytes) -> bool:
    """Whether this begins as a JPEG, PNG, WebP or GIF."""
    return data.startswith(_STARTS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def cleaned(data: bytes) -> Clean:
    """The picture alone, upright, at most ``LONGEST_SIDE`` wide and high."""
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _cleaned(data)
        except Unfit:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Unfit(Refusal.HUGE, MediaKind.PHOTO) from None
        except Exception:
            raise Unfit(Refusal.BROKEN, MediaKind.PHOTO) from None


def _cleaned(data: bytes) -> Clean:
    _check_header(data)
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        if picture.width * picture.height > MOST_POINTS:
            raise Unfit(Refusal.HUGE, MediaKind.PHOTO)
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new picture: Pillow would write comments and profiles that it had read.
    plain = Image.new("RGB", upright.size, "white")
    with_alpha = upright.convert("RGBA")
    plain.paste(with_alpha, mask=with_alpha.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Clean(MediaKind.PHOTO, "image/jpeg", out.getvalue(), plain.width, plain.height)


def smaller(data: bytes, side: int) -> Clean:
    """One of our own pictures, at most ``side`` points wide and high."""
    with _decoding, Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
        picture.thumbnail((side, side))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=QUALITY, optimize=True)
        return Clean(MediaKind.PHOTO, "image/jpeg", out.getvalue(), picture.width, picture.height)


def _check_header(data: bytes) -> None:
    """Refuse what would be too large before a point of it is decoded."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        most = MOST_POINTS_JPEG if picture.format == "JPEG" else MOST_POINTS
        if max(picture.size) > LONGEST_SIDE_IN or picture.width * picture.height > most:
            raise Unfit(Refusal.HUGE, MediaKind.PHOTO)
