"""Addresses of bringing dialogues in from a spreadsheet."""

from django.urls import URLPattern

imports_urls: list[URLPattern] = []
