"""Controlled lists that administrators keep: what organisations do, for whom, what they can do, what they speak."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Vocabulary(models.TextChoices):
    """Which list a term belongs to."""

    THEME = "theme", _("Theme")
    SERVED = "served", _("People served")
    CAPACITY = "capacity", _("Capacity")
    SPOKEN = "spoken", _("Spoken language")
    TRAINING = "training", _("Training topic")
    NEED = "need", _("Need of an organisation")


class TermQuerySet(models.QuerySet["Term"]):
    """Set-based reads of terms."""

    def of(self, vocabulary: str) -> "TermQuerySet":
        """The terms of one list, in its order, retired ones included."""
        return self.filter(vocabulary=vocabulary)

    def offered(self, vocabulary: str) -> "TermQuerySet":
        """The terms of one list that may be chosen."""
        return self.of(vocabulary).filter(is_active=True)


class Term(models.Model):
    """One entry of a list, in French and English. Rows that use it keep its code, so a code never changes.

    ``standard`` is its equivalent elsewhere: the acronym of the OCHA sector for a theme, ISO 639-3 for a language;
    empty where the standard has none.
    """

    vocabulary = models.CharField(_("list"), max_length=10, choices=Vocabulary)
    code = models.SlugField(_("code"), max_length=30)
    label_fr = models.CharField(_("label in French"), max_length=80)
    label_en = models.CharField(_("label in English"), max_length=80)
    other_labels = models.CharField(
        _("other words"), max_length=300, blank=True, help_text=_("What files call it besides, separated by commas.")
    )
    standard = models.CharField(
        _("equivalent"), max_length=20, blank=True, help_text=_("OCHA sector of a theme, ISO 639-3 of a language.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ("vocabulary", "position", "code")
        constraints = [models.UniqueConstraint(fields=["vocabulary", "code"], name="term_code_once_a_list")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name in the language of the page."""
        return self.label_en if (get_language() or "fr").startswith("en") else self.label_fr
