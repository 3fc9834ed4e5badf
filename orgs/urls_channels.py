"""Addresses of how people are told, and of the ways out of an installation."""

from django.urls import path

from orgs.views import channels, ways_out

channels_urls = [
    path("accounts/ways/", channels.ways, name="ways"),
    path("accounts/ways/worker.js", channels.worker, name="push-worker"),
    path("accounts/ways/push/", channels.allow_push, name="allow-push"),
    path("accounts/ways/program/", channels.add_program, name="add-program"),
    path("accounts/ways/notice/", channels.add_notice, name="add-notice"),
    path("accounts/ways/try/", channels.send_test, name="try-way"),
    path("accounts/ways/<int:way_address>/end/", channels.end_address, name="end-way"),
    path("accounts/ways/<int:way_address>/secret/", channels.renew_secret, name="renew-secret"),
    path("health/ways/", ways_out.ways_out, name="ways-out"),
    path("health/ways/<int:way_out>/", ways_out.way_out, name="way-out"),
    path("health/ways/<int:way_out>/again/", ways_out.try_again, name="way-out-again"),
]
