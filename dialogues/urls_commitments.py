"""Addresses of commitments and of files of dialogues."""

from django.urls import URLPattern

commitments_urls: list[URLPattern] = []
