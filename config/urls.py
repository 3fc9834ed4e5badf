"""Addresses. Each app lists its own; the admin signs in through the product's own sign-in."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

# Gateways before all; then rooms first: their addresses are asked for all day, and the API's stand at their head.
urlpatterns: list[URLPattern | URLResolver] = [path("", include("orgs.urls_gateways"))]
urlpatterns += [
    path("", include(rooms)) for rooms in ("incidents.urls", "dialogues.urls", "orgs.urls") if find_spec(rooms)
]
urlpatterns += [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
]
