"""Addresses of the foundation."""

from django.urls import path

from orgs.urls_accounts import account_urls
from orgs.urls_actors import actors_urls
from orgs.urls_api import api_urls
from orgs.urls_channels import channels_urls
from orgs.urls_directory import directory_urls
from orgs.urls_imports import imports_urls
from orgs.urls_living import living_urls
from orgs.urls_maps import maps_urls
from orgs.urls_merges import merges_urls
from orgs.urls_messaging import messaging_urls
from orgs.urls_support import support_urls
from orgs.views.home import home

urlpatterns = [
    path("", home, name="home"),
    *account_urls,
    *api_urls,
    *channels_urls,
    *messaging_urls,
    *actors_urls,
    *imports_urls,
    *living_urls,
    *maps_urls,
    *merges_urls,
    *support_urls,
    # Last: one organisation's address is any word that the others did not take.
    *directory_urls,
]
