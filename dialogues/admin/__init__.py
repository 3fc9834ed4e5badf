"""Django admin of dialogues: read here, changed on its pages. One file a subject."""

from dialogues.admin import agreements, committees

__all__ = ["agreements", "committees"]
