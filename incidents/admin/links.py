"""What the links in messages opened, in Django admin: looked at, never changed."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from incidents.access import DELIVERIES
from incidents.admin.base import DeskAdmin, named
from incidents.disclosure import LINK
from incidents.models import LinkOpening


@admin.register(LinkOpening)
class LinkOpeningAdmin(DeskAdmin):
    """Openings by programs and persons alike; none of them is an answer."""

    policy = DELIVERIES
    path = "delivery"
    table = LINK
    list_display = ("id", "delivery", "person", "state", "at")
    list_filter = ("state", "at")
    list_select_related = ("delivery__recipient",)
    search_fields = ("=delivery__alert__incident__ref", "delivery__recipient__name")
    ordering = ("-id",)
    besides = ("delivery", "person", "state", "at")
    person = named("delivery__recipient", _("recipient"))
