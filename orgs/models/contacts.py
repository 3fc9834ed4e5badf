"""How to reach an organisation. Contacts stand apart from the entry: each has its own visibility and wishes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models.organisations import Organisation, OrganisationVisibility
from orgs.models.vocabulary import Channel, Language


class ProvedHow(models.TextChoices):
    """How it is known that a contact works."""

    CALL = "call", _("Somebody answered the call")
    SMS = "sms", _("An SMS was delivered")
    REPLY = "reply", _("They replied to a message")
    EMAIL = "email", _("They answered an e-mail")
    VISIT = "visit", _("Met in person")


class ContactQuerySet(models.QuerySet["Contact"]):
    """Set-based reads of contacts; who may see them is in ``orgs.access``."""

    def current(self) -> "ContactQuerySet":
        """Contacts that still stand."""
        return self.filter(ended_at__isnull=True)

    def emergency(self) -> "ContactQuerySet":
        """Those to call when something happens."""
        return self.current().filter(is_emergency=True)

    def working(self) -> "ContactQuerySet":
        """Those that were proved to work and have not failed since."""
        return self.current().filter(proved_at__isnull=False, failed_at__isnull=True)


class Contact(models.Model):
    """One way to reach an organisation: a person or a desk, by phone or e-mail, with what they wish.

    ``language`` is what the product writes to them in; ``spoken`` what one may speak with them (codes of ``Term``).
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="contacts", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True, help_text=_("+223 …"))
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("written to in"), max_length=2, choices=Language, default=Language.FRENCH)
    spoken = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("languages spoken"))
    is_emergency = models.BooleanField(
        _("emergency contact"), default=False, help_text=_("May be called at any hour when something happens.")
    )
    visibility = models.CharField(
        _("shown to"), max_length=20, choices=OrganisationVisibility, default=OrganisationVisibility.COORDINATORS
    )
    channel = models.CharField(_("reached best by"), max_length=10, choices=Channel, default=Channel.SMS)
    do_not_call = models.BooleanField(_("do not call"), default=False)
    do_not_sms = models.BooleanField(_("do not send SMS"), default=False)
    do_not_email = models.BooleanField(_("do not send e-mail"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    proved_at = models.DateTimeField(_("proved to work"), null=True, blank=True, editable=False)
    proved_how = models.CharField(_("proved how"), max_length=10, choices=ProvedHow, blank=True, editable=False)
    failed_at = models.DateTimeField(
        _("did not work"), null=True, blank=True, editable=False, help_text=_("Since when, if it failed last time.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("organisation_id", "-is_emergency", "position", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(phone="") | ~Q(email=""), name="contact_can_be_reached"),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"), name="contact_phone_e164"
            ),
            models.CheckConstraint(
                condition=Q(proved_at__isnull=True) | ~Q(proved_how=""), name="contact_proved_says_how"
            ),
        ]
        indexes = [
            # "Has an emergency contact": asked of each organisation of a list, of coverage gaps, of who can be first.
            models.Index(
                fields=["organisation"],
                name="contact_emergency",
                condition=Q(is_emergency=True, ended_at__isnull=True),
            ),
            # The same phone in two entries is a sign that they are one.
            models.Index(fields=["phone"], name="contact_by_phone", condition=~Q(phone="")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
