"""Django admin of the foundation, one file a subject."""

from . import areas  # noqa: F401
