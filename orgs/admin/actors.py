"""The actor map and ties between organisations in Django admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.admin.base import GuardedAdmin, ReadOnlyAdmin
from orgs.models import Actor, ActorRole, ActorView, OrganisationLink, name_key
from orgs.services import actors, links


@admin.register(Actor)
class ActorAdmin(GuardedAdmin):
    """Actors, by level and sector."""

    policy = access.ACTORS
    list_display = ("name", "level", "sector", "organisation", "is_demo")
    list_filter = ("level", "sector", "is_demo")
    list_select_related = ("organisation",)
    search_fields = ("name_key",)
    autocomplete_fields = ("organisation",)
    fields = ("name", "level", "sector", "mandate", "civil_contact", "organisation", "source", "is_demo")
    readonly_fields = ("is_demo",)
    ordering = ("name_key", "id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Found whatever the accents."""
        return super().get_search_results(request, queryset, name_key(search_term))

    def save_model(self, request: HttpRequest, obj: Actor, form: ModelForm[Actor], change: bool) -> None:
        """Through the service, which decides and audits."""
        actors.keep_actor(viewer=self.viewer(request), actor=obj)


@admin.register(ActorRole)
class ActorRoleAdmin(GuardedAdmin):
    """Who to call for what, and where. A role that no longer holds is ended, never deleted."""

    policy = access.ACTOR_ROLES
    list_display = ("actor", "role", "area", "office", "as_of", "ended_at")
    list_filter = ("role", "actor__sector", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("actor", "area")
    search_fields = ("actor__name_key", "area__name_key")
    autocomplete_fields = ("actor", "area")
    fields = ("actor", "area", "role", "office", "phone", "email", "source", "as_of", "created_at", "ended_at")
    readonly_fields = ("created_at", "ended_at")
    ordering = ("-id",)
    actions = ("end", "resume")

    def rows(self) -> QuerySet[Any]:
        """Without the shapes of areas."""
        rows: QuerySet[Any] = super().rows().defer("area__geometry")
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Found whatever the accents."""
        return super().get_search_results(request, queryset, name_key(search_term))

    def save_model(self, request: HttpRequest, obj: ActorRole, form: ModelForm[ActorRole], change: bool) -> None:
        """Through the service, which decides and audits."""
        actors.keep_role(viewer=self.viewer(request), role=obj)

    @admin.action(description=_("End"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[ActorRole]) -> None:
        """Say of each that it no longer holds."""
        viewer = self.viewer(request)
        self.each(request, queryset, lambda role: actors.end_role(viewer=viewer, role=role), gettext("Ended."))

    @admin.action(description=_("Take the end back"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[ActorRole]) -> None:
        """Say of each that it holds after all."""
        viewer = self.viewer(request)
        self.each(
            request, queryset, lambda role: actors.resume_role(viewer=viewer, role=role), gettext("They stand again.")
        )


@admin.register(ActorView)
class ActorViewAdmin(ReadOnlyAdmin):
    """What organisations of a coordinator's areas say of actors; administrators do not read it."""

    policy = access.ACTOR_VIEWS
    list_display = ("organisation", "actor", "reach", "trust", "wish", "is_entered_for", "said_at", "superseded_at")
    list_filter = ("reach", "trust", "wish", "is_entered_for", ("superseded_at", admin.EmptyFieldListFilter))
    list_select_related = ("organisation", "actor")
    search_fields = ("organisation__name_key", "actor__name_key")
    fields = ("organisation", "actor", "reach", "trust", "wish", "region", "is_entered_for", "said_at", "superseded_at")
    ordering = ("-said_at", "-id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Found whatever the accents."""
        return super().get_search_results(request, queryset, name_key(search_term))


@admin.register(OrganisationLink)
class OrganisationLinkAdmin(GuardedAdmin):
    """Ties between organisations: their ends and kind stay; days and source are corrected."""

    policy = access.LINKS
    list_display = ("organisation", "kind", "other", "starts_on", "ends_on")
    list_filter = ("kind", ("ends_on", admin.EmptyFieldListFilter))
    list_select_related = ("organisation", "other")
    search_fields = ("organisation__name_key", "other__name_key")
    autocomplete_fields = ("organisation", "other")
    fields = ("organisation", "kind", "other", "starts_on", "ends_on", "source", "created_at")
    ordering = ("-id",)
    actions = ("remove",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another tie is another row."""
        return ("created_at",) if obj is None else ("organisation", "kind", "other", "created_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Found whatever the accents."""
        return super().get_search_results(request, queryset, name_key(search_term))

    def save_model(
        self, request: HttpRequest, obj: OrganisationLink, form: ModelForm[OrganisationLink], change: bool
    ) -> None:
        """Through the service, which decides and audits."""
        (links.change_link if change else links.add_link)(viewer=self.viewer(request), link=obj)

    @admin.action(description=_("Take away: it never was"), permissions=["change"])
    def remove(self, request: HttpRequest, queryset: QuerySet[OrganisationLink]) -> None:
        """Take each away."""
        viewer = self.viewer(request)
        self.each(request, queryset, lambda link: links.remove_link(viewer=viewer, link=link), gettext("Taken away."))
