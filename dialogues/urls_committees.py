"""Addresses of committees."""

from django.urls import URLPattern

committees_urls: list[URLPattern] = []
