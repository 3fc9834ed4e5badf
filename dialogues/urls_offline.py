"""Addresses of writing a session down on a phone without network."""

from django.urls import URLPattern

offline_urls: list[URLPattern] = []
