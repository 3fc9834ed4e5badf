"""Ties between organisations: who belongs to which network, who coordinates or funds whom, and since when."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.models.organisations import Organisation


class LinkKind(models.TextChoices):
    """How one organisation is tied to another; read from the first to the other."""

    MEMBER = "member", _("Member of")
    COORDINATED = "coordinated", _("Coordinated by")
    PARTNER = "partner", _("Partner of")
    FUNDS = "funds", _("Funds")
    BRANCH = "branch", _("Branch of")


class OrganisationLinkQuerySet(models.QuerySet["OrganisationLink"]):
    """Set-based reads of links; who may see them is in ``orgs.access``."""

    def current(self) -> "OrganisationLinkQuerySet":
        """Links that have not ended."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=timezone.localdate()))

    def of(self, organisation_ids: list[int]) -> "OrganisationLinkQuerySet":
        """Links with one of these organisations at either end."""
        return self.filter(Q(organisation__in=organisation_ids) | Q(other__in=organisation_ids))


class OrganisationLink(models.Model):
    """One tie between two organisations. ``ends_on`` is the first day on which it no longer holds."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="links_out", verbose_name=_("organisation")
    )
    kind = models.CharField(_("tie"), max_length=12, choices=LinkKind)
    other = models.ForeignKey(
        Organisation, models.CASCADE, related_name="links_in", verbose_name=_("other organisation")
    )
    starts_on = models.DateField(_("since"), null=True, blank=True)
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day on which it no longer holds.")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OrganisationLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link between organisations")
        verbose_name_plural = _("links between organisations")
        ordering = ("kind", "organisation_id", "other_id", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(organisation=F("other")), name="link_not_to_itself"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="link_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "other"], condition=Q(ends_on__isnull=True), name="link_once"
            ),
            # Partners are partners of each other: said from either end it is the same tie.
            models.UniqueConstraint(
                Least("organisation", "other"),
                Greatest("organisation", "other"),
                condition=Q(ends_on__isnull=True, kind=LinkKind.PARTNER),
                name="link_partners_once",
            ),
        ]
        indexes = [
            # The picture around one organisation asks from the other end as well; networks count their members.
            models.Index(fields=["other", "kind", "organisation"], name="link_from_the_other_end"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def has_ended(self) -> bool:
        """Whether it no longer holds."""
        return self.ends_on is not None and self.ends_on <= timezone.localdate()
