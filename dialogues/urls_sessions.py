"""Addresses of sessions."""

from django.urls import URLPattern

sessions_urls: list[URLPattern] = []
