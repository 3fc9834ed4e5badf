"""Addresses of what keeps entries alive: contacts, suggested changes, verification, confirmations."""

from django.urls import URLPattern

living_urls: list[URLPattern] = []
