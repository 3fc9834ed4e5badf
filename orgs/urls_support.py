"""Addresses of support to organisations."""

from django.urls import URLPattern

support_urls: list[URLPattern] = []
