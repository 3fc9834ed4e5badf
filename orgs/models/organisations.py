"""Organisations (civil society, the State, security services) and actors."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.models.areas import name_key


class OrganisationKind(models.TextChoices):
    """What sort of body an organisation is."""

    ASSOCIATION = "association", _("Association")
    WOMEN = "women", _("Women’s organisation")
    YOUTH = "youth", _("Youth organisation")
    RELIGIOUS = "religious", _("Religious body")
    CUSTOMARY = "customary", _("Customary authority")
    MEDIA = "media", _("Media or radio")
    THINK_TANK = "think_tank", _("Research body")
    NETWORK = "network", _("Network")
    COMMITTEE = "committee", _("Committee")
    STATE = "state", _("State body")
    SECURITY = "security", _("Security service")
    DONOR = "donor", _("Donor")
    OTHER = "other", _("Other")


class OrganisationVisibility(models.TextChoices):
    """How widely an organisation agreed to be shown."""

    PUBLIC = "public", _("Everyone")
    PARTNERS = "partners", _("People with an account")
    COORDINATORS = "coordinators", _("Coordinators only")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Set-based reads of organisations; who may see them is in ``orgs.access``."""

    def security_services(self) -> "OrganisationQuerySet":
        """Police, gendarmerie, army and the like."""
        return self.filter(kind=OrganisationKind.SECURITY)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["name", "acronym", "kind", "visibility", "seat"],
    model_name="OrganisationHistory",
    level=pghistory.Statement,
)
class Organisation(models.Model):
    """A body that people belong to: who it is, where it works, how it agreed to be shown."""

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, help_text=_("Unaccented, for sorting and search."))
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind, default=OrganisationKind.ASSOCIATION)
    visibility = models.CharField(
        _("shown to"), max_length=20, choices=OrganisationVisibility, default=OrganisationVisibility.COORDINATORS
    )
    description = models.TextField(_("description"), blank=True)
    seat = models.ForeignKey(
        "orgs.Area", models.PROTECT, null=True, blank=True, related_name="seated", verbose_name=_("seat")
    )
    areas = models.ManyToManyField(
        "orgs.Area", blank=True, related_name="covered_by", verbose_name=_("areas where it works")
    )
    serves = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="served_by",
        verbose_name=_("organisations it serves"),
        help_text=_("Those with whom it may share what it receives at TLP:AMBER."),
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("demonstration"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name_key", "id")
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="organisation_has_a_name")]
        indexes = [
            # The directory lists by name, paged by (name_key, id).
            models.Index(fields=["name_key", "id"], name="organisation_by_name"),
        ]

    def __str__(self) -> str:
        return self.acronym or self.name

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        """Keep the sort key in step with the name, whatever way the row is written."""
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)


class ActorLevel(models.TextChoices):
    """Where an actor stands (actor map: level x sector)."""

    LOCAL = "local", _("Local")
    NATIONAL = "national", _("National")
    INTERNATIONAL = "international", _("International")


class ActorSector(models.TextChoices):
    """To which sector an actor belongs (actor map: level x sector)."""

    SECURITY = "security", _("Security")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    GOVERNMENTAL = "governmental", _("Governmental")
    ARMED_GROUP = "armed_group", _("Armed group")


class Actor(models.Model):
    """Somebody who acts in the field, named at the level of a body and never of a person.

    By schema an actor has no coordinates, no strength and no free text beyond its mandate and the contact it
    offers to civilians: a list of force positions is a weapon.
    """

    name = models.CharField(_("name"), max_length=200, unique=True)
    name_key = models.CharField(max_length=200, editable=False)
    level = models.CharField(_("level"), max_length=20, choices=ActorLevel)
    sector = models.CharField(_("sector"), max_length=20, choices=ActorSector)
    mandate = models.CharField(_("mandate"), max_length=300, blank=True)
    civil_contact = models.CharField(_("contact for civilians"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="actors",
        verbose_name=_("organisation"),
        help_text=_("The organisation of this product whose people belong to this actor, if there is one."),
    )
    is_demo = models.BooleanField(_("demonstration"), default=False)

    class Meta:
        verbose_name = _("actor")
        verbose_name_plural = _("actors")
        ordering = ("name_key", "id")

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        """Keep the sort key in step with the name."""
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)
