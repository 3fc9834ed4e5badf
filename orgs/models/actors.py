"""Actors: who acts in the field, what they do for civilians and where, and how organisations find them.

Actors are bodies, never persons. What organisations say of an actor is theirs: see ``ActorView``.
"""

from django.db import models
from django.db.models import Q
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


class ActorQuerySet(models.QuerySet["Actor"]):
    """Set-based reads of actors; who may see them is in ``orgs.access``."""

    def asked_about(self) -> "ActorQuerySet":
        """Those of whom organisations are asked how they find them: never an armed group."""
        return self.exclude(sector=ActorSector.ARMED_GROUP)


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
    source = models.CharField(_("source"), max_length=300, blank=True)
    is_demo = models.BooleanField(_("demonstration"), default=False)

    objects = ActorQuerySet.as_manager()

    class Meta:
        verbose_name = _("actor")
        verbose_name_plural = _("actors")
        ordering = ("name_key", "id")
        constraints = [
            # An armed group is named so that incidents can say who is held responsible, and for nothing else.
            models.CheckConstraint(
                condition=~Q(sector=ActorSector.ARMED_GROUP) | Q(organisation__isnull=True, civil_contact=""),
                name="actor_armed_group_is_only_named",
            ),
        ]
        indexes = [
            # "Is this one of my own service": asked with every view that somebody reads.
            models.Index(fields=["organisation"], name="actor_by_body", condition=Q(organisation__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        """Keep the sort key in step with the name."""
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)


class Reach(models.IntegerChoices):
    """How reachable an organisation finds an actor."""

    NEVER = 1, _("Cannot be reached")
    HARD = 2, _("Hard to reach")
    FAIRLY = 3, _("Can be reached")
    EASY = 4, _("Easy to reach")


class Trust(models.IntegerChoices):
    """How far an organisation trusts an actor."""

    NONE = 1, _("No trust")
    LITTLE = 2, _("Little trust")
    SOME = 3, _("Some trust")
    FULL = 4, _("Full trust")


class Wish(models.TextChoices):
    """Whether an organisation wishes to work with an actor."""

    YES = "yes", _("Wishes to")
    NO = "no", _("Does not wish to")
    CANNOT = "cannot", _("Wishes to and cannot")


WISHING = (Wish.YES, Wish.CANNOT)
"""The answers of those who would like to work with an actor, whether they can or not."""


class ActorViewQuerySet(models.QuerySet["ActorView"]):
    """Set-based reads of what organisations said; who may see it is in ``orgs.access``."""

    def current(self) -> "ActorViewQuerySet":
        """The latest statement of each organisation on each actor."""
        return self.filter(superseded_at__isnull=True)


class ActorView(models.Model):
    """What one organisation says of one actor: how reachable, how trusted, whether it wishes to work with it.

    A new statement is a new row and ends the one before (``superseded_at``), so that what was said stays. Nothing is
    ever kept about an armed group, nor by an actor's own organisation about itself: triggers of the database hold both
    (``actor_view_not_about_armed_groups``, ``actor_view_not_of_oneself``).
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="actor_views", verbose_name=_("organisation")
    )
    actor = models.ForeignKey(Actor, models.CASCADE, related_name="views", verbose_name=_("actor"))
    reach = models.PositiveSmallIntegerField(_("how reachable"), choices=Reach, null=True, blank=True)
    trust = models.PositiveSmallIntegerField(_("how trusted"), choices=Trust, null=True, blank=True)
    wish = models.CharField(_("wishes to work with it"), max_length=10, choices=Wish, blank=True)
    region = models.ForeignKey(
        "orgs.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("region"),
        help_text=_("Where the organisation is at home: totals are made by region, and each counts in one."),
    )
    said_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", editable=False, verbose_name=_("said by")
    )
    is_entered_for = models.BooleanField(
        _("entered by a coordinator"), default=False, editable=False, help_text=_("For the organisation, at its word.")
    )
    said_at = models.DateTimeField(_("said"), auto_now_add=True)
    superseded_at = models.DateTimeField(_("replaced or taken back"), null=True, blank=True, editable=False)

    objects = ActorViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view of an actor")
        verbose_name_plural = _("views of actors")
        ordering = ("-said_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "actor"],
                condition=Q(superseded_at__isnull=True),
                name="actor_view_latest_once",
            ),
            models.CheckConstraint(
                condition=Q(reach__isnull=False) | Q(trust__isnull=False) | ~Q(wish=""),
                name="actor_view_says_something",
            ),
            models.CheckConstraint(
                condition=Q(reach__isnull=True) | Q(reach__range=(1, 4)), name="actor_view_reach_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(trust__isnull=True) | Q(trust__range=(1, 4)), name="actor_view_trust_1_to_4"
            ),
            models.CheckConstraint(condition=Q(wish__in=["", *Wish.values]), name="actor_view_wish_known"),
        ]
        indexes = [
            # Totals read every latest statement by actor and region, from the index alone.
            models.Index(
                fields=["actor", "region"],
                include=["reach", "trust", "wish", "organisation"],
                condition=Q(superseded_at__isnull=True),
                name="actor_view_for_totals",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class CivilRole(models.TextChoices):
    """What an actor does for civilians. Nothing of where it stands or moves can be said with these words."""

    COMPLAINTS = "complaints", _("Receives complaints")
    PROTECTION = "protection", _("Protects civilians")
    INVESTIGATION = "investigation", _("Investigates crimes")
    RESCUE = "rescue", _("Rescues and gives first aid")
    DISASTER = "disaster", _("Answers disasters and fires")
    GBV = "gbv", _("Desk for gender-based violence")
    CHILDREN = "children", _("Desk for the protection of children")
    COMMITTEE = "committee", _("Sits in the local security committee (CCLS)")
    LIAISON = "liaison", _("Speaks with civil society")


CIVIL_PHONE = r"^(\+[1-9][0-9]{6,14}|[0-9]{2,8})$"
"""A number of anywhere, or a short one that works inside the country (17, 80001115)."""


class ActorRoleQuerySet(models.QuerySet["ActorRole"]):
    """Set-based reads of civil roles; who may see them is in ``orgs.access``."""

    def current(self) -> "ActorRoleQuerySet":
        """Roles that still stand."""
        return self.filter(ended_at__isnull=True)


class ActorRole(models.Model):
    """What an actor does for civilians in an area, and how civilians reach it there: who to call for what.

    By schema there is no point, no place below the cercle (a trigger holds it: ``actor_role_never_below_cercle``) and
    no free text: a list of where forces are is a weapon.
    """

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="roles", verbose_name=_("actor"))
    area = models.ForeignKey(
        "orgs.Area",
        models.PROTECT,
        related_name="+",
        verbose_name=_("area"),
        help_text=_("The country, a region or a cercle; never a smaller place."),
    )
    role = models.CharField(_("what it does for civilians"), max_length=20, choices=CivilRole)
    office = models.CharField(
        _("office or desk"), max_length=80, blank=True, help_text=_("Its name only. No address, no place, no number.")
    )
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    source = models.CharField(_("source"), max_length=200)
    as_of = models.DateField(_("as of"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    objects = ActorRoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("civil role of an actor")
        verbose_name_plural = _("civil roles of actors")
        ordering = ("role", "actor_id", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "area", "role"], condition=Q(ended_at__isnull=True), name="actor_role_once_an_area"
            ),
            models.CheckConstraint(condition=Q(phone="") | Q(phone__regex=CIVIL_PHONE), name="actor_role_phone_form"),
            models.CheckConstraint(condition=~Q(source=""), name="actor_role_says_its_source"),
        ]
        indexes = [
            # "Who to call here": the roles of an area and of those above it.
            models.Index(fields=["area", "role"], name="actor_role_by_area", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} #{self.pk}"
