"""Addresses for those who run an installation."""

from django.urls import path

from orgs.views import health

messaging_urls = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
]
