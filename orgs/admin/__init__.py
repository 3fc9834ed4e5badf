"""Django admin of the foundation, one file a subject."""

from . import areas, audit, merges, messages, organisations, people, support  # noqa: F401
