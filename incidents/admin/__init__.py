"""Django admin of reports, incidents and alerts: read here, changed on the desk. One file a subject."""

from . import alerts, conversations, doors, incidents, links, media, reports, sms, vocabulary  # noqa: F401
