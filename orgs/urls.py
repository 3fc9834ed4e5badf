"""Addresses of the foundation."""

from django.urls import path

from orgs.urls_accounts import account_urls
from orgs.urls_api import api_urls
from orgs.urls_messaging import messaging_urls
from orgs.views.home import home

urlpatterns = [
    path("", home, name="home"),
    *account_urls,
    *api_urls,
    *messaging_urls,
]
