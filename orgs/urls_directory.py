"""Addresses of the directory: its list, its search, one organisation."""

from django.urls import URLPattern

directory_urls: list[URLPattern] = []
