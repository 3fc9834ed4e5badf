"""Addresses for alert hubs."""

from django.urls import path

from incidents.views import cap

cap_urls = [
    path("cap/feed.atom", cap.cap_feed, name="cap-feed"),
    path("cap/<str:identifier>.xml", cap.cap_message, name="cap-message"),
]
