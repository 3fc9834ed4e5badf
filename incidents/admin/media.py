"""Photos, voice messages and recorded questions in Django admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.access import PROMPTS, REPORTS
from incidents.admin.base import DeskAdmin
from incidents.disclosure import ATTACHMENT
from incidents.models import Attachment, Prompt
from incidents.services.prompts import LARGEST, keep_prompt
from orgs.admin.base import GuardedAdmin


@admin.register(Attachment)
class AttachmentAdmin(DeskAdmin):
    """That a file came in, and what became of it. It is looked at on the desk."""

    policy = REPORTS
    path = "report"
    table = ATTACHMENT
    list_display = ("id", "report", "kind", "state", "refusal", "media_type", "size", "received_at")
    list_filter = ("kind", "state", "refusal", "received_at")
    list_select_related = ("report",)
    search_fields = ("=report__id",)
    search_help_text = _("Number of the report")
    ordering = ("-received_at", "-id")
    besides = ("report", "received_at")


class PromptForm(forms.ModelForm):  # type: ignore[type-arg]
    """A recorded question with its sound file."""

    sound = forms.FileField(
        label=_("sound file"),
        required=False,
        help_text=_("Opus, M4A, AAC or MP3, half a megabyte at most. Leave empty to keep the one that is there."),
    )

    class Meta:
        model = Prompt
        fields = ("question", "language", "language_name", "is_active")

    def clean(self) -> dict[str, Any]:
        """A new recording needs its sound."""
        data = super().clean() or self.cleaned_data
        if not self.instance.sha256 and not data.get("sound"):
            self.add_error("sound", _("Choose a sound file."))
        if data.get("sound") and data["sound"].size > LARGEST:
            self.add_error("sound", _("This recording is too heavy: half a megabyte at most."))
        return data


@admin.register(Prompt)
class PromptAdmin(GuardedAdmin):
    """Questions of the report form, spoken. One that is not right any more is taken out of use."""

    policy = PROMPTS
    form = PromptForm
    list_display = ("question", "language", "language_name", "is_active", "media_type", "size", "updated_at")
    list_filter = ("is_active", "language", "question")
    search_fields = ("language", "language_name")
    ordering = ("language", "question")
    readonly_fields = ("heard", "media_type", "size", "updated_at")

    def rows(self) -> QuerySet[Any]:
        """Without the sound, which weighs more than the page."""
        return super().rows().defer("audio")

    @admin.display(description=_("listen"))
    def heard(self, prompt: Prompt) -> SafeString | str:
        """The recording, to be heard."""
        if not prompt.pk:
            return "–"
        return format_html(
            '<audio controls preload="none" src="/report/prompts/{}/?v={}"></audio>', prompt.pk, prompt.sha256[:12]
        )

    def save_model(self, request: HttpRequest, obj: Prompt, form: forms.ModelForm[Any], change: bool) -> None:
        """Through the service, which decides, cleans and audits."""
        sound = form.cleaned_data.get("sound")
        keep_prompt(viewer=self.viewer(request), prompt=obj, data=sound.read() if sound else None)
