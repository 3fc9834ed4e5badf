"""Django admin of the foundation, one file a subject."""

from . import areas, audit, living, messages, organisations, people  # noqa: F401
