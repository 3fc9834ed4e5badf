"""Actors: who acts in the field, by level and sector, named at the level of a body and never of a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.models.areas import name_key
from orgs.models.organisations import Organisation


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
