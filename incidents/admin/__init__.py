"""Django admin of reports, incidents and alerts: read here, changed on the desk. One file a subject."""

from . import (  # noqa: F401
    alerts,
    choice,
    conduct,
    conversations,
    doors,
    incidents,
    ladders,
    links,
    media,
    reports,
    safety,
    sms,
    twoway,
    vocabulary,
)
