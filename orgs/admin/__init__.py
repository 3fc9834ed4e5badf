"""Django admin of the foundation, one file a subject."""

from . import areas, organisations, people  # noqa: F401
