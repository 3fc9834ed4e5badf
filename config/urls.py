"""Addresses. Each app lists its own; the admin signs in through the product's own sign-in."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

# Gateways before all; then rooms first: their addresses are asked for all day, and the API's stand at their head.
# Taken into one list, so that an address is looked for once, and not once a room.
_ROOMS = ("orgs.urls_gateways", "incidents.urls", "dialogues.urls", "orgs.urls")
urlpatterns: list[URLPattern | URLResolver] = [
    pattern for room in _ROOMS if find_spec(room) for pattern in import_module(room).urlpatterns
]
urlpatterns += [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
]
