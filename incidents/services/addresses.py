"""Where an alert is read: an address without a token and without anything about a person."""

import uuid

from django.conf import settings
from django.urls import reverse


def address_of_alert(alert_id: uuid.UUID) -> str:
    """The whole address of an alert's page."""
    return f"{settings.SITE_URL}{reverse('alert', args=[alert_id])}"
