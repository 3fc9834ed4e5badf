"""AMR, as the cheapest phones record it, turned into Opus: no browser plays AMR.

Only rows of whole AMR frames come here (``aac_amr_mp3`` has read them), and only the AMR reader is ever asked.
"""

import io
from contextlib import closing

from incidents.media import ogg
from incidents.media.result import Clean

try:
    import av
except ImportError:  # an installation without it keeps AMR as it is; the desk then offers it for download
    av = None  # type: ignore[assignment]

_RATE, _BITS_A_SECOND = 16_000, 16_000
_LONGEST_SECONDS = 600
"""Longer recordings stay AMR: turning them would keep a request busy for too long."""


def playable(voice: Clean) -> Clean:
    """The same voice as Opus in Ogg; the voice itself where that is not possible."""
    if av is None or not voice.seconds or voice.seconds > _LONGEST_SECONDS:
        return voice
    try:
        return ogg.cleaned(_as_opus(voice.data))
    except Exception:  # whatever the decoder says of a strange frame, the recording is kept
        return voice


def _as_opus(data: bytes) -> bytes:
    out = io.BytesIO()
    given = av.open(io.BytesIO(data), "r", format="amr")
    with closing(given) as source, closing(av.open(out, "w", format="ogg")) as target:
        stream = target.add_stream("libopus", rate=_RATE)
        stream.layout, stream.bit_rate = "mono", _BITS_A_SECOND
        resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
        for frame in (*source.decode(audio=0), None):
            if frame is not None:
                frame.pts = None
            for part in resampler.resample(frame):
                target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return out.getvalue()
