"""Django admin of this product: signs in through the product's own sign-in, and shows what ``orgs.access`` allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from orgs.access import may_enter_admin

SIGN_IN = {"account": _("Addresses"), "mfa": _("Second step of sign-in")}
MODEL_NAMES = {"Authenticator": _("Apps, keys and spare codes")}
OWN_ROOMS = ("orgs.", "incidents.", "dialogues.")


class Site(admin.AdminSite):
    """The admin site. What other packages register for themselves is left out: they know nothing of our rules."""

    site_header = _("Passerelle: administration")
    site_title = _("Administration")
    index_title = _("What is kept here")
    enable_nav_sidebar = True

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Take only what the rooms of this product register."""
        if admin_class is not None and admin_class.__module__.startswith(OWN_ROOMS):
            super().register(model_or_iterable, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Models of the sign-in packages under one plain name."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] in SIGN_IN:
                app["name"] = SIGN_IN[app["app_label"]]
            for model in app["models"]:
                model["name"] = MODEL_NAMES.get(model["object_name"], model["name"])
        return apps

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may come in; the second factor is asked by the middleware before."""
        return request.user.is_authenticated and may_enter_admin(request.user)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Never a form of its own."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
            raise PermissionDenied
        following = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect_to_login(following, reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """Sign out and go to the product's home page."""
        answer = HttpResponseRedirect("/")
        if request.method == "POST":
            logout(request)
            answer["Clear-Site-Data"] = '"storage"'  # what pages keep on this device goes too
        return answer

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """Passwords are changed on the account pages."""
        return HttpResponseRedirect(reverse("account_change_password"))
