"""Django admin of dialogues: read here, changed on its pages. One file a subject."""

from dialogues.admin import (
    agreements,
    commitments,  # noqa: F401
    committees,
    proposals,  # noqa: F401
)
from dialogues.admin import papers as papers
from dialogues.admin import sessions as sessions

__all__ = ["agreements", "committees"]
from dialogues.admin import (
    imports,
    processes,  # noqa: F401
)

__all__ = ["imports"]
