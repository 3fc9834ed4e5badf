"""Addresses of proposals and priorities."""

from django.urls import URLPattern

proposals_urls: list[URLPattern] = []
