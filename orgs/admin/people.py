"""People, their posts, invitations, keys and proofs in Django admin."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orgs import access
from orgs.admin.base import GuardedAdmin, ReadOnlyAdmin
from orgs.models import ApiToken, Area, Invitation, Membership, User
from orgs.services import accounts, invitations, memberships, tokens

AREAS = Prefetch("areas", Area.objects.only("pk", "name", "pcode", "name_key"))


class StateFilter(admin.SimpleListFilter):
    """Active, invited or closed."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The states."""
        return [("active", _("active")), ("invited", _("invited")), ("closed", _("account closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """The people of one state."""
        states = {
            "active": Q(is_active=True),
            "invited": Q(is_active=False, closed_at__isnull=True),
            "closed": Q(closed_at__isnull=False),
        }
        state = states.get(self.value() or "")
        return queryset.filter(state) if state is not None else queryset


@admin.register(User)
class UserAdmin(GuardedAdmin):
    """People. They come by invitation (``/accounts/people/``); here they are corrected, closed and opened again."""

    policy = access.PEOPLE
    asks_again = True
    list_display = ("name", "email", "phone", "roles", "has_second_factor", "is_active", "language", "last_login")
    list_filter = (StateFilter, "memberships__role", "language", "is_demo")
    search_fields = ("name", "email", "phone")
    search_help_text = _("Name, e-mail address or phone number")
    fields = (
        "name",
        "email",
        "phone",
        "language",
        "channel",
        "is_active",
        "closed_at",
        "phone_verified_at",
        "last_login",
        "date_joined",
    )
    readonly_fields = ("is_active", "closed_at", "phone_verified_at", "last_login", "date_joined")
    actions = ("close_accounts", "reopen_accounts", "remove_second_factors")
    ordering = ("name", "id")

    def rows(self) -> QuerySet[Any]:
        """People with their posts and whether they have a second factor, in two queries."""
        posts = Membership.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=Now()))
        factor = Authenticator.objects.filter(user=OuterRef("pk"))
        held = Prefetch("memberships", posts.only("person_id", "role"), to_attr="open_posts")
        rows: QuerySet[Any] = super().rows().prefetch_related(held).annotate(has_factor=Exists(factor))
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come by invitation."""
        return False

    @admin.display(description=_("roles"))
    def roles(self, person: Any) -> str:
        """What the person does."""
        return ", ".join(dict.fromkeys(str(post.get_role_display()) for post in person.open_posts))

    @admin.display(description=_("second step"), boolean=True)
    def has_second_factor(self, person: Any) -> bool:
        """Whether a second factor is set up."""
        return bool(person.has_factor)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Through the service, which audits and asks for new proof of a changed address."""
        given = form.cleaned_data
        accounts.edit_person(
            viewer=self.viewer(request),
            person=User.objects.get(pk=obj.pk),
            name=given["name"],
            email=given["email"] or "",
            phone=given["phone"] or "",
            language=given["language"],
            channel=given["channel"],
        )

    @admin.action(description=_("Close these accounts"), permissions=["change"])
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Close accounts; they can be opened again."""
        viewer = self.viewer(request)
        self.each(
            request, queryset, lambda person: accounts.close_account(viewer=viewer, person=person), str(_("Closed"))
        )

    @admin.action(description=_("Open these accounts again"), permissions=["change"])
    def reopen_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Open closed accounts."""
        viewer = self.viewer(request)
        self.each(
            request, queryset, lambda person: accounts.reopen_account(viewer=viewer, person=person), str(_("Opened"))
        )

    @admin.action(description=_("Take away a lost second step of sign-in"), permissions=["change"])
    def remove_second_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For people who lost phone and spare codes."""
        viewer = self.viewer(request)
        self.each(
            request,
            queryset,
            lambda person: accounts.remove_second_factor(viewer=viewer, person=person),
            str(_("Taken away")),
        )


class CurrentFilter(admin.SimpleListFilter):
    """Posts that go on, or have ended."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The two states."""
        return [("current", _("goes on")), ("ended", _("ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
        """The posts of one state."""
        ended = Q(ends_at__lte=Now())
        if self.value() == "ended":
            return queryset.filter(ended)
        return queryset.exclude(ended) if self.value() == "current" else queryset


@admin.register(Membership)
class MembershipAdmin(GuardedAdmin):
    """Posts. Only the areas of a post change; another role or organisation is another post."""

    policy = access.MEMBERSHIPS
    asks_again = True
    list_display = ("person", "role", "organisation", "areas_named", "starts_at", "ends_at")
    list_filter = (CurrentFilter, "role")
    list_select_related = ("person", "organisation")
    search_fields = ("person__name", "person__email", "person__phone", "organisation__name")
    autocomplete_fields = ("person", "organisation", "areas")
    fields = ("person", "organisation", "role", "areas", "starts_at", "ends_at")
    actions = ("end_posts", "resume_posts")
    ordering = ("-id",)

    def rows(self) -> QuerySet[Any]:
        """Posts with their areas' names."""
        return super().rows().prefetch_related(AREAS)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A new post starts now."""
        return [name for name in self.fields if obj is not None or name not in ("starts_at", "ends_at")]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What makes the post is fixed once it is there."""
        return () if obj is None else ("person", "organisation", "role", "starts_at", "ends_at")

    @admin.display(description=_("areas"))
    def areas_named(self, post: Membership) -> str:
        """Where."""
        return ", ".join(area.name for area in post.areas.all())

    def save_model(self, request: HttpRequest, obj: Membership, form: ModelForm[Membership], change: bool) -> None:
        """Through the service, which decides and audits."""
        areas = list(form.cleaned_data["areas"])
        viewer = self.viewer(request)
        if change:
            memberships.change_areas(viewer=viewer, membership=obj, areas=areas)
            return
        post = memberships.give_post(
            viewer=viewer, person=obj.person, role=obj.role, organisation=obj.organisation, areas=areas
        )
        obj.pk = post.pk

    @admin.action(description=_("End these posts"), permissions=["change"])
    def end_posts(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """End posts; they can be resumed."""
        viewer = self.viewer(request)
        self.each(
            request,
            queryset,
            lambda post: memberships.end_membership(viewer=viewer, membership=post),
            str(_("Ended")),
        )

    @admin.action(description=_("Resume these posts"), permissions=["change"])
    def resume_posts(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Take back the end of posts."""
        viewer = self.viewer(request)
        self.each(
            request,
            queryset,
            lambda post: memberships.resume_membership(viewer=viewer, membership=post),
            str(_("Resumed")),
        )


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations; sent from ``/accounts/people/``."""

    list_display = ("person", "channel", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("channel", "created_at")
    list_select_related = ("person", "invited_by")
    search_fields = ("person__name", "person__email", "person__phone")
    fields = list_display
    actions = ("resend", "revoke")
    ordering = ("-id",)

    @admin.action(description=_("Send new links"), permissions=["view"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """New links; the old ones are dead."""
        viewer = self.viewer(request)
        self.each(request, queryset, lambda one: invitations.resend(viewer=viewer, invitation=one), str(_("Sent")))

    @admin.action(description=_("Take these invitations back"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """The links are dead."""
        viewer = self.viewer(request)
        self.each(
            request, queryset, lambda one: invitations.revoke(viewer=viewer, invitation=one), str(_("Taken back"))
        )


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Keys for programs; made by each person for themselves."""

    policy = access.TOKENS
    list_display = ("label", "person", "created_at", "expires_at", "revoked_at")
    list_filter = ("created_at",)
    list_select_related = ("person",)
    search_fields = ("label", "person__name", "person__email")
    fields = list_display
    actions = ("revoke",)
    ordering = ("-id",)

    @admin.action(description=_("Revoke these keys"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """End keys now."""
        viewer = self.viewer(request)
        self.each(request, queryset, lambda one: tokens.revoke_token(viewer=viewer, token=one), str(_("Revoked")))


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    """Whether people's e-mail addresses are proved; kept in step with the account."""

    list_display = ("email", "user", "verified", "primary")
    list_filter = ("verified", "primary")
    list_select_related = ("user",)
    search_fields = ("email", "user__name")
    fields = list_display
    ordering = ("email",)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Which second factors people have; never their secrets. A lost one is taken away in the list of people."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email", "user__phone")
    fields = list_display
    ordering = ("user_id", "id")
