"""Addresses of the map of the directory and of its gaps."""

from django.urls import URLPattern

maps_urls: list[URLPattern] = []
