"""Organisations (civil society, the State, security services): who they are, where, and how they agreed to be shown."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models.areas import name_key

FIRST_YEAR, LAST_YEAR = 1800, 2100


class OrganisationKind(models.TextChoices):
    """What sort of body an organisation is."""

    ASSOCIATION = "association", _("Association")
    WOMEN = "women", _("Women’s organisation")
    YOUTH = "youth", _("Youth organisation")
    RELIGIOUS = "religious", _("Religious body")
    CUSTOMARY = "customary", _("Customary authority")
    MEDIATOR = "mediator", _("Mediators")
    MEDIA = "media", _("Media or radio")
    THINK_TANK = "think_tank", _("Research body")
    NETWORK = "network", _("Network")
    COMMITTEE = "committee", _("Committee")
    NGO = "ngo", _("National NGO")
    INTERNATIONAL_NGO = "international_ngo", _("International NGO")
    INTERNATIONAL = "international", _("International organisation")
    STATE = "state", _("State body")
    SECURITY = "security", _("Security service")
    DONOR = "donor", _("Donor")
    OTHER = "other", _("Other")


class OrganisationVisibility(models.TextChoices):
    """How widely an organisation agreed to be shown."""

    PUBLIC = "public", _("Everyone")
    PARTNERS = "partners", _("People with an account")
    COORDINATORS = "coordinators", _("Coordinators only")


class OrganisationState(models.TextChoices):
    """Life of an entry of the directory."""

    DRAFT = "draft", _("Never checked")
    VERIFIED = "verified", _("Verified")
    STALE = "stale", _("To be checked again")
    RETIRED = "retired", _("No longer active")


class LegalScheme(models.TextChoices):
    """Under which register a legal number was given."""

    RECEIPT = "receipt", _("Récépissé (association)")
    FRAMEWORK = "framework", _("Framework agreement (NGO)")
    APPROVAL = "approval", _("Approval (agrément)")
    TRADE = "trade", _("Trade register")
    OTHER = "other", _("Other register")


class VerifiedHow(models.TextChoices):
    """How a fact or an entry was checked."""

    VISIT = "visit", _("Visit")
    CALL = "call", _("Phone call")
    MEETING = "meeting", _("Meeting")
    DOCUMENT = "document", _("Document seen")
    ANSWER = "answer", _("Their own answer to a message")
    PARTNER = "partner", _("Word of a partner")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Set-based reads of organisations; who may see them is in ``orgs.access``."""

    def security_services(self) -> "OrganisationQuerySet":
        """Police, gendarmerie, army and the like."""
        return self.filter(kind=OrganisationKind.SECURITY)

    def active(self) -> "OrganisationQuerySet":
        """Without those that are no longer active or were merged into another."""
        return self.filter(merged_into__isnull=True).exclude(state=OrganisationState.RETIRED)

    def found_in(self, area_id: int) -> "OrganisationQuerySet":
        """Those that are or work somewhere in the subtree of an area."""
        return self.filter(reach__contains=[area_id])

    def covering(self, area_ids: list[int]) -> "OrganisationQuerySet":
        """Those that work in one of these areas itself: give an area with all those above it."""
        return self.filter(covers__overlap=area_ids)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=[
        "name",
        "acronym",
        "kind",
        "visibility",
        "seat",
        "state",
        "founded",
        "legal_number",
        "legal_scheme",
        "themes",
        "served",
        "spoken",
        "capacities",
        "hidden_at",
        "merged_into",
    ],
    model_name="OrganisationHistory",
    level=pghistory.Statement,
)
class Organisation(models.Model):
    """A body that people belong to: who it is, where it works, how it agreed to be shown.

    ``themes``, ``served``, ``spoken`` and ``capacities`` hold codes of ``Term``. What is marked *kept* is worked out by
    ``orgs.services.directory_index`` whenever the row is written, never by hand.
    """

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, help_text=_("Unaccented, for sorting and search."))
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind, default=OrganisationKind.ASSOCIATION)
    founded = models.PositiveSmallIntegerField(
        _("founded"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
        help_text=_("Year."),
    )
    legal_number = models.CharField(_("legal number"), max_length=60, blank=True)
    legal_scheme = models.CharField(_("register"), max_length=20, choices=LegalScheme, blank=True)
    themes = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("themes"))
    served = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("people served"))
    spoken = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("languages spoken"))
    capacities = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("capacities"))
    description = models.TextField(_("description in French"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    links = ArrayField(models.URLField(max_length=300), default=list, blank=True, verbose_name=_("links"))
    seat = models.ForeignKey(
        "orgs.Area", models.PROTECT, null=True, blank=True, related_name="seated", verbose_name=_("seat")
    )
    seat_place = models.ForeignKey(
        "orgs.Place",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="seated",
        verbose_name=_("town or village of the seat"),
    )
    place_text = models.CharField(
        _("place as said"), max_length=200, blank=True, help_text=_("What the source says where it was not found.")
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

    visibility = models.CharField(
        _("shown to"), max_length=20, choices=OrganisationVisibility, default=OrganisationVisibility.COORDINATORS
    )
    agreed_on = models.DateField(
        _("agreed on"), null=True, blank=True, help_text=_("When it agreed to be shown so; empty where nobody asked.")
    )
    hidden_at = models.DateTimeField(_("hidden since"), null=True, blank=True, editable=False)

    state = models.CharField(_("state"), max_length=10, choices=OrganisationState, default=OrganisationState.DRAFT)
    verified_at = models.DateTimeField(_("last verified"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        "orgs.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verified by"),
        editable=False,
    )
    verified_how = models.CharField(_("verified how"), max_length=10, choices=VerifiedHow, blank=True, editable=False)
    confirmed_at = models.DateTimeField(
        _("last known to be right"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("When somebody verified it or its own people confirmed it, whichever came last."),
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name=_("merged into"),
        editable=False,
    )
    is_demo = models.BooleanField(_("demonstration"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    # Kept.
    covers = ArrayField(models.BigIntegerField(), default=list, editable=False)
    """Areas where it works, by id (``areas`` without a join)."""
    reach = ArrayField(models.BigIntegerField(), default=list, editable=False)
    """Areas where it is or works, with all those above each: contains an area if the organisation is found in it."""
    region = models.ForeignKey("orgs.Area", models.PROTECT, null=True, related_name="+", editable=False)
    cercle = models.ForeignKey("orgs.Area", models.PROTECT, null=True, related_name="+", editable=False)
    commune = models.ForeignKey("orgs.Area", models.PROTECT, null=True, related_name="+", editable=False)
    names_key = models.TextField(default="", editable=False)
    """Keys of all its names and of its place: what misspelt words are compared with."""
    words = SearchVectorField(null=True, editable=False)
    """Its words for full-text search: names (A), place (B), themes and capacities (C), description (D)."""

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name_key", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_a_name"),
            # Where forces are is never kept: a service has areas of responsibility and no seat.
            models.CheckConstraint(
                condition=~Q(kind=OrganisationKind.SECURITY)
                | Q(seat__isnull=True, seat_place__isnull=True, place_text=""),
                name="organisation_security_has_no_seat",
            ),
            models.CheckConstraint(
                condition=Q(founded__isnull=True) | Q(founded__range=(FIRST_YEAR, LAST_YEAR)),
                name="organisation_founded_is_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(state=OrganisationState.VERIFIED) | Q(verified_at__isnull=False),
                name="organisation_verified_says_when",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="organisation_not_merged_into_itself",
            ),
        ]
        indexes = [
            # The directory lists by name, paged by (name_key, id).
            models.Index(fields=["name_key", "id"], name="organisation_by_name"),
            # Filters of the directory: all conditions of one list together, on arrays of codes and of areas.
            GinIndex(
                fields=["reach", "covers", "themes", "served", "spoken", "capacities"], name="organisation_by_codes"
            ),
            # Search: words, and names that were misspelt.
            GinIndex(fields=["words"], name="organisation_by_words"),
            GinIndex(fields=["names_key"], opclasses=["gin_trgm_ops"], name="organisation_by_likeness"),
            # The nightly look for entries that nobody has confirmed for long.
            models.Index(fields=["state", "confirmed_at"], name="organisation_to_confirm"),
        ]

    def __str__(self) -> str:
        return self.acronym or self.name

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        """Keep the sort key in step with the name, whatever way the row is written."""
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)


class NameKind(models.TextChoices):
    """What another name of an organisation is."""

    SPELLING = "spelling", _("Other spelling")
    TRANSLATION = "translation", _("Name in another language")
    FORMER = "former", _("Former name")
    SHORT = "short", _("Short name")


class OrganisationName(models.Model):
    """Another name by which an organisation is known. ``language`` is a code of the spoken languages, or empty."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names", verbose_name=_("organisation"))
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind of name"), max_length=12, choices=NameKind, default=NameKind.SPELLING)
    language = models.CharField(_("language"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering = ("organisation_id", "name", "id")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="organisation_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="organisation_name_says_something"),
        ]

    def __str__(self) -> str:
        return self.name


class FactSource(models.Model):
    """Where one fact of an entry comes from: the field, who or what said it, and of what day it is.

    ``field`` names a field of ``Organisation`` (``founded``, ``capacities``); the whole entry has its own ``source``.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="fact_sources")
    field = models.CharField(_("fact"), max_length=30)
    source = models.CharField(_("source"), max_length=200)
    as_of = models.DateField(_("as of"), null=True, blank=True)

    class Meta:
        verbose_name = _("source of a fact")
        verbose_name_plural = _("sources of facts")
        ordering = ("organisation_id", "field")
        constraints = [models.UniqueConstraint(fields=["organisation", "field"], name="fact_source_once_a_field")]

    def __str__(self) -> str:
        return f"{self.field}: {self.source}"
