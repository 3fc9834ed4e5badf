"""Where things are: editions of the administrative division, their areas, and named places.

A P-code means nothing without its edition: the same code was given to another cercle when the division
changed. An area is therefore always (edition, level, P-code).
"""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar, NamedTuple

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

NAME_LENGTH = 120
OTHER_LENGTH = 300
PCODE_PATTERN = r"^ML(-[A-Z])?([0-9]{2}){0,4}$"

# Letters that Unicode does not decompose into a plain letter and a mark (Bambara, Fulfulde, French ligatures).
_PLAIN_LETTERS = str.maketrans(
    {
        "ɛ": "e",
        "ɔ": "o",
        "ɲ": "gn",
        "ŋ": "ng",
        "ɓ": "b",
        "ɗ": "d",
        "ƴ": "y",
        "œ": "oe",
        "æ": "ae",
        "’": "",
        "'": "",
        "‘": "",
        "ʼ": "",
        "`": "",
    }
)
_VOWELS = frozenset("aeiou")


def name_key(text: str) -> str:
    """The key by which a name is sorted and searched: no accents, capitals, apostrophes or double spaces.

    Hyphens and every other sign become one space, so that "Gourma-Rharous" and "gourma rharous" are the same.
    Never longer than a name's column; never raises; empty when there is no letter or digit.
    """
    return plain_words(text[: NAME_LENGTH * 2])[:NAME_LENGTH].strip()


def plain_words(text: str) -> str:
    """A text of any length in the form of ``name_key``: what is searched and what is searched for."""
    # Taken apart first: what only looks like a capital ("𝐓", "Ｔ") then is one, and becomes small with the others.
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN_LETTERS)
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def other_key(names: str) -> str:
    """The key of several spellings separated by commas: "/timbuktu/tombouktou/"; empty for none."""
    keys = [key for key in (name_key(name) for name in names.split(",")) if key]
    return f"/{'/'.join(keys)}/"[:OTHER_LENGTH] if keys else ""


class AreaColumns(NamedTuple):
    """The three area columns that incidents, reports and memberships carry: primary keys of areas, or None."""

    region_id: int | None = None
    cercle_id: int | None = None
    commune_id: int | None = None


