"""Django admin of the foundation, one file a subject."""

from . import actors, areas, audit, imports, living, messages, organisations, people, state_services  # noqa: F401
