"""Django admin of reports, incidents and alerts: read here, changed on the desk. One file a subject."""

from . import alerts, conversations, doors, incidents, media, reports, safety, sms, vocabulary  # noqa: F401
