"""Addresses of processes, inclusion, the calendar and the loop from incidents."""

from django.urls import URLPattern

processes_urls: list[URLPattern] = []
