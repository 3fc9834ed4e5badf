"""Addresses for gateways and for those who run an installation."""

from django.urls import path

from orgs.views import gateways, health

messaging_urls = [
    path("gateways/sms/<slug:gateway>/receipt", gateways.receipt, name="gateway-receipt"),
    path("gateways/sms/<slug:gateway>/incoming", gateways.incoming, name="gateway-incoming"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
]
