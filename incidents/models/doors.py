"""Doors for programs: phones with ODK Collect or KoboCollect, and servers that call when they get a form.

What proves who calls, and what was sent as it was sent, is sealed: both can point at a person.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models.reports import Report

LONGEST_INSTANCE_ID = 100
"""As long as a report's number at its door; phones write 41 characters."""


class Device(models.Model):
    """One phone (or one program) that may send forms, with a user name and password of its own.

    ``sealed`` holds ``ha1``, the digest of user name, realm and password, and ``user_id`` where the phone is one
    person's: in the clear that would lead from a report to who sent it.
    """

    label = models.CharField(
        _("label"), max_length=80, help_text=_("By what you know it again: not the name of a person in danger.")
    )
    organisation = models.ForeignKey(
        "orgs.Organisation", models.PROTECT, related_name="devices", verbose_name=_("organisation")
    )
    username = models.CharField(_("user name"), max_length=40, unique=True, editable=False)
    sealed = models.BinaryField(editable=False)
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("made by"), editable=False
    )
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ("-created_at", "-id")
        indexes = [
            # The list of devices, newest first.
            models.Index(fields=["-created_at", "-id"], name="device_newest"),
        ]

    def __str__(self) -> str:
        return self.label


class OdkSubmission(models.Model):
    """One filled-in form, exactly as the phone sent it, and which of its files have come.

    An edit is a row of its own that names the one it replaces; both stand behind the same report.
    """

    instance_id = models.CharField(_("number of the form"), max_length=LONGEST_INSTANCE_ID, unique=True)
    sha256 = models.CharField(max_length=64, editable=False, help_text=_("Of the bytes that were sent."))
    form_version = models.CharField(_("version of the form"), max_length=249, blank=True)
    device = models.ForeignKey(
        Device, models.SET_NULL, null=True, related_name="submissions", verbose_name=_("device"), db_index=False
    )
    report = models.ForeignKey(Report, models.CASCADE, related_name="submissions", verbose_name=_("report"))
    sealed = models.BinaryField(editable=False)
    expected = ArrayField(
        models.CharField(max_length=255), default=list, blank=True, verbose_name=_("files it names"), editable=False
    )
    received = models.JSONField(
        _("files that came"),
        default=list,
        blank=True,
        editable=False,
        help_text=_("Name, hash, size and where it is kept."),
    )
    deprecated_id = models.CharField(
        _("replaces"), max_length=LONGEST_INSTANCE_ID, null=True, blank=True, unique=True, editable=False
    )
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("form from a phone")
        verbose_name_plural = _("forms from phones")
        ordering = ("-received_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(deprecated_id__isnull=True) | ~Q(deprecated_id=models.F("instance_id")),
                name="odk_replaces_another",
            ),
        ]
        indexes = [
            # The list in admin, newest first.
            models.Index(fields=["-received_at", "-id"], name="odk_newest"),
        ]

    def __str__(self) -> str:
        return self.instance_id

    @property
    def missing(self) -> list[str]:
        """The files that the form names and that have not come yet."""
        came = {one["name"] for one in self.received}
        return [name for name in self.expected if name not in came]


class Proof(models.TextChoices):
    """How another server proves that it is the one that calls."""

    HMAC = "hmac", _("HMAC-SHA256 of the body, in a header")
    HEADER = "header", _("shared secret in a header")
    BASIC = "basic", _("user name and password (Basic)")


class WebhookSource(models.Model):
    """A server that calls ``/gateways/webhook/<slug>/`` when it gets a form, and how to read what it sends.

    ``mapping`` is ``{"fields": {ours: path in theirs}, "values": {ours: {their value: ours}}}``. It may be switched on
    only once a sample was understood with this very mapping (``tried_key``).
    """

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=40, unique=True)
    proof = models.CharField(_("proof"), max_length=8, choices=Proof, default=Proof.HEADER)
    header_name = models.CharField(
        _("name of the header"),
        max_length=60,
        default="X-Webhook-Secret",
        blank=True,
        help_text=_("For HMAC and for a shared secret."),
    )
    sealed = models.BinaryField(editable=False)
    mapping = models.JSONField(_("mapping"), default=dict)
    tried_key = models.CharField(max_length=64, blank=True, editable=False)
    sample = models.BinaryField(null=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=False)
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    last_call_at = models.DateTimeField(_("last call"), null=True, editable=False)
    is_demo = models.BooleanField(_("demonstration"), default=False, editable=False)

    class Meta:
        verbose_name = _("server that calls")
        verbose_name_plural = _("servers that call")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=False) | ~Q(tried_key=""), name="webhook_tried_before_it_is_used"
            ),
        ]

    def __str__(self) -> str:
        return self.name
