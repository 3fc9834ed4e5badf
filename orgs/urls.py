"""Addresses of the foundation."""

from django.urls import path

from orgs.views.home import home

urlpatterns = [
    path("", home, name="home"),
]
