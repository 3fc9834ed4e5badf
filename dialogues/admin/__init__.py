"""Django admin of dialogues: read here, changed on its pages. One file a subject."""

from dialogues.admin import imports

__all__ = ["imports"]
