"""Django admin of reports, incidents and alerts: read here, changed on the desk. One file a subject."""

from . import alerts, incidents, media, reports, vocabulary  # noqa: F401
