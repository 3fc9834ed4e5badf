"""Doors for programs in Django admin: phones, the forms they sent, and servers that call."""

from __future__ import annotations

from typing import Any

import orjson
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.access import REPORTS
from incidents.access.doors import DEVICES, WEBHOOKS
from incidents.admin.base import DeskAdmin
from incidents.disclosure import ODK_SUBMISSION
from incidents.intake.webhook import KOBO, OURS, Reading, problems_of, read
from incidents.models import Device, OdkSubmission, WebhookSource
from incidents.services.doors import keep_sample, keep_webhook, revoke_device
from incidents.views.webhook import LARGEST_CALL
from orgs.admin.base import GuardedAdmin, ReadOnlyAdmin


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """Phones. They are made on their own page, where the password is shown once."""

    policy = DEVICES
    list_display = ("label", "organisation", "created_at", "last_seen_at", "revoked_at", "is_demo")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "last_seen_at", "is_demo")
    list_select_related = ("organisation",)
    search_fields = ("label", "organisation__name_key")
    ordering = ("-created_at", "-id")
    fields = ("label", "organisation", "created_at", "created_by", "last_seen_at", "revoked_at", "is_demo")
    actions = ("revoke",)

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed."""
        return super().rows().defer("sealed")

    @admin.action(description=_("Take back the access of the chosen phones"))
    def revoke(self, request: HttpRequest, rows: QuerySet[Device]) -> None:
        """They can send nothing any more."""
        viewer = self.viewer(request)
        chosen = rows.select_related("organisation")
        self.each(request, chosen, lambda row: revoke_device(viewer=viewer, device=row), gettext("Taken back."))


@admin.register(OdkSubmission)
class OdkSubmissionAdmin(DeskAdmin):
    """That a form came, by which phone, and which of its files are still to come. The form itself stays sealed."""

    policy = REPORTS
    path = "report"
    table = ODK_SUBMISSION
    list_display = ("id", "report", "device", "received_at", "files")
    list_filter = ("received_at",)
    list_select_related = ("report", "device")
    ordering = ("-received_at", "-id")
    besides = ("report", "device", "form_version", "received_at", "files")

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed."""
        return super().rows().defer("sealed", "device__sealed")

    @admin.display(description=_("files, come of named"))
    def files(self, submission: OdkSubmission) -> str:
        """How many came of how many."""
        return f"{len(submission.expected) - len(submission.missing)} / {len(submission.expected)}"


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]
    """A server that calls, with its secret, which is never shown again."""

    secret = forms.CharField(
        label=_("secret"),
        required=False,
        strip=True,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the one that is set. For Basic: name:password."),
    )

    class Meta:
        model = WebhookSource
        fields = ("name", "slug", "proof", "header_name", "mapping", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "mapping" in self.fields:
            words = gettext(
                "Under “fields”, for each of ours the path in theirs; under “values”, for a field, theirs and ours."
            )
            self.fields["mapping"].help_text = f"{words} {gettext('Our fields:')} {', '.join(OURS)}"


@admin.register(WebhookSource)
class WebhookSourceAdmin(GuardedAdmin):
    """Servers that call, each with a mapping that is tried on a sample before it is used."""

    policy = WEBHOOKS
    asks_again = True
    form = WebhookForm
    list_display = ("name", "slug", "proof", "is_active", "last_call_at", "is_demo")
    list_filter = ("is_active", "proof", "is_demo")
    search_fields = ("name", "slug")
    ordering = ("name", "id")
    fields = ("name", "slug", "proof", "header_name", "secret", "mapping", "is_active", "last_call_at")
    readonly_fields = ("last_call_at",)
    change_form_template = "admin/incidents/webhooksource/change_form.html"

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed."""
        return super().rows().defer("sample")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A beginning for KoboToolbox."""
        return {"mapping": KOBO, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: WebhookSource, form: Any, change: bool) -> None:
        """Through the service, which decides and audits."""
        keep_webhook(
            viewer=self.viewer(request),
            source=obj,
            secret=form.cleaned_data["secret"],
            problems=problems_of(obj.mapping),
        )

    def get_urls(self) -> list[URLPattern]:
        """With the page on which a sample is tried."""
        trying = path(
            "<int:number>/try/", self.admin_site.admin_view(self.try_sample), name="incidents_webhooksource_try"
        )
        return [trying, *super().get_urls()]

    def try_sample(self, request: HttpRequest, number: int) -> HttpResponse:
        """What would be understood of a sample, and what not. Nothing becomes a report here."""
        source = self.get_queryset(request).filter(pk=number).first()
        if source is None:
            raise Http404
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        form = SampleForm(request.POST or None)
        reading: Reading | None = None
        if request.method == "POST" and form.is_valid():
            text = form.cleaned_data["sample"]
            reading = read(source.mapping, form.payload)
            if reading.is_understood:
                keep_sample(viewer=self.viewer(request), source=source, sample=text.encode())
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Try on a sample: %(name)s") % {"name": source.name},
            "opts": self.opts,
            "source": source,
            "form": form,
            "reading": reading,
            "lines": _lines(source, reading) if reading else [],
        }
        return render(request, "admin/incidents/webhooksource/try.html", context)


def _path_in_words(path: str | list[str]) -> str:
    return path if isinstance(path, str) else " + ".join(path)


class SampleForm(forms.Form):
    """One call of the other server, as it sends it."""

    sample = forms.CharField(
        label=_("What the server sends (JSON)"),
        max_length=LARGEST_CALL,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 14, "cols": 90, "spellcheck": "false"}),
        help_text=_("Paste a made-up example rather than what somebody really sent."),
    )
    payload: Any = None

    def clean_sample(self) -> str:
        """JSON, as it would come."""
        text: str = self.cleaned_data["sample"]
        try:
            self.payload = orjson.loads(text.encode("utf-8", "replace"))
        except ValueError:
            raise forms.ValidationError(_("This is not JSON.")) from None
        return text


def _lines(source: WebhookSource, reading: Reading) -> list[dict[str, Any]]:
    """A line for each field of the mapping: where it was looked for, what was found, how it was understood."""
    fields = {**source.mapping.get("fields", {}), **{name: "" for name in reading.problems if name != "body"}}
    return [
        {
            "field": ours,
            "path": _path_in_words(source.mapping.get("fields", {}).get(ours, "")),
            "found": reading.found.get(ours, ""),
            "value": reading.values.get(ours, ""),
            "problem": reading.problems.get(ours, ""),
        }
        for ours in fields
    ]
