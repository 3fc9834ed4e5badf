"""Addresses of imports and exports of the directory."""

from django.urls import URLPattern

imports_urls: list[URLPattern] = []
