"""Django admin of dialogues: read here, changed on its pages. One file a subject."""

from dialogues.admin import sessions as sessions
from dialogues.admin import commitments  # noqa: F401
from dialogues.admin import proposals  # noqa: F401
from dialogues.admin import papers as papers
from dialogues.admin import agreements, committees

__all__ = ["agreements", "committees"]
