"""Django admin of the foundation, one file a subject."""

from . import areas, audit, messages, organisations, people, support  # noqa: F401
