"""Django admin of the foundation, one file a subject."""

from . import areas, audit, audit, organisations, people  # noqa: F401
