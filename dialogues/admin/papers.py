"""Words of printed papers in Django admin: administrators write what speakers of a language gave them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dialogues.models import PaperText
from dialogues.papers.words import WORDS, second_languages
from dialogues.services import papers
from orgs.admin.base import GuardedAdmin


class PaperTextForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which words, in which language."""

    key = forms.ChoiceField(label=_("Which words"), choices=lambda: list(WORDS.items()))
    language = forms.ChoiceField(label=_("Language"))

    class Meta:
        model = PaperText
        fields = ("key", "language", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            choices = [(one.code, one.label) for one in second_languages()]
            self.fields["language"].choices = choices  # type: ignore[attr-defined]


@admin.register(PaperText)
class PaperTextAdmin(GuardedAdmin):
    """Emptied, never deleted."""

    form = PaperTextForm
    list_display = ("language", "key", "words", "updated_at")
    list_filter = ("language",)
    search_fields = ("key", "words")
    ordering = ("language", "key")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Which words they are stays as it was."""
        return ("key", "language") if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: PaperText, form: ModelForm[Any], change: bool) -> None:
        """Through the service, which decides and audits."""
        papers.keep_paper_text(viewer=self.viewer(request), text=obj)
