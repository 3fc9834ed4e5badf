"""What cleaning gives, or why it does not."""

from dataclasses import dataclass

from incidents.models import MediaKind, Refusal


@dataclass(frozen=True)
class Clean:
    """A file that holds a picture or sound and nothing else."""

    kind: MediaKind
    media_type: str
    data: bytes
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


class Unfit(Exception):
    """A file that is not kept."""

    def __init__(self, refusal: Refusal, kind: MediaKind | None = None) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.kind = kind
