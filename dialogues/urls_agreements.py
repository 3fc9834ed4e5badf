"""Addresses of agreements."""

from django.urls import URLPattern

agreements_urls: list[URLPattern] = []
