"""Addresses of the actor map and of networks."""

from django.urls import URLPattern

actors_urls: list[URLPattern] = []
