"""What goes out to alert hubs: messages of the Common Alerting Protocol, their content frozen as it was sent."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.alerts import Alert


class CapKind(models.TextChoices):
    """What a message is to the earlier ones (CAP 1.2, section 3.2.1, ``msgType``; values are those of the standard)."""

    ALERT = "Alert", pgettext_lazy("alert", "Alert")
    UPDATE = "Update", pgettext_lazy("alert", "Update")
    CANCEL = "Cancel", pgettext_lazy("alert", "Cancellation")


class CapMessage(models.Model):
    """One CAP message of an alert, for every audience that has a rendition.

    ``content`` holds, by audience, what the disclosure table showed that audience when the alert was released, with
    the words of its renditions: ``{audience: {"severity", "urgency", "certainty", "pcodes", "languages": {"fr":
    {"event", "headline", "description", "instruction", "area"}}}}``. ``sent`` has whole seconds, as CAP has.
    """

    identifier = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="cap_messages", verbose_name=_("alert"))
    kind = models.CharField(_("kind"), max_length=6, choices=CapKind)
    sent = models.DateTimeField(_("sent"))
    expires = models.DateTimeField(_("holds until"))
    content = models.JSONField(_("content"))

    class Meta:
        verbose_name = _("CAP message")
        verbose_name_plural = _("CAP messages")
        ordering = ("-sent", "-identifier")
        constraints = [
            # Releasing or cancelling twice makes one message.
            models.UniqueConstraint(fields=["alert", "kind"], name="cap_message_once"),
        ]
        indexes = [
            # The feed: what still holds, the newest first.
            models.Index(fields=["-sent", "expires"], name="cap_message_feed"),
        ]

    def __str__(self) -> str:
        return f"urn:uuid:{self.identifier}"
