"""What admin pages of dialogues share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import AUDIENCE, DeskAdmin, named, without_shapes
from orgs.admin.base import ReadOnlyAdmin
from orgs.models import Role
from orgs.policy import Policy


class InAreasAdmin(DeskAdmin):
    """What lies in areas and was entered by somebody."""

    list_select_related = ("region", "cercle", "commune", "made_by")
    besides = ("in_region", "in_cercle", "in_commune", "maker", "updated_at")
    in_region = named("region", _("region"))
    in_cercle = named("cercle", _("cercle"))
    in_commune = named("commune", _("commune"))
    maker = named("made_by", _("made by"))

    def rows(self) -> QuerySet[Any]:
        """Without the shapes of areas."""
        return without_shapes(super().rows())


class LinkAdmin(ReadOnlyAdmin):
    """Links with a policy of their own, which asks at both ends."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """For coordinators; others enter admin for other reasons."""
        rows = super().get_queryset(request)
        return rows if Role.COORDINATOR in self.viewer(request).roles else rows.none()


class LinkedAdmin(DeskAdmin):
    """Links without one: ``policy`` asks at the end of ``path``, ``other_policy`` at ``other``."""

    other: ClassVar[str]
    other_policy: ClassVar[Policy[Any]]
    list_filter = ("linked_at",)
    ordering = ("-linked_at", "-id")
    linker = named("linked_by", _("by"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those whose both ends the coordinator reads."""
        rows = super().get_queryset(request)
        read = self.other_policy.rows_as(self.viewer(request), AUDIENCE)
        return rows.filter(**{f"{self.other}__in": read.values("pk")})


class WrittenAdmin(DeskAdmin):
    """Lines that somebody wrote."""

    writer = named("written_by", _("by"))


class RemindersAdmin(DeskAdmin):
    """Who was told of what is due, and when. ``path`` leads to what it is about."""

    person_name = named("person", _("recipient"))
    list_filter = ("made_at",)
    ordering = ("-made_at", "-id")
