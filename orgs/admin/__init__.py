"""Django admin of the foundation, one file a subject."""

from . import areas, audit, imports, messages, organisations, people  # noqa: F401
