"""Ways to people and ways out in Django admin: whether they work; never where they lead."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.admin.base import GuardedAdmin, ReadOnlyAdmin
from orgs.messaging import reasons
from orgs.models import Address, WayOut
from orgs.services import channels, ways_out


@admin.register(Address)
class AddressAdmin(ReadOnlyAdmin):
    """Devices, programs and notices of people. One that was lost or stolen is taken off here."""

    policy = access.ADDRESSES
    list_display = ("label", "person", "channel", "kind", "added_at", "last_used_at", "why", "rests_until", "ended_at")
    list_filter = ("channel", "kind", "end", "added_at")
    list_select_related = ("person",)
    search_fields = ("label", "person__name")
    date_hierarchy = "added_at"
    ordering = ("-id",)
    fields = (
        "person",
        "channel",
        "label",
        "kind",
        "added_at",
        "rotated_at",
        "proved_at",
        "last_used_at",
        "failed_at",
        "why",
        "failures",
        "rests_until",
        "ended_at",
        "end",
    )
    readonly_fields = ("why",)
    actions = ("take_off",)

    def rows(self) -> QuerySet[Any]:
        """Without what is sealed and the hash by which it is found."""
        return super().rows().defer("sealed", "mark")

    @admin.display(description=_("why"), ordering="failure")
    def why(self, address: Address) -> str:
        """The last failure in words."""
        return str(reasons.words(address.failure)) if address.failures else ""

    @admin.action(description=_("Take these off: nothing is sent there any more"), permissions=["view"])
    def take_off(self, request: HttpRequest, queryset: QuerySet[Address]) -> None:
        """End addresses and destroy what led there."""
        viewer = self.viewer(request)
        self.each(
            request,
            queryset.filter(ended_at__isnull=True),
            lambda address: channels.end_address(viewer=viewer, address=address),
            str(_("Taken off")),
        )


@admin.register(WayOut)
class WayOutAdmin(GuardedAdmin):
    """Price, limit and trouble of each way out; the page /health/ways/ shows the same with what waits."""

    policy = access.WAYS_OUT
    list_display = ("id", "channel", "gateway", "state", "troubles", "opened_at", "per_minute", "price", "currency")
    list_display_links = ("id", "channel")
    list_filter = ("channel", "state")
    search_fields = ("gateway",)
    ordering = ("channel", "gateway")
    fields = (
        "channel",
        "gateway",
        "price",
        "currency",
        "per_minute",
        "state",
        "troubles",
        "why",
        "trouble_at",
        "opened_at",
        "next_try_at",
    )
    readonly_fields = (
        "channel",
        "gateway",
        "state",
        "troubles",
        "why",
        "trouble_at",
        "opened_at",
        "next_try_at",
    )
    actions = ("try_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A way comes with the first message that is to leave by it."""
        return False

    @admin.display(description=_("what it was"), ordering="trouble")
    def why(self, way: WayOut) -> str:
        """The last trouble in words."""
        return str(reasons.words(way.trouble))

    def save_model(self, request: HttpRequest, obj: WayOut, form: ModelForm[WayOut], change: bool) -> None:
        """Through the service."""
        given = form.cleaned_data
        ways_out.set_terms(
            viewer=self.viewer(request),
            way=obj,
            price=given["price"],
            currency=given["currency"],
            per_minute=given["per_minute"],
        )

    @admin.action(description=_("Try these again now"), permissions=["change"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[WayOut]) -> None:
        """Close the fuse: somebody has mended it."""
        viewer = self.viewer(request)
        self.each(request, queryset, lambda way: ways_out.try_again(viewer=viewer, way=way), str(_("Tried again")))
