"""Django admin of the foundation, one file a subject."""

from . import actors, areas, audit, imports, living, merges, messages, organisations, people, state_services, support  # noqa: F401
