"""Addresses of print packs and reports."""

from django.urls import URLPattern

papers_urls: list[URLPattern] = []