class Level(models.TextChoices):
    """A level of the administrative division. Never a number: "ADM3" is a commune in some files, an
    arrondissement in others."""

    COUNTRY = "country", _("country")
    REGION = "region", _("region")
    CERCLE = "cercle", _("cercle")
    ARRONDISSEMENT = "arrondissement", _("arrondissement")
    COMMUNE = "commune", _("commune")


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions of the division."""

    def current(self) -> Edition | None:
        """The edition in force, or None when none was loaded yet."""
        return self.filter(is_current=True).first()


class Edition(models.Model):
    """One published state of the country's division, with its source and validity."""

    code = models.SlugField(_("code"), max_length=30, unique=True, help_text=_("Short name, such as 2025."))
    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(_("source"), max_length=300, blank=True)
    credit = models.CharField(
        _("credit and licence"), max_length=500, blank=True, help_text=_("Shown under every map and list.")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    is_current = models.BooleanField(_("in force"), default=False)
    is_official = models.BooleanField(
        _("official"), default=True, help_text=_("No for layers that were derived or are approximate.")
    )
    version = models.PositiveIntegerField(
        _("version"), default=1, editable=False, help_text=_("Grows with every import; shapes in memory follow it.")
    )

    objects: ClassVar[EditionQuerySet] = EditionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("edition of the division")
        verbose_name_plural = _("editions of the division")
        ordering = ["-is_current", "-valid_from", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="orgs_edition_one_current"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="orgs_edition_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.code


class AreaQuerySet(models.QuerySet["Area"]):
    """Areas of every edition."""

    def current(self) -> AreaQuerySet:
        """Areas of the edition in force."""
        return self.filter(edition__is_current=True)

    def at(self, level: Level) -> AreaQuerySet:
        """Areas of one level."""
        return self.filter(level=level)

    def with_names(self) -> AreaQuerySet:
        """Areas with what `label()` reads, in the same query, and without their shapes."""
        return self.select_related("edition", "region", "cercle", "commune").defer(
            "geometry", "region__geometry", "cercle__geometry", "commune__geometry"
        )


class Area(models.Model):
    """A unit of the division in one edition. The row of level country is the root, for what holds nationwide."""

    Level = Level

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="areas", verbose_name=_("edition"))
    level = models.CharField(_("level"), max_length=14, choices=Level.choices)
    pcode = models.CharField(_("P-code"), max_length=16)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    name_key = models.CharField(max_length=NAME_LENGTH, editable=False)
    other_names = models.CharField(
        _("other names"), max_length=300, blank=True, help_text=_("Other spellings, separated by commas.")
    )
    other_key = models.CharField(max_length=OTHER_LENGTH, blank=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent area")
    )
    region = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    cercle = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cercle")
    )
    commune = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("commune")
    )
    successor = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("area today"),
        help_text=_("For areas of older editions: the area of a newer edition that holds it now."),
    )
    geometry = models.BinaryField(null=True, blank=True, help_text="WKB, WGS 84, valid polygons.")
    is_approximate = models.BooleanField(_("approximate shape"), default=False)
    centre_lat = models.FloatField(
        _("latitude of the centre"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    centre_lon = models.FloatField(
        _("longitude of the centre"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    objects: ClassVar[AreaQuerySet] = AreaQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["name_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "level", "pcode"], name="orgs_area_unique_pcode"),
            models.CheckConstraint(condition=Q(pcode__regex=PCODE_PATTERN), name="orgs_area_pcode_form"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="orgs_area_level_known"),
            models.CheckConstraint(condition=~Q(name_key=""), name="orgs_area_has_name"),
            models.CheckConstraint(
                condition=Q(centre_lat__isnull=True, centre_lon__isnull=True)
                | Q(centre_lat__range=(-90, 90), centre_lon__range=(-180, 180)),
                name="orgs_area_centre_in_range",
            ),
        ]
        indexes = [
            GinIndex(
                fields=["name_key", "other_key"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                name="orgs_area_name_trgm",
            ),
            models.Index(fields=["edition", "level", "name_key"], name="orgs_area_by_level"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pcode})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search keys with the names."""
        self.name_key = name_key(self.name)
        self.other_key = other_key(self.other_names)
        super().save(*args, **kwargs)

    @property
    def ancestry_ids(self) -> AreaColumns:
        """Its région, cercle and commune (each including itself at its own level)."""
        return AreaColumns(self.region_id, self.cercle_id, self.commune_id)

    @property
    def is_district(self) -> bool:
        """True for Bamako, which is a district at the level of the régions."""
        return self.level == Level.REGION and is_district_name(self.name)

    def label(self) -> str:
        """Its name in words with those above it: "cercle de Koro, région de Bandiagara".

        Reads region and cercle: call it on rows from `with_names()`.
        """
        chain = [self, *(area for area in (self.commune, self.cercle, self.region) if area and _above(area, self))]
        return ", ".join(_in_district(chain, self.region))


_DEPTH = {level: depth for depth, level in enumerate(Level.values)}


def _above(upper: Area, lower: Area) -> bool:
    return _DEPTH[upper.level] < _DEPTH[lower.level]


def _in_district(chain: list[Area], region: Area | None) -> list[str]:
    """The words of a chain of areas. Bamako has no cercle: the row at that level goes by its bare name."""
    if region is None or not region.is_district:
        return [words_of(area) for area in chain]
    named = [area.name if area.level == Level.CERCLE else words_of(area) for area in chain]
    return [words for words, area in zip(named, chain, strict=True) if area is chain[0] or area.level != Level.CERCLE]


def words_of(area: Area) -> str:
    """Level and name in words, with the French elision: "cercle d’Ansongo", "District de Bamako"."""
    return level_words(area.level, area.name)


def is_district_name(name: str) -> bool:
    """True for "District de Bamako"."""
    return name_key(name).startswith("district ")


def level_words(level: str, name: str) -> str:
    """What `words_of` says, for a level and a name that are not in an `Area` (a row of raw SQL)."""
    key = name_key(name)
    if level == Level.COUNTRY or is_district_name(name):
        return name
    words = {"name": name}
    if key[:1] in _VOWELS:
        return {
            Level.REGION: pgettext("before a vowel", "region of %(name)s"),
            Level.CERCLE: pgettext("before a vowel", "cercle of %(name)s"),
            Level.ARRONDISSEMENT: pgettext("before a vowel", "arrondissement of %(name)s"),
            Level.COMMUNE: pgettext("before a vowel", "commune of %(name)s"),
        }[Level(level)] % words
    return {
        Level.REGION: pgettext("before a consonant", "region of %(name)s"),
        Level.CERCLE: pgettext("before a consonant", "cercle of %(name)s"),
        Level.ARRONDISSEMENT: pgettext("before a consonant", "arrondissement of %(name)s"),
        Level.COMMUNE: pgettext("before a consonant", "commune of %(name)s"),
    }[Level(level)] % words


class PlaceKind(models.TextChoices):
    """What a named place is."""

    TOWN = "town", _("town")
    VILLAGE = "village", _("village")
    CAMP = "camp", _("camp")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood")


class PlaceQuerySet(models.QuerySet["Place"]):
    """Named places of every edition."""

    def with_names(self) -> PlaceQuerySet:
        """Places with what `label()` reads, in the same query, and without the shapes."""
        return self.select_related("edition", "region", "cercle", "commune").defer(
            "region__geometry", "cercle__geometry", "commune__geometry"
        )


class Place(models.Model):
    """A town, village or camp with its position, inside the areas of one edition."""

    Kind = PlaceKind

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="places", verbose_name=_("edition"))
    kind = models.CharField(_("kind"), max_length=14, choices=PlaceKind.choices)
    code = models.CharField(
        _("code"), max_length=20, blank=True, help_text=_("The source's own number for this place.")
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    name_key = models.CharField(max_length=NAME_LENGTH, editable=False)
    other_names = models.CharField(
        _("other names"), max_length=300, blank=True, help_text=_("Other spellings, separated by commas.")
    )
    other_key = models.CharField(max_length=OTHER_LENGTH, blank=True, editable=False)
    lat = models.FloatField(
        _("latitude"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    lon = models.FloatField(
        _("longitude"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    rank = models.PositiveSmallIntegerField(
        _("rank"), default=5, help_text=_("1 for the largest towns, 5 for villages.")
    )
    region = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region"))
    cercle = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cercle"))
    commune = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("commune")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects: ClassVar[PlaceQuerySet] = PlaceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("town or village")
        verbose_name_plural = _("towns and villages")
        ordering = ["name_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], condition=~Q(code=""), name="orgs_place_unique_code"),
            models.CheckConstraint(condition=~Q(name_key=""), name="orgs_place_has_name"),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="orgs_place_kind_known"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="orgs_place_position_in_range",
            ),
        ]
        indexes = [
            GinIndex(
                fields=["name_key", "other_key"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                name="orgs_place_name_trgm",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search keys with the names."""
        self.name_key = name_key(self.name)
        self.other_key = other_key(self.other_names)
        super().save(*args, **kwargs)

    @property
    def ancestry_ids(self) -> AreaColumns:
        """Its région, cercle and commune, of the place's own edition."""
        return AreaColumns(self.region_id, self.cercle_id, self.commune_id)

    def label(self) -> str:
        """Its name with the areas around it: "Sévaré, cercle de Mopti, région de Mopti"."""
        cercle = None if self.region and self.region.is_district else self.cercle
        around = [area for area in (self.commune, cercle, self.region) if area is not None]
        return ", ".join([self.name, *(words_of(area) for area in around)])
