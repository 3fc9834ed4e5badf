"""Files that people send, made harmless: told apart by content, cleaned of all that is not picture or sound."""

from incidents.media.clean import Clean, Unfit, clean
from incidents.media.images import smaller

__all__ = ["Clean", "Unfit", "clean", "smaller"]
