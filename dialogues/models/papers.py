"""Words of printed papers in languages that the product does not speak."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperText(models.Model):
    """One piece of a facilitator's paper in a language that people speak, written by somebody who speaks it.

    ``key`` is one of ``dialogues.papers.words.WORDS``, ``language`` a code of ``orgs.Term`` (spoken language). Without
    a row, or with empty words, lines are printed to write the translation on by hand.
    """

    key = models.CharField(_("which words"), max_length=30)
    language = models.CharField(_("language"), max_length=30)
    words = models.TextField(
        _("in this language"), max_length=1000, blank=True, help_text=_("Empty: lines to write on are printed.")
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    updated_by = models.ForeignKey(
        "orgs.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("changed by")
    )

    class Meta:
        verbose_name = _("words of a printed paper")
        verbose_name_plural = _("words of printed papers")
        ordering = ("language", "key")
        constraints = [models.UniqueConstraint(fields=["language", "key"], name="paper_text_once_a_language")]

    def __str__(self) -> str:
        return f"{self.language}: {self.key}"
