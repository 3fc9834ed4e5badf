"""Django admin of the foundation, one file a subject."""

from . import (  # noqa: F401
    actors,
    areas,
    audit,
    channels,
    imports,
    living,
    merges,
    messages,
    organisations,
    people,
    state_services,
    support,
)
