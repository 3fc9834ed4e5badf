"""Addresses of dialogues as files."""

from django.urls import URLPattern

from dialogues.exports.catalogue import SHEETS
from dialogues.views import exports
from orgs.exports.addresses import table_paths

exports_urls: list[URLPattern] = [
    one
    for sheet in SHEETS.values()
    for one in table_paths(f"exports/{sheet.name}", exports.file_of(sheet), f"export-{sheet.name}")
]
