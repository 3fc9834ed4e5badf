"""Addresses of merging two entries and undoing it."""

from django.urls import URLPattern

merges_urls: list[URLPattern] = []
