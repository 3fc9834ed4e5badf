"""Django admin of dialogues: read here, changed on its pages. One file a subject."""

from dialogues.admin import processes  # noqa: F401
