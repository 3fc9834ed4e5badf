"""What a file is, by its content alone, and the cleaned copy of it."""

from incidents.media import aac_amr_mp3, images, mp4, ogg, webm
from incidents.media.playable import playable
from incidents.media.result import Clean, Unfit
from incidents.models import MediaKind, Refusal

MOST_BYTES = {MediaKind.PHOTO: 8 * 1024 * 1024, MediaKind.VOICE: 3 * 1024 * 1024}
"""What is taken in; a cleaned photo is far smaller."""

__all__ = ["MOST_BYTES", "Clean", "Unfit", "clean"]


def clean(data: bytes) -> Clean:
    """The cleaned copy of a photo or a voice message. Raises ``Unfit`` for everything else."""
    if not data:
        raise Unfit(Refusal.EMPTY)
    for module in (images, ogg, webm, mp4, aac_amr_mp3):
        if module.recognises(data):
            kind = MediaKind.PHOTO if module is images else MediaKind.VOICE
            if len(data) > MOST_BYTES[kind]:
                raise Unfit(Refusal.HEAVY, kind)
            result: Clean = module.cleaned(data)
            return playable(result) if result.media_type.startswith("audio/amr") else result
    raise Unfit(Refusal.TYPE)
